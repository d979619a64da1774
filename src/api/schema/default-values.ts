/**
 * Defaults that are constants, by definition. `unset` fields are set when absent; `zero` fields also when '' or 0,
 * because Go cannot tell these from absent there.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */

/** The constant defaults of one definition. */
export interface FixedDefaults {
  readonly unset?: Readonly<Record<string, unknown>>
  readonly zero?: Readonly<Record<string, unknown>>
}

const fileMode = { unset: { defaultMode: 420 } }
const tcp = { zero: { protocol: 'TCP' } }
const rbd = { zero: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } }
const scaleIo = { zero: { storageMode: 'ThinProvisioned', fsType: 'xfs' } }
const container = { zero: { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' } }
const webhook = {
  unset: {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  },
}

/** By the definition's short name. */
export const fixedDefaults: Readonly<Record<string, FixedDefaults>> = {
  'core.v1.PodSpec': {
    unset: { securityContext: {}, terminationGracePeriodSeconds: 30 },
    zero: { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' },
  },
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.ContainerPort': tcp,
  'core.v1.Probe': { zero: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } },
  'core.v1.HTTPGetAction': { zero: { path: '/', scheme: 'HTTP' } },
  'core.v1.GRPCAction': { unset: { service: '' } },
  'core.v1.ObjectFieldSelector': { zero: { apiVersion: 'v1' } },
  'core.v1.SecretVolumeSource': fileMode,
  'core.v1.ConfigMapVolumeSource': fileMode,
  'core.v1.DownwardAPIVolumeSource': fileMode,
  'core.v1.ProjectedVolumeSource': fileMode,
  'core.v1.ServiceAccountTokenProjection': { unset: { expirationSeconds: 3600 } },
  'core.v1.HostPathVolumeSource': { unset: { type: '' } },
  'core.v1.ISCSIVolumeSource': { zero: { iscsiInterface: 'default' } },
  'core.v1.ISCSIPersistentVolumeSource': { zero: { iscsiInterface: 'default' } },
  'core.v1.RBDVolumeSource': rbd,
  'core.v1.RBDPersistentVolumeSource': rbd,
  'core.v1.ScaleIOVolumeSource': scaleIo,
  'core.v1.ScaleIOPersistentVolumeSource': scaleIo,
  'core.v1.AzureDiskVolumeSource': {
    unset: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
  },
  'core.v1.ServicePort': tcp,
  'core.v1.EndpointPort': tcp,
  'core.v1.Secret': { zero: { type: 'Opaque' } },
  'core.v1.PersistentVolumeSpec': {
    unset: { volumeMode: 'Filesystem' },
    zero: { persistentVolumeReclaimPolicy: 'Retain' },
  },
  'core.v1.PersistentVolumeClaimSpec': { unset: { volumeMode: 'Filesystem' } },
  'core.v1.ReplicationControllerSpec': { unset: { replicas: 1 } },
  'apps.v1.DeploymentSpec': { unset: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } },
  'apps.v1.ReplicaSetSpec': { unset: { replicas: 1 } },
  'apps.v1.DaemonSetSpec': { unset: { revisionHistoryLimit: 10 } },
  'apps.v1.StatefulSetSpec': {
    unset: { replicas: 1, revisionHistoryLimit: 10, persistentVolumeClaimRetentionPolicy: {} },
    zero: { podManagementPolicy: 'OrderedReady' },
  },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    zero: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  },
  'batch.v1.CronJobSpec': {
    unset: { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    zero: { concurrencyPolicy: 'Allow' },
  },
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': { zero: { status: 'True' } },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': { unset: { minReplicas: 1 } },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': { unset: { minReplicas: 1 } },
  'networking.v1.NetworkPolicyPort': { unset: { protocol: 'TCP' } },
  'networking.v1.IngressClassParametersReference': { unset: { scope: 'Cluster' } },
  'discovery.v1.EndpointPort': { unset: { name: '', protocol: 'TCP' } },
  'authentication.v1.TokenRequestSpec': { unset: { expirationSeconds: 3600 } },
  'rbac.v1.RoleRef': { zero: { apiGroup: 'rbac.authorization.k8s.io' } },
  'storage.v1.StorageClass': { unset: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  'storage.v1.CSIDriverSpec': {
    unset: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    },
  },
  'scheduling.v1.PriorityClass': { unset: { preemptionPolicy: 'PreemptLowerPriority' } },
  'admissionregistration.v1.ValidatingWebhook': webhook,
  'admissionregistration.v1.MutatingWebhook': { unset: { ...webhook.unset, reinvocationPolicy: 'Never' } },
  'admissionregistration.v1.RuleWithOperations': { unset: { scope: '*' } },
  'admissionregistration.v1.NamedRuleWithOperations': { unset: { scope: '*' } },
  'admissionregistration.v1.ServiceReference': { unset: { port: 443 } },
  'admissionregistration.v1.MatchResources': {
    unset: { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} },
  },
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': { unset: { failurePolicy: 'Fail' } },
  'admissionregistration.v1.MutatingAdmissionPolicySpec': { unset: { failurePolicy: 'Fail' } },
  'apiextensions.v1.ServiceReference': { unset: { port: 443 } },
  'apiregistration.v1.ServiceReference': { unset: { port: 443 } },
  'flowcontrol.v1.FlowSchemaSpec': { zero: { matchingPrecedence: 1000 } },
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': { unset: { nominalConcurrencyShares: 30, lendablePercent: 0 } },
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': { unset: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'flowcontrol.v1.QueuingConfiguration': { zero: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
  'resource.v1.DeviceToleration': { zero: { operator: 'Equal' } },
  'resource.v1.ExactDeviceRequest': { zero: { allocationMode: 'ExactCount' } },
  'resource.v1.DeviceSubRequest': { zero: { allocationMode: 'ExactCount' } },
}
