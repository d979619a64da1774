/**
 * Ways to choose when not everything can be tried. Each is a function of a generator, so a seed names a run.
 * Sources: PCT (Burckhardt et al., ASPLOS 2010), delay bounding (Emmi et al., POPL 2011), swarm verification (Groce et al., ISSTA 2012).
 */
import { fnv32 } from '../../lib/digest.ts'
import { type Prng, prngOf } from '../../lib/prng.ts'
import type { Action } from './explorer.ts'
import type { Choose } from './run.ts'

export type Strategy =
  | { readonly mode: 'random'; readonly faultRate?: number }
  /** `depth`: how many scheduling constraints a bug may need; finds it with probability ≥ 1/(n·k^(d-1)). */
  | { readonly mode: 'pct'; readonly depth?: number; readonly steps?: number }
  /** Every run leaves out some faults and prefers some actors, at random. */
  | { readonly mode: 'swarm' }
  /** The ordinary course, but for at most so many delays. */
  | { readonly mode: 'delayBound'; readonly delays?: number; readonly steps?: number }

/** The choices of run `seed`. */
export function chooser(strategy: Strategy, seed: number): Choose {
  // Neighbouring seeds begin alike; their digests do not.
  const prng = prngOf(fnv32(`run ${seed}`) | 0)
  switch (strategy.mode) {
    case 'random':
      return random(prng, () => true, strategy.faultRate ?? 0.15)
    case 'pct':
      return pct(prng, strategy.depth ?? 3, strategy.steps ?? 150)
    case 'swarm':
      return swarm(prng)
    case 'delayBound':
      return delayBound(prng, strategy.delays ?? 2, strategy.steps ?? 150)
  }
}

const chance = (prng: Prng): number => prng.below(1_000_000) / 1_000_000

function pick<T>(prng: Prng, list: readonly T[]): T | undefined {
  return list[prng.below(list.length)]
}

/** A fault: first which sort, then whom it strikes, so that sorts with many victims do not crowd out the others. */
function pickFault(prng: Prng, faults: readonly Action[]): Action | undefined {
  const sort = pick(prng, [...new Set(faults.map(sortOf))])
  return pick(
    prng,
    faults.filter((one) => sortOf(one) === sort),
  )
}

function random(prng: Prng, allowed: (action: Action) => boolean, faultRate: number): Choose {
  return (actions, faults) => {
    const broken = chance(prng) < faultRate ? pickFault(prng, faults().filter(allowed)) : undefined
    return broken ?? (actions.length < 2 ? actions[0] : pick(prng, actions))
  }
}

/** Actors have priorities; at a few moments the one that would go on is put last. Faults come at some of those moments. */
function pct(prng: Prng, depth: number, steps: number): Choose {
  const priorities = new Map<string, number>()
  const changes = new Map(Array.from({ length: depth - 1 }, (_, i) => [prng.below(steps), i - depth] as const))
  const faultAt = new Set(Array.from({ length: depth }, () => prng.below(steps)))
  const whoOf = (action: Action): string => (action.type === 'local' ? action.name : action.actor)
  const priorityOf = (action: Action): number => {
    const known = priorities.get(whoOf(action)) ?? 1 + prng.below(1_000_000)
    priorities.set(whoOf(action), known)
    return known
  }
  const highest = (actions: readonly Action[]): Action | undefined =>
    actions.reduce<Action | undefined>(
      (best, one) => (best === undefined || priorityOf(one) > priorityOf(best) ? one : best),
      undefined,
    )
  return (actions, faults, step) => {
    const broken = faultAt.has(step) || chance(prng) < 0.01 ? pickFault(prng, faults()) : undefined
    if (broken !== undefined) return broken
    const low = changes.get(step)
    const first = highest(actions)
    if (low === undefined || first === undefined) return first
    priorities.set(whoOf(first), low)
    return highest(actions)
  }
}

function swarm(prng: Prng): Choose {
  const mask = prng.below(0x1_0000_0000)
  const rate = chance(prng) * 0.3
  const weights = new Map<string, number>()
  const allowed = (fault: Action): boolean => ((mask >>> (digestOf(sortOf(fault)) & 31)) & 1) === 1
  const weightOf = ({ actor }: Action): number => {
    const known = weights.get(actor) ?? 0.05 + chance(prng)
    weights.set(actor, known)
    return known
  }
  return (actions, faults) => {
    const broken = chance(prng) < rate ? pickFault(prng, faults().filter(allowed)) : undefined
    if (broken !== undefined) return broken
    let left = chance(prng) * actions.reduce((sum, one) => sum + weightOf(one), 0)
    for (const one of actions) {
      left -= weightOf(one)
      if (left <= 0) return one
    }
    return actions[actions.length - 1]
  }
}

function delayBound(prng: Prng, delays: number, steps: number): Choose {
  const at = new Set(Array.from({ length: delays }, () => prng.below(steps)))
  const interfere = random(prng, () => true, 0.5)
  let last = ''
  return (actions, faults, step) => {
    if (at.has(step)) return interfere(actions, faults, step)
    const locals = actions.filter(({ type }) => type === 'local')
    const next = locals.find(({ name }) => name > last) ?? locals[0] ?? actions[0]
    if (next?.type === 'local') last = next.name
    return next
  }
}

/** What a fault is called without whom it strikes. */
const sortOf = ({ sort, name }: Action): string => sort ?? name

function digestOf(text: string): number {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0
  return sum >>> 3
}
