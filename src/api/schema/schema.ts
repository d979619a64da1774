/**
 * The schemas of all built-in kinds as values: what fields a definition has, of which types, and how its lists and maps
 * merge. Rows of `data/table.ts` are strings decoded on first use, so that loading the module costs nothing.
 *
 * A row is `[@atomic ]field[!]:type[|attribute=value…] …`; `!` marks a required field. Types: s string, i int32, l int64,
 * n number, b boolean, y base64 bytes, q quantity, t time, u time with microseconds, x int or string, r any object,
 * * any JSON; `[]T` list, `{}T` map; `.Name` a definition of the same group, `group.version.Name` one of another.
 * Attributes: key (patch merge key), patch (strategies), list (list-map keys), set, map (atomic or granular).
 * Source: Kubernetes 1.36 OpenAPI, https://kubernetes.io/docs/concepts/overview/kubernetes-api/
 */
import { table } from './data/table.ts'

/** Types without parts. */
export type ScalarKind =
  | 'string'
  | 'int32'
  | 'int64'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'quantity'
  | 'time'
  | 'micro-time'
  | 'int-or-string'
  | 'object'
  | 'json'

/** The type of one field, list element or map value. */
export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'list'; readonly items: FieldType }
  | { readonly kind: 'map'; readonly values: FieldType }
  | { readonly kind: 'ref'; readonly name: string }
  /** Parts of custom kinds, which have no names: a struct in place, and an object of any fields. */
  | { readonly kind: 'struct'; readonly definition: Definition }
  | { readonly kind: 'open' }

/** One field of a definition. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  /** The key by which a strategic merge patch joins list elements. */
  readonly mergeKey?: string
  /** `merge`, `replace`, `retainKeys`. */
  readonly patchStrategy: readonly string[]
  /** How server-side apply owns a list: as a whole, by element, or by the elements' keys. */
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly mapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
}

/** One definition: a kind or a part of kinds. */
export interface Definition {
  readonly name: string
  readonly fields: Readonly<Record<string, Field>>
  /** One manager owns the whole struct. */
  readonly atomic: boolean
  /** It may have fields beside those named. */
  readonly open?: boolean
}

const longPrefixes: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
}

const dottedGroups: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io': 'admissionregistration',
  'apiextensions.k8s.io': 'apiextensions',
  'apiregistration.k8s.io': 'apiregistration',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  'certificates.k8s.io': 'certificates',
  'coordination.k8s.io': 'coordination',
  'discovery.k8s.io': 'discovery',
  'events.k8s.io': 'events',
  'flowcontrol.apiserver.k8s.io': 'flowcontrol',
  'networking.k8s.io': 'networking',
  'node.k8s.io': 'node',
  'rbac.authorization.k8s.io': 'rbac',
  'resource.k8s.io': 'resource',
  'scheduling.k8s.io': 'scheduling',
  'storage.k8s.io': 'storage',
}

/** The definition of every object's metadata. */
export const objectMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

// Decoded rows by long name: a memo of constants, so it never changes an answer.
const decoded = new Map<string, Definition>()

/** The full name of a table row: `apps.v1.DeploymentSpec` → `io.k8s.api.apps.v1.DeploymentSpec`. */
export function longName(short: string): string {
  const group = short.slice(0, short.indexOf('.'))
  const prefix = longPrefixes[group] ?? `io.k8s.api.${group}`
  return prefix + short.slice(group.length)
}

/** The short name of a full one (`apps.v1.DeploymentSpec`); `undefined` outside the built-in groups. */
export function shortName(name: string): string | undefined {
  if (name.startsWith('io.k8s.api.')) return name.slice('io.k8s.api.'.length)
  for (const [group, prefix] of Object.entries(longPrefixes)) {
    if (name.startsWith(`${prefix}.`)) return group + name.slice(prefix.length)
  }
  return undefined
}

/** The definition with this full name, or `undefined`. */
export function definition(name: string): Definition | undefined {
  const known = decoded.get(name)
  if (known !== undefined) return known
  const short = shortName(name)
  const row = short !== undefined && Object.hasOwn(table, short) ? table[short] : undefined
  if (short === undefined || row === undefined) return undefined
  const made = decodeRow(name, short, row)
  decoded.set(name, made)
  return made
}

