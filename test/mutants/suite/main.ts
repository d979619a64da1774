/** The suite as a program: `suite.mjs SECONDS SEED shrink`. Prints its verdict as JSON, last line. */
import { standardSuite } from './suite.ts'

const [budget = '10', seed = '1', shrink = '', only] = process.argv.slice(2)
const verdict = await standardSuite({
  seed: Number(seed),
  shrink: shrink === 'shrink',
  // Time of this process, so that a busy machine checks as much as an idle one.
  clock: () => process.cpuUsage().user / 1000,
  budgetMs: Number(budget) * 1000,
  ...(only === undefined ? {} : { only: only.split(',') }),
})
process.stdout.write(`${JSON.stringify(verdict)}\n`)
process.exit(0)
