/**
 * The protobuf messages of the built-in kinds. Rows of `data/table.ts` are strings, parsed when a message is met.
 *
 * A row is `[@ ]cell cell …`; `@` marks a kind (it carries apiVersion and kind in JSON). A cell is
 * `number mark jsonName:type`, an empty name for a message whose fields stand in the parent's JSON. Marks, from Go:
 * `*` pointer (present means written, zero or not), `?` omitempty, `!` neither. A row `=type` is a message that is,
 * in JSON, its only field. Types: s string, i integer, b boolean, d double, y bytes, t Time, m MicroTime, u Duration,
 * q Quantity, x IntOrString, j JSON text; `[]T` repeated, `{}T` map from strings; `.Name` a message of the same
 * package, `apps.v1.Name` one of another.
 * Source: the generated.proto and types.go files of k8s.io/api, apimachinery, apiextensions-apiserver, kube-aggregator.
 */
import { groups, table } from './data/table.ts'

export type ScalarCode = 's' | 'i' | 'b' | 'd' | 'y' | 't' | 'm' | 'u' | 'q' | 'x' | 'j'

/** What one field holds. `message` is set instead of `scalar` for nested messages. */
export interface FieldType {
  readonly shape: 'one' | 'list' | 'map'
  readonly scalar?: ScalarCode
  readonly message?: string
}

export interface Field extends FieldType {
  readonly number: number
  /** The name in JSON; '' for an inlined message. */
  readonly name: string
  readonly pointer: boolean
  readonly omitempty: boolean
}

export interface Message {
  readonly name: string
  readonly isKind: boolean
  /** Set for a message that is, in JSON, the value of its field 1. */
  readonly wraps?: Field
  readonly fields: readonly Field[]
  readonly byNumber: ReadonlyMap<number, Field>
}

/** Kinds of meta.v1 that every group and version knows. */
const everywhere = new Set(
  'CreateOptions DeleteOptions GetOptions ListOptions PatchOptions UpdateOptions Status List'.split(' '),
)
const unversioned = new Set('APIGroup APIGroupList APIResourceList APIVersions'.split(' '))

/** The message of a kind, or undefined: `apps/v1`, `Deployment` → `apps.v1.Deployment`. */
export function messageOfKind(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/')
  const version = apiVersion.slice(slash + 1)
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const prefix = Object.hasOwn(groups, group) ? groups[group] : undefined
  const name = `${prefix}.${version}.${kind}`
  if (prefix !== undefined && table[name]?.startsWith('@') && Object.hasOwn(table, name)) return name
  if (everywhere.has(kind) || (unversioned.has(kind) && (apiVersion === 'v1' || apiVersion === '')))
    return `meta.v1.${kind}`
  return undefined
}

// Parsed rows by name: a memo of constants, so it never changes an answer.
const parsed = new Map<string, Message>()

/** The message of that name, parsed at its first use; the names in the table are closed under reference. */
export function messageOf(name: string): Message {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const message = parse(name, table[name] as string)
  parsed.set(name, message)
  return message
}

/** A message's fields by their names in JSON, those of inlined messages too; empty for names without a message. */
export function fieldsInProtobuf(name: string): ReadonlyMap<string, Field> {
  if (!Object.hasOwn(table, name)) return new Map()
  const all = messageOf(name).fields.flatMap((field): [string, Field][] =>
    field.name === '' ? [...fieldsInProtobuf(field.message as string)] : [[field.name, field]],
  )
  return new Map(all)
}

function parse(name: string, row: string): Message {
  const home = name.slice(0, name.lastIndexOf('.'))
  if (row.startsWith('=')) {
    const type = typeOf(home, row.slice(1))
    const only = { ...type, number: 1, name: 'items', pointer: false, omitempty: true }
    return { name, isKind: false, wraps: only, fields: [only], byNumber: new Map([[1, only]]) }
  }
  const cells = row.split(' ').filter((cell) => cell !== '' && cell !== '@')
  const fields = cells.map((cell) => fieldOf(home, cell))
  return { name, isKind: row.startsWith('@'), fields, byNumber: new Map(fields.map((field) => [field.number, field])) }
}

function fieldOf(home: string, cell: string): Field {
  const [, number, mark, name, type] = /^(\d+)([*?!])([^:]*):(.*)$/.exec(cell) as string[]
  return {
    ...typeOf(home, type as string),
    number: Number(number),
    name: name as string,
    pointer: mark === '*',
    omitempty: mark === '?',
  }
}

function typeOf(home: string, code: string): FieldType {
  const shape = code.startsWith('[]') ? 'list' : code.startsWith('{}') ? 'map' : 'one'
  const item = shape === 'one' ? code : code.slice(2)
  if (item.length === 1) return { shape, scalar: item as ScalarCode }
  return { shape, message: item.startsWith('.') ? home + item : item }
}