/** The full definition name of a built-in kind (`apps/v1`, `Deployment`), or `undefined` when there is none. */
export function definitionName(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? 'core' : apiVersion.slice(0, slash)
  const version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1)
  const short = `${dottedGroups[group] ?? group}.${version}.${kind}`
  if (Object.hasOwn(table, short)) return longName(short)
  return slash < 0 && Object.hasOwn(table, `meta.${version}.${kind}`) ? longName(`meta.${version}.${kind}`) : undefined
}

/** The definition of a built-in kind, or `undefined` when there is none. */
export function definitionOf(apiVersion: string, kind: string): Definition | undefined {
  const name = definitionName(apiVersion, kind)
  return name === undefined ? undefined : definition(name)
}

/** The full names of all definitions. */
export function definitionNames(): string[] {
  return Object.keys(table).map(longName)
}

const anyJson: FieldType = Object.freeze({ kind: 'json' })

function field(name: string, type: FieldType): Field {
  return { name, type, required: false, patchStrategy: [] }
}

/** What is known of an object without a schema (a custom resource): its metadata; the rest is any JSON. */
export const schemaless: Definition = Object.freeze({
  name: '',
  atomic: false,
  fields: Object.freeze({
    apiVersion: field('apiVersion', { kind: 'string' }),
    kind: field('kind', { kind: 'string' }),
    metadata: field('metadata', { kind: 'ref', name: objectMetaName }),
  }),
})

/** The type of a field of a definition; any JSON for the unknown fields of an object without a schema. */
export function fieldOf(owner: Definition, name: string): Field | undefined {
  if (Object.hasOwn(owner.fields, name)) return owner.fields[name]
  return owner === schemaless ? field(name, anyJson) : undefined
}

const scalarCodes: Readonly<Record<string, ScalarKind>> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'number',
  b: 'boolean',
  y: 'bytes',
  q: 'quantity',
  t: 'time',
  u: 'micro-time',
  x: 'int-or-string',
  r: 'object',
  '*': 'json',
}

function decodeRow(name: string, short: string, row: string): Definition {
  const atomic = row.startsWith('@atomic')
  const group = short.slice(0, short.lastIndexOf('.'))
  const fields: Record<string, Field> = {}
  for (const cell of row.split(' ')) {
    const colon = cell.indexOf(':')
    if (colon < 0) continue
    const required = cell[colon - 1] === '!'
    const fieldName = cell.slice(0, required ? colon - 1 : colon)
    fields[fieldName] = decodeField(fieldName, required, cell.slice(colon + 1).split('|'), group)
  }
  return Object.freeze({ name, fields: Object.freeze(fields), atomic })
}

function decodeField(name: string, required: boolean, [code = '*', ...attributes]: string[], group: string): Field {
  const value = (key: string) => attributes.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1)
  const mergeKey = value('key')
  const mapKeys = value('list')?.split(',')
  const mapType = value('map') as 'atomic' | 'granular' | undefined
  const type = decodeType(code, group)
  const listType = mapKeys !== undefined ? 'map' : value('set') !== undefined ? 'set' : 'atomic'
  return Object.freeze({
    name,
    type,
    required,
    patchStrategy: value('patch')?.split(',') ?? [],
    ...(mergeKey === undefined ? {} : { mergeKey }),
    ...(type.kind === 'list' ? { listType } : {}),
    ...(mapKeys === undefined ? {} : { mapKeys }),
    ...(mapType === undefined ? {} : { mapType }),
  })
}

function decodeType(code: string, group: string): FieldType {
  if (code.startsWith('[]')) return { kind: 'list', items: decodeType(code.slice(2), group) }
  if (code.startsWith('{}')) return { kind: 'map', values: decodeType(code.slice(2), group) }
  const scalar = scalarCodes[code]
  if (scalar !== undefined) return { kind: scalar }
  return { kind: 'ref', name: longName(code.startsWith('.') ? group + code : code) }
}
