/**
 * Watches: the log from a resourceVersion on, filtered, as a stream of JSON events. The buffer is bounded; a client too
 * slow for it gets 410 and must list again.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest, expired } from '../api/status-error.ts'
import type { Change } from '../store/transition.ts'
import { formed, streamHeaders } from './answer.ts'
import type { Call } from './context.ts'
import type { Accepted } from './negotiate.ts'
import { isTrue } from './request-info.ts'
import { type Predicate, predicateOf } from './select.ts'

/** Events that may wait for one client. */
const bufferedEvents = 10_000
/** A watch without timeoutSeconds ends after half an hour, as the real server's minimum. */
const defaultTimeoutSeconds = 1800
const bookmarkEveryMs = 60_000

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: unknown
}

/** The answer to a watch request. Throws 400 for an unreadable resourceVersion. */
export function watchAnswer(call: Call, kind: Kind, form: Accepted): Response {
  const selects = predicateOf(kind, call.info)
  const from = startOf(call)
  const shape = (object: KubeObject): unknown => formed(kind, object, form, call.cluster.now.getTime(), call.info.query)
  const stream = new ReadableStream<Uint8Array>(
    source(call, kind, selects, shape, from),
    new CountQueuingStrategy({ highWaterMark: bufferedEvents + backlog(call, kind, from) }),
  )
  const type = form.as === '' ? 'application/json' : `application/json;as=${form.as};v=${form.version};g=${form.group}`
  return new Response(stream, { status: 200, headers: { 'content-type': type, ...streamHeaders } })
}

/** undefined: begin with everything there is (no resourceVersion, or 0); a number: what came after it. */
function startOf(call: Call): number | undefined {
  const { query } = call.info
  const text = query.get('resourceVersion') ?? ''
  if (isTrue(query.get('sendInitialEvents')) || text === '' || text === '0') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`)
  return Number(text)
}

function source(
  call: Call,
  kind: Kind,
  selects: Predicate,
  shape: (object: KubeObject) => unknown,
  from: number | undefined,
) {
  const { cluster, clock, info } = call
  const api = cluster.plane.api
  const encoder = new TextEncoder()
  const cleanups: (() => void)[] = []
  const end = (controller?: ReadableStreamDefaultController<Uint8Array>): void => {
    for (const cleanup of cleanups.splice(0)) cleanup()
    try {
      controller?.close()
    } catch {
      // The client is gone already.
    }
  }
  return {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      const send = (event: WatchEvent): void => controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`))
      const refuse = (message: string): void => {
        send({ type: 'ERROR', object: expired(message).status })
        end(controller)
      }
      const pass = (change: Change): void => {
        if ((controller.desiredSize ?? 0) <= 0) {
          refuse('the watch cache buffer of this client is full')
          return
        }
        const event = eventOf(change, kind, selects, shape)
        if (event !== undefined) send(event)
      }
      if (!begin(call, kind, selects, shape, from, send, pass)) {
        refuse(`too old resource version: ${from} (${api.store.log.oldest})`)
        return
      }
      const subscription = api.committed$.subscribe({
        next: ({ change }) => pass(change),
        complete: () => end(controller),
      })
      cleanups.push(() => subscription.unsubscribe())
      const seconds = Number(info.query.get('timeoutSeconds') ?? 0) || defaultTimeoutSeconds
      const timer = clock.after(seconds * 1000, () => end(controller))
      cleanups.push(() => timer.cancel())
      let next: { cancel(): void } | undefined
      cleanups.push(() => next?.cancel())
      if (isTrue(info.query.get('allowWatchBookmarks'))) bookmarkLater()
      function bookmarkLater(): void {
        next = clock.after(bookmarkEveryMs, () => {
          send(bookmark(kind, api.store.snapshot.revision))
          bookmarkLater()
        })
      }
    },
    cancel: () => end(),
  }
}

/** How many events the watch begins with: they are there at once and do not count against the buffer. */
function backlog(call: Call, kind: Kind, from: number | undefined): number {
  const { api } = call.cluster.plane
  return from === undefined ? api.view().count(kind) : Math.max(0, api.store.snapshot.revision - from)
}

/** Sends what is there, or what happened since `from`; false when the log no longer reaches back that far. */
function begin(
  call: Call,
  kind: Kind,
  selects: Predicate,
  shape: (object: KubeObject) => unknown,
  from: number | undefined,
  send: (event: WatchEvent) => void,
  pass: (change: Change) => void,
): boolean {
  const { api } = call.cluster.plane
  if (from === undefined) {
    for (const object of api.view().list(kind)) if (selects(object)) send({ type: 'ADDED', object: shape(object) })
    if (isTrue(call.info.query.get('sendInitialEvents'))) send(bookmark(kind, api.store.snapshot.revision, true))
    return true
  }
  const missed = api.store.log.since(from + 1)
  if (missed === undefined) return false
  for (const change of missed) pass(change)
  return true
}

/** What one change is to this watcher: an object that leaves the selection is deleted, one that enters is added. */
function eventOf(
  change: Change,
  kind: Kind,
  selects: Predicate,
  shape: (object: KubeObject) => unknown,
): WatchEvent | undefined {
  if (change.resource !== kind.resource) return undefined
  const is = change.type !== 'DELETED' && selects(change.object)
  const was = change.previous !== undefined && selects(change.previous)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: shape(change.object) }
  if (!was) return undefined
  const left =
    change.type === 'DELETED'
      ? change.object
      : {
          ...(change.previous as KubeObject),
          metadata: { ...(change.previous as KubeObject).metadata, resourceVersion: String(change.revision) },
        }
  return { type: 'DELETED', object: shape(left) }
}

function bookmark(kind: Kind, revision: number, initial = false): WatchEvent {
  const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...annotations }
  return { type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: kind.apiVersion, metadata } }
}
