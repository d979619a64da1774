/**
 * Answers from outside: a commit is pure and never calls anybody. A plan that needs an answer it was not given says what
 * is to be asked; whoever drives the cluster asks, attaches the answers to the same transition and sends it again.
 * Answers are data: they are kept with the transition, so a replay asks nobody.
 */
import type { OutsideCall, OutsideReply } from '../ports.ts'

/** What came of a call, with the question it answers. */
export interface OutsideAnswer extends OutsideReply {
  readonly id: string
  readonly hook: string
}

/** What a transition carries from attempt to attempt. `seed` and `at` keep what is drawn and stamped the same. */
export interface OutsideRecord {
  readonly seed: number
  /** Cluster time of the first attempt in ms. */
  readonly at: number
  readonly answers: readonly OutsideAnswer[]
}

/** Thrown inside a plan, caught by `reduce`: these answers are missing. */
export class NeedsAnswers extends Error {
  readonly calls: readonly OutsideCall[]

  constructor(calls: readonly OutsideCall[]) {
    super('answers from outside are needed')
    this.calls = calls
  }
}

/** How often one webhook is asked anew because the object changed under the question, as Kubernetes repeats a patch. */
export const askAgainLimit = 5

/** True when a webhook was asked so often that the write is given up as a conflict. */
export function askedTooOften(record: OutsideRecord | undefined, hook: string): boolean {
  return (record?.answers.filter((answer) => answer.hook === hook).length ?? 0) >= askAgainLimit
}
