/** Sample inputs and events of every machine, for tests that walk through their states. */
import type { AnyMachineSnapshot } from 'xstate'
import type { ContainerPlan } from '../../machines/container.ts'
import { machines } from '../../machines/index.ts'
import type { ActorEvent } from '../../src/actors/actor.ts'

export interface Sample {
  readonly input: Readonly<Record<string, unknown>>
  readonly events: readonly ActorEvent[]
  /** What of the context decides where the machine goes; the search tells configurations apart by it. */
  readonly shape?: (context: AnyMachineSnapshot['context']) => unknown
}

const never = Number.POSITIVE_INFINITY

const plan: ContainerPlan = {
  pullMs: 1200,
  pullFails: false,
  cached: true,
  imageBytes: 5_000_000,
  startMs: 300,
  startupMs: 0,
  readyMs: 0,
  failMs: never,
  unreadyMs: 0,
  unhealthyMs: never,
  exitMs: never,
  exitCode: 0,
  stopMs: 200,
  preStopMs: 0,
  graceMs: 30_000,
}

/** Plans that differ in what decides the way: image, probes, health, exit. */
const plans: readonly Partial<ContainerPlan>[] = [
  {},
  { cached: false },
  { cached: false, pullFails: true },
  { startupMs: 5000, readyMs: 2000, unreadyMs: 1000 },
  { startupMs: never },
  { readyMs: never, unreadyMs: 1000 },
  { readyMs: 2000, failMs: 5000 },
  { exitMs: 900_000 },
  { exitMs: 4000, exitCode: 1 },
  { unhealthyMs: 30_000, stopMs: never },
]

const container: Sample = {
  input: { name: 'nginx', image: 'nginx:1.27' },
  events: [
    ...plans.map((change) => ({ type: 'start.requested', plan: { ...plan, ...change } })),
    { type: 'start.blocked', reason: 'secret "s" not found' },
    { type: 'run.found', plan, restarts: 1, startedAt: 1000, last: null },
    { type: 'end.found', restarts: 0, startedAt: 1000, finishedAt: 2000, exitCode: 1, reason: 'Error' },
    { type: 'stop.requested', graceMs: 30_000 },
    { type: 'stop.requested', graceMs: 100 },
    { type: 'program.exited', exitCode: 3, at: 5000 },
    { type: 'restart.delayed', backoffMs: 0 },
    { type: 'restart.delayed', backoffMs: 10_000 },
    { type: 'machine.died' },
  ],
  shape: ({ plan: { pullFails, cached, startupMs, readyMs, failMs, unhealthyMs, exitMs } }) =>
    [pullFails, cached, startupMs, readyMs, failMs, unhealthyMs, exitMs].map(String),
}

const pod: Sample = {
  input: { name: 'web', namespace: 'default', uid: 'u' },
  events: [
    { type: 'pod.bound', node: 'node-1', ip: '10.244.0.2' },
    { type: 'pod.rejected', node: 'node-1', reason: 'NodePorts', message: 'taken' },
    { type: 'volumes.blocked', why: 'configmap "c" not found' },
    { type: 'volumes.mounted' },
    { type: 'init.completed' },
    { type: 'containers.started' },
    { type: 'readiness.gained' },
    { type: 'readiness.lost' },
    { type: 'containers.succeeded' },
    { type: 'containers.failed', reason: 'DeadlineExceeded', message: 'too long' },
    { type: 'deletion.requested', graceMs: 30_000 },
    { type: 'containers.stopped' },
    { type: 'object.removed' },
  ],
}

const controller: Sample = {
  input: { name: 'deployment', memory: {} },
  events: [
    { type: 'views.synced' },
    { type: 'turn.started' },
    { type: 'turn.ended', cursor: 5, memory: { queue: [] }, failing: 0 },
    { type: 'turn.ended', cursor: 6, memory: { queue: [] }, failing: 1 },
    { type: 'controller.crashed' },
    { type: 'controller.restarted', memory: {} },
    { type: 'cluster.closed' },
  ],
}

const own: Readonly<Record<string, Sample>> = { container, pod, controller }

const counts = { desired: 3, current: 2, replicas: 2, updated: 1, available: 1 }

/** Machines of their own kind of event have their own samples; the others take every event with some counts. */
export const samples: Readonly<Record<string, Sample>> = Object.fromEntries(
  Object.entries(machines).map(([name, machine]) => {
    const types = machine.events.filter((type: string) => !type.startsWith('xstate.'))
    const events = types.map((type: string) => ({ type, ...counts }))
    return [name, own[name] ?? { input: { name: 'x', namespace: 'default', uid: 'u', index: 0 }, events }]
  }),
)
