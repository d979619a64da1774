/** The suite as a program: `suite.mjs SECONDS SEED shrink FILES`, files that a mutant changed. Prints its verdict as JSON, last line. */
import { Reach } from './reach.ts'
import { standardSuite } from './suite.ts'

const [budget = '10', seed = '1', shrink = '', changed = ''] = process.argv.slice(2)
const verdict = await standardSuite({
  seed: Number(seed),
  shrink: shrink === 'shrink',
  // Time of this process, so that a busy machine checks as much as an idle one.
  clock: () => process.cpuUsage().user / 1000,
  budgetMs: Number(budget) * 1000,
  reach: new Reach(
    import.meta.url,
    changed.split(',').filter((file) => file !== ''),
  ),
})
process.stdout.write(`${JSON.stringify(verdict)}\n`)
process.exit(0)
