/** Configuration, quotas, nodes, events, devices. */
import fc from 'fast-check'
import type { Recipes, Value } from '../recipe.ts'
import * as words from '../words.ts'

const amounts = fc.record({ cpu: fc.integer({ min: 1, max: 4 }), memory: fc.integer({ min: 1, max: 4 }) })
const resourceList =
  (times: number) =>
  ({ cpu, memory }: { cpu: number; memory: number }) => ({
    cpu: `${cpu * times * 100}m`,
    memory: `${memory * times * 64}Mi`,
  })
const limit = fc
  .tuple(
    amounts,
    fc.constantFrom('Container', 'Pod'),
    fc.subarray(['min', 'max', 'defaultRequest', 'default'], { minLength: 1 }),
  )
  .map(([sizes, type, wanted]) => {
    const steps: Record<string, number> = { min: 1, defaultRequest: 2, default: 3, max: 4 }
    const kept = wanted.filter((word) => type === 'Container' || !word.startsWith('default'))
    return { type, ...Object.fromEntries(kept.map((word) => [word, resourceList(steps[word] ?? 1)(sizes)])) }
  })

const quota = fc.record({
  hard: fc.dictionary(
    fc.constantFrom('pods', 'cpu', 'requests.memory', 'count/deployments.apps', 'services'),
    fc.constantFrom('1', '10', '0'),
    { minKeys: 1, maxKeys: 3 },
  ),
})

const request = fc.record({
  name: fc.constantFrom('one', 'two'),
  exactly: fc.record({ deviceClassName: words.name, count: words.positive }, { requiredKeys: ['deviceClassName'] }),
})
const claim = fc.record({
  devices: fc.record({
    requests: fc.uniqueArray(request, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  }),
})
const device = fc.record(
  {
    name: fc.constantFrom('gpu-0', 'gpu-1'),
    attributes: fc.dictionary(
      fc.constantFrom('model', 'vendor'),
      fc.constantFrom<object>({ string: 'a' }, { int: 1 }, { bool: true }, { version: '1.0.0' }),
      { minKeys: 1 },
    ),
    capacity: fc.constant({ memory: { value: '1Gi' } }),
  },
  { requiredKeys: ['name'] },
)
const slice = fc
  .record({
    where: fc.constantFrom<object>({ allNodes: true }, { nodeName: 'node-1' }),
    devices: fc.uniqueArray(device, { maxLength: 2, selector: ({ name }) => name }),
    pool: words.name,
  })
  .map(({ where, devices, pool }) => ({
    driver: 'gpu.example.com',
    pool: { name: pool, generation: 1, resourceSliceCount: 1 },
    ...where,
    devices,
  }))
const deviceClass = fc.record(
  {
    selectors: fc
      .constantFrom("device.driver == 'gpu.example.com'", 'true')
      .map((expression) => [{ cel: { expression } }]),
    config: fc.constant([{ opaque: { driver: 'gpu.example.com', parameters: { mode: 'fast' } } }]),
  },
  { requiredKeys: [] },
)

const dataKey = fc.constantFrom('a', 'b.txt', 'c_d')
const involved = words.name.map((name) => ({ kind: 'Pod', apiVersion: 'v1', namespace: 'default', name }))

export const otherRecipes: Recipes = (tie) => ({
  'core.v1.Namespace': { only: [] },
  'core.v1.Node': { only: ['spec'] },
  'core.v1.NodeSpec': {
    only: ['taints', 'unschedulable', 'providerID', 'podCIDR', 'podCIDRs'],
    fields: {
      podCIDR: fc.constant('10.250.0.0/24'),
      podCIDRs: fc.constant(['10.250.0.0/24']),
      taints: fc.uniqueArray(tie('core.v1.Taint'), {
        minLength: 1,
        maxLength: 2,
        selector: (one) => (one as Value).key,
      }),
    },
    refine: cidrs,
  },
  'core.v1.Taint': { always: { key: words.labelKey, value: words.labelValue }, only: [] },
  'core.v1.ConfigMap': {
    only: ['data', 'immutable', 'binaryData'],
    fields: {
      data: fc.dictionary(dataKey, words.text, { minKeys: 1, maxKeys: 2 }),
      binaryData: fc.constantFrom({ 'z.bin': 'YQ==' }, { 'y.bin': '' }),
    },
  },
  'core.v1.Secret': {
    only: ['data', 'stringData', 'immutable', 'type'],
    fields: { type: fc.constantFrom('Opaque', 'example.com/own') },
  },
  'core.v1.ServiceAccount': { only: ['automountServiceAccountToken', 'imagePullSecrets'] },
  'core.v1.LimitRange': {
    always: { spec: fc.record({ limits: fc.uniqueArray(limit, { maxLength: 2, selector: ({ type }) => type }) }) },
  },
  'core.v1.ResourceQuota': { always: { spec: quota } },
  'core.v1.Event': {
    only: ['reason', 'message', 'type', 'count', 'source', 'firstTimestamp', 'lastTimestamp'],
    always: { involvedObject: involved },
    fields: { type: fc.constantFrom('Normal', 'Warning') },
  },
  'coordination.v1.LeaseSpec': {
    only: ['holderIdentity', 'leaseDurationSeconds', 'acquireTime', 'renewTime', 'leaseTransitions'],
  },
  'scheduling.v1.PriorityClass': {
    always: { value: fc.constantFrom(0, 1, -5, 1_000_000) },
    only: ['description', 'preemptionPolicy'],
  },
  'node.v1.RuntimeClass': {
    always: { handler: fc.constantFrom('runc', 'kata') },
    fields: {
      overhead: fc.constant({ podFixed: { memory: '64Mi' } }),
      scheduling: words.someLabels.map((nodeSelector) => ({ nodeSelector })),
    },
  },
  'resource.v1.DeviceClass': { always: { spec: deviceClass } },
  'resource.v1.ResourceClaim': { always: { spec: claim } },
  'resource.v1.ResourceClaimTemplate': { always: { spec: fc.record({ spec: claim }) } },
  'resource.v1.ResourceSlice': { always: { spec: slice } },
  'meta.v1.OwnerReference': { always: { uid: fc.constant('11111111-1111-4111-8111-111111111111') } },
  'core.v1.NodeSelectorTerm': {
    always: { matchExpressions: fc.array(tie('core.v1.NodeSelectorRequirement'), { minLength: 1, maxLength: 2 }) },
    never: ['matchFields'],
  },
})

function cidrs({ podCIDR, podCIDRs: _all, ...rest }: Value): Value {
  return podCIDR === undefined ? rest : { ...rest, podCIDR, podCIDRs: [podCIDR] }
}
