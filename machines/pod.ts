/**
 * The life of one pod, from its creation to its removal. The kubelet of its node moves it by what it sees of the pod's
 * object, volumes and containers.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import { assign, setup } from 'xstate'

export interface PodContext {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly node: string
  /** Time the kubelet took it on, in ms. */
  readonly startedAt: number
  readonly ip: string
  readonly reason: string
  readonly message: string
  readonly graceMs: number
  /** Why volumes or configuration are not there yet. */
  readonly blocked: string
}

export type PodEvent = (
  | { type: 'pod.bound'; node: string; ip: string; graceMs: number }
  | { type: 'pod.rejected'; node: string; reason: string; message: string }
  | { type: 'volumes.blocked'; why: string }
  | { type: 'volumes.mounted' }
  | { type: 'init.completed' }
  | { type: 'containers.started' }
  | { type: 'readiness.gained' }
  | { type: 'readiness.lost' }
  | { type: 'containers.succeeded' }
  | { type: 'containers.failed'; reason: string; message: string }
  | { type: 'deletion.requested'; graceMs: number }
  | { type: 'containers.stopped' }
  | { type: 'object.removed' }
) & { at?: number }

export const podMachine = setup({
  types: {
    context: {} as PodContext,
    events: {} as PodEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
  actions: {
    noteBound: assign(({ context, event }) =>
      event.type === 'pod.bound'
        ? { ...context, node: event.node, ip: event.ip, graceMs: event.graceMs, startedAt: event.at ?? 0 }
        : context,
    ),
    noteRejected: assign(({ context, event }) =>
      event.type === 'pod.rejected'
        ? { ...context, node: event.node, reason: event.reason, message: event.message, startedAt: event.at ?? 0 }
        : context,
    ),
    noteBlocked: assign(({ context, event }) =>
      event.type === 'volumes.blocked' ? { ...context, blocked: event.why } : context,
    ),
    clearBlocked: assign(({ context }) => (context.blocked === '' ? context : { ...context, blocked: '' })),
    noteFailure: assign(({ context, event }) =>
      event.type === 'containers.failed' ? { ...context, reason: event.reason, message: event.message } : context,
    ),
    noteDeletion: assign(({ context, event }) =>
      event.type === 'deletion.requested' ? { ...context, graceMs: event.graceMs } : context,
    ),
    reportBlocked() {},
    startContainers() {},
    stopContainers() {},
    removeObject() {},
    changed() {},
  },
}).createMachine({
  id: 'pod',
  description: 'From creation through node, volumes, init containers and running to its end.',
  context: ({ input }) => ({
    name: input.name,
    namespace: input.namespace,
    uid: input.uid,
    node: '',
    startedAt: 0,
    ip: '',
    reason: '',
    message: '',
    graceMs: 0,
    blocked: '',
  }),
  initial: 'pending',
  on: { 'object.removed': { target: '.removed' } },
  states: {
    pending: {
      on: {
        'pod.bound': { target: 'preparing', actions: 'noteBound' },
        'pod.rejected': { target: 'failed', actions: 'noteRejected' },
      },
    },
    preparing: {
      entry: 'changed',
      on: {
        'volumes.blocked': { actions: ['noteBlocked', 'reportBlocked'] },
        'volumes.mounted': { target: 'initializing', actions: 'clearBlocked' },
        'deletion.requested': { target: 'terminating', actions: 'noteDeletion' },
        'containers.failed': { target: 'failed', actions: 'noteFailure' },
      },
    },
    initializing: {
      entry: 'startContainers',
      on: {
        'init.completed': 'starting',
        'containers.failed': { target: 'failed', actions: 'noteFailure' },
        'deletion.requested': { target: 'terminating', actions: 'noteDeletion' },
      },
    },
    starting: {
      entry: 'startContainers',
      on: {
        'containers.started': 'running',
        'containers.succeeded': 'succeeded',
        'containers.failed': { target: 'failed', actions: 'noteFailure' },
        'deletion.requested': { target: 'terminating', actions: 'noteDeletion' },
      },
    },
    running: {
      initial: 'notReady',
      on: {
        'containers.succeeded': 'succeeded',
        'containers.failed': { target: 'failed', actions: 'noteFailure' },
        'deletion.requested': { target: 'terminating', actions: 'noteDeletion' },
      },
      states: {
        notReady: { entry: 'changed', on: { 'readiness.gained': 'ready' } },
        ready: { entry: 'changed', on: { 'readiness.lost': 'notReady' } },
      },
    },
    terminating: {
      entry: ['stopContainers', 'changed'],
      on: {
        'deletion.requested': { actions: ['noteDeletion', 'stopContainers'] },
        'containers.stopped': { target: 'stopped', actions: 'removeObject' },
      },
    },
    stopped: {},
    succeeded: {
      entry: 'changed',
      on: { 'deletion.requested': { target: 'stopped', actions: ['noteDeletion', 'removeObject'] } },
    },
    failed: {
      description: 'Its containers are stopped; the object says Failed once none runs any more.',
      entry: ['stopContainers', 'changed'],
      on: { 'deletion.requested': { target: 'terminating', actions: 'noteDeletion' } },
    },
    removed: { type: 'final' },
  },
})
