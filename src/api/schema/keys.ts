/**
 * What the published models do not say: merge keys, list types, atomic structs and the string formats of Go's own types.
 * Facts of Kubernetes 1.36, read by the generator and baked into `data/table.ts`; edit here, then `npm run generate`.
 * Every list of a GA kind that is not named here is atomic.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */

/** Keyed lists, one a row: definition.field | patch merge key | patch strategy | list-map keys ('-' = none). */
export const keyedLists = `
admissionregistration.v1.MutatingAdmissionPolicySpec.matchConditions | name | merge | name
admissionregistration.v1.MutatingWebhook.matchConditions | name | merge | name
admissionregistration.v1.MutatingWebhookConfiguration.webhooks | name | merge | name
admissionregistration.v1.ValidatingAdmissionPolicySpec.matchConditions | name | merge | name
admissionregistration.v1.ValidatingAdmissionPolicySpec.variables | name | merge | name
admissionregistration.v1.ValidatingAdmissionPolicyStatus.conditions | - | - | type
admissionregistration.v1.ValidatingWebhook.matchConditions | name | merge | name
admissionregistration.v1.ValidatingWebhookConfiguration.webhooks | name | merge | name
apps.v1.DaemonSetStatus.conditions | type | merge | type
apps.v1.DeploymentStatus.conditions | type | merge | type
apps.v1.ReplicaSetStatus.conditions | type | merge | type
apps.v1.StatefulSetStatus.conditions | type | merge | type
autoscaling.v2.HorizontalPodAutoscalerStatus.conditions | type | merge | type
batch.v1.JobStatus.conditions | type | merge | -
certificates.v1.CertificateSigningRequestStatus.conditions | - | - | type
core.v1.ComponentStatus.conditions | type | merge | type
core.v1.Container.env | name | merge | name
core.v1.Container.ports | containerPort | merge | containerPort,protocol
core.v1.Container.volumeDevices | devicePath | merge | devicePath
core.v1.Container.volumeMounts | mountPath | merge | mountPath
core.v1.ContainerStatus.allocatedResourcesStatus | name | merge | name
core.v1.ContainerStatus.volumeMounts | mountPath | merge | mountPath
core.v1.EphemeralContainer.env | name | merge | name
core.v1.EphemeralContainer.ports | containerPort | merge | containerPort,protocol
core.v1.EphemeralContainer.volumeDevices | devicePath | merge | devicePath
core.v1.EphemeralContainer.volumeMounts | mountPath | merge | mountPath
core.v1.NamespaceStatus.conditions | type | merge | type
core.v1.NodeStatus.addresses | type | merge | type
core.v1.NodeStatus.conditions | type | merge | type
core.v1.PersistentVolumeClaimStatus.conditions | type | merge | type
core.v1.PodSpec.containers | name | merge | name
core.v1.PodSpec.ephemeralContainers | name | merge | name
core.v1.PodSpec.hostAliases | ip | merge | ip
core.v1.PodSpec.imagePullSecrets | name | merge | name
core.v1.PodSpec.initContainers | name | merge | name
core.v1.PodSpec.resourceClaims | name | merge,retainKeys | name
core.v1.PodSpec.schedulingGates | name | merge | name
core.v1.PodSpec.topologySpreadConstraints | topologyKey | merge | topologyKey,whenUnsatisfiable
core.v1.PodSpec.volumes | name | merge,retainKeys | name
core.v1.PodStatus.conditions | type | merge | type
core.v1.PodStatus.hostIPs | ip | merge | -
core.v1.PodStatus.podIPs | ip | merge | ip
core.v1.PodStatus.resourceClaimStatuses | name | merge,retainKeys | name
core.v1.ReplicationControllerStatus.conditions | type | merge | type
core.v1.ResourceRequirements.claims | - | - | name
core.v1.ResourceStatus.resources | - | - | resourceID
core.v1.ServiceAccount.secrets | name | merge | name
core.v1.ServiceSpec.ports | port | merge | port,protocol
core.v1.ServiceStatus.conditions | type | merge | type
flowcontrol.v1.FlowSchemaStatus.conditions | type | merge | type
flowcontrol.v1.PriorityLevelConfigurationStatus.conditions | type | merge | type
networking.v1.ServiceCIDRStatus.conditions | type | merge | type
policy.v1.PodDisruptionBudgetStatus.conditions | type | merge | type
resource.v1.AllocatedDeviceStatus.conditions | - | - | type
resource.v1.ResourceClaimStatus.devices | - | - | driver,device,pool,shareID
resource.v1.ResourceClaimStatus.reservedFor | uid | merge | uid
storage.v1.CSINodeSpec.drivers | name | merge | name
apiextensions.v1.CustomResourceDefinitionStatus.conditions | - | - | type
apiextensions.v1.JSONSchemaProps.x-kubernetes-validations | rule | merge | rule
meta.v1.ObjectMeta.ownerReferences | uid | merge | uid
apiregistration.v1.APIServiceStatus.conditions | type | merge | type
`

