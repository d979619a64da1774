/** LimitRanger and ResourceQuota: what is set, what is refused and in which words. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-limits'
const root = `/api/v1/namespaces/${namespace}`

type Resources = Readonly<Record<string, Readonly<Record<string, string>>>>

function pod(name: string, resources: Resources = {}, more: object = {}): object {
  const containers = [{ name: 'main', image: 'nginx:1.25', resources }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...more } }
}

function made(name: string, plural: string, body: object, query = '?dryRun=All'): Step {
  return { name, path: `${root}/${plural}${query}`, body }
}

function limitRange(name: string, limits: readonly object[]): Step[] {
  const path = `${root}/limitranges/${name}`
  const body = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name }, spec: { limits } }
  return [
    { name: `limit range ${name}`, path: `${root}/limitranges`, body },
    { name: `get ${name}`, path },
  ]
}

function gone(name: string, plural: string): Step {
  return { name: `${name} goes`, method: 'DELETE', path: `${root}/${plural}/${name}` }
}

function claim(name: string, storage: string, more: object = {}): object {
  const spec = {
    storageClassName: 'silver',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    ...more,
  }
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec }
}

const sidecars = {
  initContainers: [
    { name: 'first', image: 'nginx:1.25' },
    { name: 'second', image: 'nginx:1.25', resources: { requests: { cpu: '150m' } } },
  ],
}

const ranges: readonly Step[] = [
  ...limitRange('wire-range', [
    {
      type: 'Container',
      default: { cpu: '500m', memory: '512Mi' },
      defaultRequest: { cpu: '200m' },
      max: { cpu: '2' },
      min: { cpu: '100m' },
      maxLimitRequestRatio: { cpu: '4' },
    },
    { type: 'Pod', max: { memory: '1Gi' } },
    { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } },
  ]),
  made('defaults', 'pods', pod('wire-a')),
  made('defaults of all containers', 'pods', pod('wire-b', { requests: { cpu: '250m' } }, sidecars)),
  made('too much', 'pods', pod('wire-c', { limits: { cpu: '3' }, requests: { cpu: '1' } })),
  made('too little', 'pods', pod('wire-d', { limits: { cpu: '200m' }, requests: { cpu: '50m' } })),
  made('too far apart', 'pods', pod('wire-e', { limits: { cpu: '1' }, requests: { cpu: '150m' } })),
  made('a pod too large', 'pods', pod('wire-f', { limits: { memory: '2Gi' } })),
  made('a claim', 'persistentvolumeclaims', claim('wire-h', '2Gi')),
  made('a claim too small', 'persistentvolumeclaims', claim('wire-i', '1Mi')),
  made('a claim too large', 'persistentvolumeclaims', claim('wire-j', '11Gi')),
  gone('wire-range', 'limitranges'),
]

/** The server's admission reads a cache: it is given a moment. */
function quota(name: string, spec: object, used: object, hard: object): Step[] {
  const path = `${root}/resourcequotas/${name}`
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec }
  const type = 'application/merge-patch+json'
  const seen = [1, 2, 3, 4, 5, 6].map((time) => ({ name: `${name} is seen ${time}`, path }))
  return [
    { name: `quota ${name}`, path: `${root}/resourcequotas`, body },
    { name: `status of ${name}`, method: 'PATCH', path: `${path}/status`, type, body: { status: { used, hard } } },
    ...seen,
  ]
}

function shown(when: string, name: string): Step {
  return { name: `${name} ${when}`, path: `${root}/resourcequotas/${name}` }
}

const compute = { pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi' }
const small: Resources = { requests: { cpu: '300m' }, limits: { memory: '200Mi', cpu: '400m' } }
const large: Resources = { requests: { cpu: '900m' }, limits: { memory: '200Mi', cpu: '1' } }
const counts = { 'count/configmaps': '3', services: '2', 'services.nodeports': '1', 'count/deployments.apps': '0' }
const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
const service = (name: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
})
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wire-web' },
  spec: {
    selector: { matchLabels: { app: 'w' } },
    template: { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] } },
  },
}

