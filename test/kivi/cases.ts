/** The eight cases of Kivi (USENIX ATC 2024): for each what goes wrong, and how it goes when it is done right. */
import type { KubeObject } from '../../src/api/object.ts'
import type { Controller } from '../../src/controllers/controller.ts'
import type { NodeSpec } from '../../src/node/node-spec.ts'
import {
  always,
  apply,
  drain,
  eventually,
  leadsTo,
  type Moment,
  never,
  noOscillation,
  rests,
  type Scenario,
  scenario,
  uncordon,
} from '../../src/testing/index.ts'
import { removeDuplicates, removeSkew } from './descheduler.ts'
import { cascades, overload } from './overload.ts'
import { deployment, node, spread, type Variant } from './support.ts'

export interface Case {
  readonly violated: Variant
  readonly safe: Variant
}

const steadyPods = noOscillation((s) => s.pods.length).as('the number of pods comes to rest')

// C1: an autoscaler that takes start-up work for load.

const autoscaler = (minReplicas: number, spec: object = {}): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas,
    maxReplicas: 5,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    ...spec,
  },
})
const app = (replicas: number | undefined, image = 'nginx:1'): KubeObject =>
  deployment(replicas, { containers: [{ name: 'c', image, resources: { requests: { cpu: '1' } } }] })

/** Every pod uses 0.8 CPU in its first minute and 0.3 then: one replica is enough for half of what it asks for. */
function bursting(): KubeObject {
  const one = app(1)
  const { template } = one.spec as { template: { metadata: object; spec: object } }
  const annotations = { 'kybern.dev/script': 'cpu 800m for 60s; cpu 300m' }
  return { ...one, spec: { ...one.spec, template: { ...template, metadata: { ...template.metadata, annotations } } } }
}
const starting = (spec: object) =>
  scenario('start-up work', (c) => c.nodes(1).apply(autoscaler(1, spec)).do(apply(bursting())).horizon('1m'))
const enough = always((s) => s.deployment('web').replicas <= 1).as('no more replicas than the load needs')
const steadySize = noOscillation((s) => s.deployment('web').replicas).as('the size comes to rest')
const ages = { agesMs: 150_000, time: 'relative' } as const

const c1: Case = {
  violated: { of: starting({}), properties: [enough], options: ages },
  safe: {
    of: starting({ behavior: { scaleUp: { stabilizationWindowSeconds: 120 } } }),
    properties: [enough, steadySize],
    options: ages,
  },
}

// C2: a manifest that takes the replicas from an autoscaler.

const least = always((s) => s.deployment('web').replicas >= 3 || 'fewer than minReplicas').as('never below the least')
const applied = (first: number | undefined) =>
  scenario('apply again', (c) =>
    c
      .nodes(1)
      .apply(app(first), autoscaler(3))
      .given((cluster) => cluster.advance('45s'))
      .do(apply(app(undefined, 'nginx:2')))
      .horizon('1m'),
  )
const c2: Case = {
  violated: { of: applied(3), properties: [least] },
  safe: { of: applied(undefined), properties: [least, steadySize] },
}

// C3: two spread constraints that cannot both be kept leave the sixth replica without a node.

const constraints = (when: 'DoNotSchedule' | 'ScheduleAnyway') => ({
  topologySpreadConstraints: [spread('zone', when), spread('host', when)],
})
const isRefused = (pod: KubeObject): boolean =>
  pod.status?.conditions?.some(
    ({ type, status }: { type: string; status: string }) => type === 'PodScheduled' && status === 'False',
  ) === true
export const schedulable = never((s) => s.pods.some(isRefused)).as('every replica has a node')
export const bound = leadsTo(
  (s) => s.pods.some((pod) => pod.spec?.nodeName === undefined),
  (s) => s.pods.length === 6 && s.pods.every((pod) => pod.spec?.nodeName !== undefined),
).as('all replicas get a node')
export const uneven = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')]
export const spreading = (nodes: readonly NodeSpec[], when: 'DoNotSchedule' | 'ScheduleAnyway' = 'DoNotSchedule') =>
  scenario('spread', (c) => c.nodes(nodes).do(apply(deployment(6, constraints(when)))))
const c3: Case = {
  violated: { of: spreading(uneven), properties: [schedulable] },
  safe: { of: spreading([node('a1', 'a'), node('b1', 'b')]), properties: [schedulable, bound] },
}

// C4: a node with more work than it can do goes down, its pods move on, and so does the overload.

