/**
 * The admission plugins that Kubernetes enables by default, in its order; allocation, which a real server does when it
 * stores, comes last.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { AdmissionPlugin } from '../admission-step.ts'
import { certificateApproval, certificateRequester, certificateSigning, certificateSubject } from './certificates.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitChecks, limitDefaults } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { mutatingPolicies } from './policy/mutating.ts'
import { validatingPolicies } from './policy/validating.ts'
import { priority } from './priority.ts'
import { resourceQuota } from './quota/quota.ts'
import { rbacEscalation } from './rbac-escalation.ts'
import { runtimeClass, runtimeClassOverhead } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { serviceAllocation } from './service-allocation.ts'
import { defaultStorageClass, storageObjectInUseProtection } from './storage.ts'
import { taintNodesByCondition } from './taint-nodes.ts'
import { mutatingWebhooks } from './webhook/mutating.ts'
import { validatingWebhooks } from './webhook/validating.ts'

export const admission: readonly AdmissionPlugin[] = [
  { name: 'NamespaceLifecycle', mutate: namespaceLifecycle },
  { name: 'LimitRanger', mutate: limitDefaults, validate: limitChecks },
  { name: 'ServiceAccount', mutate: serviceAccount },
  { name: 'NodeRestriction', mutate: nodeRestriction },
  { name: 'TaintNodesByCondition', mutate: taintNodesByCondition },
  { name: 'PodSecurity', validate: podSecurity },
  { name: 'Priority', mutate: priority },
  { name: 'DefaultTolerationSeconds', mutate: defaultTolerationSeconds },
  { name: 'DefaultStorageClass', mutate: defaultStorageClass },
  { name: 'StorageObjectInUseProtection', mutate: storageObjectInUseProtection },
  { name: 'PersistentVolumeClaimResize', validate: claimResize },
  { name: 'RuntimeClass', mutate: runtimeClass, validate: runtimeClassOverhead },
  { name: 'CertificateApproval', validate: certificateApproval },
  { name: 'CertificateSigning', validate: certificateSigning },
  { name: 'CertificateSubjectRestriction', mutate: certificateRequester, validate: certificateSubject },
  { name: 'DefaultIngressClass', mutate: defaultIngressClass },
  { name: 'PodTopologyLabels', mutate: podTopologyLabels },
  { name: 'MutatingAdmissionPolicy', mutate: mutatingPolicies },
  { name: 'MutatingAdmissionWebhook', mutate: mutatingWebhooks },
  { name: 'ValidatingAdmissionPolicy', validate: validatingPolicies },
  { name: 'ValidatingAdmissionWebhook', validate: validatingWebhooks },
  { name: 'ResourceQuota', validate: resourceQuota },
  { name: 'RbacEscalation', mutate: rbacEscalation },
  { name: 'ServiceAllocation', allocate: serviceAllocation },
]
