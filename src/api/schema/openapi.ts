/**
 * The OpenAPI v3 document of one group version, as `/openapi/v3/<group version>` serves it: enough for kubectl to see that
 * the server validates fields, to compute strategic merge patches and to explain kinds.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
 */
import { fieldsInProtobuf } from '../protobuf/messages.ts'
import type { Descriptions } from './descriptions.ts'
import { enums, unions } from './enums.ts'
import type { OpenApiKind } from './openapi-paths.ts'
import { pathsOf, schemaNameOf } from './openapi-paths.ts'
import type { Definition, Field, FieldType } from './schema.ts'
import { definition, definitionName, objectMetaName, shortName } from './schema.ts'

export type { OpenApiKind } from './openapi-paths.ts'

type Json = Record<string, unknown>

const aliases: Readonly<Record<string, readonly [name: string, schema: Json]>> = {
  quantity: ['io.k8s.apimachinery.pkg.api.resource.Quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  time: ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', { type: 'string', format: 'date-time' }],
  'micro-time': ['io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', { type: 'string', format: 'date-time' }],
  'int-or-string': [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
  object: ['io.k8s.apimachinery.pkg.runtime.RawExtension', { type: 'object' }],
}

const scalars: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  number: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  json: { 'x-kubernetes-preserve-unknown-fields': true },
}

const always = ['Status', 'DeleteOptions', 'ListMeta', 'ObjectMeta'].map((kind) =>
  objectMetaName.replace('ObjectMeta', kind),
)

/**
 * Builds the document. `groupVersion` is `v1` or `apps/v1`; `kinds` are the kinds served in it. A kind without a built-in
 * definition (a custom resource) may bring its own OpenAPI v3 schema. Descriptions are left out when none are given.
 */
export function openApiV3(
  groupVersion: string,
  kinds: readonly OpenApiKind[],
  descriptions: Descriptions = {},
): object {
  const served = kinds.filter((kind) => (kind.group === '' ? '' : `${kind.group}/`) + kind.version === groupVersion)
  const schemas = new Map<string, Json>()
  const roots = [...always, ...served.flatMap(namesOf)]
  for (const name of roots) addDefinition(name, schemas, descriptions)
  for (const kind of served) addKind(kind, schemas)
  schemas.set('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', { type: 'object' })
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.0' },
    paths: Object.fromEntries(served.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  }
}

/** The built-in definitions a kind needs, those of its subresources included. */
function namesOf(kind: OpenApiKind): string[] {
  const own = definitionName(apiVersionOf(kind), kind.kind)
  const subresources: Record<string, string> = {
    scale: 'io.k8s.api.autoscaling.v1.Scale',
    eviction: 'io.k8s.api.policy.v1.Eviction',
    token: 'io.k8s.api.authentication.v1.TokenRequest',
    binding: 'io.k8s.api.core.v1.Binding',
  }
  const others = (kind.subresources ?? []).flatMap((name) => subresources[name] ?? [])
  return own === undefined ? others : [own, `${own}List`, ...others]
}

