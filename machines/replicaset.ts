/** The life of a ReplicaSet: it grows and shrinks to its size, until it is deleted. */
import { assign, setup } from 'xstate'

/** Pods wanted, pods there, pods available. */
export interface ReplicaSetCounts {
  readonly desired: number
  readonly replicas: number
  readonly available: number
}

export interface ReplicaSetContext extends ReplicaSetCounts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type ReplicaSetEvent =
  | ({ type: 'growth.started' } & ReplicaSetCounts)
  | ({ type: 'creation.failed' } & ReplicaSetCounts)
  | ({ type: 'shrinking.started' } & ReplicaSetCounts)
  | ({ type: 'pods.created' } & ReplicaSetCounts)
  | ({ type: 'size.reached' } & ReplicaSetCounts)
  | ({ type: 'pods.removed' } & ReplicaSetCounts)
  | { type: 'deletion.requested' }
  | { type: 'object.removed' }

export const replicaSetMachine = setup({
  types: {
    context: {} as ReplicaSetContext,
    events: {} as ReplicaSetEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
  actions: {
    noteCounts: assign(({ context, event }) =>
      'desired' in event
        ? { ...context, desired: event.desired, replicas: event.replicas, available: event.available }
        : context,
    ),
  },
}).createMachine({
  id: 'replicaset',
  description: 'A number of identical pods is kept alive.',
  context: ({ input }) => ({
    name: input.name,
    namespace: input.namespace,
    uid: input.uid,
    desired: 0,
    replicas: 0,
    available: 0,
  }),
  initial: 'living',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    living: {
      initial: 'unobserved',
      on: {
        'growth.started': { target: '.growing', actions: 'noteCounts' },
        'creation.failed': { target: '.refused', actions: 'noteCounts' },
        'shrinking.started': { target: '.shrinking', actions: 'noteCounts' },
        'pods.created': { target: '.starting', actions: 'noteCounts' },
        'size.reached': { target: '.settled', actions: 'noteCounts' },
        'pods.removed': { target: '.empty', actions: 'noteCounts' },
        'deletion.requested': 'terminating',
      },
      states: {
        unobserved: { description: 'Nobody has counted its pods yet.' },
        growing: { description: 'It has fewer pods than it wants.' },
        refused: { description: 'A pod could not be made, by a quota for example; it keeps trying.' },
        shrinking: { description: 'It has more pods than it wants.' },
        starting: { description: 'The pods are there, some are not available yet.' },
        settled: { description: 'Every pod wanted is there and available.' },
        empty: { description: 'It wants no pods and has none: an old revision, kept to go back to.' },
      },
    },
    terminating: { description: 'Deleted, kept by a finalizer.' },
    gone: { type: 'final' },
  },
})
