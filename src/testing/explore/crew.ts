/** More threads than one: each makes its share of the runs in a world of its own. */
import { KybernError } from '../../lib/coded-error.ts'
import type { Property } from '../property.ts'
import { type RunOptions, runLimit, type Share, type Shared, shareOf, together } from './runs.ts'
import type { World } from './world.ts'

/** Threads besides this one, as a port: they know by themselves what is explored. */
export interface Crew {
  /** How many. */
  readonly others: number
  /** Hands a share to the next of them. */
  take(share: Share): Promise<Shared>
  /** Lets them go. */
  end(): void
}

/** What all threads saw, and the number of the first violated run. */
export interface Made extends Shared {
  readonly states: number
  readonly threads: number
  readonly violated: number | undefined
}

/** Modes whose runs know nothing of each other. */
export const isSplit = (mode: string | undefined): boolean => mode !== 'exhaustive' && mode !== 'guided'

/** Makes all runs: `own` makes a share on this thread. Throws KYB-EXPLORE for a mode that goes one after the other. */
export async function runsTogether(
  crew: Crew,
  options: RunOptions,
  properties: readonly Property[],
  own: (share: Share) => Shared,
): Promise<Made> {
  if (!isSplit(options.mode))
    throw new KybernError(
      'KYB-EXPLORE',
      `${options.mode} goes one step after the other: it has no use for more threads`,
    )
  const step = crew.others + 1
  const limit = runLimit(options)
  const best = new Int32Array(new SharedArrayBuffer(4)).fill(limit)
  try {
    const others = Array.from({ length: crew.others }, (_, i) => crew.take({ first: i + 1, step, best }))
    const failed = Promise.all(others)
    failed.catch(() => undefined)
    const first = own({ first: 0, step, best })
    return made([first, ...(await failed)], properties, best, limit)
  } finally {
    crew.end()
  }
}

/** Makes all runs on this thread. */
export function runsAlone(world: World, options: RunOptions): Made {
  const limit = runLimit(options)
  const best = new Int32Array(1).fill(limit)
  return made([shareOf(world, options, { first: 0, step: 1, best })], world.judge.properties, best, limit)
}

function made(shares: readonly Shared[], properties: readonly Property[], best: Int32Array, limit: number): Made {
  const first = Atomics.load(best, 0)
  const violated = first < limit ? first : undefined
  const found = shares.map((one) => one.found).find((one) => one !== undefined && one.run === violated)
  return { ...together(shares, properties), found, threads: shares.length, violated }
}
