/**
 * Two strategies of a descheduler as controllers of a ReplicaSet's pods, deciding as the descheduler does: by nodes a pod
 * could stand on, not by the room that is left there.
 * Source: https://github.com/kubernetes-sigs/descheduler#policy-default-evictor-and-strategy-plugins
 */
import { type KubeObject, splitKey } from '../../src/api/object.ts'
import { type Controller, controller } from '../../src/controllers/controller.ts'
import { Node, Pod, ReplicaSet } from '../../src/kinds/index.ts'
import type { Transition } from '../../src/store/transition.ts'
import type { View } from '../../src/store/view.ts'

type Choose = (view: View, pods: readonly KubeObject[]) => readonly KubeObject[]

function evicting(name: string, choose: Choose): Controller {
  return controller({
    name,
    of: ReplicaSet,
    owns: [Pod],
    reconcile(view, key) {
      const { namespace, name: set } = splitKey(key)
      const owner = view.get(ReplicaSet, namespace, set)
      if (owner === undefined) return []
      const pods = view.by(Pod, 'owner', owner.metadata.uid ?? '').filter(isStanding)
      if (pods.length < (owner.spec.replicas ?? 1)) return []
      return choose(view, pods).map(evicted)
    },
  })
}

const isStanding = ({ metadata, spec }: KubeObject): boolean =>
  metadata.deletionTimestamp === undefined && spec?.nodeName !== undefined

function evicted({ metadata }: KubeObject): Transition {
  const ref = { resource: 'pods', namespace: metadata.namespace ?? '', name: metadata.name }
  return { type: 'delete', ref, ...(metadata.uid === undefined ? {} : { uid: metadata.uid }), trusted: true }
}

function counted(pods: readonly KubeObject[], of: (pod: KubeObject) => string): Map<string, KubeObject[]> {
  const by = new Map<string, KubeObject[]>()
  for (const pod of pods) by.set(of(pod), [...(by.get(of(pod)) ?? []), pod])
  return by
}

/** Pods of one owner on one node are duplicates where there are other nodes. `fits` looks for room, as `nodeFit` does. */
export const removeDuplicates = (fits: (view: View, node: KubeObject) => boolean = () => true): Controller =>
  evicting('remove-duplicates', (view, pods) => {
    const by = counted(pods, (pod) => pod.spec?.nodeName)
    const targets = view.list(Node).filter((node) => by.has(node.metadata.name) || fits(view, node))
    if (targets.length < 2) return []
    const most = Math.ceil(pods.length / targets.length)
    return [...by.values()].flatMap((here) => here.slice(most))
  })

/** Of a topology domain with too many pods, one goes. Each constraint is looked at alone. */
export const removeSkew = (topologyKey: string, maxSkew: number): Controller =>
  evicting('topology-spread', (view, pods) => {
    const domainOf = (name: string): string => view.get(Node, '', name)?.metadata.labels?.[topologyKey] ?? ''
    const by = counted(pods, (pod) => domainOf(pod.spec?.nodeName))
    for (const { metadata } of view.list(Node)) {
      const domain = metadata.labels?.[topologyKey] ?? ''
      if (!by.has(domain)) by.set(domain, [])
    }
    const sizes = [...by.values()].sort((a, b) => b.length - a.length)
    const [first = [], last = first] = [sizes[0], sizes[sizes.length - 1]]
    return first.length - last.length > maxSkew ? first.slice(-1) : []
  })
