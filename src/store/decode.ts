/**
 * Decoding what a client sent: wrong types are a 400, unknown fields are refused, warned of or dropped, defaults are
 * filled in. Trusted senders (built-in controllers) skip all but defaults on create.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
import { invalidValue } from '../api/field-error.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { canonicalObject } from '../api/protobuf/canonical.ts'
import { messageOfKind } from '../api/protobuf/messages.ts'
import { check, prune } from '../api/schema/check.ts'
import { applyDefaults } from '../api/schema/defaults.ts'
import { badRequest, invalid } from '../api/status-error.ts'
import { defaulted, pruned } from '../api/structural/complete.ts'
import type { Structural } from '../api/structural/schema.ts'
import type { Repeats, TransitionBase } from './transition.ts'

export interface Decoded {
  readonly object: KubeObject
  readonly warnings: readonly string[]
}

/** What was sent in the version of `kind`, as the server understands it and in its stored form; or a 400 StatusError. */
export function decoded(kind: Kind, sent: KubeObject, options: TransitionBase): Decoded {
  const typed = { ...sent, apiVersion: kind.apiVersion, kind: kind.kind }
  const unjudged = options.trusted === true || (kind.schema === undefined && kind.custom === undefined)
  if (unjudged) return { object: completed(kind, typed), warnings: [] }
  const { object, warnings } = checked(kind, sent, options)
  return { object: completed(kind, kind.convert?.(object) ?? object), warnings }
}

/** With the defaults of the version it was sent in and, where that is another one, of the stored version. */
function completed(kind: Kind, object: KubeObject): KubeObject {
  if (kind.custom !== undefined) return kind.toStorage(defaulted(kind.custom.structural, object))
  // Parts that Go always has are there before their defaults are.
  const whole = applyDefaults(kind.apiVersion, kind.kind, canonicalObject(object)) as KubeObject
  const stored = kind.toStorage(whole)
  const all = stored === whole ? whole : (applyDefaults(stored.apiVersion, stored.kind, stored) as KubeObject)
  return canonicalObject(all)
}

/** The object with only the fields the kind has and without defaults: what an applier really said. */
export function checked(kind: Kind, sent: KubeObject, options: TransitionBase): Decoded {
  const typed = { ...sent, apiVersion: kind.apiVersion, kind: kind.kind }
  if (kind.schema === undefined && kind.custom === undefined) return { object: typed, warnings: [] }
  refuseOtherKind(kind, sent)
  const found =
    kind.custom === undefined
      ? { ...check(kind.schema, typed), kept: typed }
      : checkedCustom(kind.custom.structural, typed)
  const [first] = found.errors
  if (first !== undefined) {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${first.message}`)
  }
  const unknown = found.unknown.map((field) => field.path)
  if (options.fieldValidation === 'Strict') {
    const odd = strictFaults(unknown, options.repeats)
    const reason = `strict decoding error: ${odd.join(', ')}`
    if (odd.length > 0)
      throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${reason}`)
  }
  const warnings = options.fieldValidation === 'Ignore' ? [] : fieldWarnings(unknown, options.repeats)
  return { object: kind.custom === undefined ? prune(kind.schema, typed) : found.kept, warnings }
}

/** A custom resource's metadata is that of every object; the rest is what its schema knows. */
function checkedCustom(structural: Structural, typed: KubeObject) {
  const { errors } = check(undefined, { metadata: typed.metadata })
  const { value, unknown } = pruned(structural, typed)
  return { errors, unknown: [...unknown].sort().map((field) => ({ path: field })), kept: value as KubeObject }
}

/** What strict validation refuses: fields that do not exist and such that were given twice. */
export function strictFaults(unknown: readonly string[], repeats: Repeats = {}): string[] {
  const { lines = [] } = repeats
  const yaml = lines.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${lines.join('\n  ')}`]
  return [...yaml, ...(repeats.texts ?? []), ...oddFields(unknown, repeats.fields)]
}

function fieldWarnings(unknown: readonly string[], repeats: Repeats = {}): string[] {
  return [...(repeats.lines ?? []), ...(repeats.texts ?? []), ...oddFields(unknown, repeats.fields)]
}

const told = (path: string): string => `unknown field "${path}"`

/** Unknown and repeated fields as they stand in the document; of what is inside an unknown one nothing is told. */
function oddFields(unknown: readonly string[], document: readonly string[] = []): string[] {
  if (document.length === 0) return unknown.map(told)
  const seen = new Set<string>()
  const odd = new Set<string>()
  for (const path of document) {
    const isInside = unknown.some((one) => path.startsWith(`${one}.`) || path.startsWith(`${one}[`))
    if (unknown.includes(path)) odd.add(told(path))
    else if (seen.has(path) && !isInside) odd.add(`duplicate field "${path}"`)
    seen.add(path)
  }
  for (const path of unknown) odd.add(told(path))
  return [...odd]
}

/** A body of another kind or version is refused with what the decoder says: never registered, or not convertible. */
function refuseOtherKind(kind: Kind, sent: KubeObject): void {
  const apiVersion = sent.apiVersion || kind.apiVersion
  const name = sent.kind || kind.kind
  if (apiVersion === kind.apiVersion && name === kind.kind) return
  if (kind.custom !== undefined && apiVersion === kind.apiVersion) {
    const fault = invalidValue('kind', name, `must be ${kind.kind}`)
    throw invalid({ group: kind.group, kind: name }, sent.metadata?.name ?? '', [fault])
  }
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
