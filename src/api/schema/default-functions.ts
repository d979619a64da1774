/**
 * Defaults that depend on other fields, by definition. Each function is pure and returns its argument when content.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */

// biome-ignore lint/suspicious/noExplicitAny: parts of objects whose shape the schema has already checked
type Part = Readonly<Record<string, any>>
type Default = (part: Part) => Part

/** Fields that are absent get these values; the same reference when none is. */
function unset(part: Part, values: Part): Part {
  const missing = Object.entries(values).filter(([key, value]) => part[key] === undefined && value !== undefined)
  return missing.length === 0 ? part : { ...part, ...Object.fromEntries(missing) }
}

/** A struct field that Go always has: changed even where the document lacks it. */
function inside(part: Part, key: string, change: Default): Part {
  const before: Part = part[key] ?? {}
  const after = change(before)
  return after === before && part[key] !== undefined ? part : { ...part, [key]: after }
}

const phase = (value: string): Default => {
  return (part) => inside(part, 'status', (status) => (status.phase ? status : { ...status, phase: value }))
}

/** `Always` for the tag `latest` and for no tag at all, `IfNotPresent` for others, digests and unreadable names. */
export function imagePullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const match =
    /^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::([\w][\w.-]{0,127}))?(@[A-Za-z0-9:+._-]+)?$/.exec(
      image,
    )
  if (match === null) return 'IfNotPresent'
  const tag = match[1] ?? (match[2] === undefined ? 'latest' : '')
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

const pullPolicy: Default = (container) =>
  container.imagePullPolicy ? container : { ...container, imagePullPolicy: imagePullPolicy(container.image ?? '') }

const container: Default = (part) => unset(pullPolicy(part), { resources: {} })

/** Only Pods themselves, not templates: requests follow limits, ports of the host network follow container ports. */
const pod: Default = (part) =>
  inside(part, 'spec', (spec) => {
    const linked = unset(spec, { enableServiceLinks: true })
    const changed = (list: readonly Part[] | null | undefined) =>
      list ? sameOr(list, (each) => hostPorts(requestsFromLimits(each), spec.hostNetwork)) : list
    const containers = changed(linked.containers)
    const initContainers = changed(linked.initContainers)
    if (containers === linked.containers && initContainers === linked.initContainers) return linked
    return { ...linked, ...(containers && { containers }), ...(initContainers && { initContainers }) }
  })

/** The old name of serviceAccountName: whichever is given fills the other, and the new one counts. */
const podSpec: Default = (part) => {
  const name = part.serviceAccountName || part.serviceAccount
  if (!name || (part.serviceAccountName === name && part.serviceAccount === name)) return part
  return { ...part, serviceAccountName: name, serviceAccount: name }
}

function sameOr(list: readonly Part[], change: Default): readonly Part[] {
  const next = list.map(change)
  return next.some((item, index) => item !== list[index]) ? next : list
}

function requestsFromLimits(part: Part): Part {
  const limits: Part | undefined = part.resources?.limits
  if (limits === undefined || Object.keys(limits).length === 0) return part
  const requests = unset(part.resources.requests ?? {}, limits)
  return requests === part.resources.requests ? part : { ...part, resources: { ...part.resources, requests } }
}

function hostPorts(part: Part, hostNetwork: unknown): Part {
  if (hostNetwork !== true || part.ports === undefined) return part
  const ports = sameOr(part.ports, (port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort }))
  return ports === part.ports ? part : { ...part, ports }
}

const volume: Default = (part) => {
  const source = Object.keys(part).some((key) => key !== 'name' && part[key] !== undefined)
  return source ? part : { ...part, emptyDir: {} }
}

const imageVolume: Default = (part) =>
  part.pullPolicy ? part : { ...part, pullPolicy: imagePullPolicy(part.reference ?? '') }

const podTemplate: Default = (part) => inside(part, 'spec', (spec) => spec)

const serviceSpec: Default = (part) => {
  const type = part.type || 'ClusterIP'
  let next: Part = { ...part, type, sessionAffinity: part.sessionAffinity || 'None' }
  if (next.sessionAffinity === 'ClientIP') {
    const timeoutSeconds = part.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800
    if (part.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
      next = { ...next, sessionAffinityConfig: { clientIP: { timeoutSeconds } } }
    }
  } else if (next.sessionAffinityConfig !== undefined) {
    const { sessionAffinityConfig: _dropped, ...rest } = next
    next = rest
  }
  const outside =
    type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && part.externalIPs?.length > 0)
  if (outside && !part.externalTrafficPolicy) next = { ...next, externalTrafficPolicy: 'Cluster' }
  if (type !== 'ExternalName') next = unset(next, { internalTrafficPolicy: 'Cluster' })
  if (type === 'LoadBalancer') next = unset(next, { allocateLoadBalancerNodePorts: true })
  return sameShape(part, next) ? part : next
}

