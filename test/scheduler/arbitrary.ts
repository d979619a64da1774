/** Random clusters and pods, small enough to be read, varied enough to meet every plugin. */
import fc from 'fast-check'
import type { KubeObject } from '../../src/api/object.ts'
import { node, on, pod } from './scene.ts'

const apps = ['web', 'db', 'cache']
const zones = ['a', 'b', 'c']
const app = fc.constantFrom(...apps)
/** The value in `often` of 6 cases, else undefined. */
const maybe = <T>(value: fc.Arbitrary<T>, often = 3) =>
  fc.oneof({ arbitrary: value, weight: often }, { arbitrary: fc.constant(undefined), weight: 6 - often })

const taint = fc.record({
  key: fc.constantFrom('dedicated', 'spot'),
  value: fc.constantFrom('x', 'y'),
  effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
})

const nodeParts = fc.record({
  cpu: fc.constantFrom('1', '2', '4', '7500m'),
  memory: fc.constantFrom('1Gi', '2Gi', '8Gi'),
  pods: fc.constantFrom('3', '110', '110'),
  gpu: maybe(fc.constantFrom('1', '4')),
  zone: maybe(fc.constantFrom(...zones), 5),
  disk: maybe(fc.constantFrom('ssd', 'hdd')),
  cordoned: fc.constantFrom(true, false, false, false, false, false, false),
  taints: maybe(fc.array(taint, { maxLength: 2 }), 2),
  images: maybe(fc.constantFrom(200, 900), 2),
})

/** One to `most` nodes. */
export function nodes(most: number): fc.Arbitrary<KubeObject[]> {
  return fc.array(nodeParts, { minLength: 1, maxLength: most }).map((all) =>
    all.map((parts, i) => {
      const labels: Record<string, string> = {}
      if (parts.zone !== undefined) labels['topology.kubernetes.io/zone'] = parts.zone
      if (parts.disk !== undefined) labels.disk = parts.disk
      const gpu = parts.gpu === undefined ? {} : { 'nvidia.com/gpu': parts.gpu }
      const images =
        parts.images === undefined ? [] : [{ names: ['app:1', 'other:2'], sizeBytes: parts.images * 1024 * 1024 }]
      const made = node(
        `node-${i}`,
        { cpu: parts.cpu, memory: parts.memory, pods: parts.pods, ...gpu },
        {
          metadata: { name: `node-${i}`, labels },
          spec: {
            ...(parts.cordoned ? { unschedulable: true } : {}),
            ...(parts.taints ? { taints: parts.taints } : {}),
          },
        },
      )
      return { ...made, status: { ...made.status, images } }
    }),
  )
}

