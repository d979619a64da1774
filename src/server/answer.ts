/** Answers: objects, lists, tables and failures as Responses in the form that was asked for. */
import { stringify } from 'yaml'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { encodeObject } from '../api/protobuf/index.ts'
import { internal, notThatShape, StatusError } from '../api/status-error.ts'
import { toTable } from '../api/table.ts'
import { type Accepted, formOf, isPlain, plainForm } from './negotiate.ts'

export interface AnswerOptions {
  readonly code?: number
  readonly warnings?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Headers of every answer about objects. */
export const streamless = { 'cache-control': 'no-cache, private' }

/** Headers of an answer that is sent chunk by chunk as it comes: nobody on the way may hold it back. */
export const streamHeaders = { 'cache-control': 'no-cache, private', 'x-accel-buffering': 'no' }

/** Any JSON value as a response. */
export function json(value: unknown, options: AnswerOptions = {}): Response {
  return new Response(`${goJson(value)}\n`, {
    status: options.code ?? 200,
    headers: { 'content-type': 'application/json', ...headersOf(options) },
  })
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON as Go writes it: what could end a script in a page is escaped. */
export function goJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent)
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] as string)
    : text
}

/** JSON for people, as /version and refusals without a common media type are written. */
export function indentedJson(value: unknown, options: AnswerOptions = {}): Response {
  return text(goJson(value, 2), 'application/json', options)
}

/** An answer of JSON, indented for people. Streams stay as they are. */
export async function indented(response: Response): Promise<Response> {
  if (response.headers.get('content-type') !== 'application/json' || response.headers.has('x-accel-buffering'))
    return response
  const whole = await response.text()
  const { status, headers } = response
  return new Response(whole === '' ? null : goJson(JSON.parse(whole), 2), { status, headers })
}

/** A document in the form the request accepts. Throws 406. */
export function document(request: Request, value: object, options: AnswerOptions = {}): Response {
  return encoded(value, plainForm(request.headers.get('accept')), options)
}

/**
 * A failure as metav1.Status, in the form the request accepts. What is no StatusError becomes a 500 that says what
 * happened.
 */
export function failure(error: unknown, request?: Request): Response {
  const status = error instanceof StatusError ? error : internal(error instanceof Error ? error.message : String(error))
  const seconds = status.status.details?.retryAfterSeconds
  const headers: Record<string, string> = seconds ? { 'retry-after': String(seconds) } : {}
  const options = { code: status.code, warnings: status.warnings, headers }
  const form = formOf(request?.headers.get('accept') ?? null, isPlain)
  return form === undefined ? indentedJson(status.status, options) : encoded(status.status, form, options)
}

/** One object in the form asked for. */
export function objectAnswer(
  kind: Kind,
  object: KubeObject,
  form: Accepted,
  now: number,
  query: URLSearchParams,
  options: AnswerOptions = {},
): Response {
  if (form.as === 'PartialObjectMetadataList') throw notThatShape(form.as, goTypeOf(kind), false)
  return encoded(formed(kind, object, form, now, query), form, options)
}

/** A stored object in the version of `kind`: itself, its Table of one row, or its metadata only. */
export function formed(
  kind: Kind,
  stored: KubeObject,
  form: Accepted,
  now: number,
  query: URLSearchParams,
): KubeObject {
  if (form.as === 'Table') return tableOf(kind, [stored], form, now, query, stored.metadata.resourceVersion ?? '')
  const object = kind.fromStorage(stored)
  return form.as.startsWith('PartialObjectMetadata') ? partial(object, form) : object
}

/** What Go calls the objects of a kind. */
export function goTypeOf(kind: Kind, suffix = ''): string {
  if (kind.schema === undefined) return `*unstructured.Unstructured${suffix}`
  const home = kind.group === '' || kind.group === 'events.k8s.io' ? 'core' : (kind.group.split('.')[0] as string)
  return `*${home === 'internal' ? 'apiserverinternal' : home}.${kind.kind}${suffix}`
}

/** Some objects as a Table; `version` is the resourceVersion it tells. */
export function tableOf(
  kind: Kind,
  items: readonly KubeObject[],
  form: Accepted,
  now: number,
  query: URLSearchParams,
  version: string,
): KubeObject {
  const include = (query.get('includeObject') ?? 'Metadata') as 'Metadata' | 'Object' | 'None'
  const made = toTable(kind.columns, items, now, include, {}, kind.fromStorage)
  const table = made as unknown as KubeObject
  const apiVersion = `meta.k8s.io/${form.version}`
  const metadata = { resourceVersion: version } as never
  if (form.version === 'v1' || include !== 'Metadata') return { ...table, apiVersion, metadata }
  const rows = made.rows.map((row) => ({ ...row, object: { ...(row.object as object), apiVersion } }))
  return { ...table, rows, apiVersion, metadata } as KubeObject
}

/** The metadata of an object. */
export function partial(object: KubeObject, form: Accepted): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.version}`, metadata: object.metadata }
}

/** Any document in the form asked for; JSON where a custom kind has no protobuf. */
export function encoded(object: object, form: Accepted, options: AnswerOptions = {}): Response {
  if (form.media === 'application/yaml') return text(yamlOf(object), 'application/yaml', options)
  if (form.media === 'application/vnd.kubernetes.protobuf') {
    const bytes = protobufOf(object)
    if (bytes !== undefined) return bytesAnswer(bytes, options)
  }
  return json(object, options)
}

/** YAML as Kubernetes writes it: keys sorted, lists not indented, what old readers take for another type quoted. */
function yamlOf(value: unknown): string {
  return stringify(value, {
    sortMapEntries: true,
    indentSeq: false,
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

/** Protobuf bytes, or undefined for kinds that have no messages (custom ones): those are answered in JSON. */
export function protobufOf(object: object): Uint8Array | undefined {
  try {
    return encodeObject(object)
  } catch {
    return undefined
  }
}

function bytesAnswer(bytes: Uint8Array, options: AnswerOptions): Response {
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf', ...headersOf(options) }
  return new Response(bytes as Uint8Array<ArrayBuffer>, { status: options.code ?? 200, headers })
}

export function text(body: string, type = 'text/plain; charset=utf-8', options: AnswerOptions = {}): Response {
  return new Response(body, { status: options.code ?? 200, headers: { 'content-type': type, ...headersOf(options) } })
}

function headersOf(options: AnswerOptions): Record<string, string> {
  const warnings = (options.warnings ?? []).map(
    (warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  )
  return {
    'cache-control': 'no-cache, private',
    ...(warnings.length === 0 ? {} : { warning: warnings.join(', ') }),
    ...options.headers,
  }
}
