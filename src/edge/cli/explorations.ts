/** The explorations that a module exports. */
import { KybernError } from '../../lib/coded-error.ts'
import { type Exploration, isExploration } from '../../testing/exploration.ts'
import { loadModule } from './load-module.ts'

/** An exploration and the name of its export. */
export interface Named {
  readonly name: string
  readonly exploration: Exploration
}

/** All of a module, by the names of their exports; `scenario` and `properties` as exports of their own are one too. */
export async function explorationsIn(path: string): Promise<Named[]> {
  const found = await loadModule(path)
  const named = Object.entries(found).flatMap(([name, one]) =>
    isExploration(one) ? [{ name, exploration: whole(one) }] : [],
  )
  if (named.length === 0 && isExploration(found)) return [{ name: 'scenario', exploration: whole(found) }]
  if (named.length > 0) return named
  throw new KybernError(
    'KYB-MODULE',
    `${path} exports nothing to explore${exportsText(found)}: export const it = exploration(scenario(…), always(…))`,
  )
}

/** One of them, by the name of its export or of its scenario. */
export async function explorationNamed(path: string, name: string): Promise<Named> {
  const all = await explorationsIn(path)
  const found =
    all.find((one) => one.name === name) ?? all.find(({ exploration }) => exploration.scenario.name === name)
  if (found !== undefined) return found
  throw new KybernError(
    'KYB-MODULE',
    `${path} exports no exploration "${name}", but ${all.map((one) => one.name).join(', ')}`,
  )
}

function whole({ scenario, properties, options = {} }: Partial<Exploration>): Exploration {
  return { scenario, properties, options } as Exploration
}

function exportsText(found: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(found)
  return names.length === 0 ? '' : ` (it exports ${names.join(', ')})`
}
