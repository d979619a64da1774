/**
 * The versions of a custom kind: objects are read as the version they were stored in says today, and shown in the version
 * asked for, by changing the apiVersion or by a webhook.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
 */
import type { Conversion, Convert, Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { defaulted, pruned } from '../api/structural/complete.ts'
import type { ClientConfig } from '../ports.ts'
import { convertBy } from './conversion.ts'

interface ConversionSpec {
  readonly strategy?: string
  readonly webhook?: { readonly clientConfig?: ClientConfig; readonly conversionReviewVersions?: readonly string[] }
}

const renamed: Convert = (object, apiVersion) => ({ ...object, apiVersion })

/** The kind as its definition wants its objects converted. */
export function withConversions(kind: Kind, crd: KubeObject): Kind {
  const { strategy, webhook } = (crd.spec.conversion ?? {}) as ConversionSpec
  const read = reader(kind)
  if (strategy !== 'Webhook' || webhook?.clientConfig === undefined) return bound(kind, read, renamed)
  const conversion: Conversion = {
    name: crd.metadata.name,
    client: webhook.clientConfig,
    reviewVersions: webhook.conversionReviewVersions ?? [],
    bind: (convert) => bound(asked, read, convert),
  }
  const told = (one: Kind): Kind => ({ ...one, custom: one.custom && { ...one.custom, conversion } })
  const asked: Kind = { ...told(kind), versions: kind.versions.map(told) }
  return bound(asked, read, convertBy(conversion, []))
}

/** What the schema of its version says of a stored object today: fields that are gone go, defaults that came come. */
function reader(kind: Kind): (object: KubeObject) => KubeObject {
  const schemas = new Map([kind, ...kind.versions].map((one) => [one.apiVersion, one.custom?.structural]))
  // Objects are frozen, and the schemas are those of one definition.
  const known = new WeakMap<KubeObject, KubeObject>()
  return (object) => {
    const schema = schemas.get(object.apiVersion)
    if (schema === undefined) return object
    const before = known.get(object)
    if (before !== undefined) return before
    const made = defaulted(schema, pruned(schema, object).value as KubeObject)
    known.set(object, made)
    return made
  }
}

/** The kind and its versions with conversions by `convert`. */
function bound(kind: Kind, read: (object: KubeObject) => KubeObject, convert: Convert): Kind {
  const stored = versioned(kind, kind, read, convert)
  const versions = kind.versions.map((one) => versioned(one, kind, read, convert))
  return Object.freeze({ ...stored, versions: Object.freeze(versions) })
}

function versioned(kind: Kind, storage: Kind, read: (object: KubeObject) => KubeObject, convert: Convert): Kind {
  const known = new WeakMap<KubeObject, KubeObject>()
  const isOne = (object: KubeObject): boolean =>
    object.kind === kind.kind && object.apiVersion?.startsWith(`${kind.group}/`) === true
  const fromStorage = (object: KubeObject): KubeObject => {
    if (!isOne(object)) return object
    const whole = read(object)
    if (whole.apiVersion === kind.apiVersion) return whole
    const before = known.get(whole)
    if (before !== undefined) return before
    const made = convert(whole, kind.apiVersion)
    known.set(whole, made)
    return made
  }
  const toStorage = (object: KubeObject): KubeObject =>
    object.apiVersion === storage.apiVersion ? object : convert(object, storage.apiVersion)
  return Object.freeze({ ...kind, ...judging(kind, fromStorage), fromStorage, toStorage })
}

/** Objects are judged and selected as their version has them. */
function judging(kind: Kind, seen: (object: KubeObject) => KubeObject): Pick<Kind, 'validate' | 'fields' | 'columns'> {
  const { validate, fields = {}, columns } = kind
  return {
    columns: columns.map((one) => ({ ...one, value: (object, context) => one.value(seen(object), context) })),
    validate: (object, previous, subresource) =>
      validate?.(seen(object), previous === undefined ? undefined : seen(previous), subresource) ?? [],
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, (object: KubeObject) => value(seen(object))]),
    ),
  }
}
