/**
 * Decoding what a client sent: wrong types are a 400, unknown fields are refused, warned of or dropped, defaults are
 * filled in. Trusted senders (built-in controllers) skip all but defaults on create.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { canonicalObject } from '../api/protobuf/canonical.ts'
import { messageOfKind } from '../api/protobuf/messages.ts'
import { check, prune } from '../api/schema/check.ts'
import { applyDefaults } from '../api/schema/defaults.ts'
import { badRequest } from '../api/status-error.ts'
import type { TransitionBase } from './transition.ts'

export interface Decoded {
  readonly object: KubeObject
  readonly warnings: readonly string[]
}

/** What was sent in the version of `kind`, as the server understands it and in its stored form; or a 400 StatusError. */
export function decoded(kind: Kind, sent: KubeObject, options: TransitionBase): Decoded {
  const typed = { ...sent, apiVersion: kind.apiVersion, kind: kind.kind }
  if (options.trusted === true || kind.schema === undefined) return { object: completed(kind, typed), warnings: [] }
  const { object, warnings } = checked(kind, sent, options)
  return { object: completed(kind, kind.convert?.(object) ?? object), warnings }
}

/** With the defaults of the version it was sent in and, where that is another one, of the stored version. */
function completed(kind: Kind, object: KubeObject): KubeObject {
  const whole = applyDefaults(kind.apiVersion, kind.kind, object) as KubeObject
  const stored = kind.toStorage(whole)
  const all = stored === whole ? whole : (applyDefaults(stored.apiVersion, stored.kind, stored) as KubeObject)
  return canonicalObject(all)
}

/** The object with only the fields the kind has and without defaults: what an applier really said. */
export function checked(kind: Kind, sent: KubeObject, options: TransitionBase): Decoded {
  const typed = { ...sent, apiVersion: kind.apiVersion, kind: kind.kind }
  if (kind.schema === undefined) return { object: typed, warnings: [] }
  refuseOtherKind(kind, sent)
  const found = check(kind.schema, typed)
  const [first] = found.errors
  if (first !== undefined) {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${first.message}`)
  }
  const unknown = found.unknown.map((field) => `unknown field "${field.path}"`)
  if (unknown.length > 0 && options.fieldValidation === 'Strict') {
    const reason = `strict decoding error: ${unknown.join(', ')}`
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${reason}`)
  }
  return { object: prune(kind.schema, typed), warnings: options.fieldValidation === 'Ignore' ? [] : unknown }
}

/** A body of another kind or version is refused with what the decoder says: never registered, or not convertible. */
function refuseOtherKind(kind: Kind, sent: KubeObject): void {
  const apiVersion = sent.apiVersion || kind.apiVersion
  const name = sent.kind || kind.kind
  if (apiVersion === kind.apiVersion && name === kind.kind) return
  const message = messageOfKind(apiVersion, name)
  const own = messageOfKind(kind.apiVersion, kind.kind)
  if (name === kind.kind && (message !== undefined || own === undefined))
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`,
    )
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const subject = `${name} in version "${version}" cannot be handled as a ${kind.kind}`
  if (message === undefined)
    throw badRequest(`${subject}: no kind "${name}" is registered for version "${apiVersion}" in scheme "${scheme}"`)
  throw badRequest(
    `${subject}: converting (${version}.${name}) to (${own?.split('.')[0]}.${kind.kind}): unknown conversion`,
  )
}

/** Where a real server's registry of kinds was made: part of its message. */
const scheme = 'pkg/runtime/scheme.go:111'
