/**
 * What `apply` takes, as a list of objects: YAML or JSON text of many documents, objects, arrays, Lists, and anything
 * with `toJson()`. The only door to yaml.
 */
import { LineCounter, parseAllDocuments } from 'yaml'
import type { KubeObject } from '../api/object.ts'
import { KybernError } from '../lib/coded-error.ts'

export type Manifest = string | object | readonly (string | object)[]

/** Aliases one document may expand to: more is an attempt to exhaust memory. */
const aliasLimit = 100

/**
 * The objects in order. Throws KYB-YAML with line and column for text that is no YAML, KYB-MANIFEST for a document
 * that is no object of a kind.
 */
export function objectsOf(manifest: Manifest): KubeObject[] {
  if (typeof manifest === 'string') return parsed(manifest).flatMap(items)
  if (Array.isArray(manifest)) return manifest.flatMap((one) => objectsOf(one as Manifest))
  if (manifest === null || manifest === undefined) return items(manifest)
  const withJson = manifest as { toJson?: () => object }
  const plain = typeof withJson.toJson === 'function' ? withJson.toJson() : manifest
  if (Array.isArray(plain)) return objectsOf(plain)
  refuseUnwritable(plain)
  return items(plain)
}

/** What JSON cannot hold (a cycle, a BigInt, nesting without end) cannot be stored. */
function refuseUnwritable(value: unknown): void {
  try {
    JSON.stringify(value)
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new KybernError('KYB-MANIFEST', `a manifest must be plain JSON: ${why}`)
  }
}

function parsed(text: string): unknown[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: true })
  const found: unknown[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0])
      const [what] = error.message.split(' at line ')
      throw new KybernError('KYB-YAML', `error parsing YAML at line ${line}, column ${col}: ${what}`)
    }
    const value = expanded(document)
    refuseUnwritable(value)
    if (value !== null && value !== undefined) found.push(value)
  }
  return found
}

function expanded(document: { toJS(options: { maxAliasCount: number }): unknown }): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasLimit })
  } catch (error) {
    throw new KybernError('KYB-YAML', `error expanding YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function items(value: unknown): KubeObject[] {
  const object = value as KubeObject
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new KybernError(
      'KYB-MANIFEST',
      `a manifest must be an object with apiVersion and kind, not ${JSON.stringify(value)}`,
    )
  }
  if (typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items)) {
    return (object.items as unknown[]).flatMap(items)
  }
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof object[field] !== 'string' || object[field] === '') {
      const name = object.metadata?.name
      const which = name === undefined ? '' : ` in the manifest of "${name}"`
      throw new KybernError('KYB-MANIFEST', `Object '${field === 'kind' ? 'Kind' : 'apiVersion'}' is missing${which}`)
    }
  }
  return [object]
}
