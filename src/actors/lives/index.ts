/** How changes of objects become events of their lives, by the machine's name. */
import type { EventsOf } from '../lives.ts'
import { eventsOf as daemonset } from './daemonset.ts'
import { eventsOf as deployment } from './deployment.ts'
import { eventsOf as horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { eventsOf as namespace } from './namespace.ts'
import { eventsOf as persistentVolume } from './persistent-volume.ts'
import { eventsOf as persistentVolumeClaim } from './persistent-volume-claim.ts'
import { eventsOf as replicaset } from './replicaset.ts'
import { eventsOf as service } from './service.ts'

export const lifeEvents: Readonly<Record<string, EventsOf>> = {
  daemonset,
  deployment,
  'horizontal-pod-autoscaler': horizontalPodAutoscaler,
  namespace,
  'persistent-volume': persistentVolume,
  'persistent-volume-claim': persistentVolumeClaim,
  replicaset,
  service,
}
