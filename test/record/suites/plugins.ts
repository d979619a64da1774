/** The smaller admission plugins: runtime classes, claims that grow, default ingress classes, labels of topology, priorities. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-plugins'
const root = `/api/v1/namespaces/${namespace}`
const merge = { method: 'PATCH', type: 'application/merge-patch+json' } as const

function pod(spec: object, name = 'wire-pod'): object {
  const containers = [{ name: 'main', image: 'nginx:1.25' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } }
}

function tried(name: string, spec: object): Step {
  return { name, path: `${root}/pods?dryRun=All`, body: pod(spec) }
}

function made(name: string, path: string, body: object): Step {
  return { name, path, body, pauseMs: 300 }
}

const node = '/apis/node.k8s.io/v1/runtimeclasses'
const runtime = (name: string, more: object): object => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: 'runc',
  ...more,
})
const toleration = { key: 'a', operator: 'Exists', effect: 'NoSchedule' }

const runtimes: readonly Step[] = [
  made('a runtime class', node, runtime('wire-plain', {})),
  made(
    'a runtime class that costs',
    node,
    runtime('wire-costly', {
      overhead: { podFixed: { cpu: '100m', memory: '64Mi' } },
      scheduling: { nodeSelector: { kind: 'big' }, tolerations: [toleration] },
    }),
  ),
  tried('no such runtime', { runtimeClassName: 'wire-none' }),
  tried('a plain runtime', { runtimeClassName: 'wire-plain' }),
  tried('a costly runtime', { runtimeClassName: 'wire-costly' }),
  tried('a costly runtime elsewhere', { runtimeClassName: 'wire-costly', nodeSelector: { kind: 'small' } }),
  tried('a costly runtime with own tolerations', {
    runtimeClassName: 'wire-costly',
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }],
  }),
  tried('another overhead', { runtimeClassName: 'wire-costly', overhead: { cpu: '1' } }),
  tried('the same overhead', { runtimeClassName: 'wire-costly', overhead: { cpu: '0.1', memory: '64Mi' } }),
  tried('overhead without a class', { overhead: { cpu: '1' } }),
]

const claims = `${root}/persistentvolumeclaims`
const claim = (name: string, storageClassName: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
})
const grow = { spec: { resources: { requests: { storage: '2Gi' } } } }
const bound = { status: { phase: 'Bound' } }
const storage = '/apis/storage.k8s.io/v1/storageclasses'
const storageClass = (name: string, more: object): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'example.com/x',
  ...more,
})

const claimsGrow: readonly Step[] = [
  made('a class that grows', storage, storageClass('wire-grows', { allowVolumeExpansion: true })),
  made('a class that does not', storage, storageClass('wire-fixed', {})),
  made('a claim that grows', claims, claim('wire-a', 'wire-grows')),
  made('a claim that does not', claims, claim('wire-b', 'wire-fixed')),
  { name: 'an unbound claim', ...merge, path: `${claims}/wire-a`, body: grow },
  { name: 'bound', ...merge, path: `${claims}/wire-a/status`, body: bound },
  { name: 'bound too', ...merge, path: `${claims}/wire-b/status`, body: bound },
  { name: 'the fixed claim', ...merge, path: `${claims}/wire-b?dryRun=All`, body: grow },
]

const ingresses = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`
const ingressClasses = '/apis/networking.k8s.io/v1/ingressclasses'
const ingress = (more: object, annotations: object = {}): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'wire-in', annotations },
  spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } }, ...more },
})
const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'wire-class', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  spec: { controller: 'example.com/x' },
}

const ingressSteps: readonly Step[] = [
  { name: 'no default class', path: `${ingresses}?dryRun=All`, body: ingress({}) },
  made('a default class', ingressClasses, ingressClass),
  { name: 'the default class', path: `${ingresses}?dryRun=All`, body: ingress({}) },
  { name: 'a class of its own', path: `${ingresses}?dryRun=All`, body: ingress({ ingressClassName: 'other' }) },
  { name: 'the old way', path: `${ingresses}?dryRun=All`, body: ingress({}, { 'kubernetes.io/ingress.class': 'x' }) },
]

const zone = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1', other: 'x' }
const topology: readonly Step[] = [
  made('a node', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'wire-node', labels: zone } }),
  tried('a pod with a node', { nodeName: 'wire-node' }),
  made('a pod without', `${root}/pods`, pod({}, 'wire-bound')),
  {
    name: 'bind',
    path: `${root}/pods/wire-bound/binding`,
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'wire-bound' },
      target: { kind: 'Node', name: 'wire-node' },
    },
  },
  { name: 'the bound pod', path: `${root}/pods/wire-bound` },
]

const steps = [...runtimes, ...claimsGrow, ...ingressSteps, ...topology]

export const plugins: Suite = { name: 'admission-plugins', namespaces: [namespace], steps }
