/** What may stand at a place of a manifest: fields and values of the kind's schema, found by indentation alone. */
import type { Kind } from '../api/kind.ts'
import type { Descriptions } from '../api/schema/descriptions.ts'
import { enums } from '../api/schema/enums.ts'
import { type Definition, definition, type Field, type FieldType, shortName } from '../api/schema/schema.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Completions } from './questions.ts'

type Option = Completions['options'][number]

/** The options at an offset of the text, those that begin with what stands before it. */
export function completionsAt(cluster: Cluster, text: string, offset: number, descriptions: Descriptions): Completions {
  const place = placeAt(text, offset)
  const found = optionsAt(cluster, place, descriptions)
  const options = found.filter(
    ({ label }) => label.startsWith(place.typed) && (place.value || !place.siblings.has(label)),
  )
  return { from: offset - place.typed.length, to: offset, options }
}

interface TextPlace {
  /** Keys from the top of the document to where the cursor is; elements of lists leave no trace. */
  readonly path: readonly string[]
  readonly typed: string
  /** True where a value stands, after `key: `; the key is the last of the path. */
  readonly value: boolean
  /** Keys that stand there already. */
  readonly siblings: ReadonlySet<string>
  readonly apiVersion: string
  readonly kind: string
}

interface Line {
  /** Where its content begins, after any `- `. */
  readonly indent: number
  readonly key: string
  readonly rest: string
  readonly blank: boolean
}

function lineOf(text: string): Line {
  const [, lead = '', content = ''] = /^((?:\s|- )*)(.*)$/.exec(text) ?? []
  const [, key = '', rest = ''] = /^("[^"]*"|[^\s:#][^:#]*?):(?:\s+(.*))?$/.exec(content) ?? []
  return { indent: lead.length, key: key.replaceAll('"', ''), rest, blank: content === '' || content.startsWith('#') }
}