/** Go always writes this empty struct. */
const balanced: Default = (part) => inside(part, 'status', (status) => unset(status, { loadBalancer: {} }))

const service: Default = (part) => {
  const spec = balanced(inside(part, 'spec', serviceSpec))
  const ingress: readonly Part[] | undefined = spec.status?.loadBalancer?.ingress
  if (spec.spec.type !== 'LoadBalancer' || ingress === undefined) return spec
  const moded = sameOr(ingress, (each) => (each.ip ? unset(each, { ipMode: 'VIP' }) : each))
  if (moded === ingress) return spec
  return { ...spec, status: { ...spec.status, loadBalancer: { ...spec.status.loadBalancer, ingress: moded } } }
}

const servicePort: Default = (part) =>
  part.targetPort === undefined || part.targetPort === 0 || part.targetPort === ''
    ? { ...part, targetPort: part.port }
    : part

function sameShape(before: Part, after: Part): boolean {
  const keys = Object.keys(after)
  return keys.length === Object.keys(before).length && keys.every((key) => before[key] === after[key])
}

const namespace: Default = (part) => {
  const withPhase = phase('Active')(part)
  const { name, labels } = withPhase.metadata ?? {}
  if (!name || labels?.['kubernetes.io/metadata.name'] === name) return withPhase
  return {
    ...withPhase,
    metadata: { ...withPhase.metadata, labels: { ...labels, 'kubernetes.io/metadata.name': name } },
  }
}

const nodeStatus: Default = (part) => (part.capacity === undefined ? part : unset(part, { allocatable: part.capacity }))

const limitRangeItem: Default = (part) => {
  if (part.type !== 'Container') return part
  const limits = unset(part.default ?? {}, part.max ?? {})
  const requests = unset(unset(part.defaultRequest ?? {}, limits), part.min ?? {})
  if (limits === part.default && requests === part.defaultRequest) return part
  return { ...part, default: limits, defaultRequest: requests }
}

const replicationController: Default = (part) => {
  const labels: Part | undefined = part.spec?.template?.metadata?.labels
  if (labels === undefined) return part
  const empty = (value: Part | undefined) => value === undefined || Object.keys(value).length === 0
  const selected = empty(part.spec.selector) ? { ...part, spec: { ...part.spec, selector: labels } } : part
  return empty(part.metadata?.labels) ? { ...selected, metadata: { ...part.metadata, labels } } : selected
}

/** A spec and a pod template are always there: one that is missing is judged by its defaults. */
const withSpec: Default = (part) => inside(part, 'spec', (spec) => spec)
const withTemplate: Default = (part) => inside(part, 'template', (template) => template)

const deploymentSpec: Default = (part) =>
  inside(withTemplate(part), 'strategy', (strategy) => {
    const typed = strategy.type ? strategy : { ...strategy, type: 'RollingUpdate' }
    if (typed.type !== 'RollingUpdate') return typed
    return inside(typed, 'rollingUpdate', (rolling) => unset(rolling, { maxUnavailable: '25%', maxSurge: '25%' }))
  })

const updateStrategy =
  (values: Part): Default =>
  (part) =>
    inside(withTemplate(part), 'updateStrategy', (strategy) => {
      const typed = strategy.type ? strategy : { ...strategy, type: 'RollingUpdate' }
      return typed.type === 'RollingUpdate' ? inside(typed, 'rollingUpdate', (each) => unset(each, values)) : typed
    })

const jobSpec: Default = (part) => {
  const alone = part.completions === undefined && part.parallelism === undefined
  return unset(part, {
    completions: alone ? 1 : undefined,
    parallelism: 1,
    backoffLimit: part.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: part.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  })
}

/** Not for the job template of a CronJob: its Jobs are defaulted when they are made. */
const job: Default = (part) => {
  const done = inside(part, 'spec', jobSpec)
  const labels = part.spec?.template?.metadata?.labels
  const bare = part.metadata?.labels === undefined || Object.keys(part.metadata.labels).length === 0
  return labels !== undefined && bare ? { ...done, metadata: { ...done.metadata, labels } } : done
}

