/** A session that only plays back a made-up run of many objects and revisions: `feed-worker.js?objects=10000&revisions=100000`. */
import type { PageMessage, SessionMessage } from '../../../src/inspector/protocol.ts'
import type { ClockState, FeedRecord, ObjectSummary } from '../../../src/inspector/words.ts'

interface WorkerScope {
  readonly location: { readonly search: string }
  postMessage(message: SessionMessage): void
  addEventListener(type: 'message', listener: (event: { readonly data: PageMessage }) => void): void
}

const scope = globalThis as unknown as WorkerScope
const asked = new URLSearchParams(scope.location.search)
const objects = Number(asked.get('objects') ?? 10_000)
const revisions = Number(asked.get('revisions') ?? 100_000)
const start = Date.UTC(2026, 0, 1)
const window = 5000

const clock: ClockState = {
  ...{ now: start + revisions * 3, revision: revisions, oldestRevision: 1, playing: false, speed: 0, busy: [] },
}
const words = ['Pending', 'ContainerCreating', 'Running', 'CrashLoopBackOff', 'Running', 'Terminating'] as const
const healths = ['busy', 'busy', 'good', 'bad', 'good', 'busy'] as const

function summary(i: number, turn: number): ObjectSummary {
  const state = turn % words.length
  const [cpuMilli, memoryBytes] = [100, 2 ** 26]
  return {
    ...{ resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace: `team-${i % 20}`, name: `pod-${i}`, uid: `u${i}` },
    ...{ owners: [], labels: { app: `app-${i % 50}` }, created: start },
    ...{ status: words[state] as string, health: healths[state] ?? 'none' },
    pod: {
      ...{ node: turn === 0 ? '' : `node-${i % 100}`, ip: '', ready: state === 2, restarts: 0 },
      ...{ requests: { cpuMilli, memoryBytes }, containers: [] },
    },
  }
}

function record(seq: number): FeedRecord {
  const i = seq % objects
  const turn = Math.floor(seq / objects)
  return {
    ...{ seq, revision: seq + 1, time: start + seq * 3, type: 'commit', change: turn === 0 ? 'ADDED' : 'MODIFIED' },
    ...{ cause: { why: 'reconcile', by: 'controller/replicaset', because: seq }, diff: [], object: summary(i, turn) },
  }
}

let next = 0
let acknowledged = -1

function send(): void {
  while (next < revisions && next <= acknowledged + window) {
    const end = Math.min(revisions, next + 1000)
    const records = Array.from({ length: end - next }, (_one, i) => record(next + i))
    next = end
    scope.postMessage({ type: 'batch', cluster: 'main', records, head: revisions - 1, clock })
  }
}

const answers: Readonly<Record<string, unknown>> = {
  clock,
  moment: { revision: 1, time: start, objects: [], actors: [], timers: [], gone: [], nextSeq: 0 },
  charts: [],
}

scope.addEventListener('message', ({ data }) => {
  const info = { name: 'main', seed: 7, time: 'virtual', startedAt: start, recorded: true }
  if (data.type === 'hello')
    scope.postMessage({ type: 'welcome', version: 1, kybern: 'test', clusters: [info], window })
  else if (data.type === 'ask') {
    const { id, question } = data
    const value = answers[question]
    if (value === undefined)
      scope.postMessage({ type: 'refusal', id, code: 'KYB-UNBUILT', message: 'not in this feed' })
    else scope.postMessage({ type: 'answer', id, question, value } as SessionMessage)
  } else if (data.type === 'follow') send()
  else {
    acknowledged = data.seq
    send()
  }
})
