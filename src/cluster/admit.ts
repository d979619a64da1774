/** What a write would be answered, without writing: `cluster.admit`. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { StatusError } from '../api/status-error.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { Cause, Outcome, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'

export interface AdmitOptions {
  /** Who asks; the administrator unless said otherwise. */
  readonly user?: UserInfo
}

/** `object` is what would be stored: defaults, generated name, addresses. Without it `error` says why not. */
export interface Admitted {
  readonly object?: KubeObject
  readonly warnings: readonly string[]
  readonly error?: StatusError
}

/** A dry run of the object's creation, or of its replacement when it exists. */
export function trialOf(view: View, kind: Kind, wanted: KubeObject, { user }: AdmitOptions, cause: Cause): Transition {
  const namespace = kind.namespaced ? (wanted.metadata?.namespace ?? 'default') : ''
  const name = wanted.metadata?.name ?? ''
  const object = { ...wanted, metadata: { ...wanted.metadata, ...(kind.namespaced ? { namespace } : {}) } }
  const asked = user === undefined ? {} : { userInfo: user }
  const options = { dryRun: true, fieldValidation: 'Warn', manager: 'embedder', cause, ...asked } as const
  const exists = name !== '' && view.get(kind, namespace, name) !== undefined
  if (exists) return { type: 'update', ref: { resource: kind.resource, namespace, name }, object, ...options }
  return { type: 'create', resource: kind.resource, namespace, object, ...options }
}

/** The outcome of a trial as its caller reads it. */
export function admittedAs(outcome: Outcome): Admitted {
  if (outcome.ok) return { object: outcome.object, warnings: outcome.warnings }
  return { warnings: outcome.error.warnings, error: outcome.error }
}