function placeAt(text: string, offset: number): TextPlace {
  const start = Math.max(text.lastIndexOf('\n---', offset - 1), text.startsWith('---') ? 0 : -1)
  const from = start < 0 ? 0 : text.indexOf('\n', start + 1) + 1
  const next = text.indexOf('\n---', offset)
  const before = text.slice(from, offset).split('\n')
  const whole = text.slice(from, next < 0 ? text.length : next).split('\n')
  const top = (name: string): string =>
    new RegExp(`^${name}:\\s*"?([^"#\\s]+)`).exec(whole.find((line) => line.startsWith(`${name}:`)) ?? '')?.[1] ?? ''
  const current = before.at(-1) ?? ''
  const inValue = /^((?:\s|- )*)([^\s:#][^:#]*?):\s+(\S*)$/.exec(current)
  const lead = /^(?:\s|- )*/.exec(current)?.[0].length ?? 0
  const path = inValue === null ? [] : [inValue[2] as string]
  const typed = inValue === null ? current.slice(lead) : (inValue[3] as string)
  const parents = parentsOf(before.slice(0, -1).map(lineOf), lead)
  const at = before.length - 1
  const siblings = new Set(siblingsOf(whole.map(lineOf), at, lead))
  return {
    path: [...parents, ...path],
    typed,
    value: inValue !== null,
    siblings,
    apiVersion: top('apiVersion'),
    kind: top('kind'),
  }
}

/** Keys of ever smaller indentation above; a `- ` counts as indentation. */
function parentsOf(lines: readonly Line[], indent: number): string[] {
  const path: string[] = []
  let inside = indent
  for (const line of lines.toReversed()) {
    if (line.blank || line.indent >= inside || line.key === '') continue
    path.unshift(line.key)
    inside = line.indent
  }
  return path
}

/** Keys of the same mapping: lines of the same indentation without a smaller one, or a new element, between. */
function siblingsOf(lines: readonly Line[], at: number, indent: number): string[] {
  const found: string[] = []
  const walk = (from: number, step: number): void => {
    for (let i = from; i >= 0 && i < lines.length; i += step) {
      const line = lines[i] as Line
      if (line.blank) continue
      if (line.indent < indent) return
      if (line.indent === indent && line.key !== '') found.push(line.key)
    }
  }
  walk(at - 1, -1)
  walk(at + 1, 1)
  return found
}

function optionsAt(cluster: Cluster, place: TextPlace, descriptions: Descriptions): Option[] {
  const [first, ...more] = place.path
  if (place.value && more.length === 0 && (first === 'kind' || first === 'apiVersion'))
    return kindOptions(cluster, place, first)
  const kind = cluster.registry.byKind(place.apiVersion, place.kind)
  const root = kind === undefined ? undefined : rootOf(kind)
  if (root === undefined) return place.path.length === 0 ? ['apiVersion', 'kind', 'metadata'].map(bare) : []
  const keys = place.value ? place.path.slice(0, -1) : place.path
  const struct = structAt(root, keys)
  if (struct === undefined) return []
  if (!place.value) return fieldOptions(struct, keys.length === 0, descriptions)
  const field = struct.fields[place.path.at(-1) as string]
  return field === undefined ? [] : valueOptions(struct, field)
}

function bare(label: string): Option {
  const insert = label === 'metadata' ? 'metadata:\n  name: ' : `${label}: `
  return { label, kind: 'field', type: 'string', required: true, doc: '', insert }
}

/** Kinds that are served, those of the apiVersion first written only; or the versions they are served in. */
function kindOptions(cluster: Cluster, place: TextPlace, field: 'kind' | 'apiVersion'): Option[] {
  const other = field === 'kind' ? place.apiVersion : place.kind
  const all = cluster.kinds
    .flatMap((kind) => [kind, ...kind.versions])
    .filter(({ served, virtual }) => served && virtual !== true)
  const fitting = all.filter(({ kind, apiVersion }) => other === '' || other === (field === 'kind' ? apiVersion : kind))
  const labels = [...new Set(fitting.map((kind) => kind[field]))].sort()
  return labels.map((label) => ({ label, kind: 'value', type: 'string', required: false, doc: '', insert: label }))
}

function rootOf({ schema, custom }: Kind): Definition | undefined {
  return custom?.definition ?? (schema === undefined ? undefined : definition(schema))
}

/** The struct a path of keys leads to; lists are entered by themselves. */
function structAt(root: Definition, keys: readonly string[]): Definition | undefined {
  let struct: Definition | undefined = root
  let values: FieldType | undefined
  for (const key of keys) {
    const type: FieldType | undefined = values ?? struct?.fields[key]?.type
    if (type === undefined) return undefined
    const inner = element(type)
    values = inner.kind === 'map' ? inner.values : undefined
    struct = structOf(inner)
  }
  return struct
}

function element(type: FieldType): FieldType {
  return type.kind === 'list' ? element(type.items) : type
}

function structOf(type: FieldType): Definition | undefined {
  if (type.kind === 'ref') return definition(type.name)
  return type.kind === 'struct' ? type.definition : undefined
}

function fieldOptions(struct: Definition, isRoot: boolean, descriptions: Descriptions): Option[] {
  const short = shortName(struct.name) ?? struct.name
  const fields = Object.values(struct.fields).filter(({ name }) => !(isRoot && name === 'status'))
  return fields.map((field) => ({
    label: field.name,
    kind: 'field',
    type: typeText(field.type),
    required: field.required,
    doc: descriptions[`${short}.${field.name}`] ?? '',
    insert: insertOf(field),
  }))
}

function insertOf({ name, type }: Field): string {
  if (type.kind === 'list')
    return element(type).kind === 'ref' || element(type).kind === 'struct' ? `${name}:\n- ` : `${name}: []`
  return type.kind === 'ref' || type.kind === 'struct' || type.kind === 'map' ? `${name}:\n  ` : `${name}: `
}

function typeText(type: FieldType): string {
  if (type.kind === 'list') return `[]${typeText(type.items)}`
  if (type.kind === 'map') return `map of ${typeText(type.values)}`
  if (type.kind === 'ref') return type.name.slice(type.name.lastIndexOf('.') + 1)
  return type.kind === 'struct' ? 'object' : type.kind
}

function valueOptions(struct: Definition, field: Field): Option[] {
  const short = shortName(struct.name) ?? struct.name
  const list = field.type.kind === 'list' ? '[]' : ''
  const values =
    enums[`${short}.${field.name}${list}`]?.split('|') ?? (field.type.kind === 'boolean' ? ['true', 'false'] : [])
  const type = values.length > 2 || field.type.kind !== 'boolean' ? 'enum' : 'boolean'
  return values
    .filter((value) => value !== '')
    .map((label) => ({ label, kind: 'value', type, required: false, doc: '', insert: label }))
}
