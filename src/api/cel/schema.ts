/**
 * Structural schemas (OpenAPI v3 with Kubernetes' extensions) as types of expressions.
 * Sources: k8s.io/apiserver pkg/cel/common (schemas),
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { escapeName } from './escaping.ts'
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  type Type,
  timestampType,
} from './types.ts'

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** What expressions need of a schema: JSONSchemaProps of a CustomResourceDefinition. */
export interface CelSchema {
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly properties?: Readonly<Record<string, CelSchema>>
  readonly additionalProperties?: CelSchema | boolean
  readonly items?: CelSchema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly maxLength?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly allOf?: readonly CelSchema[]
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

/** The bytes of the largest request; sizes are estimated from it. */
export const maxRequestBytes = 3 * 1024 * 1024

/** A schema as declared type: what may be selected, and how large it can be. */
export interface Declared {
  readonly kind: 'object' | 'list' | 'map' | 'scalar'
  /** The type of scalars. */
  readonly scalar: Type
  /** By identifier. */
  readonly fields: Readonly<Record<string, Declared>>
  /** Of elements or values. */
  readonly items: Declared | undefined
  /** The most elements, entries or characters. */
  readonly maxElements: number
  /** The bytes of the smallest JSON. */
  readonly minSize: number
}

const textType: CelSchema = { type: 'string' }
const metaSchema: CelSchema = { type: 'object', properties: { name: textType, generateName: textType } }
const withMeta = new WeakMap<CelSchema, CelSchema>()

function hasMeta({ properties = {} }: CelSchema): boolean {
  const { kind, apiVersion, metadata } = properties
  const inner = metadata?.properties
  const names = inner?.name?.type === 'string' && inner.generateName?.type === 'string'
  return kind?.type === 'string' && apiVersion?.type === 'string' && metadata?.type === 'object' && names
}

/** The schema of a whole object: kind, apiVersion and the names in its metadata may always be used. */
export function rootSchema(schema: CelSchema): CelSchema {
  if (hasMeta(schema)) return schema
  const known = withMeta.get(schema)
  if (known) return known
  const added = { kind: textType, apiVersion: textType, metadata: metaSchema }
  const result = { ...schema, properties: { ...schema.properties, ...added } }
  withMeta.set(schema, result)
  return result
}

const isEmbedded = (schema: CelSchema) => schema['x-kubernetes-embedded-resource'] === true

/** The schema of the values of a map, `undefined` when there is none. */
export function valueSchema(schema: CelSchema): CelSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

function scalar(type: Type, minSize: number, maxElements = 0): Declared {
  return { kind: 'scalar', scalar: type, fields: {}, items: undefined, maxElements, minSize }
}

const most = (value: number | undefined, otherwise: number) => (value === undefined ? otherwise : Math.max(0, value))

function stringDeclared(schema: CelSchema): Declared {
  const longest = maxRequestBytes - 2
  switch (schema.format) {
    case 'byte':
      return scalar(bytesType, 2, most(schema.maxLength, longest))
    case 'duration':
      return scalar(durationType, 3, 32)
    case 'date':
      return scalar(timestampType, 12, 12)
    case 'date-time':
      return scalar(timestampType, 21, 32)
  }
  if (schema.maxLength !== undefined) return scalar(stringType, 2, most(schema.maxLength, 0) * 4)
  if (!schema.enum?.length) return scalar(stringType, 2, longest)
  const encoder = new TextEncoder()
  const lengths = schema.enum.map((each) => (typeof each === 'string' ? encoder.encode(each).length : 0))
  return scalar(stringType, 2, Math.max(...lengths))
}

function objectDeclared(schema: CelSchema): Declared | undefined {
  const values = valueSchema(schema)
  const empty = { scalar: dynType, fields: {}, items: undefined, maxElements: 0, minSize: 2 }
  if (values) {
    const items = declared(values, isEmbedded(values))
    if (!items) return undefined
    const maxElements = most(schema.maxProperties, Math.floor((maxRequestBytes - 2) / (items.minSize + 6)))
    return { ...empty, kind: 'map', items, maxElements }
  }
  const fields: Record<string, Declared> = {}
  let minSize = 2
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const field = declared(property, isEmbedded(property))
    if (!field) continue
    const identifier = escapeName(name)
    if (identifier !== undefined) fields[identifier] = field
    if (schema.required?.includes(name) && property.default === undefined)
      minSize += new TextEncoder().encode(name).length + field.minSize + 4
  }
  return { ...empty, kind: 'object', fields, minSize }
}

function declare(schema: CelSchema): Declared | undefined {
  if (schema['x-kubernetes-int-or-string'])
    return scalar(dynType, 1, schema.maxLength === undefined ? maxRequestBytes - 2 : most(schema.maxLength, 0) * 4)
  switch (schema.type) {
    case 'array': {
      const items = schema.items && declared(schema.items, isEmbedded(schema.items))
      if (!items) return undefined
      const maxElements = most(schema.maxItems, Math.floor((maxRequestBytes - 2) / (items.minSize + 1)))
      return { kind: 'list', scalar: dynType, fields: {}, items, maxElements, minSize: 2 }
    }
    case 'object':
      return objectDeclared(schema)
    case 'string':
      return stringDeclared(schema)
    case 'boolean':
      return scalar(boolType, 4)
    case 'number':
      return scalar(doubleType, 1)
    case 'integer':
      return scalar(intType, 1)
    default:
      return undefined
  }
}

const memo = new WeakMap<CelSchema, { readonly type: Declared | undefined }>()

/** The declared type of a schema, `undefined` when expressions cannot see its values. Remembered by the schema. */
export function declared(schema: CelSchema, isRoot = false): Declared | undefined {
  const used = isRoot && !schema['x-kubernetes-int-or-string'] ? rootSchema(schema) : schema
  const known = memo.get(used)
  if (known) return known.type
  const type = declare(used)
  memo.set(used, { type })
  return type
}

/** The type of a declared type; objects are named by their place, beneath `name`. */
export function typeOfDeclared(type: Declared, name: string): Type {
  if (type.kind === 'object') return structType(name)
  if (type.kind === 'list' && type.items) return listType(typeOfDeclared(type.items, `${name}.@idx`))
  if (type.kind === 'map' && type.items) return mapType(stringType, typeOfDeclared(type.items, `${name}.@elem`))
  return type.scalar
}

/** The declared type at a place beneath the root's name: `selfType.spec.containers.@idx`. */
export function declaredAt(root: Declared, rootName: string, name: string): Declared | undefined {
  if (name !== rootName && !name.startsWith(`${rootName}.`)) return undefined
  let at: Declared | undefined = root
  for (const step of name.split('.').slice(rootName.split('.').length)) {
    if (step === '@idx' || step === '@elem') at = at?.items
    else at = at && Object.hasOwn(at.fields, step) ? at.fields[step] : undefined
  }
  return at
}
