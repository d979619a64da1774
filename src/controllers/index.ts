/** The controllers of a cluster. */
import type { Kind } from '../api/kind.ts'
import { apiServiceAvailableController } from './api-service-available.ts'
import { apiServiceRegistrationController } from './api-service-registration.ts'
import { certificateApproverController } from './certificate-approver.ts'
import { certificateCleanerController } from './certificate-cleaner.ts'
import { clusterRoleAggregationController } from './cluster-role-aggregation.ts'
import type { Controller } from './controller.ts'
import { cronJobController } from './cronjob.ts'
import {
  customResourceDefinitionController,
  customResourceDefinitionControllerOf,
} from './custom-resource-definition.ts'
import { daemonSetController } from './daemonset.ts'
import { deploymentController } from './deployment.ts'
import { endpointsController } from './endpoints.ts'
import { endpointSliceController } from './endpointslice.ts'
import { ephemeralVolumeController } from './ephemeral-volume.ts'
import { eventExpiryController } from './event-expiry.ts'
import { flowSchemaController } from './flow-schema.ts'
import { garbageCollectorController, garbageCollectorOf } from './garbage-collector.ts'
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler.ts'
import { jobController } from './job.ts'
import { namespaceController, namespaceControllerOf } from './namespace.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { persistentVolumeController } from './persistent-volume.ts'
import { persistentVolumeClaimBinderController } from './persistent-volume-claim-binder.ts'
import { podDisruptionBudgetController } from './pod-disruption-budget.ts'
import { podGarbageCollectorController } from './pod-garbage-collector.ts'
import { replicaSetController } from './replicaset.ts'
import { replicationControllerController } from './replicationcontroller.ts'
import { resourceQuotaController, resourceQuotaControllerOf } from './resource-quota.ts'
import { rootCaCertificateController } from './root-ca-certificate.ts'
import { serviceAccountTokensController } from './service-account-tokens.ts'
import { serviceAccountController } from './serviceaccount.ts'
import { statefulSetController } from './statefulset.ts'
import { taintEvictionController } from './taint-eviction.ts'
import {
  persistentVolumeClaimProtectionController,
  persistentVolumeProtectionController,
  volumeAttributesClassProtectionController,
} from './volume-protection.ts'
import { volumeProvisionerController } from './volume-provisioner.ts'

export const controllers: readonly Controller[] = [
  serviceAccountController,
  rootCaCertificateController,
  clusterRoleAggregationController,
  certificateApproverController,
  certificateCleanerController,
  serviceAccountTokensController,
  namespaceController,
  deploymentController,
  replicaSetController,
  daemonSetController,
  horizontalPodAutoscalerController,
  endpointSliceController,
  nodeLifecycleController,
  taintEvictionController,
  podDisruptionBudgetController,
  persistentVolumeClaimBinderController,
  persistentVolumeController,
  volumeProvisionerController,
  ephemeralVolumeController,
  persistentVolumeClaimProtectionController,
  persistentVolumeProtectionController,
  volumeAttributesClassProtectionController,
  garbageCollectorController,
  podGarbageCollectorController,
  eventExpiryController,
  resourceQuotaController,
  flowSchemaController,
  customResourceDefinitionController,
  jobController,
  cronJobController,
  statefulSetController,
  replicationControllerController,
  endpointsController,
  apiServiceRegistrationController,
  apiServiceAvailableController,
]

/** The controllers that work on all kinds there are, made for these. */
export function controllersOfAll(kinds: readonly Kind[]): readonly Controller[] {
  return [
    namespaceControllerOf(kinds),
    garbageCollectorOf(kinds),
    resourceQuotaControllerOf(kinds),
    customResourceDefinitionControllerOf(kinds),
  ]
}

/** The controllers of a cluster that serves these kinds. */
export function controllersFor(kinds: readonly Kind[]): readonly Controller[] {
  const made = new Map(controllersOfAll(kinds).map((one) => [one.name, one]))
  return controllers.map((one) => made.get(one.name) ?? one)
}
