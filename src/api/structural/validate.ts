/**
 * Judges the values of a custom resource by its schema, with the words of Kubernetes.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
import { equal } from '../../lib/equal.ts'
import { compileRe2 } from '../../lib/re2.ts'
import {
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  type Path,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../field-error.ts'
import { hasFormat } from './formats.ts'
import { type Fields, isFields, type Structural, schemaOf } from './schema.ts'

/** What the values were before: what did not change is not judged again (ratcheting, KEP-4008). */
type Old = { readonly value: unknown } | undefined

/** All faults of a value; `old` is the stored value of an update. */
export function validateValue(schema: Structural, value: unknown, at: Path, old?: Old): FieldError[] {
  if (old !== undefined && equal(old.value, value)) return []
  if (value === null && schema.nullable === true) return []
  const wrong = typeFault(schema, value, at)
  if (wrong !== undefined) return [wrong]
  return [
    ...enumFaults(schema, value, at),
    ...scalarFaults(schema, value, at),
    ...(Array.isArray(value) ? listFaults(schema, value, at, old) : []),
    ...(isFields(value) ? objectFaults(schema, value, at, old) : []),
    ...junctorFaults(schema, value, at),
  ]
}

function said(at: Path): string {
  return `${at} in body`
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeFault(schema: Structural, value: unknown, at: Path): FieldError | undefined {
  const is = typeOf(value)
  if (schema['x-kubernetes-int-or-string'] === true && schema.type === undefined) {
    if (is === 'integer' || is === 'string') return undefined
    return typeInvalid(at, is, `${said(at)} must be of type integer,string: "${is}"`)
  }
  const { type } = schema
  if (type === undefined || type === '' || type === is || (type === 'number' && is === 'integer')) return undefined
  return typeInvalid(at, is, `${said(at)} must be of type ${type}: "${is}"`)
}

function enumFaults(schema: Structural, value: unknown, at: Path): FieldError[] {
  if (schema.enum === undefined || schema.enum.some((one) => equal(one, value))) return []
  return [
    notSupported(
      at,
      value,
      schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    ),
  ]
}

function scalarFaults(schema: Structural, value: unknown, at: Path): FieldError[] {
  if (typeof value === 'string') return textFaults(schema, value, at)
  return typeof value === 'number' ? numberFaults(schema, value, at) : []
}

/** The first rule of length and pattern that is broken, and the format. */
function textFaults(schema: Structural, value: string, at: Path): FieldError[] {
  const { format } = schema
  const wrong = lengthFault(schema, value, at)
  const faults = wrong === undefined ? [] : [wrong]
  if (format !== undefined && !hasFormat(format, value))
    faults.push(typeInvalid(at, value, `${said(at)} must be of type ${format}: ${JSON.stringify(value)}`))
  return faults
}

function lengthFault({ maxLength, minLength, pattern }: Structural, value: string, at: Path): FieldError | undefined {
  const length = [...value].length
  if (maxLength !== undefined && length > maxLength) return tooLong(at, maxLength)
  if (minLength !== undefined && length < minLength)
    return invalidValue(at, value, `${said(at)} should be at least ${minLength} chars long`)
  if (pattern !== undefined && !matches(pattern, value))
    return invalidValue(at, value, `${said(at)} should match '${pattern}'`)
  return undefined
}

function matches(pattern: string, value: string): boolean {
  const compiled = compileRe2(pattern)
  return 'test' in compiled && compiled.test(value)
}

function numberFaults(schema: Structural, value: number, at: Path): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const say = (what: string): FieldError => invalidValue(at, value, `${said(at)} should be ${what}`)
  const faults: FieldError[] = []
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) faults.push(say(`a multiple of ${multipleOf}`))
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
    faults.push(say(`less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`))
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
    faults.push(say(`greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`))
  return faults
}

