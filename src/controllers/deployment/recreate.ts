/**
 * Recreate: every pod of an older revision is gone before the first of the new one is made.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished } from '../../api/pod-status.ts'
import { Pod } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { active, type Fleet, sized } from './fleet.ts'

/** The fleet with all old ReplicaSets at zero. */
export function emptied(deployment: KubeObject, fleet: Fleet): Fleet {
  if (active(fleet.old).length === 0) return fleet
  const old = fleet.old.map((one) => (active([one]).length > 0 ? sized(one, 0, deployment) : one))
  return { ...fleet, old }
}

/** Whether a pod of an older revision may still run; a terminating one may. */
export function oldPodsRun(view: View, fleet: Fleet): boolean {
  return fleet.old.some(
    (one) =>
      (one.status?.replicas ?? 0) > 0 ||
      view.by(Pod, 'owner', one.metadata.uid ?? '').some((pod) => !isPodFinished(pod)),
  )
}
