/**
 * A ReplicationController keeps a number of identical pods alive: the elder of the ReplicaSet.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/
 */
import { type KubeObject, keyOf } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { Pod, ReplicationController } from '../kinds/index.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent, type Refusal } from './controller.ts'
import { reconcileReplicas, selects } from './replicaset/reconcile.ts'

export function reconcile(view: View, key: string, refusal?: Refusal): readonly Intent[] {
  return reconcileReplicas({ kind: ReplicationController, component: 'replication-controller' }, view, key, refusal)
}

/** The ReplicationControllers an orphan pod could be adopted by. */
function wouldAdopt(pod: KubeObject, view: View): readonly string[] {
  if (controllerOf(pod) !== undefined || pod.metadata.labels === undefined) return []
  return view
    .list(ReplicationController, pod.metadata.namespace)
    .filter((one) => selects(one, pod))
    .map(keyOf)
}

export const replicationControllerController = controller({
  name: 'replicationcontroller',
  of: ReplicationController,
  owns: [Pod],
  watches: [{ kind: Pod, keys: wouldAdopt }],
  reconcile,
})
