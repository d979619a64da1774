/** A whole cluster in a worker, for tests of the page: `cluster-worker.js?nodes=5`. */
import { createCluster } from '../../../src/cluster.ts'
import { Inspection } from '../../../src/inspector/inspection.ts'
import type { PageMessage } from '../../../src/inspector/protocol.ts'

interface WorkerScope {
  readonly location: { readonly search: string }
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: PageMessage }) => void): void
}

const scope = globalThis as unknown as WorkerScope
const early: PageMessage[] = []
let hear: (message: PageMessage) => void = (message) => early.push(message)
scope.addEventListener('message', ({ data }) => hear(data))

const nodes = Number(new URLSearchParams(scope.location.search).get('nodes') ?? 3)
const clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}

const inspection = new Inspection(await createCluster({ nodes, seed: 7 }), { clock, version: 'test' })
inspection.connect({
  send: (message) => scope.postMessage(message),
  onMessage(listener) {
    hear = listener
    for (const message of early.splice(0)) listener(message)
    return () => {
      hear = () => undefined
    }
  },
  onClose: () => () => undefined,
  close: () => undefined,
})
