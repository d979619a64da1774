/** Environments in which `self` and `oldSelf` are values of a schema. */
import { type Environment, environment } from './environment.ts'
import { type Declared, declaredAt, typeOfDeclared } from './schema.ts'
import { optionalType } from './types.ts'

const rootName = 'selfType'
const memo = new WeakMap<Declared, { plain?: Environment; optional?: Environment }>()

function make(type: Declared, optionalOldSelf: boolean): Environment {
  const self = typeOfDeclared(type, rootName)
  return environment({
    variables: { self, oldSelf: optionalOldSelf ? optionalType(self) : self },
    structs: (name) => {
      const found = declaredAt(type, rootName, name)
      if (found?.kind !== 'object') return undefined
      return (field) => {
        const declared = Object.hasOwn(found.fields, field) ? found.fields[field] : undefined
        return declared && typeOfDeclared(declared, `${name}.${field}`)
      }
    },
  })
}

/** The environment of rules on values of a declared type. Remembered by the type. */
export function schemaEnvironment(type: Declared, { optionalOldSelf = false } = {}): Environment {
  const known = memo.get(type) ?? {}
  memo.set(type, known)
  if (optionalOldSelf) {
    known.optional ??= make(type, true)
    return known.optional
  }
  known.plain ??= make(type, false)
  return known.plain
}
