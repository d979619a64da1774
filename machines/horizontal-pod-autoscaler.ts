/** The life of a HorizontalPodAutoscaler: it watches, decides, holds back, or cannot see. */
import { assign, setup } from 'xstate'

/** The target's size, and what it should be. */
export interface AutoscalerCounts {
  readonly current: number
  readonly desired: number
}

export interface HorizontalPodAutoscalerContext extends AutoscalerCounts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type HorizontalPodAutoscalerEvent =
  | ({ type: 'target.missed' } & AutoscalerCounts)
  | ({ type: 'scaling.disabled' } & AutoscalerCounts)
  | ({ type: 'metrics.missed' } & AutoscalerCounts)
  | ({ type: 'growth.decided' } & AutoscalerCounts)
  | ({ type: 'shrinking.decided' } & AutoscalerCounts)
  | ({ type: 'change.stabilized' } & AutoscalerCounts)
  | ({ type: 'limit.reached' } & AutoscalerCounts)
  | ({ type: 'size.kept' } & AutoscalerCounts)
  | { type: 'deletion.requested' }
  | { type: 'object.removed' }

export const horizontalPodAutoscalerMachine = setup({
  types: {
    context: {} as HorizontalPodAutoscalerContext,
    events: {} as HorizontalPodAutoscalerEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
  actions: {
    noteCounts: assign(({ context, event }) =>
      'desired' in event ? { ...context, current: event.current, desired: event.desired } : context,
    ),
  },
}).createMachine({
  id: 'horizontal-pod-autoscaler',
  description: 'A workload gets the size at which its pods use what they should.',
  context: ({ input }) => ({
    name: input.name,
    namespace: input.namespace,
    uid: input.uid,
    current: 0,
    desired: 0,
  }),
  initial: 'living',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    living: {
      initial: 'unobserved',
      on: {
        'target.missed': { target: '.unable', actions: 'noteCounts' },
        'scaling.disabled': { target: '.disabled', actions: 'noteCounts' },
        'metrics.missed': { target: '.blind', actions: 'noteCounts' },
        'growth.decided': { target: '.watching.growing', actions: 'noteCounts' },
        'shrinking.decided': { target: '.watching.shrinking', actions: 'noteCounts' },
        'change.stabilized': { target: '.watching.stabilizing', actions: 'noteCounts' },
        'limit.reached': { target: '.watching.limited', actions: 'noteCounts' },
        'size.kept': { target: '.watching.steady', actions: 'noteCounts' },
        'deletion.requested': 'terminating',
      },
      states: {
        unobserved: { description: 'It has not looked yet.' },
        unable: { description: 'Its target does not exist or cannot be scaled.' },
        disabled: { description: 'Its target has size zero: scaling is off until somebody sets a size.' },
        blind: { description: 'No metric could be read; the size stays.' },
        watching: {
          initial: 'steady',
          states: {
            steady: { description: 'The target has the size the metrics ask for.' },
            growing: { description: 'The target was just made larger.' },
            shrinking: { description: 'The target was just made smaller.' },
            stabilizing: { description: 'A change waits: recent recommendations were different.' },
            limited: { description: 'The metrics ask for more, or less, than the limits allow.' },
          },
        },
      },
    },
    terminating: { description: 'Deleted, kept by a finalizer.' },
    gone: { type: 'final' },
  },
})
