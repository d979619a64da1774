/** The life of a DaemonSet: it spreads to its nodes, rolls from template to template, and withdraws. */
import { assign, setup } from 'xstate'

/** Nodes that should run the daemon; that do; with a pod of the present template; with an available pod. */
export interface DaemonSetCounts {
  readonly desired: number
  readonly current: number
  readonly updated: number
  readonly available: number
}

export interface DaemonSetContext extends DaemonSetCounts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type DaemonSetEvent =
  | ({ type: 'change.requested' } & DaemonSetCounts)
  | ({ type: 'nodes.lacking' } & DaemonSetCounts)
  | ({ type: 'pods.misplaced' } & DaemonSetCounts)
  | ({ type: 'rollout.started' } & DaemonSetCounts)
  | ({ type: 'pods.unavailable' } & DaemonSetCounts)
  | ({ type: 'nodes.covered' } & DaemonSetCounts)
  | ({ type: 'nodes.excluded' } & DaemonSetCounts)
  | { type: 'deletion.requested' }
  | { type: 'object.removed' }

export const daemonSetMachine = setup({
  types: {
    context: {} as DaemonSetContext,
    events: {} as DaemonSetEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
  actions: {
    noteCounts: assign(({ context, event }) =>
      'desired' in event
        ? {
            ...context,
            desired: event.desired,
            current: event.current,
            updated: event.updated,
            available: event.available,
          }
        : context,
    ),
  },
}).createMachine({
  id: 'daemonset',
  description: 'One pod runs on every node that should have one.',
  context: ({ input }) => ({
    name: input.name,
    namespace: input.namespace,
    uid: input.uid,
    desired: 0,
    current: 0,
    updated: 0,
    available: 0,
  }),
  initial: 'living',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    living: {
      initial: 'unobserved',
      on: {
        'change.requested': { target: '.unobserved', actions: 'noteCounts' },
        'nodes.lacking': { target: '.spreading', actions: 'noteCounts' },
        'pods.misplaced': { target: '.withdrawing', actions: 'noteCounts' },
        'rollout.started': { target: '.updating', actions: 'noteCounts' },
        'pods.unavailable': { target: '.starting', actions: 'noteCounts' },
        'nodes.covered': { target: '.settled', actions: 'noteCounts' },
        'nodes.excluded': { target: '.idle', actions: 'noteCounts' },
        'deletion.requested': 'terminating',
      },
      states: {
        unobserved: { description: 'Its controller has not seen the last change of its spec.' },
        spreading: { description: 'A node that should run it has no pod yet.' },
        withdrawing: { description: 'A node that should not run it still does.' },
        updating: { description: 'Some pods are of an older template.' },
        starting: { description: 'Every node has its pod, some are not available yet.' },
        settled: { description: 'Every node that should run it does, with the present template.' },
        idle: { description: 'No node should run it.' },
      },
    },
    terminating: { description: 'Deleted, kept by a finalizer.' },
    gone: { type: 'final' },
  },
})
