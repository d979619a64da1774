/** `kybern explore MODULE`: explores what a module exports, on as many threads as asked for, and keeps what it finds. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { KybernError } from '../../lib/coded-error.ts'
import { isSplit } from '../../testing/explore/crew.ts'
import { type ExploreOptions, explore as exploreWorld } from '../../testing/explore/explore.ts'
import type { Counterexample, Report } from '../../testing/explore/report.ts'
import { crewOf, now } from './crew.ts'
import { explorationNamed, explorationsIn, type Named } from './explorations.ts'
import type { Terminal } from './terminal.ts'

export interface ExploreSettings {
  readonly only?: string
  readonly workers: number
  readonly budget?: string
  readonly mode?: ExploreOptions['mode']
  readonly runs?: number
  readonly states?: number
  readonly seed?: number
  /** The folder for counterexamples; false: none is kept. */
  readonly save: string | false
}

/** Explores one after the other; 1 when anything was violated, else 0. Throws KYB-FILE, KYB-MODULE and KYB-EXPLORE. */
export async function explore(module: string, settings: ExploreSettings, terminal: Terminal): Promise<number> {
  const { only } = settings
  const all = only === undefined ? await explorationsIn(module) : [await explorationNamed(module, only)]
  const told: object[] = []
  let violated = false
  for (const one of all) {
    const report = await explored(module, one, settings, terminal)
    const kept = report.counterexample === undefined ? undefined : keep(module, report.counterexample, one, settings)
    violated ||= report.verdict === 'violated'
    if (!terminal.json) terminal.data([`${report}`, ...(kept?.lines ?? []), ''].join('\n'), undefined)
    told.push(plain(one.name, report, kept?.file))
  }
  if (terminal.json) terminal.data('', told)
  return violated ? 1 : 0
}

async function explored(module: string, { name, exploration }: Named, settings: ExploreSettings, terminal: Terminal) {
  const { scenario, properties, options } = exploration
  const given = asked(settings)
  const { mode = 'exhaustive' } = { ...options, ...options.explore, ...given }
  const others = isSplit(mode) ? settings.workers - 1 : 0
  const threads = others > 0 ? ` on ${others + 1} threads` : ''
  terminal.say(`${scenario.name}: ${mode}${threads}${given.budget === undefined ? '' : ` for ${given.budget}`} …`)
  if (settings.workers > 1 && others === 0)
    terminal.say(`  ${mode} goes one step after the other: it is done on one thread`)
  const crew = others > 0 ? { crew: crewOf(others, module, name, given) } : {}
  return exploreWorld(scenario, properties, { ...options, ...options.explore, ...given, ...crew, now })
}

/** What the command line says, over what the module says. */
function asked({ budget, mode, runs, states, seed }: ExploreSettings): ExploreOptions {
  const all = { budget, mode, runs, states, seed }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Writes the counterexample; what cannot be a file is told by its address. */
function keep(module: string, found: Counterexample, { exploration }: Named, { save }: ExploreSettings) {
  if (save === false) return undefined
  try {
    const text = `${JSON.stringify(found.file(), undefined, 2)}\n`
    const file = join(save, `${`${exploration.scenario.name} ${found.property}`.replace(/[^A-Za-z0-9.]+/g, '-')}.json`)
    mkdirSync(save, { recursive: true })
    writeFileSync(file, text)
    const use = exploration.scenario.uses.length === 0 ? '' : ` --use ${relative('.', module) || module}`
    return { file, lines: [`  kept in ${file}; to play it again: kybern replay ${file}${use}`] }
  } catch (error) {
    if (!(error instanceof KybernError)) throw error
    return { file: undefined, lines: [`  not kept as a file: ${error.message}`] }
  }
}

function plain(
  name: string,
  { scenario, verdict, covered, properties, counterexample }: Report,
  file: string | undefined,
) {
  const found = counterexample
  return {
    name,
    scenario,
    verdict,
    covered,
    properties,
    ...(found === undefined
      ? {}
      : {
          counterexample: {
            property: found.property,
            why: found.why,
            source: found.source,
            seed: found.seed,
            log: found.log,
            url: found.url,
            steps: found.steps,
            chain: found.chain,
            file,
          },
        }),
  }
}