const selector = fc.oneof(
  app.map((value) => ({ matchLabels: { app: value } })),
  app.map((value) => ({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: [value] }] })),
  fc.constant({}),
)
const topologyKey = fc.constantFrom('kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'disk')
const term = fc.record(
  {
    labelSelector: selector,
    topologyKey,
    namespaces: fc.constantFrom(['other'], ['default', 'other']),
    namespaceSelector: fc.constantFrom({ matchLabels: { team: 'x' } }, {}),
  },
  { requiredKeys: ['labelSelector', 'topologyKey'] },
)
const weighted = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term })
const inter = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 2 }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(weighted, { maxLength: 2 }),
  },
  { requiredKeys: [] },
)
const requirement = fc.oneof(
  fc.constantFrom('ssd', 'hdd').map((value) => ({ key: 'disk', operator: 'In', values: [value] })),
  fc.constantFrom('Exists', 'DoesNotExist').map((operator) => ({ key: 'disk', operator })),
  fc.constantFrom(...zones).map((zone) => ({ key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: [zone] })),
)
const nodeTerm = fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) })
const nodeAffinity = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.record({
      nodeSelectorTerms: fc.array(nodeTerm, { minLength: 1, maxLength: 2 }),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(
      fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: nodeTerm }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
)
const spread = fc.record(
  {
    maxSkew: fc.integer({ min: 1, max: 2 }),
    topologyKey,
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: selector,
    minDomains: fc.constantFrom(2, 3),
    nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore'),
    nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
    matchLabelKeys: fc.constant(['rev']),
  },
  { requiredKeys: ['maxSkew', 'topologyKey', 'whenUnsatisfiable', 'labelSelector'] },
)
const toleration = fc.oneof(
  fc.constant({ operator: 'Exists' }),
  fc.constantFrom('x', 'y').map((value) => ({ key: 'dedicated', operator: 'Equal', value })),
  fc.constant({ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }),
)

const podParts = fc.record({
  app,
  rev: maybe(fc.constantFrom('1', '2')),
  namespace: fc.constantFrom('default', 'default', 'other'),
  cpu: maybe(fc.constantFrom('100m', '500m', '1', '3')),
  memory: maybe(fc.constantFrom('100Mi', '500Mi', '1Gi', '3Gi')),
  gpu: maybe(fc.constantFrom('1', '2'), 1),
  port: maybe(fc.record({ hostPort: fc.constantFrom(80, 81), hostIP: fc.constantFrom('', '10.0.0.1', '10.0.0.2') }), 1),
  priority: fc.constantFrom(0, 0, 5, 10),
  selector: maybe(fc.constant({ disk: 'ssd' }), 1),
  nodeAffinity: maybe(nodeAffinity, 1),
  podAffinity: maybe(inter, 1),
  podAntiAffinity: maybe(inter, 1),
  spread: maybe(fc.array(spread, { maxLength: 2 }), 1),
  tolerations: fc.array(toleration, { maxLength: 2 }),
})

type Parts = typeof podParts extends fc.Arbitrary<infer T> ? T : never

function made(parts: Parts, name: string): KubeObject {
  const { cpu, memory, gpu, port, nodeAffinity, podAffinity, podAntiAffinity } = parts
  const requests = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(gpu === undefined ? {} : { 'nvidia.com/gpu': gpu }),
  }
  const affinity = {
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    ...(podAffinity === undefined ? {} : { podAffinity }),
    ...(podAntiAffinity === undefined ? {} : { podAntiAffinity }),
  }
  const ports = port === undefined ? [] : [{ containerPort: 80, ...port }]
  const spec = {
    containers: [{ name: 'main', image: 'app:1', resources: { requests }, ports }],
    priority: parts.priority,
    affinity,
    tolerations: parts.tolerations,
    ...(parts.selector === undefined ? {} : { nodeSelector: parts.selector }),
    ...(parts.spread === undefined ? {} : { topologySpreadConstraints: parts.spread }),
  }
  const labels = { app: parts.app, ...(parts.rev === undefined ? {} : { rev: parts.rev }) }
  return pod(name, {}, spec, { namespace: parts.namespace, labels })
}

/** Up to `most` pods that wait. */
export function pods(most: number): fc.Arbitrary<KubeObject[]> {
  return fc
    .array(podParts, { minLength: 1, maxLength: most })
    .map((all) => all.map((parts, i) => made(parts, `pod-${i}`)))
}

/** Up to `most` pods on nodes (some of which may not exist), some of them ending. */
export function placedPods(most: number): fc.Arbitrary<KubeObject[]> {
  const where = fc.record({ parts: podParts, at: fc.nat({ max: 5 }), ending: fc.constantFrom(false, false, true) })
  return fc.array(where, { maxLength: most }).map((all) =>
    all.map(({ parts, at, ending }, i) => {
      const one = on(`node-${at}`, made(parts, `old-${i}`))
      if (!ending) return one
      return { ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    }),
  )
}

/** The namespaces of these pods, one of them labelled, and a service for one app. */
export const surroundings: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels: { team: 'x' } } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' } },
  },
]
