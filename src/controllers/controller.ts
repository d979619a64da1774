/**
 * The controller builder. A controller is a value: which kinds it looks at, how a change leads to keys, and a pure
 * `reconcile` from a view and a key to intents. It never learns why it runs (level, not edge).
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, ResourceKey } from '../api/object.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'

/** Ask again at a later time (ms on the cluster's clock). Background work does not keep `settle()` waiting. */
export interface Wake {
  readonly type: 'wake'
  readonly at: number
  readonly background?: boolean
}

/** What a reconcile may answer: writes, and wishes to be asked again. Order is kept; a refused write ends the rest. */
export type Intent = Transition | Wake

/** A write of the last try that was refused: what it was to do, to which resource, and the message of the refusal. */
export interface Refusal {
  readonly type: Transition['type']
  readonly resource: ResourceKey
  readonly message: string
}

/** A second kind whose changes lead to keys of the first. `keys` may read the view of the moment. */
export interface Watch {
  readonly kind: Kind
  readonly keys: (object: KubeObject, view: View, change: Change) => readonly string[]
}

/** What one author of a controller writes. */
export interface ControllerSpec {
  readonly name: string
  /** The kind whose keys (`namespace/name`) the reconcile takes. */
  readonly of: Kind
  /** Kinds whose objects carry a controller owner reference to `of`: their changes wake the owner. */
  readonly owns?: readonly Kind[]
  readonly watches?: readonly Watch[]
  /** Leaves out changes of `of` itself that cannot matter. */
  readonly matters?: (change: Change) => boolean
  /**
   * Keys asked for once when the controller starts, for controllers that also run by the clock ('' when it has one key
   * for the whole cluster).
   */
  readonly starts?: (view: View) => readonly string[]
  /**
   * Reads at the source, as one that GETs and LISTs before it does what cannot be undone: its view is never behind.
   */
  readonly live?: true
  /**
   * Pure: no time but `view.now`, no stream, no await, no memory. Throwing means: report, back off, ask again. `refusal`
   * is the write of the key's last try that was refused, told once: for statuses that have to say so.
   */
  readonly reconcile: (view: View, key: string, refusal?: Refusal) => readonly Intent[]
}

export interface Controller extends ControllerSpec {
  readonly owns: readonly Kind[]
  readonly watches: readonly Watch[]
}

/** Completes a controller's value. Throws when the name is not a lowercase word. */
export function controller(spec: ControllerSpec): Controller {
  if (!/^[a-z][a-z0-9-]*$/.test(spec.name))
    throw new KybernError('KYB-CONTROLLER-NAME', `"${spec.name}" is not a lowercase name`)
  return Object.freeze({ owns: [], watches: [], ...spec })
}
