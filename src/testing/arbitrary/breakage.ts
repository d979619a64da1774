/**
 * The ways to break one field of an object so that the API must refuse it: wrong types, what is out of bounds, unknown
 * words, bad names, and required fields that are missing. Read off the schema, without a generator.
 */
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { enums } from '../../api/schema/enums.ts'
import { type Definition, definition, type Field, type FieldType, shortName } from '../../api/schema/schema.ts'
import { tolerated } from './tolerated.ts'

/** One way: the field, what is wrong with it, and what stands there now (undefined: nothing). */
export interface Breakage {
  /** `spec.template.spec.containers[0].image`. */
  readonly path: string
  readonly how: string
  readonly value: unknown
}

type Steps = readonly (string | number)[]
interface Found extends Breakage {
  readonly steps: Steps
}

/** Every way to break this object, in document order. Status is left out: a creation does not take it. */
export function breakagesOf(kind: Kind, object: KubeObject): readonly Found[] {
  const root = definition(kind.schema as string) as Definition
  const { apiVersion: _v, kind: _k, metadata, status: _s, ...fields } = object
  const known = {
    ...root,
    fields: Object.fromEntries(Object.entries(root.fields).filter(([name]) => !own.includes(name))),
  }
  return [...metadataBreakages(kind, metadata), ...inStruct(known, fields, [])]
}

const own = ['apiVersion', 'kind', 'metadata', 'status']

/** The object with the field broken. */
export function broken(object: KubeObject, { steps, value }: Found): KubeObject {
  return withValue(object, steps, value) as KubeObject
}

/** The value with the part at the end of the steps replaced, or taken away by undefined. */
export function withValue(target: unknown, [step, ...rest]: Steps, value: unknown): unknown {
  if (step === undefined) return value
  const inner = withValue((target as Record<string, unknown>)[step], rest, value)
  if (Array.isArray(target)) return target.map((item, i) => (i === step ? inner : item))
  const next = { ...(target as Record<string, unknown>), [step]: inner }
  if (inner === undefined) delete next[step]
  return next
}

function found(steps: Steps, how: string, value: unknown): Found {
  const path = steps.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
  return { path, how, value, steps }
}

const tooLong = 'a'.repeat(254)

function metadataBreakages(kind: Kind, { labels = {} }: KubeObject['metadata']): Found[] {
  const name = (how: string, value: unknown): Found => found(['metadata', 'name'], how, value)
  return [
    name('no name', kind.namesItself === true ? 'a/b' : undefined),
    name('a name with a slash', 'a/b'),
    name('a name of a parent folder', '..'),
    name('a name that is no text', 7),
    ...(kind.namespaced ? [found(['metadata', 'namespace'], 'another namespace', 'elsewhere')] : []),
    found(['metadata', 'labels'], 'a list for a map', []),
    found(['metadata', 'labels'], 'a label with a bad key', { ...labels, '-a-': 'b' }),
    found(['metadata', 'labels'], 'a label with a long value', { ...labels, a: tooLong }),
    found(['metadata', 'annotations'], 'an annotation with a bad key', { 'a b': 'c' }),
    found(['metadata', 'finalizers'], 'a finalizer with a bad name', ['a b']),
    found(['metadata', 'ownerReferences'], 'an owner without a uid', [
      { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '' },
    ]),
    found(['metadata', 'resourceVersion'], 'a version before there is one', '7'),
  ]
}

function inStruct(struct: Definition, value: unknown, steps: Steps): Found[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const owner = shortName(struct.name) ?? ''
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = struct.fields[name]
    if (field === undefined || inner === undefined) return []
    const at = [...steps, name]
    const missing = field.required ? [found(at, 'a required field is missing', undefined)] : []
    const here = [...missing, ...inField(field, owner, inner, at)]
    return [
      ...here.filter(({ how }) => !tolerated.has(`${owner}.${name}: ${how}`)),
      ...below(field.type, owner, field, inner, at),
    ]
  })
}

function below(type: FieldType, owner: string, field: Field, value: unknown, steps: Steps): Found[] {
  if (type.kind === 'ref') return inStruct(definition(type.name) as Definition, value, steps)
  if (type.kind === 'list' && Array.isArray(value))
    return value.flatMap((item, i) => [
      ...inField({ ...field, name: `${field.name}[]`, type: type.items }, owner, item, [...steps, i]).filter(
        ({ how }) => !tolerated.has(`${owner}.${field.name}[]: ${how}`),
      ),
      ...below(type.items, owner, field, item, [...steps, i]),
    ])
  return []
}

/** What the value of a field may be turned into. */
function inField({ name, type }: Field, owner: string, value: unknown, steps: Steps): Found[] {
  const say = (how: string, wrong: unknown): Found => found(steps, how, wrong)
  const word = enums[`${owner}.${name}`] === undefined ? [] : [say('a word that is none of those', 'Nonsense')]
  switch (type.kind) {
    case 'string':
      return [say('a number for a text', 7), say('an object for a text', {}), ...word]
    case 'int32':
      return [...integers(say), say('more than 32 bits', 2 ** 31), ...bounds(name, value, say)]
    case 'int64':
      return [...integers(say), ...bounds(name, value, say)]
    case 'boolean':
      return [say('a text for a truth', 'true')]
    case 'quantity':
      return [say('no amount', 'lots'), say('a list for an amount', [])]
    case 'time':
    case 'micro-time':
      return [say('no time', 'yesterday'), say('a number for a time', 7)]
    case 'bytes':
      return [say('no base64', '%%%')]
    case 'int-or-string':
      return [say('neither number nor text', true), say('a fraction', 1.5)]
    case 'list':
      return [say('an object for a list', { a: 1 }), say('a text for a list', 'a')]
    case 'map':
      return [say('a list for a map', ['a'])]
    case 'ref':
      return [say('a text for an object', 'a'), say('a list for an object', [1])]
    default:
      return []
  }
}

const integers = (say: (how: string, value: unknown) => Found): Found[] => [
  say('a text for a number', 'many'),
  say('a fraction', 1.5),
]

/** Beyond what numbers of this name are allowed to be. */
function bounds(name: string, _value: unknown, say: (how: string, value: unknown) => Found): Found[] {
  if (/[pP]ort(\[\])?$/.test(name)) return [say('a port below the first', -1), say('a port beyond the last', 65_536)]
  return [say('less than nothing', -1)]
}
