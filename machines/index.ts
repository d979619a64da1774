/** All machines by name (the name kinds give as their `life`), and each by its own. */
import type { AnyStateMachine } from 'xstate'
import { containerMachine } from './container.ts'
import { controllerMachine } from './controller.ts'
import { daemonSetMachine } from './daemonset.ts'
import { deploymentMachine } from './deployment.ts'
import { horizontalPodAutoscalerMachine } from './horizontal-pod-autoscaler.ts'
import { namespaceMachine } from './namespace.ts'
import { nodeMachine } from './node.ts'
import { persistentVolumeMachine } from './persistent-volume.ts'
import { persistentVolumeClaimMachine } from './persistent-volume-claim.ts'
import { podMachine } from './pod.ts'
import { replicaSetMachine } from './replicaset.ts'
import { serviceMachine } from './service.ts'

export {
  containerMachine,
  controllerMachine,
  daemonSetMachine,
  deploymentMachine,
  horizontalPodAutoscalerMachine,
  namespaceMachine,
  nodeMachine,
  persistentVolumeClaimMachine,
  persistentVolumeMachine,
  podMachine,
  replicaSetMachine,
  serviceMachine,
}

export const machines: Readonly<Record<string, AnyStateMachine>> = {
  container: containerMachine,
  controller: controllerMachine,
  daemonset: daemonSetMachine,
  deployment: deploymentMachine,
  'horizontal-pod-autoscaler': horizontalPodAutoscalerMachine,
  namespace: namespaceMachine,
  node: nodeMachine,
  'persistent-volume': persistentVolumeMachine,
  'persistent-volume-claim': persistentVolumeClaimMachine,
  pod: podMachine,
  replicaset: replicaSetMachine,
  service: serviceMachine,
}
