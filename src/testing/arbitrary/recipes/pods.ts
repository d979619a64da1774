/** Pods and their parts: what goes together and what excludes what. */
import fc from 'fast-check'
import type { Recipes, Value } from '../recipe.ts'
import * as words from '../words.ts'

const operators = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist')
const requirement = (values: fc.Arbitrary<string>) =>
  fc
    .tuple(words.labelKey, operators, fc.uniqueArray(values, { minLength: 1, maxLength: 2 }))
    .map(([key, operator, some]) => (operator.includes('Exist') ? { key, operator } : { key, operator, values: some }))
const nodeRequirement = fc.oneof(
  requirement(words.labelValue),
  fc.tuple(words.labelKey, fc.constantFrom('Gt', 'Lt')).map(([key, operator]) => ({ key, operator, values: ['2'] })),
)

/** Limits are never below requests; what is limited and not requested is requested by default. */
const resources = fc
  .record({
    cpu: fc.integer({ min: 0, max: 4 }),
    memory: fc.integer({ min: 0, max: 4 }),
    limited: fc.boolean(),
    more: fc.boolean(),
  })
  .map(({ cpu, memory, limited, more }) => {
    const amounts = (times: number) => ({
      ...(cpu > 0 && { cpu: `${cpu * 250 * times}m` }),
      ...(memory > 0 && { memory: `${memory * 64 * times}Mi` }),
    })
    return { requests: amounts(1), ...(limited && { limits: amounts(more ? 2 : 1) }) }
  })

const command = fc.constantFrom(['sleep', 'infinity'], ['true'], ['sh', '-c', 'exit 1'])
const profile = (file: string) =>
  fc.constantFrom({ type: 'RuntimeDefault' }, { type: 'Unconfined' }, { type: 'Localhost', localhostProfile: file })
const fieldRef = fc
  .constantFrom('metadata.name', 'metadata.namespace', "metadata.labels['app']")
  .map((fieldPath) => ({ fieldPath }))
const resourceFieldRef = fc
  .constantFrom('limits.cpu', 'requests.memory')
  .map((resource) => ({ containerName: 'a', resource }))
const key = fc.constantFrom('a', 'b.txt')
const keyRef = fc.record({ name: words.name, key })
const envNames = fc.constantFrom('A', 'B', 'PATH_2')

