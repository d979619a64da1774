/**
 * Whether a schema is structural: a type everywhere, nothing that would make it depend on values, sound list types.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { compileRe2 } from '../../lib/re2.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../field-error.ts'
import type { Structural } from './schema.ts'
import { validateValue } from './validate.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** All faults of a version's schema. */
export function structuralFaults(root: Structural, at: Path): FieldError[] {
  const faults: FieldError[] = []
  const { type = '' } = root
  if (type === '') faults.push(required(at.child('type'), 'must not be empty at the root'))
  else if (type !== 'object') faults.push(invalidValue(at.child('type'), type, 'must be object at the root'))
  return [...below(root, at), ...faults]
}

function below(schema: Structural, at: Path): FieldError[] {
  const { properties = {}, additionalProperties, items, type } = schema
  return [
    ...own(schema, at),
    ...(type === 'array' && items === undefined ? [required(at.child('items'), 'must be specified')] : []),
    ...(items === undefined
      ? []
      : [...typed(items, at.child('items'), 'array items'), ...below(items, at.child('items'))]),
    ...(Object.keys(properties).length > 0 && additionalProperties !== undefined && additionalProperties !== false
      ? [forbiddenValue(at.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive')]
      : []),
    ...Object.entries(properties).flatMap(([key, one]) => {
      const place = at.child('properties').key(key)
      return [...typed(one, place, 'object fields'), ...below(one, place)]
    }),
    ...(typeof additionalProperties === 'object'
      ? [
          ...typed(additionalProperties, at.child('additionalProperties'), 'object fields'),
          ...below(additionalProperties, at.child('additionalProperties')),
        ]
      : []),
  ]
}

/** A part has a type, unless it says that it may be anything or a number or text. */
function typed(schema: Structural, at: Path, what: string): FieldError[] {
  const free = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true
  return (schema.type ?? '') === '' && !free
    ? [required(at.child('type'), `must not be empty for specified ${what}`)]
    : []
}

function own(schema: Structural, at: Path): FieldError[] {
  const { type, pattern, $ref, uniqueItems } = schema
  return [
    ...(type !== undefined && type !== '' && !types.includes(type)
      ? [notSupported(at.child('type'), type, types)]
      : []),
    ...(pattern !== undefined ? patternFaults(pattern, at.child('pattern')) : []),
    ...($ref !== undefined ? [forbiddenValue(at.child('$ref'), '$ref is not supported')] : []),
    ...(uniqueItems === true
      ? [
          forbiddenValue(
            at.child('uniqueItems'),
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(schema.additionalProperties === false
      ? [forbiddenValue(at.child('additionalProperties'), 'additionalProperties cannot be set to false')]
      : []),
    ...listFaults(schema, at),
    ...defaultFaults(schema, at.child('default')),
    ...intOrStringFaults(schema, at),
  ]
}

function patternFaults(pattern: string, at: Path): FieldError[] {
  const compiled = compileRe2(pattern)
  if (!('fault' in compiled)) return []
  return [invalidValue(at, pattern, `must be a valid regular expression, but isn't: ${compiled.fault}`)]
}

function listFaults(schema: Structural, at: Path): FieldError[] {
  const kind = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const place = at.child('x-kubernetes-list-map-keys')
  const faults: FieldError[] = []
  if (kind !== undefined && schema.type !== 'array')
    faults.push(
      invalidValue(at.child('type'), schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'),
    )
  if (kind !== undefined && !['atomic', 'set', 'map'].includes(kind))
    faults.push(notSupported(at.child('x-kubernetes-list-type'), kind, ['atomic', 'set', 'map']))
  if (keys.length > 0 && kind !== 'map')
    faults.push(
      invalidValue(
        at.child('x-kubernetes-list-type'),
        kind ?? null,
        'must be map if x-kubernetes-list-map-keys is non-empty',
      ),
    )
  if (kind === 'map' && keys.length === 0)
    faults.push(required(place, 'must not be empty if x-kubernetes-list-type is map'))
  for (const [index, key] of keys.entries()) {
    const found = schema.items?.properties?.[key]
    if (found === undefined)
      faults.push(invalidValue(place.index(index), key, 'entries must all be names of item properties'))
    else if (!(schema.items?.required ?? []).includes(key) && found.default === undefined)
      faults.push(
        required(
          at.child('items', 'properties').key(key).child('default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      )
  }
  return faults
}

/** A default must be a value that the schema accepts. */
function defaultFaults(schema: Structural, at: Path): FieldError[] {
  if (schema.default === undefined) return []
  const { default: value, ...rest } = schema
  // A default is judged as a value of its own and told under the place where it stands.
  return validateValue(rest, value, path()).map((fault) => ({
    ...fault,
    field: fault.field === '' ? `${at}` : `${at}.${fault.field}`,
  }))
}

function intOrStringFaults(schema: Structural, at: Path): FieldError[] {
  if (schema['x-kubernetes-int-or-string'] !== true || schema.type === undefined || schema.type === '') return []
  return [forbiddenValue(at.child('type'), 'must be empty if x-kubernetes-int-or-string is true')]
}