function listFaults(schema: Structural, value: readonly unknown[], at: Path, old: Old): FieldError[] {
  const { minItems, maxItems, uniqueItems, items } = schema
  const faults: FieldError[] = []
  if (maxItems !== undefined && value.length > maxItems) faults.push(tooMany(at, value.length, maxItems))
  if (minItems !== undefined && value.length < minItems)
    faults.push(invalidValue(at, value, `${said(at)} should have at least ${minItems} items`))
  if (uniqueItems === true && value.some((item, index) => value.findIndex((other) => equal(item, other)) < index))
    faults.push(invalidValue(at, value, `${said(at)} shouldn't contain duplicates`))
  const before = (item: unknown, index: number): Old => correlated(schema, item, index, old)
  const below =
    items === undefined
      ? []
      : value.flatMap((item, index) => validateValue(items, item, at.index(index), before(item, index)))
  return [...faults, ...below, ...repeatFaults(schema, value, at)]
}

/** The old element that an element of a list continues: by its keys; other lists have no such thing. */
function correlated(schema: Structural, item: unknown, _index: number, old: Old): Old {
  if (old === undefined || !Array.isArray(old.value) || schema['x-kubernetes-list-type'] !== 'map' || !isFields(item))
    return undefined
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const found = old.value.find((one) => isFields(one) && keys.every((key) => equal(one[key], item[key])))
  return found === undefined ? undefined : { value: found }
}

/** Sets and keyed lists have every element once. */
function repeatFaults(schema: Structural, value: readonly unknown[], at: Path): FieldError[] {
  const kind = schema['x-kubernetes-list-type']
  if (kind !== 'set' && kind !== 'map') return []
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const keyOf = (item: unknown): unknown =>
    kind === 'set' || !isFields(item)
      ? item
      : Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))
  const seen = new Set<string>()
  return value.flatMap((item, index) => {
    const key = JSON.stringify(keyOf(item))
    const again = seen.has(key)
    seen.add(key)
    return again ? [duplicate(at.index(index), keyOf(item))] : []
  })
}

function objectFaults(schema: Structural, value: Fields, at: Path, old: Old): FieldError[] {
  const { minProperties, maxProperties, required: needed = [] } = schema
  const count = Object.keys(value).length
  const faults: FieldError[] = []
  if (maxProperties !== undefined && count > maxProperties) faults.push(tooMany(at, count, maxProperties))
  if (minProperties !== undefined && count < minProperties)
    faults.push(invalidValue(at, value, `${said(at)} should have at least ${minProperties} properties`))
  const missing = needed.filter((key) => value[key] === undefined).map((key) => required(at.child(key)))
  const before = old !== undefined && isFields(old.value) ? old.value : undefined
  const below = Object.entries(value).flatMap(([key, item]) => {
    const sub = schemaOf(schema, key)
    if (sub === undefined) return []
    const was = before !== undefined && Object.hasOwn(before, key) ? { value: before[key] } : undefined
    return validateValue(sub, item, at.child(key), was)
  })
  return [...faults, ...missing, ...below]
}

function junctorFaults(schema: Structural, value: unknown, at: Path): FieldError[] {
  const fits = (one: Structural): boolean => validateValue(one, value, at).length === 0
  // Faults of combined schemas have no field of their own in Kubernetes.
  const say = (what: string): FieldError => invalidValue('<nil>', '', `"${at}" ${what}`)
  const faults = (schema.allOf ?? []).flatMap((one) => validateValue(one, value, at))
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits)) {
    faults.push(say('must validate at least one schema (anyOf)'), ...closest(schema.anyOf, value, at))
  }
  const found = schema.oneOf?.filter(fits).length ?? 1
  if (found === 0)
    faults.push(
      say('must validate one and only one schema (oneOf). Found none valid'),
      ...closest(schema.oneOf ?? [], value, at),
    )
  if (found > 1) faults.push(say(`must validate one and only one schema (oneOf). Found ${found} valid alternatives`))
  if (schema.not !== undefined && fits(schema.not)) faults.push(say('must not validate the schema (not)'))
  return faults
}

/** The faults of the alternative that fits best, which Kubernetes adds. */
function closest(alternatives: readonly Structural[], value: unknown, at: Path): FieldError[] {
  const all = alternatives.map((one) => validateValue(one, value, at)).sort((a, b) => a.length - b.length)
  return all[0] ?? []
}
