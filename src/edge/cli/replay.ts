/** `kybern replay FILE`: repeats a saved run step by step and compares its end. */
import { readFileSync } from 'node:fs'
import type { Kind } from '../../api/kind.ts'
import type { Controller } from '../../controllers/controller.ts'
import { createCluster } from '../../index.ts'
import { endOf, optionsOf, parseRun, passTo, repeatStep } from '../../inspector/run.ts'
import type { RunFile } from '../../inspector/run-file.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { ReplayFile } from '../../testing/replay-file.ts'
import { loadModule } from './load-module.ts'
import type { Terminal } from './terminal.ts'

/** Objects that differ that are named. */
const namedLimit = 20

/** Resolves with 0 when the run ends as the file says, else with 1. Throws KYB-FILE and KYB-RUN-FILE. */
export async function replay(path: string, modules: readonly string[], terminal: Terminal): Promise<number> {
  const text = textOf(path)
  if (isCounterexample(text)) return counterexample(text, modules, terminal)
  const file = parseRun(text)
  terminal.say(`${file.title}: ${file.steps.length} steps, ${JSON.stringify(file.options)}`)
  const cluster = await createCluster(optionsOf(file))
  try {
    const refusals: string[] = []
    for (const [i, step] of file.steps.entries()) {
      terminal.say(`${String(i + 1).padStart(4)}  ${new Date(step.at).toISOString()}  ${step.text.split('\n')[0]}`)
      const refused = await repeatStep(cluster, step)
      if (refused === undefined && step.refused === undefined) continue
      if (refused !== step.refused) refusals.push(`step ${i + 1}: ${refused ?? 'it was refused then, and is not now'}`)
      if (refused !== undefined) terminal.say(`      refused: ${refused.split('\n')[0]}`)
    }
    await passTo(cluster, file.end.time)
    return report(file, endOf(cluster), refusals, terminal)
  } finally {
    await cluster.close()
  }
}

/** A counterexample of kybern/testing: played again with the controllers and kinds that the modules export. */
async function counterexample(text: string, modules: readonly string[], terminal: Terminal): Promise<number> {
  const { playFile } = await import('../../testing/replay-file.ts')
  const file = JSON.parse(text) as ReplayFile
  const parts = (await Promise.all(modules.map(exportsOf))).flat()
  terminal.say(`${file.title}: ${file.verdict}`)
  const { same, chain, story } = await playFile(file, parts)
  const end = same ? `same: ${chain}` : `different: expected ${file.replay.chain}, found ${chain}`
  terminal.data(`${story}\n\n${end}`, { same, title: file.title, expected: file.replay.chain, found: chain, story })
  return same ? 0 : 1
}

/** Controllers and kinds among what a module exports, with those of its explorations and the kinds its controllers look at. */
export async function exportsOf(path: string): Promise<(Controller | Kind)[]> {
  const { isExploration } = await import('../../testing/exploration.ts')
  const found = Object.values(await loadModule(path))
  const parts = found.filter(
    (one): one is Controller | Kind =>
      typeof one === 'object' && one !== null && ('reconcile' in one || 'resource' in one),
  )
  const named = [...parts, ...found.filter(isExploration).flatMap(({ scenario }) => scenario.uses)]
  const looked = named.flatMap((one) =>
    'reconcile' in one ? [one.of, ...one.owns, ...one.watches.map(({ kind }) => kind)] : [],
  )
  return [...new Set([...named, ...looked])]
}

/** True for a file of kybern/testing that can be played again. */
export const isCounterexample = (text: string): boolean => text.includes('"kybern-counterexample/1"')

/** The text of a file, `-` for standard input. Throws KYB-FILE. */
export function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new KybernError('KYB-FILE', `cannot read ${path}: ${(error as Error).message}`)
  }
}

function report(file: RunFile, found: RunFile['end'], refusals: readonly string[], terminal: Terminal): number {
  const expected = file.end
  const same = found.hash === expected.hash
  const differences = [...refusals, ...differing(expected.objects, found.objects)]
  const text = same
    ? `same: revision ${found.revision}, ${new Date(found.time).toISOString()}, ${found.hash}`
    : [
        `different: expected revision ${expected.revision} ${expected.hash}, found ${found.revision} ${found.hash}`,
        ...differences.slice(0, namedLimit).map((line) => `  ${line}`),
        ...(differences.length > namedLimit ? [`  and ${differences.length - namedLimit} more`] : []),
      ].join('\n')
  terminal.data(text, { same, title: file.title, steps: file.steps.length, expected, found, differences })
  return same ? 0 : 1
}

function differing(expected: RunFile['end']['objects'], found: RunFile['end']['objects']): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()
  return names
    .filter((name) => expected[name] !== found[name])
    .map((name) => `${name}: expected ${expected[name] ?? 'nothing'}, found ${found[name] ?? 'nothing'}`)
}
