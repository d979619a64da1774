/** What is wrong with a manifest, at the line: its YAML, its fields, and what admission says of it. */
import type { KubeObject } from '../api/object.ts'
import { StatusError } from '../api/status-error.ts'
import { threeWay } from '../cluster/apply.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Diagnostic } from './questions.ts'
import { objectsIn, type TextObject } from './yaml-text.ts'

/** Tries every object of the text; nothing is written. */
export async function checkManifest(cluster: Cluster, text: string): Promise<Diagnostic[]> {
  const { objects, problems } = objectsIn(text)
  const found = [...problems]
  for (const object of objects) {
    try {
      const { error, warnings } = await cluster.admit(wanted(cluster, object.value))
      if (error !== undefined) found.push(...diagnosed(object, error))
      // Applying is strict: what is a warning of decoding there is an error here.
      for (const message of warnings) {
        const severity = /^(unknown|duplicate) field/.test(message) ? 'error' : 'warning'
        found.push({ ...at(object, fieldIn(message), message), severity })
      }
    } catch (error) {
      found.push(...diagnosed(object, error))
    }
  }
  return found.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** What applying would write: of an object that exists, the merge with what is live. */
function wanted(cluster: Cluster, object: KubeObject): KubeObject {
  const kind = cluster.registry.byKind(object.apiVersion, object.kind)
  const { name, namespace = 'default' } = object.metadata ?? {}
  const live = kind === undefined || name === undefined ? undefined : cluster.get(object.kind, name, namespace)
  return live === undefined || kind === undefined ? object : threeWay(kind, live, object)
}

/** The places in the text that an error is about: one for each field it names. */
export function diagnosed(object: TextObject, error: unknown): Diagnostic[] {
  if (error instanceof StatusError) {
    const causes = error.status.details?.causes ?? []
    const fields = causes.filter(({ field = '' }) => field !== '' && field !== '<nil>')
    if (fields.length > 0)
      return fields.map(({ field = '', message = error.message }) => at(object, field, `${field}: ${message}`))
    const strict = strictErrors(error.message)
    return strict.length > 0
      ? strict.map((one) => at(object, fieldIn(one), one))
      : [at(object, fieldIn(error.message), error.message)]
  }
  const message = error instanceof Error ? error.message : String(error)
  const isKind = error instanceof KybernError && error.code === 'KYB-KIND'
  return [at(object, isKind ? 'kind' : '', message)]
}

function at(object: TextObject, field: string, message: string): Diagnostic {
  return { severity: 'error', message, ...object.placeOf(field), ...(field === '' ? {} : { field }) }
}

/** The parts of `strict decoding error: unknown field "spec.foo", unknown field "spec.bar"`. */
function strictErrors(message: string): string[] {
  const list = /strict decoding error: (.*)$/s.exec(message)?.[1]
  return list === undefined ? [] : list.split(/, (?=unknown field|duplicate field)/)
}

function fieldIn(message: string): string {
  return /field "([^"]+)"/.exec(message)?.[1] ?? /^([a-z][\w.[\]]*): /.exec(message)?.[1] ?? ''
}
