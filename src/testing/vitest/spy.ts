/** A spy on writes: who asked the API for what, and what it answered. */
import type { Cluster } from '../../cluster/cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Transition } from '../../store/transition.ts'

/** One request that wanted to change something. */
export interface SpiedRequest {
  /** `create pods`, `update deployments.apps/status`, `create pods/binding`. */
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
  /**
   * Those that were this: a verb and a resource by any of its names, `update deployments/status`. Throws KYB-EXPECT for a verb
   * that does not write and a resource that the cluster does not serve.
   */
  matching(request: string): readonly SpiedRequest[]
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
  return {
    requests,
    matching(request) {
      const wanted = wholeNameOf(cluster, request)
      return requests.filter((one) => one.request === wanted)
    },
    stop: () => subscription.unsubscribe(),
  }
}

const verbs = ['create', 'update', 'patch', 'delete']

/** `update deployments.apps/status` for `update deployments/status`. */
function wholeNameOf(cluster: Cluster, request: string): string {
  const [verb = '', path = '', ...more] = request.trim().split(/\s+/)
  const [word = '', ...subresource] = path.split('/')
  const kind = cluster.registry.find(word)
  if (kind === undefined || more.length > 0 || !verbs.includes(verb))
    throw new KybernError(
      'KYB-EXPECT',
      `"${request}" is no write that could be asked for: say ${verbs.join(', ')} and a resource that the cluster serves, as in "update deployments/status"`,
    )
  return [`${verb} ${kind.resource}`, ...subresource].join('/')
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
