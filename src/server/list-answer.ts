/**
 * Lists as Responses. Long ones are written while they are sent: the first bytes leave before the last item is encoded.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { notThatShape } from '../api/status-error.ts'
import { encoded, goJson, goTypeOf, partial, streamless, tableOf } from './answer.ts'
import type { Accepted } from './negotiate.ts'

/** Items encoded at a time. */
const perChunk = 100

/** A list in parts: what stands before its items, under which name they stand, and some of them. */
interface Parts {
  readonly head: Readonly<Record<string, unknown>>
  readonly name: 'items' | 'rows'
  readonly some: (items: readonly KubeObject[]) => readonly unknown[]
}

/**
 * A list of stored objects in the version of `kind` and the form asked for. `meta` carries resourceVersion, continue and
 * remainingItemCount.
 */
export function listAnswer(
  kind: Kind,
  items: readonly KubeObject[],
  meta: Record<string, unknown>,
  form: Accepted,
  now: number,
  query: URLSearchParams,
): Response {
  if (form.as === 'PartialObjectMetadata') throw notThatShape(form.as, goTypeOf(kind, 'List'), true)
  const parts = partsOf(kind, meta, form, now, query)
  if (form.media !== 'application/json' || items.length <= perChunk)
    return encoded({ ...parts.head, [parts.name]: parts.some(items) }, form)
  return new Response(streamed(parts, items), { status: 200, headers: { 'content-type': form.media, ...streamless } })
}

function partsOf(
  kind: Kind,
  metadata: Record<string, unknown>,
  form: Accepted,
  now: number,
  query: URLSearchParams,
): Parts {
  if (form.as === 'Table') {
    const table = (items: readonly KubeObject[]): Record<string, unknown> =>
      tableOf(kind, items, form, now, query, '') as unknown as Record<string, unknown>
    const { rows: _rows, ...head } = table([])
    return { head: { ...head, metadata }, name: 'rows', some: (items) => table(items).rows as unknown[] }
  }
  if (form.as === 'PartialObjectMetadataList') {
    const head = { kind: form.as, apiVersion: `meta.k8s.io/${form.version}`, metadata }
    return { head, name: 'items', some: (items) => items.map((object) => partial(kind.fromStorage(object), form)) }
  }
  // Lists of custom kinds always tell how they go on.
  const told = kind.custom === undefined ? metadata : { continue: '', ...metadata }
  const head = { kind: kind.listKind, apiVersion: kind.apiVersion, metadata: told }
  const shown = kind.schema === undefined ? kind.fromStorage : (object: KubeObject) => bare(kind.fromStorage(object))
  return { head, name: 'items', some: (items) => items.map(shown) }
}

/** Items of built-in lists do not repeat what the list says of them. */
function bare({ apiVersion: _apiVersion, kind: _kind, ...rest }: KubeObject): object {
  return rest
}

/** The text of the list in pieces, each made when the one before has been taken. */
function streamed(parts: Parts, items: readonly KubeObject[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const chunks = texts(parts, items)
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { value, done } = chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
    },
    { highWaterMark: 1 },
  )
}

function* texts({ head, name, some }: Parts, items: readonly KubeObject[]): Generator<string, void> {
  const begin = goJson(head).slice(0, -1)
  for (let at = 0; at < items.length; at += perChunk) {
    const texts = goJson(some(items.slice(at, at + perChunk))).slice(1, -1)
    const before = at === 0 ? `${begin},"${name}":[` : ','
    yield before + texts + (at + perChunk >= items.length ? ']}\n' : '')
  }
}
