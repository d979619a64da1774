/**
 * What is asked of an exploration, checked before it begins: a word or a name that is misspelt would quietly leave something
 * unexplored.
 */
import { parseDuration } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { FaultBudget } from './budget.ts'
import type { ExploreOptions, ReplayOptions } from './explore.ts'
import type { Base } from './ground.ts'
import type { WorldOptions } from './world.ts'

const modes = ['exhaustive', 'random', 'pct', 'swarm', 'delayBound', 'guided', 'portfolio']

/** Every option there is, and which of them are counts. */
const options: Readonly<Record<keyof ReplayOptions, 'count' | 'any'>> = {
  agesMs: 'count',
  budget: 'any',
  bound: 'any',
  crew: 'any',
  depth: 'count',
  explore: 'any',
  faults: 'any',
  faultsOf: 'any',
  heartbeats: 'any',
  loop: 'any',
  memory: 'any',
  mode: 'any',
  now: 'any',
  reduction: 'any',
  runs: 'count',
  seed: 'any',
  shrink: 'any',
  staleOwnReads: 'any',
  states: 'count',
  steps: 'count',
  symmetry: 'any',
  time: 'any',
  without: 'any',
}

/** Throws KYB-EXPLORE for an option or a mode that there is not, and for counts that are none. `more`: further options of the caller. */
export function checkOptions(asked: ExploreOptions, more: readonly string[] = []): void {
  const known = [...Object.keys(options), ...more]
  for (const [name, value] of Object.entries(asked)) {
    if (!known.includes(name)) throw wrong(`there is no option "${name}"; there are ${known.sort().join(', ')}`)
    if (value === undefined || options[name as keyof ReplayOptions] !== 'count') continue
    if (!(Number.isInteger(value) && (value as number) > 0))
      throw wrong(`${name} takes a whole number from 1 on, not ${String(value)}`)
  }
  const { mode = 'exhaustive' } = asked
  if (!modes.includes(mode)) throw wrong(`there is no mode "${mode}"; there are ${modes.join(', ')}`)
}

/** Throws KYB-FAULT for counts that are none. */
export function checkCounts(faults: FaultBudget): void {
  for (const [word, given] of Object.entries(faults)) {
    if (given === undefined) continue
    if (word === 'skewBy') parseDuration(given as string | number)
    else
      for (const count of typeof given === 'object' && given !== null ? Object.values(given) : [given])
        if (!(Number.isInteger(count) && (count as number) >= 0))
          throw new KybernError('KYB-FAULT', `${word} takes a whole number from 0 on, not ${JSON.stringify(count)}`)
  }
}

/** Throws KYB-FAULT for faults of controllers and collections that this cluster does not have. */
export function checkNames({ faults = {}, faultsOf = [], staleOwnReads }: WorldOptions, base: Base): void {
  const { crash, lag } = faults
  const names = ['scheduler', ...base.controllers.map(({ name }) => name)]
  const stale = typeof staleOwnReads === 'object' ? staleOwnReads : []
  for (const name of [...(typeof crash === 'object' ? Object.keys(crash) : []), ...faultsOf, ...stale]) {
    const plain = name.replace(/-controller$/, '')
    if (!names.includes(plain) && !plain.startsWith('kubelet'))
      throw new KybernError('KYB-FAULT', `there is no controller "${name}"; there are ${names.sort().join(', ')}`)
  }
  const unknown = Object.keys(typeof lag === 'object' ? lag : {}).find(
    (name) => base.ground.registry.find(name) === undefined,
  )
  if (unknown !== undefined)
    throw new KybernError(
      'KYB-FAULT',
      `the cluster serves no "${unknown}" whose watch could lag; say pods, replicasets …`,
    )
}

const wrong = (text: string): KybernError => new KybernError('KYB-EXPLORE', text)
