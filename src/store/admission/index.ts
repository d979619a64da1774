/**
 * The admission steps every write passes, in the order of Kubernetes' built-in plugins; allocation, which a real server
 * does when it stores, comes last.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { AdmissionStep } from '../admission-step.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { serviceAllocation } from './service-allocation.ts'
import { defaultStorageClass, storageObjectInUseProtection } from './storage.ts'
import { taintNodesByCondition } from './taint-nodes.ts'

export const admission: readonly AdmissionStep[] = [
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  serviceAllocation,
]
