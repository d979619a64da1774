/** Which steps of a counterexample are shown: those that only took their course are left out until asked for. */
import type { Counterexample, CounterexampleStep } from '../../counterexample.ts'

/** A counterexample this short is shown whole. */
const shortSteps = 12

export function isPerson(actor: string): boolean {
  return /^(user|fault|time)$/.test(actor)
}

/** It saw everything, wrote nothing, and there is nothing to say of it. */
function isQuiet({ actor, writes, believedRevision, headRevision, note }: CounterexampleStep): boolean {
  return !isPerson(actor) && writes.length === 0 && believedRevision >= headRevision && note === ''
}

/** The steps to show, in order; the first and last of the file and of its loop always. */
export function shownSteps({ steps, loop }: Counterexample, whole: boolean): readonly CounterexampleStep[] {
  if (whole || steps.length <= shortSteps) return steps
  const last = steps.length - 1
  return steps.filter((step, i) => i === 0 || i === last || i === loop?.from || !isQuiet(step))
}
