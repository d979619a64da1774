/** One small valid body for each built-in kind, and what a mistake in it looks like: the material of the suite `kinds`. */

export interface Body {
  /** `core/v1` or `apps/v1`. */
  readonly gv: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** Everything below metadata. */
  readonly rest: Readonly<Record<string, unknown>>
  /** A merge patch that the server must refuse, or undefined when the kind has nothing to refuse. */
  readonly wrong?: Readonly<Record<string, unknown>>
  /** The object's name where the kind demands a form. */
  readonly name?: string
}

const labels = { app: 'wire' }
const container = { name: 'main', image: 'nginx:1.25' }
const template = { metadata: { labels }, spec: { containers: [container] } }
const jobTemplate = { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } }
const service = { service: { name: 'hook', namespace: 'default' } }
const webhook = {
  name: 'hook.wire.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: service,
  rules: [{ apiGroups: ['wire.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] }],
}
const matchConstraints = {
  resourceRules: [
    { apiGroups: ['wire.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] },
  ],
}
const device = { exactly: { deviceClassName: 'wire.example.com' }, name: 'gpu' }

function body(
  gv: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  rest: Body['rest'],
  wrong?: Body['rest'],
  name?: string,
): Body {
  return { gv, plural, kind, namespaced, rest, ...(wrong ? { wrong } : {}), ...(name ? { name } : {}) }
}

const admission = 'admissionregistration.k8s.io/v1'
const rbac = 'rbac.authorization.k8s.io/v1'
const role = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] }
const subjects = [{ kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' }]

export const bodies: readonly Body[] = [
  body('core/v1', 'configmaps', 'ConfigMap', true, { data: { a: '1', b: '2' } }, { data: { 'not a key': 'x' } }),
  body('core/v1', 'secrets', 'Secret', true, { stringData: { a: '1' }, type: 'Opaque' }, { type: 'kubernetes.io/tls' }),
  body('core/v1', 'serviceaccounts', 'ServiceAccount', true, { automountServiceAccountToken: false }),
  body(
    'core/v1',
    'endpoints',
    'Endpoints',
    true,
    { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
    { subsets: [{ addresses: [{ ip: 'x' }] }] },
  ),
  body(
    'core/v1',
    'events',
    'Event',
    true,
    {
      involvedObject: { kind: 'Pod', namespace: 'wire-kinds', name: 'p' },
      reason: 'Seen',
      message: 'seen',
      type: 'Normal',
      count: 1,
    },
    { involvedObject: { namespace: 'other' } },
  ),
  body(
    'core/v1',
    'limitranges',
    'LimitRange',
    true,
    { spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '100Ti' } }] } },
    { spec: { limits: [{ type: 'Pod', default: { cpu: '1' } }] } },
  ),
  body(
    'core/v1',
    'persistentvolumeclaims',
    'PersistentVolumeClaim',
    true,
    { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } } },
    { spec: { accessModes: ['ReadWriteMany'] } },
  ),
  body(
    'core/v1',
    'pods',
    'Pod',
    true,
    { spec: { containers: [container] } },
    { spec: { containers: [{ name: 'main', image: '' }] } },
  ),
  body(
    'core/v1',
    'podtemplates',
    'PodTemplate',
    true,
    { template },
    { template: { spec: { restartPolicy: 'Sometimes' } } },
  ),
  body(
    'core/v1',
    'replicationcontrollers',
    'ReplicationController',
    true,
    { spec: { replicas: 1, selector: labels, template } },
    { spec: { selector: { app: 'other' } } },
  ),
  body(
    'core/v1',
    'resourcequotas',
    'ResourceQuota',
    true,
    { spec: { hard: { 'count/things.wire.example.com': '5' } } },
    { spec: { hard: { pods: '-1' } } },
  ),
  body(
    'core/v1',
    'services',
    'Service',
    true,
    { spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
    { spec: { ports: [{ port: 99999 }] } },
  ),
  body('core/v1', 'namespaces', 'Namespace', false, {}, { spec: { finalizers: ['bad finalizer'] } }),
  body('core/v1', 'nodes', 'Node', false, { spec: { podCIDR: '10.9.0.0/24' } }, { spec: { podCIDR: '10.8.0.0/24' } }),
  body(
    'core/v1',
    'persistentvolumes',
    'PersistentVolume',
    false,
    { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/x' } } },
    { spec: { hostPath: { path: '../x' } } },
  ),
  body(
    'apps/v1',
    'deployments',
    'Deployment',
    true,
    { spec: { replicas: 2, selector: { matchLabels: labels }, template } },
    { spec: { selector: { matchLabels: { app: 'other' } } } },
  ),
  body(
    'apps/v1',
    'replicasets',
    'ReplicaSet',
    true,
    { spec: { replicas: 1, selector: { matchLabels: labels }, template } },
    { spec: { replicas: -1 } },
  ),
  body(
    'apps/v1',
    'statefulsets',
    'StatefulSet',
    true,
    { spec: { serviceName: 'wire', selector: { matchLabels: labels }, template } },
    { spec: { serviceName: 'other' } },
  ),
  body(
    'apps/v1',
    'daemonsets',
    'DaemonSet',
    true,
    { spec: { selector: { matchLabels: labels }, template } },
    { spec: { updateStrategy: { type: 'Whenever' } } },
  ),
  body(
    'apps/v1',
    'controllerrevisions',
    'ControllerRevision',
    true,
    { revision: 1, data: { spec: {} } },
    { revision: -1 },
  ),
  body('batch/v1', 'jobs', 'Job', true, { spec: jobTemplate.spec }, { spec: { completions: 5 } }),
  body(
    'batch/v1',
    'cronjobs',
    'CronJob',
    true,
    { spec: { schedule: '*/5 * * * *', jobTemplate } },
    { spec: { schedule: 'whenever' } },
  ),
  body(
    'autoscaling/v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    true,
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wire' },
        minReplicas: 1,
        maxReplicas: 3,
      },
    },
    { spec: { maxReplicas: 0 } },
  ),
  body(
    'autoscaling/v1',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    true,
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wire' },
        minReplicas: 1,
        maxReplicas: 3,
        targetCPUUtilizationPercentage: 80,
      },
    },
    { spec: { minReplicas: 5 } },
    'wire-hpa-v1',
  ),
  body(
    'policy/v1',
    'poddisruptionbudgets',
    'PodDisruptionBudget',
    true,
    { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    { spec: { maxUnavailable: 1 } },
  ),
  body(
    'networking.k8s.io/v1',
    'ingresses',
    'Ingress',
    true,
    {
      spec: {
        rules: [
          {
            host: 'wire.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'wire', port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
    { spec: { rules: [{ host: '1.2.3.4' }] } },
  ),
  body(
    'networking.k8s.io/v1',
    'ingressclasses',
    'IngressClass',
    false,
    { spec: { controller: 'wire.example.com/ingress' } },
    { spec: { controller: 'other.example.com/x' } },
  ),
  body(
    'networking.k8s.io/v1',
    'networkpolicies',
    'NetworkPolicy',
    true,
    { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
    { spec: { policyTypes: ['Sideways'] } },
  ),
  body(
    'networking.k8s.io/v1',
    'servicecidrs',
    'ServiceCIDR',
    false,
    { spec: { cidrs: ['10.200.0.0/24'] } },
    { spec: { cidrs: ['10.201.0.0/24'] } },
  ),
  body(
    'networking.k8s.io/v1',
    'ipaddresses',
    'IPAddress',
    false,
    { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'wire' } } },
    { spec: { parentRef: { resource: '' } } },
    '10.200.0.9',
  ),
  body(
    'discovery.k8s.io/v1',
    'endpointslices',
    'EndpointSlice',
    true,
    {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.2.3'] }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    },
    { addressType: 'IPv6' },
  ),
  body(
    'storage.k8s.io/v1',
    'storageclasses',
    'StorageClass',
    false,
    { provisioner: 'wire.example.com/disk' },
    { provisioner: 'other' },
  ),
  body(
    'storage.k8s.io/v1',
    'csidrivers',
    'CSIDriver',
    false,
    { spec: { attachRequired: true } },
    { spec: { volumeLifecycleModes: ['Sometimes'] } },
  ),
  body(
    'storage.k8s.io/v1',
    'csinodes',
    'CSINode',
    false,
    { spec: { drivers: [{ name: 'wire.example.com', nodeID: 'n1' }] } },
    { spec: { drivers: [{ name: 'wire.example.com', nodeID: '' }] } },
  ),
  body(
    'storage.k8s.io/v1',
    'csistoragecapacities',
    'CSIStorageCapacity',
    true,
    { storageClassName: 'wire', capacity: '1Gi' },
    { storageClassName: 'other' },
  ),
  body(
    'storage.k8s.io/v1',
    'volumeattachments',
    'VolumeAttachment',
    false,
    { spec: { attacher: 'wire.example.com', nodeName: 'n1', source: { persistentVolumeName: 'pv' } } },
    { spec: { nodeName: 'n2' } },
  ),
  body(
    'storage.k8s.io/v1',
    'volumeattributesclasses',
    'VolumeAttributesClass',
    false,
    { driverName: 'wire.example.com', parameters: { iops: '10' } },
    { driverName: 'other' },
  ),
  body(
    'scheduling.k8s.io/v1',
    'priorityclasses',
    'PriorityClass',
    false,
    { value: 1000, description: 'wire' },
    { value: 2000 },
  ),
  body(
    'coordination.k8s.io/v1',
    'leases',
    'Lease',
    true,
    { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
    { spec: { leaseDurationSeconds: 0 } },
  ),
  body(
    'events.k8s.io/v1',
    'events',
    'Event',
    true,
    {
      eventTime: '2026-01-01T00:00:00.000000Z',
      action: 'Seeing',
      reason: 'Seen',
      note: 'seen',
      type: 'Normal',
      reportingController: 'wire.example.com/me',
      reportingInstance: 'me-1',
      regarding: { kind: 'Pod', namespace: 'wire-kinds', name: 'p' },
    },
    { action: 'Other' },
    'wire-new-event',
  ),
  body('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', false, { handler: 'runc' }, { handler: 'other' }),
  body('certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', false, {
    spec: {
      request:
        'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWk1JR0FBZ0VBTUI0eERqQU1CZ05WQkFNTUJXRnNhV05sTVF3d0NnWURWUVFLREFOa1pYWXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVRRMEpTby9lQUpKN2xQdU9CSmtkR00rbnRrUGRHalhFOFZ6VXcvCmUydVdyMEZ3VTFRU3cva1VOdW1qTjBadGg2U1M2bmRzakJsVVlMdm90U0Y5SVBQSG9BQXdDZ1lJS29aSXpqMEUKQXdJRFNBQXdSUUloQUwrY0M5RTFoRlZJbTFZL3hIcWhMSEhxN0llY0xUK2cvb3RPZC9ZcnZjWjNBaUI1NkhraApNaHlYMHlPNmsyQU9mKzl5SlhBRitaeWxTejhKSDE4RzRod2xLUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
      signerName: 'wire.example.com/signer',
      usages: ['client auth'],
    },
  }),
  body(
    admission,
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
    { webhooks: [webhook] },
    { webhooks: [{ ...webhook, sideEffects: 'Some' }] },
  ),
  body(
    admission,
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
    { webhooks: [webhook] },
    { webhooks: [{ ...webhook, name: 'short' }] },
  ),
  body(
    admission,
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    false,
    { spec: { matchConstraints, validations: [{ expression: 'object.metadata.name != ""' }] } },
    { spec: { validations: [{ expression: 'object.' }] } },
  ),
  body(
    admission,
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    false,
    { spec: { policyName: 'wire', validationActions: ['Deny'] } },
    { spec: { validationActions: ['Deny', 'Warn'] } },
  ),
  body(
    admission,
    'mutatingadmissionpolicies',
    'MutatingAdmissionPolicy',
    false,
    {
      spec: {
        matchConstraints,
        reinvocationPolicy: 'Never',
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"a": "b"}}}' },
          },
        ],
      },
    },
    { spec: { reinvocationPolicy: 'Sometimes' } },
  ),
  body(
    admission,
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
    false,
    { spec: { policyName: 'wire' } },
    { spec: { policyName: '' } },
  ),
  body(
    'apiregistration.k8s.io/v1',
    'apiservices',
    'APIService',
    false,
    {
      spec: {
        group: 'wire.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: 'wire', namespace: 'default' },
        insecureSkipTLSVerify: true,
      },
    },
    { spec: { versionPriority: 0 } },
    'v1.wire.example.com',
  ),
  body(
    'flowcontrol.apiserver.k8s.io/v1',
    'flowschemas',
    'FlowSchema',
    false,
    {
      spec: {
        priorityLevelConfiguration: { name: 'global-default' },
        matchingPrecedence: 900,
        rules: [
          {
            subjects: [{ kind: 'Group', group: { name: 'wire' } }],
            nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
          },
        ],
      },
    },
    { spec: { matchingPrecedence: 0 } },
  ),
  body(
    'flowcontrol.apiserver.k8s.io/v1',
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    false,
    { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } } },
    { spec: { type: 'Sometimes' } },
  ),
  body(
    'resource.k8s.io/v1',
    'deviceclasses',
    'DeviceClass',
    false,
    { spec: { selectors: [{ cel: { expression: 'device.driver == "wire.example.com"' } }] } },
    { spec: { selectors: [{ cel: { expression: 'device.' } }] } },
  ),
  body(
    'resource.k8s.io/v1',
    'resourceclaims',
    'ResourceClaim',
    true,
    { spec: { devices: { requests: [device] } } },
    { spec: { devices: { requests: [] } } },
  ),
  body(
    'resource.k8s.io/v1',
    'resourceclaimtemplates',
    'ResourceClaimTemplate',
    true,
    { spec: { spec: { devices: { requests: [device] } } } },
    { spec: { spec: { devices: { requests: [] } } } },
  ),
  body(
    'resource.k8s.io/v1',
    'resourceslices',
    'ResourceSlice',
    false,
    {
      spec: {
        driver: 'wire.example.com',
        nodeName: 'n1',
        pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'gpu-0' }],
      },
    },
    { spec: { driver: 'other.example.com' } },
  ),
  body(rbac, 'roles', 'Role', true, role, { rules: [{ verbs: [] }] }),
  body(
    rbac,
    'rolebindings',
    'RoleBinding',
    true,
    { subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'wire' } },
    { roleRef: { name: 'other' } },
  ),
  body(rbac, 'clusterroles', 'ClusterRole', false, role, {
    rules: [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'], apiGroups: [''] }],
  }),
  body(
    rbac,
    'clusterrolebindings',
    'ClusterRoleBinding',
    false,
    { subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'wire' } },
    { roleRef: { name: 'other' } },
  ),
]
