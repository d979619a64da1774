/** The life of a Deployment: rollouts come and go beside the question whether it is available. */
import { assign, setup } from 'xstate'

/** Pods wanted; there; of the present template; available. */
export interface DeploymentCounts {
  readonly desired: number
  readonly replicas: number
  readonly updated: number
  readonly available: number
}

export interface DeploymentContext extends DeploymentCounts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type DeploymentEvent =
  | ({ type: 'change.requested' } & DeploymentCounts)
  | ({ type: 'rollout.started' } & DeploymentCounts)
  | ({ type: 'rollout.advanced' } & DeploymentCounts)
  | ({ type: 'rollout.completed' } & DeploymentCounts)
  | ({ type: 'scaling.started' } & DeploymentCounts)
  | ({ type: 'pods.lost' } & DeploymentCounts)
  | ({ type: 'deadline.exceeded' } & DeploymentCounts)
  | ({ type: 'rollout.paused' } & DeploymentCounts)
  | { type: 'availability.reached' }
  | { type: 'availability.lost' }
  | { type: 'deletion.requested' }
  | { type: 'object.removed' }

export const deploymentMachine = setup({
  types: {
    context: {} as DeploymentContext,
    events: {} as DeploymentEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
  actions: {
    noteCounts: assign(({ context, event }) =>
      'desired' in event
        ? {
            ...context,
            desired: event.desired,
            replicas: event.replicas,
            updated: event.updated,
            available: event.available,
          }
        : context,
    ),
  },
}).createMachine({
  id: 'deployment',
  description: 'Pods go from one template to the next by way of ReplicaSets.',
  context: ({ input }) => ({
    name: input.name,
    namespace: input.namespace,
    uid: input.uid,
    desired: 0,
    replicas: 0,
    updated: 0,
    available: 0,
  }),
  initial: 'living',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    living: {
      type: 'parallel',
      on: { 'deletion.requested': 'terminating' },
      states: {
        rollout: {
          initial: 'unobserved',
          on: {
            'change.requested': { target: '.unobserved', actions: 'noteCounts' },
            'rollout.started': { target: '.progressing.starting', actions: 'noteCounts' },
            'rollout.advanced': { target: '.progressing.advancing', actions: 'noteCounts' },
            'rollout.completed': { target: '.complete', actions: 'noteCounts' },
            'scaling.started': { target: '.scaling', actions: 'noteCounts' },
            'pods.lost': { target: '.degraded', actions: 'noteCounts' },
            'deadline.exceeded': { target: '.stalled', actions: 'noteCounts' },
            'rollout.paused': { target: '.paused', actions: 'noteCounts' },
          },
          states: {
            unobserved: { description: 'Its controller has not seen the last change of its spec.' },
            progressing: {
              initial: 'starting',
              states: {
                starting: { description: 'A ReplicaSet of the new template was made or found.' },
                advancing: { description: 'New pods come, old ones go.' },
              },
            },
            scaling: { description: 'No new template, but another number of pods.' },
            complete: { description: 'Every pod is of the present template and available.' },
            degraded: { description: 'The rollout was complete, and pods have since become unavailable.' },
            stalled: { description: 'No progress within progressDeadlineSeconds; it keeps trying.' },
            paused: { description: 'Template changes wait; changes of size do not.' },
          },
        },
        availability: {
          initial: 'unknown',
          on: { 'availability.reached': '.available', 'availability.lost': '.unavailable' },
          states: {
            unknown: { description: 'Nobody has counted its pods yet.' },
            available: { description: 'At least replicas minus maxUnavailable pods are available.' },
            unavailable: { description: 'Fewer pods than the minimum are available.' },
          },
        },
      },
    },
    terminating: { description: 'Deleted, kept by a finalizer such as that of foreground deletion.' },
    gone: { type: 'final' },
  },
})