const quotas: readonly Step[] = [
  {
    name: 'quota without status',
    path: `${root}/resourcequotas`,
    body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'wire-new' }, spec: { hard: { pods: '1' } } },
  },
  made('a pod before anything is counted', 'pods', pod('wire-k')),
  gone('wire-new', 'resourcequotas'),
  ...quota('wire-compute', { hard: compute }, { pods: '0', 'requests.cpu': '0', 'limits.memory': '0' }, compute),
  made('nothing said', 'pods', pod('wire-l')),
  made('half said', 'pods', pod('wire-m', { requests: { cpu: '1' } }, sidecars)),
  made('it fits', 'pods', pod('wire-n', small), ''),
  shown('after one pod', 'wire-compute'),
  made('too much for the rest', 'pods', pod('wire-o', large)),
  made('another fits', 'pods', pod('wire-p', small), ''),
  shown('after two pods', 'wire-compute'),
  made('no room for a third', 'pods', pod('wire-q', small)),
  made(
    'said for the pod',
    'pods',
    pod('wire-r', {}, { resources: { requests: { cpu: '1' }, limits: { memory: '1Mi' } } }),
  ),
  gone('wire-n', 'pods'),
  shown('after a delete', 'wire-compute'),
  gone('wire-compute', 'resourcequotas'),
  ...quota(
    'wire-counts',
    { hard: counts },
    { 'count/configmaps': '2', services: '0', 'services.nodeports': '0', 'count/deployments.apps': '0' },
    counts,
  ),
  made('a third config map', 'configmaps', configMap('wire-a'), ''),
  made('a fourth config map', 'configmaps', configMap('wire-b')),
  made('a node port', 'services', service('wire-s', { type: 'NodePort' }), ''),
  shown('after a service', 'wire-counts'),
  made('a second node port', 'services', service('wire-t', { type: 'NodePort' })),
  {
    name: 'two ports more',
    method: 'PATCH',
    path: `${root}/services/wire-s?dryRun=All`,
    type: 'application/merge-patch+json',
    body: {
      spec: {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      },
    },
  },
  { name: 'a deployment', path: `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`, body: deployment },
  gone('wire-counts', 'resourcequotas'),
  ...quota('wire-best', { hard: { pods: '0' }, scopes: ['BestEffort'] }, { pods: '0' }, { pods: '0' }),
  made('best effort', 'pods', pod('wire-u')),
  made('not best effort', 'pods', pod('wire-v', small)),
  gone('wire-best', 'resourcequotas'),
  ...quota('wire-ends', { hard: { pods: '0' }, scopes: ['Terminating'] }, { pods: '0' }, { pods: '0' }),
  made('a pod that ends', 'pods', pod('wire-w', {}, { activeDeadlineSeconds: 10 })),
  made('a pod without end', 'pods', pod('wire-x')),
  gone('wire-ends', 'resourcequotas'),
  ...quota(
    'wire-class',
    {
      hard: { pods: '0' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
      },
    },
    { pods: '0' },
    { pods: '0' },
  ),
  made('a critical pod', 'pods', pod('wire-y', {}, { priorityClassName: 'system-node-critical' })),
  made('a plain pod', 'pods', pod('wire-z')),
  gone('wire-class', 'resourcequotas'),
  ...quota(
    'wire-storage',
    { hard: { 'requests.storage': '5Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' } },
    { 'requests.storage': '4Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '0' },
    { 'requests.storage': '5Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' },
  ),
  made('a claim over quota', 'persistentvolumeclaims', claim('wire-c', '2Gi')),
  made('a golden claim over quota', 'persistentvolumeclaims', claim('wire-d', '1025Mi', { storageClassName: 'gold' })),
  made('a claim in quota', 'persistentvolumeclaims', claim('wire-last', '1Gi'), ''),
  shown('after a claim', 'wire-storage'),
  gone('wire-storage', 'resourcequotas'),
]

export const limits: Suite = { name: 'admission-limits', namespaces: [namespace], steps: [...ranges, ...quotas] }
