/** Types of expressions as the checker sees them, and how messages show them. Source: cel-go's common/types. */

export type Kind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'param'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'uint'

/** One type. Equal types have equal `text`. */
export interface Type {
  readonly kind: Kind
  /** The name at run time: `google.protobuf.Timestamp`, `list`, `kubernetes.Quantity`. */
  readonly name: string
  readonly params: readonly Type[]
  /** As messages of the checker show it. */
  readonly text: string
  /** True when no type parameter is in it. */
  readonly closed: boolean
}

function make(kind: Kind, name: string, params: readonly Type[], shown: string): Type {
  const text = params.length ? `${name}(${params.map((param) => param.text).join(', ')})` : shown
  return { kind, name, params, text, closed: kind !== 'param' && params.every((param) => param.closed) }
}

const scalar = (kind: Kind, name: string = kind, shown = name) => make(kind, name, [], shown)

export const anyType = scalar('any', 'google.protobuf.Any', 'any')
export const boolType = scalar('bool')
export const bytesType = scalar('bytes')
export const doubleType = scalar('double')
export const durationType = scalar('duration', 'google.protobuf.Duration', 'duration')
export const dynType = scalar('dyn')
export const errorType = scalar('error', 'error', '!error!')
export const intType = scalar('int')
export const nullType = scalar('null', 'null_type', 'null')
export const stringType = scalar('string')
export const timestampType = scalar('timestamp', 'google.protobuf.Timestamp', 'timestamp')
export const uintType = scalar('uint')
export const typeType = scalar('type')

export function listType(items: Type): Type {
  return make('list', 'list', [items], '')
}

export function mapType(keys: Type, values: Type): Type {
  return make('map', 'map', [keys, values], '')
}

export function optionalType(value: Type): Type {
  return make('opaque', 'optional_type', [value], '')
}

export function opaqueType(name: string, ...params: Type[]): Type {
  return make('opaque', name, params, name)
}

export function structType(name: string): Type {
  return scalar('struct', name)
}

export function typeOf(param: Type): Type {
  return make('type', 'type', [param], '')
}

export function paramType(name: string): Type {
  return scalar('param', name)
}

/** The same type with other parameters. */
export function withParams(type: Type, params: readonly Type[]): Type {
  return make(type.kind, type.name, params, type.text)
}

export function isSame(a: Type, b: Type): boolean {
  return a === b || (a.kind === b.kind && a.text === b.text)
}

/** As errors about the result of an expression show it. */
export function goTypeText(type: Type): string {
  if (type.kind === 'param') return `<${type.name}>`
  return type.params.length ? `${type.name}(${type.params.map(goTypeText).join(', ')})` : type.name
}

const byName: Readonly<Record<string, Type>> = {
  bool: boolType,
  bytes: bytesType,
  double: doubleType,
  duration: durationType,
  dyn: dynType,
  int: intType,
  null: nullType,
  string: stringType,
  timestamp: timestampType,
  uint: uintType,
  type: typeType,
  'net.IP': opaqueType('net.IP'),
  'net.CIDR': opaqueType('net.CIDR'),
}

/** Reads a type from a declaration: `map(string, list(A))`; single capitals are type parameters. */
export function readType(text: string): Type {
  const open = text.indexOf('(')
  if (open < 0) return byName[text] ?? (/^[A-Z]$/.test(text) ? paramType(text) : structType(text))
  const name = text.slice(0, open)
  const params = splitTypes(text.slice(open + 1, -1)).map(readType)
  const [first = dynType, second = dynType] = params
  if (name === 'list') return listType(first)
  if (name === 'map') return mapType(first, second)
  return name === 'type' ? typeOf(first) : opaqueType(name, ...params)
}

/** Splits `int, list(A), map(K, V)` at its own commas. */
export function splitTypes(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  const last = text.slice(start).trim()
  return last ? [...parts, last] : parts
}
