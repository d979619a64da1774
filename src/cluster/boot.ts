/** What a cluster has before anybody applied anything: namespaces, the API's own Service, classes. */
import type { KubeObject } from '../api/object.ts'
import { bootstrapObjects } from '../api/rbac/policy.ts'
import { toRfc3339 } from '../api/time.ts'
import { kinds } from '../kinds/index.ts'
import { prngOf, uuidFrom } from '../lib/prng.ts'
import { serviceCidr } from '../store/admission/service-allocation.ts'
import { emptySnapshot, type Snapshot, startedWith } from '../store/snapshot.ts'
import type { Create } from '../store/transition.ts'
import { configurationObjects } from './boot-configuration.ts'

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']
/** The first address of the service range is the API server's. */
const apiServiceIp = '10.96.0.1'

function bootObjects(): { resource: string; namespace: string; object: KubeObject }[] {
  const put = (resource: string, namespace: string, object: KubeObject) => ({ resource, namespace, object })
  const component = { component: 'apiserver', provider: 'kubernetes' }
  return [
    ...namespaces.map((name) => put('namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    put('priorityclasses.scheduling.k8s.io', '', priorityClass('system-cluster-critical', 2_000_000_000)),
    put('priorityclasses.scheduling.k8s.io', '', priorityClass('system-node-critical', 2_000_001_000)),
    put('storageclasses.storage.k8s.io', '', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kybern.dev/local',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    }),
    put('services', 'default', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels: component },
      spec: {
        clusterIP: apiServiceIp,
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      },
    }),
    put('endpointslices.discovery.k8s.io', 'default', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    }),
  ]
}

function priorityClass(name: string, value: number): KubeObject {
  const may = 'must run in the cluster, but can be moved to another node if necessary.'
  const stays = 'must not be moved from their current node.'
  const description = `Used for system critical pods that ${name === 'system-node-critical' ? stays : may}`
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description }
}

/** The transitions that make a new cluster usable, in order. */
export function bootTransitions(): Create[] {
  const cause = { why: 'boot', by: 'kybern' } as const
  return bootObjects().map((one) => ({ type: 'create', ...one, cause }))
}

/** Keeps what the policy draws apart from what everything else draws. */
const policySeed = 0x5bac

/** The snapshot made last: a memo of a pure function over immutable values, so it never changes an answer. */
let last: { readonly now: number; readonly seed: number; readonly snapshot: Snapshot } | undefined

/**
 * The snapshot of a cluster before its first transition: the roles and bindings of the default policy and what the server
 * configures for itself are there, all of revision 1, as one transaction would have written them.
 */
export function bootSnapshot(now: number, seed: number): Snapshot {
  if (last?.now !== now || last.seed !== seed) last = { now, seed, snapshot: withPolicy(now, seed) }
  return last.snapshot
}

function withPolicy(now: number, seed: number): Snapshot {
  const prng = prngOf(seed ^ policySeed)
  const objects: Record<string, KubeObject[]> = {}
  for (const object of bootstrapObjects(toRfc3339(now), () => uuidFrom(prng), '1')) {
    const resource = `${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`
    objects[resource] = objects[resource] ?? []
    objects[resource].push(object)
  }
  const uid = (): string => uuidFrom(prng)
  const facts = { time: toRfc3339(now), kinds, serviceRange: serviceCidr, uid, resourceVersion: '1' }
  return startedWith(emptySnapshot(now), { ...objects, ...configurationObjects(facts) })
}
