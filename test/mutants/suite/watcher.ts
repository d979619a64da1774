/**
 * Clients that watch over HTTP while a run goes on. What they are told, one after the other and onto what they began with,
 * must be what a list says in the end.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import type { Cluster, KubeObject } from '../../../src/index.ts'
import { createHandler } from '../../../src/server/handle.ts'
import type { Monitor } from './monitor.ts'

const admin = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
const stillClock = { now: () => 0, after: () => ({ cancel: () => {} }) }
const property = 'a watch tells what happens, in order, once, and leads to what a list says (A3, A4)'

interface WatchEvent {
  readonly type: string
  readonly object: KubeObject
}

interface Watch {
  readonly path: string
  readonly query: string
  readonly known: Map<string, string>
  last: number
  text: string
  /** Set when the server ended it, which it may. */
  over: boolean
  cancel(): void
}

export class Watcher {
  readonly #handle: ReturnType<typeof createHandler>
  readonly #monitor: Monitor
  readonly #watches: Watch[] = []

  constructor(cluster: Cluster, monitor: Monitor) {
    this.#handle = createHandler({ cluster, clock: stillClock, acted: () => {} })
    this.#monitor = monitor
  }

  /** Watches everything from nothing: what there is comes first. */
  async fromNothing(path: string, query = ''): Promise<void> {
    await this.#open(
      path,
      query,
      `&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      new Map(),
      0,
    )
  }

  /** Lists and watches from there, as a reflector does. */
  async fromList(path: string, query = ''): Promise<void> {
    const { items, metadata } = await this.#list(path, query)
    const known = new Map(items.map((item) => [keyOf(item), item.metadata.resourceVersion ?? '']))
    await this.#open(
      path,
      query,
      `&resourceVersion=${metadata.resourceVersion}`,
      known,
      Number(metadata.resourceVersion),
    )
  }

  /** Compares what the clients know with what lists say, and ends the watches. */
  async compare(): Promise<void> {
    await this.#heard()
    for (const watch of this.#watches) {
      watch.cancel()
      if (watch.over) continue
      for (const line of watch.text.split('\n').filter((one) => one !== '')) this.#take(watch, JSON.parse(line))
      if (watch.over) continue
      const { items } = await this.#list(watch.path, watch.query)
      const listed = new Map(items.map((item) => [keyOf(item), item.metadata.resourceVersion ?? '']))
      for (const [key, version] of listed)
        if (watch.known.get(key) !== version)
          this.#wrong(watch, `${key} is ${watch.known.get(key) ?? 'unknown'} to it and is ${version}`)
      for (const key of watch.known.keys())
        if (!listed.has(key)) this.#wrong(watch, `${key} is gone and it was not told`)
    }
  }

  /** Waits until nothing more comes. */
  async #heard(): Promise<void> {
    const length = () => this.#watches.reduce((sum, { text }) => sum + text.length, 0)
    for (let quiet = 0, before = -1; quiet < 3; before = length()) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = length() === before ? quiet + 1 : 0
    }
  }

  #take(watch: Watch, { type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      watch.over = true
      return
    }
    if (type === 'BOOKMARK') return
    const version = Number(object.metadata.resourceVersion)
    const key = keyOf(object)
    const initial = watch.last === 0 && type === 'ADDED' && !watch.known.has(key)
    if (!initial && version <= watch.last) this.#wrong(watch, `${type} ${key} at ${version} comes after ${watch.last}`)
    if (type === 'ADDED' ? watch.known.has(key) : !watch.known.has(key))
      this.#wrong(watch, `${type} ${key} cannot be: it was ${watch.known.has(key) ? '' : 'not '}there`)
    if (type === 'DELETED') watch.known.delete(key)
    else watch.known.set(key, object.metadata.resourceVersion ?? '')
    if (!initial) watch.last = version
  }

  #wrong({ path, query }: Watch, why: string): void {
    this.#monitor.fail(property, `${path}?${query}: ${why}`)
  }

  async #list(
    path: string,
    query: string,
  ): Promise<{ items: readonly KubeObject[]; metadata: { resourceVersion: string } }> {
    const response = await this.#handle(new Request(`https://cluster${path}?${query}`), admin)
    return (await response.json()) as never
  }

  async #open(path: string, query: string, more: string, known: Map<string, string>, last: number): Promise<void> {
    const response = await this.#handle(new Request(`https://cluster${path}?watch=true&${query}${more}`), admin)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const watch: Watch = {
      path,
      query,
      known,
      last,
      text: '',
      over: response.status !== 200,
      cancel: () => void reader.cancel(),
    }
    this.#watches.push(watch)
    const decoder = new TextDecoder()
    const read = async (): Promise<void> => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        watch.text += decoder.decode(value, { stream: true })
      }
    }
    void read()
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