const c4: Case = {
  violated: { of: overload(5, 10, '500m'), properties: [cascades], options: { mode: 'portfolio', runs: 50 } },
  safe: {
    of: overload(5, 10, '900m'),
    properties: [cascades, rests()],
    options: { symmetry: [], time: 'absolute' },
  },
}

// C5: duplicates are removed from the only node with room, and come back.

const container = { name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }
const using = (nodes: readonly NodeSpec[], one: Controller, pod: object, replicas = 2) =>
  scenario('descheduler', (c) =>
    c
      .nodes(nodes)
      .use(one)
      .do(apply(deployment(replicas, pod))),
  )
const roomHere = [node('n1', 'a'), node('n2', 'b', { cpu: '500m' })]
const hasRoom = (_view: unknown, { status }: KubeObject): boolean => status?.allocatable?.cpu !== '500m'
const c5: Case = {
  violated: { of: using(roomHere, removeDuplicates(), { containers: [container] }), properties: [steadyPods] },
  safe: {
    of: using(roomHere, removeDuplicates(hasRoom), { containers: [container] }),
    properties: [steadyPods, rests()],
  },
}
/** C5 with room elsewhere. */
export const roomThere: Variant = {
  of: using([node('n1', 'a'), node('n2', 'b')], removeDuplicates(), { containers: [container] }),
  properties: [steadyPods, rests()],
}

// C6: nodes are drained one after the other; a soft spread lets the second one hold several replicas by then.

const isReady = (pod: KubeObject): boolean =>
  pod.status?.conditions?.some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  ) === true
const serving = always((s) => s.pods.filter(isReady).length >= 2 || 'fewer than two of three serve').as(
  'one may be missing',
)
const budget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
}
const maintenance = (...budgets: KubeObject[]) =>
  scenario('maintenance', (c) =>
    c
      .nodes([node('n1', 'a'), node('n2', 'b'), node('n3', 'c')])
      .apply(deployment(3, { topologySpreadConstraints: [spread('host', 'ScheduleAnyway')] }), ...budgets)
      .do(drain('n1'), uncordon('n1'), drain('n2'), uncordon('n2'))
      .inputs('quiet'),
  )
const c6: Case = {
  violated: { of: maintenance(), properties: [serving] },
  safe: { of: maintenance(budget), properties: [serving] },
}

// C7: pods told to run on a node whose NoExecute taint they do not stand are evicted and made again for ever.

const tainted = { name: 'node-1', taints: [{ key: 'k', effect: 'NoExecute' as const }] }
const runs = eventually((s) => s.deployment('web').available === 1).as('the Deployment becomes available')
const placed = (pod: object) =>
  scenario('node name', (c) => c.nodes([tainted]).do(apply(deployment(1, { nodeName: 'node-1', ...pod }))))
const c7: Case = {
  violated: { of: placed({}), properties: [steadyPods] },
  safe: { of: placed({ tolerations: [{ key: 'k', operator: 'Exists' }] }), properties: [steadyPods, rests(), runs] },
}

// C8: what is moved for the sake of the spread goes back for the sake of the affinity.

const zoneLabel = 'topology.kubernetes.io/zone'

/** Pods like spot nodes more than being spread, which they only would like. */
const leaning = (weight: number) => ({
  containers: [container],
  topologySpreadConstraints: [spread('zone', 'ScheduleAnyway')],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight, preference: { matchExpressions: [{ key: zoneLabel, operator: 'In', values: ['a'] }] } },
      ],
    },
  },
})
export const perZone = noOscillation((s: Moment) =>
  s.pods
    .map((pod) => s.get('Node', pod.spec?.nodeName ?? '')?.metadata.labels?.[zoneLabel] ?? '')
    .sort()
    .join(),
).as('pods per zone come to rest')
const apart = { containers: [container], topologySpreadConstraints: [spread('zone', 'DoNotSchedule')] }
const twoZones = [node('a1', 'a'), node('b1', 'b')]

/** Four pods that lean to one zone, with a descheduler that spreads them. */
export const pulled = (nodes: readonly NodeSpec[]): Scenario => using(nodes, removeSkew(zoneLabel, 1), leaning(100), 4)
const c8: Case = {
  violated: { of: pulled(twoZones), properties: [perZone] },
  safe: { of: using(twoZones, removeSkew(zoneLabel, 1), apart, 4), properties: [perZone, rests()] },
}

export const cases = { C1: c1, C2: c2, C3: c3, C4: c4, C5: c5, C6: c6, C7: c7, C8: c8 } as const
