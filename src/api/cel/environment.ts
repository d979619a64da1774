/**
 * What an expression may refer to: variables, functions, types with fields. Immutable; made once and used for many
 * expressions.
 */
import { type FunctionDeclaration, functionNamed } from './declarations.ts'
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  optionalType,
  paramType,
  stringType,
  structType,
  type Type,
  timestampType,
  typeOf,
  typeType,
  uintType,
} from './types.ts'
import type { Value } from './values.ts'

/** The types of the fields of a message type, by the name an expression uses. */
export type Fields = (name: string) => Type | undefined

export interface EnvironmentOptions {
  /** Types of the variables. */
  readonly variables?: Readonly<Record<string, Type>>
  /** The fields of message types by the type's name. */
  readonly structs?: (name: string) => Fields | undefined
  /** Makes a message; called with the fields that were given. */
  readonly construct?: (typeName: string, fields: ReadonlyMap<string, Value>) => Value
  /** Functions beside those of Kubernetes. */
  readonly functions?: (name: string) => FunctionDeclaration | undefined
  /** The namespace in which names are looked up first. */
  readonly container?: string
  /** True allows fields between backticks. Kubernetes does not. */
  readonly escapedFields?: boolean
  /** False leaves out the checks of literal durations, times, patterns and mixed lists. */
  readonly validated?: boolean
}

/** An environment as checker and compiler use it. */
export interface Environment {
  readonly container: string
  readonly escapedFields: boolean
  readonly validated: boolean
  candidates(name: string): readonly string[]
  ident(name: string): Type | undefined
  fn(name: string): FunctionDeclaration | undefined
  fields(struct: string): Fields | undefined
  readonly construct: ((typeName: string, fields: ReadonlyMap<string, Value>) => Value) | undefined
}

const a = paramType('A')
const named: Readonly<Record<string, Type>> = Object.fromEntries(
  [
    boolType,
    bytesType,
    doubleType,
    durationType,
    intType,
    listType(a),
    mapType(a, paramType('B')),
    nullType,
    optionalType(paramType('V')),
    stringType,
    timestampType,
    typeType,
    uintType,
    opaqueType('net.IP'),
    opaqueType('net.CIDR'),
  ].map((type) => [type.name, typeOf(type)]),
)

/** The names `name` may stand for inside a container, the most specific first. */
function candidatesIn(container: string, name: string): string[] {
  if (name.startsWith('.')) return [name.slice(1)]
  const names: string[] = []
  for (let prefix = container; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.'))))
    names.push(`${prefix}.${name}`)
  return [...names, name]
}

/** An environment of Kubernetes 1.36's dialect with the given variables and types. */
export function environment(options: EnvironmentOptions = {}): Environment {
  const { variables = {}, structs, functions, container = '' } = options
  const own = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined)
  return {
    container,
    escapedFields: options.escapedFields ?? false,
    validated: options.validated ?? true,
    construct: options.construct,
    candidates: (name) => (container === '' && !name.startsWith('.') ? [name] : candidatesIn(container, name)),
    ident: (name) =>
      own(name) ??
      (structs?.(name) ? typeOf(structType(name)) : undefined) ??
      (Object.hasOwn(named, name) ? named[name] : undefined),
    fn: (name) => functionNamed(name.startsWith('.') ? name.slice(1) : name) ?? functions?.(name),
    fields: (struct) => structs?.(struct),
  }
}
