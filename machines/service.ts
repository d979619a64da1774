/** The life of a service: the ways in which it can be reached, until it is deleted. */
import { setup } from 'xstate'

export interface ServiceContext {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type ServiceEvent =
  | { type: 'address.allocated' }
  | { type: 'ports.opened' }
  | { type: 'pods.named' }
  | { type: 'alias.set' }
  | { type: 'balancer.requested' }
  | { type: 'balancer.provisioned' }
  | { type: 'deletion.requested' }
  | { type: 'object.removed' }

export const serviceMachine = setup({
  types: {
    context: {} as ServiceContext,
    events: {} as ServiceEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
}).createMachine({
  id: 'service',
  description:
    'Reached by a cluster address, by ports of nodes, by a load balancer, by its pods’ names, or as an alias.',
  context: ({ input }) => ({ name: input.name, namespace: input.namespace, uid: input.uid }),
  initial: 'created',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    created: { always: 'reachable' },
    reachable: {
      initial: 'unaddressed',
      on: {
        'address.allocated': '.internal',
        'ports.opened': '.exposed',
        'pods.named': '.headless',
        'alias.set': '.external',
        'balancer.requested': '.balanced.waiting',
        'balancer.provisioned': '.balanced.provisioned',
        'deletion.requested': 'terminating',
      },
      states: {
        unaddressed: { description: 'Nothing is known of it yet.' },
        internal: { description: 'ClusterIP: an address inside the cluster.' },
        exposed: { description: 'NodePort: a port on every node, too.' },
        headless: { description: 'No address: its name stands for its pods.' },
        external: { description: 'ExternalName: its name stands for another name.' },
        balanced: {
          initial: 'waiting',
          states: {
            waiting: { description: 'LoadBalancer: no address outside yet (EXTERNAL-IP <pending>).' },
            provisioned: { description: 'LoadBalancer: reachable from outside.' },
          },
        },
      },
    },
    terminating: { description: 'Kept by finalizers, such as the one of a load balancer.' },
    gone: { type: 'final' },
  },
})
