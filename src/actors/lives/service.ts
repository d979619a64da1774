/** What a change of a service means to its life (`machines/service.ts`). */
import type { KubeObject } from '../../api/object.ts'
import type { Change } from '../../store/transition.ts'
import type { ActorEvent } from '../actor.ts'

export function eventsOf({ type, object, previous }: Change): ActorEvent[] {
  if (type === 'DELETED') return [{ type: 'object.removed' }]
  const now = wayTo(object)
  const events: ActorEvent[] = previous !== undefined && wayTo(previous) === now ? [] : [{ type: now }]
  const deleting = object.metadata.deletionTimestamp !== undefined
  const before = previous?.metadata.deletionTimestamp !== undefined
  return deleting && !before ? [...events, { type: 'deletion.requested' }] : events
}

/** The event that says how the service can be reached. */
function wayTo(service: KubeObject): string {
  const { type, clusterIP } = service.spec ?? {}
  if (type === 'ExternalName') return 'alias.set'
  if (type === 'LoadBalancer') {
    const addresses = service.status?.loadBalancer?.ingress ?? []
    return addresses.length > 0 ? 'balancer.provisioned' : 'balancer.requested'
  }
  if (type === 'NodePort') return 'ports.opened'
  return clusterIP === 'None' ? 'pods.named' : 'address.allocated'
}
