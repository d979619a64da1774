/**
 * `npm run mutants`: re-introduces one known bug after the other and runs the standard checks over each.
 *
 *   --only TEXT     only mutants whose names contain one of these texts (comma between them)
 *   --patch FILE    the bug of another patch; may be given more than once
 *   --budget S      seconds of checking for each (default 60)
 *   --seed N        the seed of the checks (default 1)
 *   --jobs N        processes at once (default 2)
 *   --json          the results as JSON
 *   --no-shrink     leaves counterexamples as they were found
 * Ends with 1 when the unmutated program raises an alarm or a mutant survives.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { catalogue, type Mutant, mutantOf } from './patch.ts'
import type { Verdict } from './suite/suite.ts'

export interface Result {
  readonly mutant: Mutant | undefined
  readonly verdict: Verdict
  readonly seconds: number
}

export interface Settings {
  readonly budget: number
  readonly seed: number
  readonly shrink: boolean
}

/** Checks one mutant, or the program as it stands, in a process of its own. */
export async function checked(mutant: Mutant | undefined, { budget, seed, shrink }: Settings): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  const program = join(folder, 'suite.mjs')
  try {
    await bundle(program, mutant)
    const changed = [...new Set(mutant?.hunks.map(({ file }) => file))]
    const start = performance.now()
    const verdict = await verdictOf(
      program,
      [String(budget), String(seed), shrink ? 'shrink' : '', changed.join(',')],
      budget,
    )
    return { mutant, verdict, seconds: (performance.now() - start) / 1000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A program that hangs or dies is killed too: whoever has the bug would notice. */
function verdictOf(program: string, words: readonly string[], budget: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const options = { timeout: (budget * 4 + 30) * 1000, maxBuffer: 2 ** 26 }
    // A larger young generation: worlds are many small things that are soon forgotten.
    const flags = ['--stack-size=4000', '--max-semi-space-size=128']
    execFile(process.execPath, [...flags, program, ...words], options, (error, out, errors) => {
      const line = out.split('\n').findLast((one) => one.startsWith('{'))
      if (line !== undefined) return resolve(JSON.parse(line))
      const why = error?.killed === true ? 'the program hangs' : (errors.trim().split('\n').at(-1) ?? '')
      resolve({
        killed: true,
        property: 'the program runs',
        why,
        scenario: '',
        seed: 0,
        steps: 0,
        runs: 0,
        story: [errors],
      })
    })
  })
}

/** Up to `jobs` at once, in order. */
async function all<T>(jobs: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < tasks.length; i = next++) results[i] = await (tasks[i] as () => Promise<T>)()
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return results
}

function lineOf({ mutant, verdict, seconds }: Result): string {
  const name = (mutant?.name ?? 'unmutated').padEnd(48)
  const time = `${seconds.toFixed(1).padStart(5)} s`
  if (!verdict.killed)
    return `${name} ${time}  ${mutant === undefined ? 'no alarm' : 'SURVIVED'} (${verdict.runs} runs)`
  const steps = `${verdict.steps} steps, ${verdict.scenario} seed ${verdict.seed}`
  return `${name} ${time}  ${mutant === undefined ? 'ALARM' : 'killed'} by ${verdict.property} (${steps}): ${verdict.why}`
}

/** `4`, or `4.5` between two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      patch: { type: 'string', multiple: true },
      budget: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      'no-shrink': { type: 'boolean', default: false },
    },
  })
  const settings = { budget: Number(values.budget), seed: Number(values.seed), shrink: !values['no-shrink'] }
  const given = (values.patch ?? []).map((file) => mutantOf(basename(file, '.patch'), readFileSync(file, 'utf8')))
  const parts = values.only?.split(',')
  const own =
    parts === undefined ? catalogue() : catalogue().filter(({ name }) => parts.some((one) => name.includes(one)))
  const mutants = given.length > 0 ? given : own
  const tell = (result: Result): Result => {
    if (!values.json) console.log(lineOf(result))
    return result
  }
  const tasks = [undefined, ...mutants].map((mutant) => async () => tell(await checked(mutant, settings)))
  const [canary, ...results] = await all(Number(values.jobs), tasks)
  const killed = results.filter(({ verdict }) => verdict.killed)
  const middle = median(killed.map(({ verdict }) => verdict.steps))
  if (values.json) console.log(JSON.stringify({ canary, results, killed: killed.length, of: results.length, middle }))
  else console.log(`\nmutation score: ${killed.length}/${results.length}; median counterexample ${middle} steps`)
  if (canary?.verdict.killed === true || killed.length < results.length) process.exitCode = 1
}

if (process.argv[1]?.endsWith('run.ts') === true) await main()
