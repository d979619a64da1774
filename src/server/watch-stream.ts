/**
 * Watches: the log from a resourceVersion on, filtered, as a stream of JSON events. The buffer is bounded; a client too
 * slow for it gets 410 and must list again.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { expired, plainError } from '../api/status-error.ts'
import type { WallClock } from '../ports.ts'
import { definitions } from '../store/custom-kinds.ts'
import type { Change } from '../store/transition.ts'
import { formed, protobufOf, streamHeaders } from './answer.ts'
import type { Call } from './context.ts'
import { type Converter, converterOf } from './converting.ts'
import { type ListOptions, whyNotVersion } from './list-options.ts'
import type { Accepted } from './negotiate.ts'
import { type Predicate, predicateOf } from './select.ts'
import { lateness, seenList } from './stale.ts'
import { type Framer, framesOf, type WatchEvent } from './watch-frames.ts'

/** Events that may wait for one client. */
const bufferedEvents = 10_000
/** A watch without timeoutSeconds ends after half an hour, as the real server's minimum. */
const defaultTimeoutSeconds = 1800
const bookmarkEveryMs = 60_000
/** The last bookmark comes so long before the end of a watch. */
const lastBookmarkMs = 2000

/** The answer to a watch request. Throws 400 for an unreadable resourceVersion. */
export function watchAnswer(call: Call, asked: Kind, form: Accepted, options: ListOptions): Response {
  const converter = converterOf(call, asked)
  const { kind } = converter
  const selects = predicateOf(kind, call.info)
  const from = startOf(options)
  const shape = shaper(call, kind, form)
  const { contentType, frame } = framesOf(form, isInProtobuf(kind, form))
  const stream = new ReadableStream<Uint8Array>(
    source(call, converter, selects, shape, frame, from, options),
    new CountQueuingStrategy({ highWaterMark: bufferedEvents + backlog(call, kind, from) }),
  )
  return new Response(stream, { status: 200, headers: { 'content-type': contentType, ...streamHeaders } })
}

function isInProtobuf(kind: Kind, form: Accepted): boolean {
  return form.as !== '' || protobufOf({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: {} }) !== undefined
}

/** Objects in the form asked for; only the first Table of a stream tells its columns. */
function shaper(call: Call, kind: Kind, form: Accepted): (object: KubeObject) => object {
  let told = false
  return (object) => {
    const shaped = formed(kind, object, form, call.cluster.now.getTime(), call.info.query)
    if (form.as !== 'Table') return shaped
    const table = told ? { ...shaped, columnDefinitions: null } : shaped
    told = true
    return table
  }
}

/** undefined: begin with everything there is (no resourceVersion, or 0); a number: what came after it. */
function startOf({ version, initialEvents }: ListOptions): number | undefined {
  if (initialEvents || version === '' || version === '0') return undefined
  const why = whyNotVersion(version)
  if (why !== undefined) throw plainError(why)
  return Number(version)
}