function apiVersionOf(kind: OpenApiKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

function addDefinition(name: string, schemas: Map<string, Json>, descriptions: Descriptions): void {
  const known = definition(name)
  if (known === undefined || schemas.has(name)) return
  const short = shortName(name) ?? ''
  const numbers = fieldsInProtobuf(short)
  const required = Object.values(known.fields)
    .flatMap((field) => (field.required ? [field.name] : []))
    .sort((a, b) => (numbers.get(a)?.number ?? 0) - (numbers.get(b)?.number ?? 0))
  const properties: Record<string, Json> = {}
  schemas.set(name, {
    ...described(descriptions, short),
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties,
    ...(known.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(Object.hasOwn(unions, short) ? { 'x-kubernetes-unions': unions[short] } : {}),
    ...kindOfDefinition(known),
  })
  for (const field of Object.values(known.fields)) {
    const value = defaultOf(short, field)
    properties[field.name] = {
      ...described(descriptions, `${short}.${field.name}`),
      ...(value === undefined ? {} : { default: value }),
      ...fieldSchema(field, short),
    }
    for (const target of targets(field.type)) {
      if (typeof target === 'string') addDefinition(target, schemas, descriptions)
      else schemas.set(target[0], target[1])
    }
  }
}

/** A definition with apiVersion, kind and metadata is a kind, and says which. */
function kindOfDefinition(known: Definition): Json {
  const { apiVersion, kind, metadata } = known.fields
  if (apiVersion === undefined || kind === undefined || metadata === undefined) return {}
  const parts = known.name.split('.')
  const name = parts.at(-1) ?? ''
  const version = parts.at(-2) ?? ''
  const group = groupNames[parts.at(-3) ?? ''] ?? parts.at(-3) ?? ''
  return { 'x-kubernetes-group-version-kind': [{ group, kind: name, version }] }
}

/** Where the group's name differs from the one in the definition's name. */
const groupNames: Readonly<Record<string, string>> = {
  core: '',
  meta: '',
  admissionregistration: 'admissionregistration.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  networking: 'networking.k8s.io',
  node: 'node.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  resource: 'resource.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
}

/** A custom kind: its own schema, or one that keeps everything; always with the metadata of every object. */
function addKind(kind: OpenApiKind, schemas: Map<string, Json>): void {
  const name = schemaNameOf(kind)
  if (schemas.has(name)) return
  const own: Json = kind.schema === undefined ? { 'x-kubernetes-preserve-unknown-fields': true } : { ...kind.schema }
  const gvk = { group: kind.group, kind: kind.kind, version: kind.version }
  const common = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: reference(objectMetaName) }
  schemas.set(name, {
    ...own,
    type: 'object',
    properties: { ...(own.properties as Json | undefined), ...common },
    'x-kubernetes-group-version-kind': [gvk],
  })
  schemas.set(`${name}List`, {
    type: 'object',
    required: ['items'],
    properties: {
      ...common,
      items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
      metadata: reference(objectMetaName.replace('ObjectMeta', 'ListMeta')),
    },
    'x-kubernetes-group-version-kind': [{ ...gvk, kind: `${kind.kind}List` }],
  })
}

function described(descriptions: Descriptions, key: string): Json {
  return Object.hasOwn(descriptions, key) ? { description: descriptions[key] } : {}
}

/** What a value of the type is when nothing is said; undefined for types that say nothing. */
function zeroOf(type: FieldType): unknown {
  if (type.kind === 'string') return ''
  if (type.kind === 'boolean') return false
  if (type.kind === 'ref') return {}
  return ['int32', 'int64', 'number'].includes(type.kind) ? 0 : undefined
}

/** Go's zero value, told for structs that are no pointers and for other values that are always written. */
function defaultOf(short: string, field: Field): unknown {
  const zero = zeroOf(field.type)
  if (zero === undefined) return undefined
  const known = fieldsInProtobuf(short).get(field.name)
  if (known === undefined || known.pointer) return undefined
  return field.type.kind === 'ref' || !known.omitempty ? zero : undefined
}

/** Schemas of elements and values carry their zero values. */
function elementSchema(type: FieldType): Json {
  const zero = zeroOf(type)
  const alias = aliases[type.kind]
  if (alias !== undefined) return { $ref: `#/components/schemas/${alias[0]}` }
  return { ...typeSchema(type), ...(zero === undefined ? {} : { default: zero }) }
}

/** The values a field or, for lists, its elements may have. */
function enumOf(key: string): Json {
  const values = Object.hasOwn(enums, key) ? enums[key] : undefined
  return values === undefined ? {} : { enum: values.split('|') }
}

function fieldSchema(field: Field, owner: string): Json {
  const key = `${owner}.${field.name}`
  const isListOfKind = field.name === 'items' && owner.endsWith('List')
  const type = typeSchema(field.type)
  const items = field.type.kind === 'list' ? { items: { ...(type.items as Json), ...enumOf(`${key}[]`) } } : {}
  return {
    ...type,
    ...items,
    ...enumOf(key),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.patchStrategy.length === 0 ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') }),
    ...(field.listType === undefined || isListOfKind ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.mapKeys }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
  }
}

function typeSchema(type: FieldType): Json {
  if (type.kind === 'list') return { type: 'array', items: elementSchema(type.items) }
  if (type.kind === 'map') return { type: 'object', additionalProperties: elementSchema(type.values) }
  if (type.kind === 'ref') return reference(type.name)
  const alias = aliases[type.kind]
  return alias === undefined ? { ...scalars[type.kind] } : reference(alias[0])
}

/** Wrapped, because nothing may stand beside a bare `$ref`. */
function reference(name: string): Json {
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] }
}

/** The definition a type leads to, or the alias with its schema. */
function targets(type: FieldType): (string | readonly [string, Json])[] {
  if (type.kind === 'list') return targets(type.items)
  if (type.kind === 'map') return targets(type.values)
  if (type.kind === 'ref') return [type.name]
  const alias = aliases[type.kind]
  return alias === undefined ? [] : [alias]
}
