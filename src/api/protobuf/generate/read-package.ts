/** Rows of one Go package: its `generated.proto` joined with the tags of its structs by field number. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FoundPackage {
  /** `apps.v1`, `meta.v1`, `resource`. */
  readonly name: string
  /** The API group, when the package registers one. */
  readonly group?: string
  readonly rows: Readonly<Record<string, string>>
}

/** Messages whose JSON is no object of their fields: one letter each, as in `../messages.ts`. */
const special: Readonly<Record<string, string>> = {
  'meta.v1.Time': 't',
  'meta.v1.MicroTime': 'm',
  'meta.v1.Timestamp': '-',
  'meta.v1.Duration': 'u',
  'meta.v1.FieldsV1': 'j',
  'meta.v1.TypeMeta': '-',
  'core.v1.List': '-', // the same as meta.v1.List
  'resource.Quantity': 'q',
  'resource.QuantityValue': '-',
  'intstr.IntOrString': 'x',
  'runtime.RawExtension': 'j',
  'runtime.TypeMeta': '-',
  'runtime.Unknown': '-',
  'apiextensions.v1.JSON': 'j',
  'apiextensions.v1beta1.JSON': 'j',
}
const scalars: Readonly<Record<string, string>> = {
  string: 's',
  int32: 'i',
  int64: 'i',
  bool: 'b',
  bytes: 'y',
  double: 'd',
}

interface Tag {
  readonly json: string
  readonly pointer: boolean
  readonly omitempty: boolean
  readonly inline: boolean
}

interface Struct {
  readonly tags: ReadonlyMap<number, Tag>
  readonly isKind: boolean
}

export function readPackage(directory: string): FoundPackage {
  const proto = readFileSync(join(directory, 'generated.proto'), 'utf8')
  const name = shortPackage((/^package (.*);/m.exec(proto) as RegExpExecArray)[1] as string)
  const structs = readStructs(directory)
  const rows: Record<string, string> = {}
  for (const [, message, body] of proto.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const full = `${name}.${message}`
    if (special[full] !== undefined) continue
    rows[full] = row(name, full, body as string, structs.get(message as string))
  }
  const register = join(directory, 'register.go')
  const group = existsSync(register) ? /GroupName = "(.*)"/.exec(readFileSync(register, 'utf8'))?.[1] : undefined
  return group === undefined ? { name, rows } : { name, group, rows }
}

/** `k8s.io.api.apps.v1` → `apps.v1`; `k8s.io.apimachinery.pkg.api.resource` → `resource`. */
function shortPackage(full: string): string {
  const parts = full.split('.')
  return parts.slice(/^v\d/.test(parts.at(-1) as string) ? -2 : -1).join('.')
}

function row(here: string, full: string, body: string, struct: Struct | undefined): string {
  const fields = [
    ...body.matchAll(/^ {2}(?:(optional|repeated) )?(map<(\w+), ([\w.]+)>|[\w.]+) (\w+) = (\d+)(?: \[.*\])?;/gm),
  ]
  if (fields.length === 0) return struct?.isKind ? '@' : ''
  if (struct === undefined) {
    const only = fields[0]
    if (fields.length !== 1 || only?.[5] !== 'items') throw new Error(`no Go struct for ${full}`)
    return `=[]${typeCode(here, only[2] as string)}`
  }
  const cells = fields.map(([, label, type, , value, field, number]) => {
    const tag = struct.tags.get(Number(number)) as Tag
    if (tag === undefined) throw new Error(`no Go field for ${full}.${field}`)
    const mark = tag.pointer ? '*' : tag.omitempty ? '?' : '!'
    const list = label === 'repeated' ? '[]' : ''
    const code = value === undefined ? list + typeCode(here, type as string) : `{}${typeCode(here, value)}`
    return `${number}${mark}${tag.inline ? '' : tag.json}:${code}`
  })
  return (struct.isKind ? ['@', ...cells] : cells).join(' ')
}

function typeCode(here: string, type: string): string {
  const scalar = scalars[type]
  if (scalar !== undefined) return scalar
  const dot = type.lastIndexOf('.')
  const home = dot < 0 ? here : shortPackage(type.slice(1, dot))
  const full = `${home}.${type.slice(dot + 1)}`
  return special[full] ?? (home === here ? `.${type.slice(dot + 1)}` : full)
}

function readStructs(directory: string): Map<string, Struct> {
  const structs = new Map<string, Struct>()
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.go') || file.endsWith('_test.go') || file.includes('generated')) continue
    const source = readFileSync(join(directory, file), 'utf8')
    for (const [, name, body] of source.matchAll(/^\s*(?:type )?(\w+) struct \{\n([\s\S]*?)^\}/gm))
      structs.set(name as string, readStruct(body as string))
    // `type MatchCondition v1.MatchCondition`: the struct of the package beside this one.
    for (const [, name, version, other] of source.matchAll(/^type (\w+) =? ?(v\d\w*)\.(\w+)$/gm)) {
      const home = join(directory, '..', version as string)
      const struct = existsSync(home) ? readStructs(home).get(other as string) : undefined
      if (struct !== undefined) structs.set(name as string, struct)
    }
  }
  return structs
}

function readStruct(body: string): Struct {
  const tags = new Map<number, Tag>()
  for (const [, type, text] of body.matchAll(/^\s*(?:\w+\s+)?([^\s`/]\S*)\s+`([^`]*)`/gm)) {
    const number = /protobuf:"\w+,(\d+)/.exec(text as string)?.[1]
    if (number === undefined) continue
    const [json, ...options] = (/json:"([^"]*)"/.exec(text as string)?.[1] ?? '').split(',')
    const named = json !== '' ? json : /protobuf:"[^"]*name=(\w+)/.exec(text as string)?.[1]
    tags.set(Number(number), {
      json: named ?? '',
      pointer: (type as string).startsWith('*'),
      omitempty: options.includes('omitempty'),
      inline: options.includes('inline'),
    })
  }
  return { tags, isKind: /^\s*(?:\w+\.)?TypeMeta\s+`json:",inline"/m.test(body) }
}