function source(
  call: Call,
  { kind, prepare }: Converter,
  selects: Predicate,
  shape: (object: KubeObject) => object,
  frame: Framer,
  from: number | undefined,
  options: ListOptions,
) {
  const { cluster, clock } = call
  const api = cluster.plane.api
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
    async start(controller: ReadableStreamDefaultController<Uint8Array>) {
      if (from === undefined && kind.custom?.conversion !== undefined) await allConverted(call, kind, prepare)
      const send = (event: WatchEvent): void => controller.enqueue(frame(event))
      const refuse = (message: string): void => {
        send({ type: 'ERROR', object: expired(message).status })
        end(controller)
      }
      const pass = (change: Change): void => {
        if ((controller.desiredSize ?? 0) <= 0) return refuse('the watch cache buffer of this client is full')
        const event = eventOf(change, kind, selects, shape)
        if (event !== undefined) send(event)
      }
      const inOrder = kind.custom?.conversion === undefined ? pass : afterConversion(kind, prepare, pass, refuse)
      if (!begin(call, kind, selects, shape, from, options, send, inOrder))
        return refuse(`too old resource version: ${from} (${api.store.log.oldest})`)
      const { offer, stop } = lateness(call, kind, inOrder)
      const subscription = api.committed$.subscribe({
        // A version of the future is waited for.
        next: ({ change }) => {
          if (change.revision > (from ?? 0)) offer(change)
          if (change.resource === definitions && isOver(call, kind)) end(controller)
        },
        complete: () => end(controller),
      })
      cleanups.push(stop, () => subscription.unsubscribe())
      const seconds = options.timeoutSeconds > 0 ? options.timeoutSeconds : defaultTimeoutSeconds
      const timer = clock.after(seconds * 1000, () => end(controller))
      cleanups.push(() => timer.cancel())
      if (options.bookmarks) {
        const mark = (): void => send(bookmark(kind, shape, api.store.snapshot.revision))
        cleanups.push(every(clock, bookmarkEveryMs, mark))
        const last = clock.after(Math.max(0, seconds * 1000 - lastBookmarkMs), mark)
        cleanups.push(() => last.cancel())
      }
    },
    cancel: () => end(),
  }
}

/** Calls again and again until it is told to stop. */
function every(clock: WallClock, ms: number, call: () => void): () => void {
  let next = clock.after(ms, again)
  function again(): void {
    call()
    next = clock.after(ms, again)
  }
  return () => next.cancel()
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
  shape: (object: KubeObject) => object,
  from: number | undefined,
  options: ListOptions,
  send: (event: WatchEvent) => void,
  pass: (change: Change) => void,
): boolean {
  const { api } = call.cluster.plane
  if (from === undefined) {
    for (const object of seenList(call, kind)) if (selects(object)) send({ type: 'ADDED', object: shape(object) })
    if (options.initialEvents && options.bookmarks) send(bookmark(kind, shape, api.store.snapshot.revision, true))
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
  shape: (object: KubeObject) => object,
): WatchEvent | undefined {
  if (change.resource !== kind.resource) return undefined
  const is = change.type !== 'DELETED' && selects(change.object)
  const was = change.previous !== undefined && selects(change.previous)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: shape(change.object) }
  if (!was) return undefined
  const left =
    change.type === 'DELETED'
      ? change.object
      : atVersion(kind.fromStorage(change.previous as KubeObject), String(change.revision))
  return { type: 'DELETED', object: shape(left) }
}

function atVersion(object: KubeObject, resourceVersion: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}

/** Asks for conversions until what there is has been converted. */
async function allConverted({ cluster }: Call, kind: Kind, prepare: Converter['prepare']): Promise<void> {
  for (;;) {
    const asking = prepare(cluster.plane.api.view().list(kind))
    if (asking === undefined) return
    await asking
  }
}

/** Passes changes on in their order, each when its objects have been converted. */
function afterConversion(
  kind: Kind,
  prepare: Converter['prepare'],
  pass: (change: Change) => void,
  refuse: (message: string) => void,
): (change: Change) => void {
  let last = Promise.resolve()
  return (change) => {
    if (change.resource !== kind.resource) return
    const objects = change.previous === undefined ? [change.object] : [change.object, change.previous]
    last = last
      .then(() => prepare(objects))
      .then(
        () => pass(change),
        (error) => refuse(error instanceof Error ? error.message : String(error)),
      )
  }
}

/** True when a definition's change took the kind away, or made another one of it: clients begin anew. */
function isOver({ cluster }: Call, kind: Kind): boolean {
  if (kind.custom === undefined) return false
  const now = cluster.registry.route(kind.group, kind.version, kind.plural)
  return now?.custom?.structural !== kind.custom.structural
}

function bookmark(kind: Kind, shape: (object: KubeObject) => object, revision: number, initial = false): WatchEvent {
  const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(revision), ...annotations } as unknown as KubeObject['metadata']
  return { type: 'BOOKMARK', object: shape({ kind: kind.kind, apiVersion: kind.apiVersion, metadata }) }
}
