/**
 * What a user does to a cluster, as plain data: `{ op: 'scale', kind: 'Deployment', name: 'web', replicas: 3 }`.
 * `perform` (perform.ts) does it on a live cluster; `transitionsOf` is its pure form: what it asks of the API at one
 * moment, for an explorer. Breaking a machine (`{ fault: { kill: 'node-1' } }`) and letting time go by (`{ wait: '30s' }`)
 * stand beside what the API is asked and have no transitions.
 */
import type { Json, KubeObject } from '../api/object.ts'
import type { Fault } from '../cluster/fault.ts'
import type { Taint } from '../node/node-spec.ts'
import type { Delete } from '../store/transition.ts'

export { operationText } from './operation/text.ts'
export { transitionsOf } from './operation/transitions.ts'

/** An object an operation is about; `kind` is any name `kubectl` takes. The namespace is `default` when absent. */
export interface Target {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** As `kubectl apply` of one object: created, or merged three ways with what is live. */
export interface Apply {
  readonly op: 'apply'
  readonly object: KubeObject
}

export interface Scale extends Target {
  readonly op: 'scale'
  readonly replicas: number
}

/** `container` is the first one when absent, every one when `'*'`. */
export interface SetImage extends Target {
  readonly op: 'setImage'
  readonly container?: string
  readonly image: string
}

/** As `kubectl rollout undo`: of a Deployment, DaemonSet or StatefulSet, to the revision before when none is named. */
export interface Undo extends Target {
  readonly op: 'undo'
  readonly toRevision?: number
}

export interface Remove extends Target {
  readonly op: 'delete'
  readonly propagation?: Delete['propagation']
  readonly graceSeconds?: number
}

/** As `kubectl patch`: a merge patch unless `type` says otherwise. */
export interface PatchObject extends Target {
  readonly op: 'patch'
  readonly patch: Json
  readonly type?: 'merge' | 'strategic' | 'json'
}

/**
 * As `kubectl drain --ignore-daemonsets --delete-emptydir-data --force`: cordons and evicts what the budgets let go now: once
 * more asks for the rest. With `timeoutSeconds` a live cluster asks again every 5 s until everything is gone or that time is over.
 */
export interface Drain {
  readonly op: 'drain'
  readonly node: string
  readonly timeoutSeconds?: number
}

/** An eviction of one pod, as the API takes it: nothing is asked when a budget keeps the pod or it is on its way out. */
export interface Evict {
  readonly op: 'evict'
  readonly name: string
  readonly namespace?: string
}

export interface Cordon {
  readonly op: 'cordon' | 'uncordon'
  readonly node: string
}

/** Puts the taint on the node (its value replaces another), or takes off the one of this key and effect. */
export interface SetTaint {
  readonly op: 'taint'
  readonly node: string
  readonly taint: Taint
  readonly remove?: true
}

/** Sets labels; null takes one away. */
export interface EditLabels extends Target {
  readonly op: 'label'
  readonly labels: Readonly<Record<string, string | null>>
}

/** Something breaks or is mended: no write, so nobody's transition. */
export interface Break {
  readonly fault: Fault
}

/** Time goes by before the next operation: ms, or text such as `30s`. */
export interface Wait {
  readonly wait: number | string
}

/** What is asked of the API. */
export type Request =
  | Apply
  | PatchObject
  | Scale
  | SetImage
  | Undo
  | Remove
  | Drain
  | Evict
  | Cordon
  | SetTaint
  | EditLabels
export type Operation = Request | Break | Wait
