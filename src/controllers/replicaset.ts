/**
 * A ReplicaSet keeps a number of identical pods alive: it claims those that match, makes what is missing and deletes
 * what is too much.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
import { type KubeObject, keyOf } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { Pod, ReplicaSet } from '../kinds/index.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import { reconcileReplicas, selects } from './replicaset/reconcile.ts'

export { burstReplicas } from './replicaset/reconcile.ts'

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  return reconcileReplicas({ kind: ReplicaSet, component: 'replicaset-controller' }, view, key, refusal)
}

/** The ReplicaSets an orphan pod could be adopted by. */
function wouldAdopt(pod: KubeObject, view: View): readonly string[] {
  if (controllerOf(pod) !== undefined || pod.metadata.labels === undefined) return []
  return view
    .list(ReplicaSet, pod.metadata.namespace)
    .filter((replicaSet) => selects(replicaSet, pod))
    .map(keyOf)
}

export const replicaSetController = controller({
  name: 'replicaset',
  of: ReplicaSet,
  owns: [Pod],
  watches: [{ kind: Pod, keys: wouldAdopt }],
  reconcile,
})
