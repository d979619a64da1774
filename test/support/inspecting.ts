/** An inspection with one page over a channel in memory, and a wall clock that the test moves. */
import type { Cluster } from '../../src/cluster/cluster.ts'
import { type ClusterOptions, createCluster } from '../../src/index.ts'
import { InspectorClient } from '../../src/inspector/client.ts'
import { Inspection } from '../../src/inspector/inspection.ts'
import { channelPair } from '../../src/inspector/memory-channel.ts'
import type { PageMessage, Resync, SessionMessage } from '../../src/inspector/protocol.ts'
import type { FeedRecord } from '../../src/inspector/words.ts'
import type { WallClock } from '../../src/ports.ts'

/** A wall clock that stands until `pass` is called. */
export class StandingClock implements WallClock {
  #now = 0
  #waiting: { at: number; fire: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, fire: () => void): { cancel(): void } {
    const one = { at: this.#now + ms, fire }
    this.#waiting.push(one)
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== one)
      },
    }
  }

  /** Lets wall time pass in frames; what was asked for happens, and its promises settle. */
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.#now = Math.min(end, this.#now + 16)
      const due = this.#waiting.filter(({ at }) => at <= this.#now)
      this.#waiting = this.#waiting.filter((one) => !due.includes(one))
      for (const { fire } of due) fire()
      await settled()
    }
  }
}

/** Lets everything that is ready run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export interface Scene extends AsyncDisposable {
  readonly cluster: Cluster
  readonly inspection: Inspection
  readonly clock: StandingClock
  readonly page: Page
}

/** A page that keeps what it is told. */
export interface Page {
  readonly client: InspectorClient
  readonly records: FeedRecord[]
  readonly resyncs: Resync[]
  readonly heads: number[]
}

export function pageOf(inspection: Inspection): Page {
  const [page, session] = channelPair<PageMessage, SessionMessage>()
  const records: FeedRecord[] = []
  const resyncs: Resync[] = []
  const heads: number[] = []
  const client = new InspectorClient(page, {
    batch: (batch) => {
      records.push(...batch.records)
      heads.push(batch.head)
    },
    resync: (resync) => void resyncs.push(resync),
  })
  inspection.connect(session)
  return { client, records, resyncs, heads }
}

export async function inspected(options: ClusterOptions = {}): Promise<Scene> {
  const cluster = await createCluster(options)
  const clock = new StandingClock()
  const inspection = new Inspection(cluster, { clock, version: '0.0.0' })
  const page = pageOf(inspection)
  await page.client.welcome
  return {
    cluster,
    inspection,
    clock,
    page,
    async [Symbol.asyncDispose]() {
      inspection.close()
      await cluster.close()
    },
  }
}

/** A Deployment `web` of nginx. */
export const web = (replicas = 3, image = 'nginx:1.14.2'): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ${image}
`

/** Many things done through a session, one of them refused. */
export async function story(client: InspectorClient): Promise<void> {
  await client.ask('apply', { text: web(3) })
  await client.ask('settle', {})
  await client.ask('setImage', { kind: 'Deployment', name: 'web', image: 'nginx:1.16.1' })
  await client.ask('advance', { by: 1234 })
  await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 4 })
  await client.ask('settle', {})
  await client.ask('rolloutUndo', { kind: 'Deployment', name: 'web' })
  await client.ask('settle', {})
  await client.ask('drain', { node: 'node-2' })
  await client.ask('settle', {})
  await client.ask('fault', { fault: { kill: 'node-1' } })
  await client.ask('advance', { by: '10m' })
  await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: -1 }).catch(() => undefined)
  await client.ask('fault', { fault: { restore: 'node-1' } })
  await client.ask('settle', {})
}
