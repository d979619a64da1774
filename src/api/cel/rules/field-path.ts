/** `fieldPath` of rules: `.spec.replicas`, `.labels['a.b']`. Source: apiextensions-apiserver pkg/apiserver/schema/cel. */

import { type Path, path } from '../../field-error.ts'
import { type CelSchema, valueSchema } from '../schema.ts'

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
}

function unquoted(text: string): string | undefined {
  let valid = true
  const result = text.replace(/\\([\s\S])/g, (_, letter: string) => {
    if (!Object.hasOwn(escapes, letter)) valid = false
    return escapes[letter] ?? ''
  })
  return valid ? result : undefined
}

/** The steps of a path, `undefined` when it is none. */
function stepsOf(text: string): string[] | undefined {
  const steps: string[] = []
  const step = /\.([^.[\]]+)|\['((?:[^'\\]|\\[\s\S])*)'\]/y
  while (step.lastIndex < text.length) {
    const match = step.exec(text)
    if (!match) return undefined
    const name = match[1] ?? unquoted(match[2] ?? '')
    if (name === undefined) return undefined
    steps.push(name)
  }
  return steps.length ? steps : undefined
}

/** The path as errors show it, `undefined` when it leads to no field of the schema. */
export function fieldPathOf(text: string, schema: CelSchema): string | undefined {
  let at: CelSchema | undefined = schema
  let place: Path = path()
  for (const name of stepsOf(text) ?? ['']) {
    if (at?.properties) {
      if (!Object.hasOwn(at.properties, name)) return undefined
      place = place.child(name)
      at = at.properties[name]
    } else {
      const values: CelSchema | undefined = at && valueSchema(at)
      if (!values) return undefined
      place = place.key(name)
      at = values
    }
  }
  return place.toString()
}
