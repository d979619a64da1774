/** What a local step of an exploration is, and what waits for those who take them. */
import type { Answer, Delivery, Fired } from '../../actors/agent.ts'
import type { Refusal } from '../../controllers/controller.ts'
import type { Change } from '../../store/transition.ts'
import type { Draft, Segment } from './draft.ts'
import type { Table } from './trace.ts'

/** How long a key waits that failed so often, in ms; after more than `patientTries` nobody waits for it. */
export const backoffMs = (tries: number): number => Math.min(5 * 2 ** (tries - 1), 1_000_000)
export const patientTries = 12

/** What a controller's key failed at. */
export interface Failure {
  readonly tries: number
  readonly refusal: Refusal | undefined
}

/** One entry of an inbox, as plain data. */
export type Entry =
  | { readonly change: Omit<Change, 'revision' | 'time'>; readonly at: number }
  | { readonly fired: Fired }
  | { readonly delivery: Delivery }
  | { readonly answer: Answer }
  | { readonly resync: true }

/** What came of a step, and what its taker had decided before any write. */
export interface Stepped {
  readonly segments: readonly Segment[]
  readonly decided: unknown
}

/** One local step: who takes it, and how it is carried out over a draft. */
export interface Local {
  readonly name: string
  /** `controller/replicaset`, `scheduler`, `kubelet`, `user`. */
  readonly actor: string
  /** The reconciled key, or the node; '' when there is none. */
  readonly key: string
  /** The slot that says that it is due; -1 for steps that are not waited for. */
  readonly pending: number
  readonly table: Table<Stepped>
  /** Answers what was decided; given that, it is only carried out. */
  readonly run: (draft: Draft, decided?: unknown) => unknown
}
