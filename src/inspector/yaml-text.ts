/** Manifests as text with places: the objects in it, and where a field of one stands. */
import { type Document, isMap, isSeq, LineCounter, parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../api/object.ts'
import type { Diagnostic } from './questions.ts'

/** As in applied manifests. */
const aliasLimit = 100

/** One document of a text. */
export interface TextObject {
  readonly value: KubeObject
  /** The place of a field by its path (`spec.containers[0].image`, keys in `[…]` too), or of what is nearest above it. */
  readonly placeOf: (path: string) => Place
}

type Place = Pick<Diagnostic, 'line' | 'column' | 'endLine' | 'endColumn'>

/** The objects of a text in order, and what is wrong with the YAML itself. */
export function objectsIn(text: string): { objects: TextObject[]; problems: Diagnostic[] } {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: true })
  const documents: readonly Document[] = Array.isArray(parsed) ? (parsed as unknown as Document[]) : []
  const objects: TextObject[] = []
  const problems: Diagnostic[] = []
  for (const document of documents) {
    const range = (start: number, end: number): Place => placed(lines, start, end)
    for (const { message, pos } of document.errors)
      problems.push({ severity: 'error', message: message.split(' at line ')[0] as string, ...range(pos[0], pos[1]) })
    if (document.errors.length > 0) continue
    const value = contentOf(document)
    if (value instanceof Error) problems.push({ severity: 'error', message: value.message, ...whole(document, range) })
    else if (value === null || value === undefined) continue
    else if (typeof value !== 'object' || Array.isArray(value) || !isObject(value))
      problems.push({ severity: 'error', message: whatIsMissing(value), ...whole(document, range) })
    else objects.push({ value, placeOf: (path) => placeOf(document, path, range) })
  }
  return { objects, problems }
}

function contentOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasLimit })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isObject(value: object): value is KubeObject {
  const { apiVersion, kind } = value as Partial<KubeObject>
  return typeof apiVersion === 'string' && typeof kind === 'string'
}

function whatIsMissing(value: unknown): string {
  if (typeof value !== 'object' || Array.isArray(value)) return 'a manifest is a mapping with apiVersion and kind'
  const missing = ['apiVersion', 'kind'].filter(
    (field) => typeof (value as Record<string, unknown>)[field] !== 'string',
  )
  return `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`
}

type RangeOf = (start: number, end: number) => Place

function whole(document: Document, range: RangeOf): Place {
  const [start = 0, end = start] = (document.contents?.range ?? []) as number[]
  return range(start, Math.max(start, end))
}

/** Walks down as far as the text has the path. */
function placeOf(document: Document, path: string, range: RangeOf): Place {
  let node: unknown = document.contents
  let found = node as { range?: readonly number[] } | null
  for (const step of stepsOf(path)) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String((key as { value?: unknown })?.value ?? key) === step)
      if (pair === undefined) break
      found = (pair.key ?? found) as { range?: readonly number[] }
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      if (item === undefined) break
      found = item as { range?: readonly number[] }
      node = item
    } else break
  }
  const [start = 0, end = start] = found?.range ?? []
  return range(start, Math.max(start, end))
}

/** `spec.containers[0].image` → spec, containers, 0, image; quoted keys in brackets keep their dots. */
export function stepsOf(path: string): string[] {
  return [...path.matchAll(/\[("?)(.*?)\1\]|([^.[\]]+)/g)].map((match) => match[2] ?? match[3] ?? '')
}

function placed(lines: LineCounter, start: number, end: number): Place {
  const from = lines.linePos(start)
  const to = lines.linePos(end)
  return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col }
}

/** An object as `kubectl get -o yaml` shows it; managedFields are left out. */
export function yamlOf(object: KubeObject): string {
  const { managedFields: _managed, ...metadata } = object.metadata
  return yamlText({ ...object, metadata })
}

/** Any plain value as YAML, without aliases and folded lines. */
export function yamlText(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, indentSeq: false, schema: 'yaml-1.1' })
}
