/**
 * Ways to choose when not everything can be tried. Each is a function of a generator, so a seed names a run.
 * Sources: PCT (Burckhardt et al., ASPLOS 2010), delay bounding (Emmi et al., POPL 2011), swarm verification (Groce et al., ISSTA 2012).
 */
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

const isFault = (action: Action): boolean => action.type === 'fault'

/** The choices of run `seed`. */
export function chooser(strategy: Strategy, seed: number): Choose {
  const prng = prngOf(seed)
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

function random(prng: Prng, allowed: (action: Action) => boolean, faultRate: number): Choose {
  return (actions) => {
    if (actions.length === 1 && !isFault(actions[0] as Action)) return actions[0]
    const faults = actions.filter((action) => isFault(action) && allowed(action))
    const others = actions.filter((action) => !isFault(action))
    if (faults.length > 0 && chance(prng) < faultRate) return pick(prng, faults)
    return pick(prng, others)
  }
}

/** Actors have priorities; at a few moments the one that would go on is put last. Faults come at some of those moments. */
function pct(prng: Prng, depth: number, steps: number): Choose {
  const priorities = new Map<string, number>()
  const changes = new Map(Array.from({ length: depth - 1 }, (_, i) => [prng.below(steps), i - depth] as const))
  const faultAt = new Set(Array.from({ length: depth }, () => prng.below(steps)))
  const priorityOf = (action: Action): number => {
    const who = action.type === 'local' ? action.name : action.actor
    const known = priorities.get(who) ?? 1 + prng.below(1_000_000)
    priorities.set(who, known)
    return known
  }
  const highest = (actions: readonly Action[]): Action | undefined =>
    actions.reduce<Action | undefined>(
      (best, one) => (best === undefined || priorityOf(one) > priorityOf(best) ? one : best),
      undefined,
    )
  return (actions, _vector, step) => {
    const faults = actions.filter(isFault)
    const others = actions.filter((action) => !isFault(action))
    if (faults.length > 0 && (faultAt.has(step) || chance(prng) < 0.01)) return pick(prng, faults)
    const low = changes.get(step)
    const first = highest(others)
    if (low === undefined || first === undefined) return first
    priorities.set(first.type === 'local' ? first.name : first.actor, low)
    return highest(others)
  }
}

function swarm(prng: Prng): Choose {
  const mask = prng.below(0x1_0000_0000)
  const rate = chance(prng) * 0.5
  const weights = new Map<string, number>()
  const groupOf = ({ name, actor, type }: Action): string => (type === 'fault' ? faultWord(name) : actor)
  const allowed = (action: Action): boolean => ((mask >>> (digestOf(groupOf(action)) & 31)) & 1) === 1
  const weightOf = (action: Action): number => {
    const group = groupOf(action)
    const known = weights.get(group) ?? 0.05 + chance(prng)
    weights.set(group, known)
    return known
  }
  const fallback = random(prng, allowed, rate)
  return (actions, vector, step) => {
    const others = actions.filter((action) => !isFault(action))
    if (actions.length > others.length && chance(prng) < rate) return fallback(actions, vector, step) ?? others[0]
    let left = chance(prng) * others.reduce((sum, one) => sum + weightOf(one), 0)
    for (const one of others) {
      left -= weightOf(one)
      if (left <= 0) return one
    }
    return others[others.length - 1]
  }
}

function delayBound(prng: Prng, delays: number, steps: number): Choose {
  const at = new Set(Array.from({ length: delays }, () => prng.below(steps)))
  const random_ = random(prng, () => true, 0.5)
  let last = ''
  return (actions, vector, step) => {
    if (at.has(step)) return random_(actions, vector, step)
    const others = actions.filter((action) => !isFault(action))
    const locals = others.filter(({ type }) => type === 'local')
    const next = locals.find(({ name }) => name > last) ?? locals[0] ?? others[0]
    if (next?.type === 'local') last = next.name
    return next
  }
}

/** What a fault is called without whom it strikes. */
function faultWord(name: string): string {
  return name.includes(', write') ? (name.split(' ').pop() as string) : (name.split(' ')[0] as string)
}

function digestOf(text: string): number {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0
  return sum >>> 3
}