const cpuMetric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}
const doubling = { type: 'Percent', value: 100, periodSeconds: 15 }
const scaleUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, doubling],
}
const scaleDown = { selectPolicy: 'Max', policies: [doubling] }

const autoscalerSpec: Default = (part) => {
  const measured = part.metrics === undefined || part.metrics.length === 0 ? { ...part, metrics: [cpuMetric] } : part
  if (measured.behavior === undefined) return measured
  const up = inside(measured.behavior, 'scaleUp', (rules) => unset(rules, scaleUp))
  const behavior = inside(up, 'scaleDown', (rules) => unset(rules, scaleDown))
  return behavior === measured.behavior ? measured : { ...measured, behavior }
}

const networkPolicySpec: Default = (part) =>
  part.policyTypes === undefined || part.policyTypes.length === 0
    ? { ...part, policyTypes: part.egress?.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] }
    : part

const subject: Default = (part) =>
  part.kind === 'User' || part.kind === 'Group'
    ? unset(part.apiGroup === '' ? { ...part, apiGroup: undefined } : part, { apiGroup: 'rbac.authorization.k8s.io' })
    : part

const csiDriverSpec: Default = (part) =>
  part.volumeLifecycleModes?.length > 0 ? part : { ...part, volumeLifecycleModes: ['Persistent'] }

const definitionSpec: Default = (part) => {
  const named = inside(part, 'names', (names) => {
    if (!names.kind) return names
    const singular = names.singular || names.kind.toLowerCase()
    const listKind = names.listKind || `${names.kind}List`
    return names.singular === singular && names.listKind === listKind ? names : { ...names, singular, listKind }
  })
  return unset(named, { conversion: { strategy: 'None' } })
}

const deviceRequest: Default = (part) =>
  part.allocationMode === 'ExactCount' && !part.count ? { ...part, count: 1 } : part

/** By the definition's short name; run after the constants of the same definition. */
export const computedDefaults: Readonly<Record<string, Default>> = {
  'core.v1.Pod': pod,
  'core.v1.PodSpec': podSpec,
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.Volume': volume,
  'core.v1.ImageVolumeSource': imageVolume,
  'core.v1.PodTemplateSpec': podTemplate,
  'core.v1.Service': service,
  'core.v1.ServicePort': servicePort,
  'core.v1.Namespace': namespace,
  'core.v1.NodeStatus': nodeStatus,
  'core.v1.PersistentVolume': (part) => withSpec(phase('Pending')(part)),
  'core.v1.PersistentVolumeClaim': (part) => withSpec(phase('Pending')(part)),
  'core.v1.LimitRangeItem': limitRangeItem,
  'core.v1.ReplicationController': replicationController,
  'apps.v1.Deployment': withSpec,
  'apps.v1.DaemonSet': withSpec,
  'apps.v1.ReplicaSet': withSpec,
  'apps.v1.DeploymentSpec': deploymentSpec,
  'apps.v1.ReplicaSetSpec': withTemplate,
  'apps.v1.DaemonSetSpec': updateStrategy({ maxUnavailable: 1, maxSurge: 0 }),
  'apps.v1.StatefulSetSpec': updateStrategy({ partition: 0 }),
  'batch.v1.Job': job,
  'autoscaling.v2.HorizontalPodAutoscaler': withSpec,
  'autoscaling.v2.HorizontalPodAutoscalerSpec': autoscalerSpec,
  'networking.v1.Ingress': balanced,
  'networking.v1.NetworkPolicy': withSpec,
  'storage.v1.CSIDriver': withSpec,
  'flowcontrol.v1.FlowSchema': withSpec,
  'admissionregistration.v1.ValidatingAdmissionPolicy': withSpec,
  'admissionregistration.v1.MutatingAdmissionPolicy': withSpec,
  'networking.v1.NetworkPolicySpec': networkPolicySpec,
  'rbac.v1.Subject': subject,
  'storage.v1.CSIDriverSpec': csiDriverSpec,
  'apiextensions.v1.CustomResourceDefinitionSpec': definitionSpec,
  'resource.v1.ExactDeviceRequest': deviceRequest,
  'resource.v1.DeviceSubRequest': deviceRequest,
}
