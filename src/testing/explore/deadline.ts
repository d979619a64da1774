/** Budgets in wall time: the core looks at no clock, so whoever gives a budget gives a clock too. */
import { parseDuration } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'

/** How long an exploration may take. */
export interface TimeBudget {
  /** Wall time it may take: `'30s'`, or ms. Needs `now`. Making a counterexample small is not counted. */
  readonly budget?: number | string | undefined
  /** The clock of `budget`, in ms: `() => performance.now()`. */
  readonly now?: (() => number) | undefined
}

/** Is the time over? Throws KYB-EXPLORE for a budget without a clock. */
export function deadline({ budget, now }: TimeBudget): () => boolean {
  if (budget === undefined) return () => false
  if (now === undefined)
    throw new KybernError('KYB-EXPLORE', 'a budget of time needs a clock: { budget, now: () => performance.now() }')
  const end = now() + parseDuration(budget)
  return () => now() >= end
}

/** The budget in words. */
export const budgetText = ({ budget }: TimeBudget): string =>
  typeof budget === 'number' ? `${budget / 1000}s` : `${budget}`
