/** Answers: objects, lists, tables and failures as Responses in the form that was asked for. */
import { stringify } from 'yaml'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { encodeObject } from '../api/protobuf/index.ts'
import { internal, StatusError } from '../api/status-error.ts'
import { toTable } from '../api/table.ts'
import type { Accepted } from './negotiate.ts'

export interface AnswerOptions {
  readonly code?: number
  readonly warnings?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Headers of an answer that is sent chunk by chunk as it comes: nobody on the way may hold it back. */
export const streamHeaders = { 'cache-control': 'no-cache, private', 'x-accel-buffering': 'no' }

/** Any JSON value as a response. */
export function json(value: unknown, options: AnswerOptions = {}): Response {
  return new Response(JSON.stringify(value), {
    status: options.code ?? 200,
    headers: { 'content-type': 'application/json', ...headersOf(options) },
  })
}

/** A failure as metav1.Status. What is no StatusError becomes a 500 that says what happened. */
export function failure(error: unknown): Response {
  const status = error instanceof StatusError ? error : internal(error instanceof Error ? error.message : String(error))
  const seconds = status.status.details?.retryAfterSeconds
  return json(status.status, {
    code: status.code,
    warnings: status.warnings,
    headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
  })
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
  return form.as.startsWith('PartialObjectMetadata') ? partial(object) : object
}

/** A list of stored objects in the version of `kind` and the form asked for. `meta` carries resourceVersion, continue and remainingItemCount. */
export function listAnswer(
  kind: Kind,
  items: readonly KubeObject[],
  meta: Record<string, unknown>,
  form: Accepted,
  now: number,
  query: URLSearchParams,
): Response {
  if (form.as === 'Table') {
    const table = tableOf(kind, items, form, now, query, String(meta.resourceVersion))
    return encoded({ ...table, metadata: meta as never }, form)
  }
  if (form.as.startsWith('PartialObjectMetadata')) {
    const list = {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: meta,
      items: items.map((object) => partial(kind.fromStorage(object))),
    }
    return encoded(list as never, form)
  }
  const whole = items.map(kind.fromStorage)
  const bare = whole.map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest)
  const shown = kind.schema === undefined ? whole : bare
  return encoded({ kind: kind.listKind, apiVersion: kind.apiVersion, metadata: meta, items: shown } as never, form)
}

function tableOf(
  kind: Kind,
  items: readonly KubeObject[],
  form: Accepted,
  now: number,
  query: URLSearchParams,
  version: string,
): KubeObject {
  const include = (query.get('includeObject') ?? 'Metadata') as 'Metadata' | 'Object' | 'None'
  const table = toTable(kind.columns, items, now, include, {}, kind.fromStorage) as unknown as KubeObject
  return { ...table, apiVersion: `meta.k8s.io/${form.version}`, metadata: { resourceVersion: version } as never }
}

function partial(object: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

function encoded(object: KubeObject, form: Accepted, options: AnswerOptions = {}): Response {
  const plain = form.as === ''
  if (form.media === 'application/yaml') return text(yamlOf(object), 'application/yaml', options)
  if (form.media === 'application/vnd.kubernetes.protobuf' && plain && object.kind !== 'List') {
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
function protobufOf(object: KubeObject): Uint8Array | undefined {
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
