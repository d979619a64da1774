/** The list of built-in kinds: a new kind is its file and one line here. */
import type { Kind } from '../api/kind.ts'
import { MutatingAdmissionPolicy } from './admissionregistration/mutating-admission-policy.ts'
import { MutatingAdmissionPolicyBinding } from './admissionregistration/mutating-admission-policy-binding.ts'
import { MutatingWebhookConfiguration } from './admissionregistration/mutating-webhook-configuration.ts'
import { ValidatingAdmissionPolicy } from './admissionregistration/validating-admission-policy.ts'
import { ValidatingAdmissionPolicyBinding } from './admissionregistration/validating-admission-policy-binding.ts'
import { ValidatingWebhookConfiguration } from './admissionregistration/validating-webhook-configuration.ts'
import { CustomResourceDefinition } from './apiextensions/custom-resource-definition.ts'
import { APIService } from './apiregistration/api-service.ts'
import { ControllerRevision } from './apps/controller-revision.ts'
import { DaemonSet } from './apps/daemon-set.ts'
import { Deployment } from './apps/deployment.ts'
import { ReplicaSet } from './apps/replica-set.ts'
import { StatefulSet } from './apps/stateful-set.ts'
import { SelfSubjectReview, TokenReview } from './authentication/reviews.ts'
import {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from './authorization/reviews.ts'
import { HorizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts'
import { CronJob } from './batch/cron-job.ts'
import { Job } from './batch/job.ts'
import { CertificateSigningRequest } from './certificates/certificate-signing-request.ts'
import { Lease } from './coordination/lease.ts'
import { Binding } from './core/binding.ts'
import { ComponentStatus } from './core/component-status.ts'
import { ConfigMap } from './core/config-map.ts'
import { Endpoints } from './core/endpoints.ts'
import { Event } from './core/event.ts'
import { LimitRange } from './core/limit-range.ts'
import { Namespace } from './core/namespace.ts'
import { Node } from './core/node.ts'
import { PersistentVolume } from './core/persistent-volume.ts'
import { PersistentVolumeClaim } from './core/persistent-volume-claim.ts'
import { Pod } from './core/pod.ts'
import { PodTemplate } from './core/pod-template.ts'
import { ReplicationController } from './core/replication-controller.ts'
import { ResourceQuota } from './core/resource-quota.ts'
import { Secret } from './core/secret.ts'
import { Service } from './core/service.ts'
import { ServiceAccount } from './core/service-account.ts'
import { EndpointSlice } from './discovery/endpoint-slice.ts'
import { FlowSchema } from './flowcontrol/flow-schema.ts'
import { PriorityLevelConfiguration } from './flowcontrol/priority-level-configuration.ts'
import { NodeMetrics, PodMetrics } from './metrics.ts'
import { Ingress } from './networking/ingress.ts'
import { IngressClass } from './networking/ingress-class.ts'
import { IPAddress } from './networking/ip-address.ts'
import { NetworkPolicy } from './networking/network-policy.ts'
import { ServiceCIDR } from './networking/service-cidr.ts'
import { RuntimeClass } from './node/runtime-class.ts'
import { PodDisruptionBudget } from './policy/pod-disruption-budget.ts'
import { ClusterRole } from './rbac/cluster-role.ts'
import { ClusterRoleBinding } from './rbac/cluster-role-binding.ts'
import { Role } from './rbac/role.ts'
import { RoleBinding } from './rbac/role-binding.ts'
import { DeviceClass } from './resource/device-class.ts'
import { ResourceClaim } from './resource/resource-claim.ts'
import { ResourceClaimTemplate } from './resource/resource-claim-template.ts'
import { ResourceSlice } from './resource/resource-slice.ts'
import { PriorityClass } from './scheduling/priority-class.ts'
import { CSIDriver } from './storage/csi-driver.ts'
import { CSINode } from './storage/csi-node.ts'
import { CSIStorageCapacity } from './storage/csi-storage-capacity.ts'
import { StorageClass } from './storage/storage-class.ts'
import { VolumeAttachment } from './storage/volume-attachment.ts'
import { VolumeAttributesClass } from './storage/volume-attributes-class.ts'

export {
  APIService,
  Binding,
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ComponentStatus,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  DeviceClass,
  EndpointSlice,
  Endpoints,
  Event,
  FlowSchema,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  IPAddress,
  Job,
  Lease,
  LimitRange,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Node,
  NodeMetrics,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodMetrics,
  PodTemplate,
  PriorityClass,
  PriorityLevelConfiguration,
  ReplicaSet,
  ReplicationController,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceQuota,
  ResourceSlice,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  VolumeAttachment,
  VolumeAttributesClass,
}

export const kinds: readonly Kind[] = [
  Namespace,
  Node,
  Pod,
  Service,
  ConfigMap,
  Secret,
  ServiceAccount,
  PersistentVolume,
  PersistentVolumeClaim,
  Event,
  ReplicaSet,
  Deployment,
  DaemonSet,
  StatefulSet,
  Job,
  CronJob,
  ReplicationController,
  PodTemplate,
  Endpoints,
  ControllerRevision,
  HorizontalPodAutoscaler,
  Lease,
  EndpointSlice,
  NodeMetrics,
  PodMetrics,
  PodDisruptionBudget,
  PriorityClass,
  CertificateSigningRequest,
  SelfSubjectReview,
  TokenReview,
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  ClusterRoleBinding,
  ClusterRole,
  RoleBinding,
  Role,
  CustomResourceDefinition,
  StorageClass,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  LimitRange,
  ResourceQuota,
  RuntimeClass,
  IPAddress,
  Ingress,
  IngressClass,
  NetworkPolicy,
  ServiceCIDR,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  VolumeAttachment,
  VolumeAttributesClass,
  APIService,
  FlowSchema,
  PriorityLevelConfiguration,
  Binding,
  ComponentStatus,
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
]