/** Fields with a patch strategy but no merge key. */
export const strategies = `
apps.v1.DeploymentSpec.strategy | retainKeys
core.v1.NodeSpec.podCIDRs | merge
meta.v1.ObjectMeta.finalizers | merge
policy.v1.PodDisruptionBudgetSpec.selector | replace
`

/** Lists that are sets of scalars. */
export const setLists = `
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions
batch.v1.PodFailurePolicyOnExitCodesRequirement.values
batch.v1.UncountedTerminatedPods.failed
batch.v1.UncountedTerminatedPods.succeeded
core.v1.ContainerRestartRuleOnExitCodes.values
core.v1.NodeAllocatableResourceClaimStatus.containers
core.v1.NodeSpec.podCIDRs
discovery.v1.Endpoint.addresses
flowcontrol.v1.NonResourcePolicyRule.nonResourceURLs
flowcontrol.v1.NonResourcePolicyRule.verbs
flowcontrol.v1.ResourcePolicyRule.apiGroups
flowcontrol.v1.ResourcePolicyRule.namespaces
flowcontrol.v1.ResourcePolicyRule.resources
flowcontrol.v1.ResourcePolicyRule.verbs
storage.v1.CSIDriverSpec.volumeLifecycleModes
meta.v1.ObjectMeta.finalizers
`

/** Structs that one manager owns as a whole. */
export const atomicStructs = `
admissionregistration.v1 MatchResources NamedRuleWithOperations ParamKind ParamRef Variable
autoscaling.v1 CrossVersionObjectReference
core.v1 ConfigMapKeySelector EndpointAddress EndpointPort FileKeySelector LocalObjectReference NodeSelector NodeSelectorTerm
core.v1 ObjectFieldSelector ObjectReference ResourceFieldSelector ScopeSelector SecretKeySelector SecretReference
core.v1 TopologySelectorTerm TypedLocalObjectReference
discovery.v1 EndpointPort
networking.v1 ServiceBackendPort
rbac.v1 RoleRef Subject
meta.v1 LabelSelector OwnerReference
`

/** Single fields whose value is owned as a whole, or is not although its struct is. */
export const mapTypes = `
core.v1.PersistentVolumeClaimStatus.allocatedResourceStatuses | granular
core.v1.PersistentVolumeSpec.claimRef | granular
core.v1.PodSpec.nodeSelector | atomic
core.v1.ReplicationControllerSpec.selector | atomic
core.v1.ServiceSpec.selector | atomic
node.v1.Scheduling.nodeSelector | atomic
`

/** Fields (also: elements of lists and values of maps) that are quantities: `500m`, `1Gi`. */
export const quantities = `
autoscaling.v2.HPAScalingRules tolerance
autoscaling.v2.MetricTarget averageValue value
autoscaling.v2.MetricValueStatus averageValue value
core.v1.ContainerStatus allocatedResources
core.v1.EmptyDirVolumeSource sizeLimit
core.v1.LimitRangeItem default defaultRequest max maxLimitRequestRatio min
core.v1.NodeAllocatableResourceClaimStatus resources
core.v1.NodeStatus allocatable capacity
core.v1.PersistentVolumeClaimStatus allocatedResources capacity
core.v1.PersistentVolumeSpec capacity
core.v1.PodSpec overhead
core.v1.PodStatus allocatedResources
core.v1.ResourceFieldSelector divisor
core.v1.ResourceQuotaSpec hard
core.v1.ResourceQuotaStatus hard used
core.v1.ResourceRequirements limits requests
core.v1.VolumeResourceRequirements limits requests
node.v1.Overhead podFixed
resource.v1.CapacityRequestPolicy default validValues
resource.v1.CapacityRequestPolicyRange max min step
resource.v1.CapacityRequirements requests
resource.v1.Counter value
resource.v1.DeviceCapacity value
resource.v1.DeviceRequestAllocationResult consumedCapacity
resource.v1.NodeAllocatableResourceMapping allocationMultiplier
storage.v1.CSIStorageCapacity capacity maximumVolumeSize
`

/** Fields that hold any object of any kind (Go's RawExtension); other untyped fields hold any JSON value. */
export const rawObjects = `
apps.v1.ControllerRevision data
resource.v1.AllocatedDeviceStatus data
resource.v1.OpaqueDeviceConfiguration parameters
meta.v1.WatchEvent object
`
