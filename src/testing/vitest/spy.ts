/** A spy on writes: who asked the API for what, and what it answered. */
import type { Cluster } from '../../cluster/cluster.ts'
import type { Transition } from '../../store/transition.ts'

/** One request that wanted to change something. */
export interface SpiedRequest {
  /** `create pods`, `update deployments/status`, `create pods/binding`. */
  readonly request: string
  readonly name: string
  readonly namespace: string
  /** Who sent it: `controller/replicaset`, `scheduler`, `kubelet`, a user. */
  readonly by: string
  /** 200 when it was done, else the code of the refusal. */
  readonly code: number
}

export interface Spy {
  readonly requests: readonly SpiedRequest[]
  stop(): void
}

/** Notes every write that is asked for from now on, by anybody, over HTTP too. */
export function spyOnRequests(cluster: Cluster): Spy {
  const requests: SpiedRequest[] = []
  const subscription = cluster.plane.api.outcome$.subscribe(({ transition, outcome }) => {
    if (transition.type === 'report') return
    requests.push({
      ...asked(transition),
      by: transition.cause?.by ?? 'unknown',
      code: outcome.ok ? 200 : outcome.error.code,
    })
  })
  return { requests, stop: () => subscription.unsubscribe() }
}

function asked(
  transition: Exclude<Transition, { type: 'report' }>,
): Pick<SpiedRequest, 'request' | 'name' | 'namespace'> {
  if (transition.type === 'create') {
    const { resource, namespace, object } = transition
    return { request: `create ${resource}`, name: object.metadata?.name ?? '', namespace }
  }
  const { resource, namespace, name } = transition.ref
  if (transition.type === 'pod.bind') return { request: 'create pods/binding', name, namespace }
  const subresource = 'subresource' in transition && transition.subresource ? `/${transition.subresource}` : ''
  return { request: `${transition.type} ${resource}${subresource}`, name, namespace }
}
