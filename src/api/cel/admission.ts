/**
 * What expressions of admission may refer to: the objects of a request, the request itself, parameters, variables.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
 */
import { type Environment, environment } from './environment.ts'
import { dynType, mapType, readType, stringType } from './types.ts'
import { CelMap, type Value } from './values.ts'

/** An object an expression made. */
export class MadeObject extends CelMap {
  readonly fields: ReadonlyMap<string, Value>
  constructor(fields: ReadonlyMap<string, Value>) {
    super()
    this.fields = fields
  }
  get size(): number {
    return this.fields.size
  }
  find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined
  }
  keys(): Value[] {
    return [...this.fields.keys()]
  }
}

const variables = {
  object: dynType,
  oldObject: dynType,
  request: dynType,
  namespaceObject: dynType,
  params: dynType,
  variables: mapType(stringType, dynType),
  authorizer: readType('kubernetes.authorization.Authorizer'),
  'authorizer.requestResource': readType('kubernetes.authorization.ResourceCheck'),
}

/** For conditions, validations, messages and annotations. */
export const readingEnvironment: Environment = environment({ variables })

const patchFields: Readonly<Record<string, typeof stringType>> = {
  op: stringType,
  path: stringType,
  from: stringType,
  value: dynType,
}

/** For mutations: `Object{…}` and `JSONPatch{…}` can be made. */
export const writingEnvironment: Environment = environment({
  variables,
  structs: (name) => {
    if (name === 'JSONPatch') return (field) => patchFields[field]
    if (name === 'Object' || name.startsWith('Object.')) return () => dynType
    return undefined
  },
  construct: (_name, fields) => new MadeObject(fields),
})