const toleration = fc
  .record({
    key: fc.option(words.labelKey, { nil: undefined }),
    value: words.labelValue,
    effect: fc.constantFrom(undefined, 'NoSchedule', 'NoExecute', 'PreferNoSchedule'),
    equal: fc.boolean(),
    seconds: fc.option(words.seconds, { nil: undefined }),
  })
  .map(({ key, value, effect, equal, seconds }) => ({
    ...(key === undefined || !equal ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(key !== undefined && { key }),
    ...(effect !== undefined && { effect }),
    ...(effect === 'NoExecute' && seconds !== undefined && { tolerationSeconds: seconds }),
  }))

/** Names are unique over both lists, volumes are mounted, ports of a host are taken once. */
function podSpec(spec: Value): Value {
  const { initContainers = [], containers, volumes = [], dnsConfig, ...rest } = spec
  const init = initContainers.map((one: Value, i: number) => ({ ...bare(one), name: `init-${i}` }))
  const mounts = volumes.map(({ name }: Value, i: number) => ({ name, mountPath: `/mnt/${i}` }))
  const mounted = containers.map((one: Value, i: number) => ({
    ...(i === 0 ? one : withoutPorts(one)),
    ...(i === 0 && mounts.length > 0 && { volumeMounts: mounts }),
  }))
  return {
    ...rest,
    ...(init.length > 0 && { initContainers: init }),
    containers: mounted,
    ...(volumes.length > 0 && { volumes }),
    ...(rest.dnsPolicy === 'None' && { dnsConfig: { nameservers: ['10.0.0.10'], ...dnsConfig } }),
  }
}

/** Containers that run before the others have no probes and no hooks. */
function bare({
  livenessProbe: _l,
  readinessProbe: _r,
  startupProbe: _s,
  lifecycle: _h,
  ports: _p,
  ...rest
}: Value): Value {
  return rest
}

function withoutPorts({ ports: _ports, ...rest }: Value): Value {
  return rest
}

const probe = (tie: (name: string) => fc.Arbitrary<unknown>) => ({
  oneOf: ['httpGet', 'tcpSocket', 'exec'],
  never: ['successThreshold', 'terminationGracePeriodSeconds', 'grpc'],
  fields: { exec: tie('core.v1.ExecAction') },
})

export const podRecipes: Recipes = (tie) => ({
  'core.v1.Pod': { always: { spec: tie('core.v1.PodSpec') } },
  'core.v1.PodSpec': {
    always: {
      containers: fc.uniqueArray(tie('core.v1.Container'), {
        minLength: 1,
        maxLength: 2,
        selector: (one) => (one as Value).name,
      }),
    },
    only: [
      'activeDeadlineSeconds',
      'affinity',
      'automountServiceAccountToken',
      'dnsConfig',
      'dnsPolicy',
      'enableServiceLinks',
      'hostAliases',
      'hostNetwork',
      'hostname',
      'imagePullSecrets',
      'initContainers',
      'nodeName',
      'nodeSelector',
      'readinessGates',
      'restartPolicy',
      'schedulerName',
      'schedulingGates',
      'securityContext',
      'serviceAccountName',
      'subdomain',
      'terminationGracePeriodSeconds',
      'tolerations',
      'topologySpreadConstraints',
      'volumes',
    ],
    fields: {
      nodeName: fc.constant('node-1'),
      serviceAccountName: fc.constant('default'),
      schedulerName: fc.constant('default-scheduler'),
      hostname: fc.constantFrom('a', 'web'),
      terminationGracePeriodSeconds: fc.constantFrom(30, 10),
      subdomain: fc.constantFrom('a', 'web'),
      dnsPolicy: fc.constantFrom('ClusterFirst', 'Default', 'None'),
      readinessGates: fc.constant([{ conditionType: 'example.com/ready' }]),
      schedulingGates: fc.constant([{ name: 'example.com/wait' }]),
    },
    refine: (spec) => {
      // A pod that waits at a gate has no node yet.
      const { nodeName, ...rest } = podSpec(spec)
      return nodeName === undefined || rest.schedulingGates !== undefined ? rest : { ...rest, nodeName }
    },
  },
  'core.v1.Container': {
    always: { name: fc.constantFrom('a', 'b'), image: words.image },
    only: [
      'args',
      'command',
      'env',
      'envFrom',
      'imagePullPolicy',
      'lifecycle',
      'livenessProbe',
      'ports',
      'readinessProbe',
      'resources',
      'securityContext',
      'startupProbe',
      'stdin',
      'terminationMessagePolicy',
      'tty',
      'workingDir',
    ],
    fields: {
      command,
      args: command,
      ports: fc.uniqueArray(tie('core.v1.ContainerPort'), {
        minLength: 1,
        maxLength: 2,
        selector: (one) => (one as Value).containerPort,
      }),
    },
  },
  'core.v1.ContainerPort': {
    only: ['name', 'protocol'],
    fields: { name: words.portName },
    refine: ({ name, ...port }) => (name && port.containerPort === 80 ? { ...port, name } : port),
  },
  'core.v1.EnvVar': {
    always: { name: envNames },
    refine: ({ value, valueFrom, ...rest }) =>
      valueFrom ? { ...rest, valueFrom } : { ...rest, ...(value !== undefined && { value }) },
  },
  'core.v1.EnvVarSource': {
    oneOf: ['fieldRef', 'configMapKeyRef', 'secretKeyRef'],
    never: ['resourceFieldRef', 'fileKeyRef'],
    fields: { fieldRef, configMapKeyRef: keyRef, secretKeyRef: keyRef },
  },
  'core.v1.EnvFromSource': { oneOf: ['configMapRef', 'secretRef'], fields: { prefix: envNames } },
  'core.v1.ConfigMapEnvSource': { always: { name: words.name } },
  'core.v1.SecretEnvSource': { always: { name: words.name } },
  'core.v1.LocalObjectReference': { always: { name: words.name } },
  'core.v1.ExecAction': { always: { command } },
  'core.v1.HTTPGetAction': {
    only: ['path', 'scheme', 'httpHeaders'],
    always: { port: fc.oneof(words.port, words.portName) },
  },
  'core.v1.HTTPHeader': { always: { name: fc.constantFrom('X-A', 'Accept'), value: words.labelValue } },
  'core.v1.TCPSocketAction': { only: [], always: { port: words.port } },
  'core.v1.Probe': probe(tie),
  'core.v1.Lifecycle': { never: ['stopSignal'] },
  'core.v1.LifecycleHandler': { oneOf: ['exec', 'httpGet', 'sleep'], never: ['tcpSocket'] },
  'core.v1.SleepAction': { always: { seconds: fc.constantFrom(1, 5) } },
  'core.v1.ResourceRequirements': { whole: resources },
  'core.v1.SecurityContext': {
    only: [
      'allowPrivilegeEscalation',
      'capabilities',
      'privileged',
      'readOnlyRootFilesystem',
      'runAsGroup',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile',
      'appArmorProfile',
    ],
    refine: ({ allowPrivilegeEscalation, ...rest }) =>
      allowPrivilegeEscalation === undefined || rest.privileged || rest.capabilities
        ? rest
        : { ...rest, allowPrivilegeEscalation },
  },
  'core.v1.Capabilities': { fields: { add: fc.constant(['NET_ADMIN']), drop: fc.constant(['ALL']) } },
  'core.v1.PodSecurityContext': {
    only: [
      'fsGroup',
      'fsGroupChangePolicy',
      'runAsGroup',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile',
      'supplementalGroups',
      'appArmorProfile',
    ],
  },
  'core.v1.SeccompProfile': { whole: profile('profiles/a.json') },
  'core.v1.AppArmorProfile': { whole: profile('a') },
  'core.v1.HostAlias': { always: { ip: words.address, hostnames: fc.constantFrom(['a.example.com'], ['a', 'b']) } },
  'core.v1.PodDNSConfig': {
    fields: { nameservers: fc.constant(['10.0.0.10']), searches: fc.constant(['example.com']) },
  },
  'core.v1.PodDNSConfigOption': { always: { name: fc.constantFrom('ndots', 'debug') } },
  'core.v1.Toleration': { whole: toleration },
  'core.v1.NodeSelectorRequirement': { whole: nodeRequirement },
  'core.v1.NodeSelectorTerm': {
    never: ['matchFields'],
    always: { matchExpressions: fc.array(nodeRequirement, { minLength: 1, maxLength: 2 }) },
  },
  'core.v1.NodeSelector': {
    always: { nodeSelectorTerms: fc.array(tie('core.v1.NodeSelectorTerm'), { minLength: 1, maxLength: 2 }) },
  },
  'core.v1.PreferredSchedulingTerm': { always: { weight: fc.constantFrom(1, 100) } },
  'core.v1.WeightedPodAffinityTerm': { always: { weight: fc.constantFrom(1, 100) } },
  'core.v1.PodAffinityTerm': {
    never: ['matchLabelKeys', 'mismatchLabelKeys'],
    always: { labelSelector: tie('meta.v1.LabelSelector') },
    fields: { namespaces: fc.constant(['default']) },
  },
  'core.v1.TopologySpreadConstraint': {
    never: ['matchLabelKeys'],
    always: { maxSkew: words.positive, labelSelector: tie('meta.v1.LabelSelector') },
    refine: ({ minDomains, ...rest }) =>
      minDomains !== undefined && rest.whenUnsatisfiable === 'DoNotSchedule' ? { ...rest, minDomains } : rest,
  },
  'core.v1.Volume': {
    oneOf: [
      'emptyDir',
      'configMap',
      'secret',
      'persistentVolumeClaim',
      'hostPath',
      'downwardAPI',
      'projected',
      'csi',
      'nfs',
      'ephemeral',
    ],
    only: [],
    always: { name: fc.constantFrom('a', 'b') },
  },
  'core.v1.EmptyDirVolumeSource': { fields: { medium: fc.constantFrom('Memory', ''), sizeLimit: words.bytesAmount } },
  'core.v1.ConfigMapVolumeSource': { only: ['optional', 'defaultMode', 'items'], always: { name: words.name } },
  'core.v1.SecretVolumeSource': { only: ['optional', 'defaultMode', 'items'], always: { secretName: words.name } },
  'core.v1.KeyToPath': { always: { key, path: fc.constantFrom('a', 'b/c') }, only: [] },
  'core.v1.HostPathVolumeSource': { always: { path: fc.constantFrom('/data', '/var/log') } },
  'core.v1.DownwardAPIVolumeFile': {
    oneOf: ['fieldRef', 'resourceFieldRef'],
    always: { path: fc.constantFrom('a', 'b/c') },
    fields: { fieldRef, resourceFieldRef },
    only: [],
  },
  'core.v1.ProjectedVolumeSource': {
    always: { sources: fc.array(tie('core.v1.VolumeProjection'), { minLength: 1, maxLength: 1 }) },
  },
  'core.v1.VolumeProjection': { oneOf: ['configMap', 'secret'], only: [] },
  'core.v1.ConfigMapProjection': { always: { name: words.name }, only: ['optional'] },
  'core.v1.SecretProjection': { always: { name: words.name }, only: ['optional'] },
  'core.v1.DownwardAPIProjection': { only: ['items'] },
  'core.v1.CSIVolumeSource': {
    always: { driver: fc.constant('disk.example.com') },
    only: ['readOnly', 'fsType', 'volumeAttributes'],
  },
  'core.v1.NFSVolumeSource': { always: { server: words.host, path: fc.constantFrom('/a', '/b') } },
  'core.v1.EphemeralVolumeSource': { always: { volumeClaimTemplate: tie('core.v1.PersistentVolumeClaimTemplate') } },
  'core.v1.PersistentVolumeClaimVolumeSource': { always: { claimName: words.name } },
  'core.v1.PodReadinessGate': { always: { conditionType: words.labelKey } },
  'meta.v1.LabelSelector': { fields: { matchLabels: words.someLabels } },
  'meta.v1.LabelSelectorRequirement': { whole: requirement(words.labelValue) },
  'meta.v1.ObjectMeta': { only: ['labels', 'annotations'] },
  'core.v1.PodTemplateSpec': { always: { spec: tie('core.v1.PodSpec') } },
})
