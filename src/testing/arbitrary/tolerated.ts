/**
 * What looks broken and a real API server takes all the same: its decoder or its defaults make something of it, or nobody
 * checks. `definition.field: how`. Source: kube-apiserver 1.36, asked with each of them
 */
const missing = [
  'apps.v1.ControllerRevision.revision',
  'apiextensions.v1.CustomResourceDefinitionVersion.served',
  'batch.v1.PodFailurePolicy.rules',
  'core.v1.Event.involvedObject',
  'core.v1.PreferredSchedulingTerm.preference',
  'core.v1.HTTPHeader.value',
  'core.v1.LimitRangeSpec.limits',
  'core.v1.SleepAction.seconds',
  'resource.v1.DeviceClass.spec',
  'resource.v1.ResourceClaim.spec',
  'resource.v1.ResourceClaimTemplate.spec',
  'resource.v1.ResourceClaimTemplateSpec.spec',
  'resource.v1.ResourcePool.generation',
  'storage.v1.CSIDriver.spec',
  'storage.v1.CSINode.spec',
  'storage.v1.CSINodeSpec.drivers',
  'storage.v1.TokenRequest.audience',
]
const negative = [
  'apps.v1.StatefulSetSpec.revisionHistoryLimit',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement.values[]',
  'core.v1.Event.count',
  'core.v1.PodSpec.terminationGracePeriodSeconds',
  'core.v1.Toleration.tolerationSeconds',
  'scheduling.v1.PriorityClass.value',
]
/** A real server refuses these; here the expressions of device selectors are not compiled. */
const unread = ['resource.v1.CELDeviceSelector.expression']

export const tolerated: ReadonlySet<string> = new Set([
  ...[...missing, ...unread].map((field) => `${field}: a required field is missing`),
  ...negative.map((field) => `${field}: less than nothing`),
  'discovery.v1.EndpointPort.port: a port below the first',
  'discovery.v1.EndpointPort.port: a port beyond the last',
])
