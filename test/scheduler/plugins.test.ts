/** Tables: what each plugin refuses, how many points each gives, what a pod requests. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { explain, rank } from '../../src/scheduler/explain.ts'
import { factsOf } from '../../src/scheduler/facts.ts'
import { failureMessage, histogram } from '../../src/scheduler/message.ts'
import { requestsOf } from '../../src/scheduler/requests.ts'
import { balancedPoints } from '../../src/scheduler/scores/balanced-allocation.ts'
import { imagePoints } from '../../src/scheduler/scores/image-locality.ts'
import { leastAllocatedPoints } from '../../src/scheduler/scores/least-allocated.ts'
import { spreadPoints } from '../../src/scheduler/scores/pod-topology-spread.ts'
import { viewOf } from '../support/view.ts'
import { node, nodeIn, on, pod } from './scene.ts'

const gi = 1024 ** 3
const mi = 1024 ** 2

/** `node plugin: reason` of every refusal. */
function why(objects: readonly KubeObject[], asked: KubeObject): string[] {
  return explain(viewOf(objects), asked).map((one) => `${one.node} ${one.plugin}: ${one.reason}`)
}

const app = (name: string) => ({ labels: { app: name } })
const selects = (name: string) => ({ matchLabels: { app: name } })
const antiAffinity = (name: string, topologyKey = 'kubernetes.io/hostname') => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selects(name), topologyKey }],
    },
  },
})
const affinity = (name: string, topologyKey: string) => ({
  affinity: {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selects(name), topologyKey }] },
  },
})
const spread = (maxSkew: number, topologyKey = 'topology.kubernetes.io/zone', more: object = {}) => ({
  topologySpreadConstraints: [
    { maxSkew, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selects('web'), ...more },
  ],
})

describe('filters', () => {
  const tainted = (key: string, effect: string) => node('n', {}, { spec: { taints: [{ key, effect }] } })
  const cordoned = node('n', {}, { spec: { unschedulable: true } })
  const tolerates = (key: string) => ({ tolerations: [{ key, operator: 'Exists' }] })
  const named = (...names: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: names }] }],
        },
      },
    },
  })
  const port = (hostIP?: string, protocol?: string) => ({
    containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 1, hostPort: 80, hostIP, protocol }] }],
  })

  it.each<[string, KubeObject[], KubeObject, string[]]>([
    ['a cordoned node', [cordoned], pod('p'), ['n NodeUnschedulable: node(s) were unschedulable']],
    ['a cordoned node that is tolerated', [cordoned], pod('p', {}, tolerates('node.kubernetes.io/unschedulable')), []],
    [
      'another node than the one named',
      [node('n')],
      pod('p', {}, { nodeName: 'm' }),
      ["n NodeName: node(s) didn't match the requested node name"],
    ],
    ['a taint', [tainted('a', 'NoExecute')], pod('p'), ['n TaintToleration: node(s) had untolerated taint(s)']],
    ['a taint that is tolerated', [tainted('a', 'NoSchedule')], pod('p', {}, tolerates('a')), []],
    ['a taint that only discourages', [tainted('a', 'PreferNoSchedule')], pod('p'), []],
    [
      'a node selector',
      [node('n')],
      pod('p', {}, { nodeSelector: { a: 'b' } }),
      ["n NodeAffinity: node(s) didn't match Pod's node affinity/selector"],
    ],
    [
      'affinity to other names',
      [node('n')],
      pod('p', {}, named('m')),
      ["n NodeAffinity: node(s) didn't satisfy plugin(s) [NodeAffinity]"],
    ],
    ['affinity to no name', [node('n')], pod('p', {}, named()), [' NodeAffinity: pod affinity terms conflict']],
    [
      'a port in use on all addresses',
      [node('n'), on('n', pod('o', {}, port()))],
      pod('p', {}, port('1.2.3.4')),
      ["n NodePorts: node(s) didn't have free ports for the requested pod ports"],
    ],
    [
      'a port in use on another address',
      [node('n'), on('n', pod('o', {}, port('1.1.1.1')))],
      pod('p', {}, port('1.2.3.4')),
      [],
    ],
    [
      'a port in use for another protocol',
      [node('n'), on('n', pod('o', {}, port()))],
      pod('p', {}, port('', 'UDP')),
      [],
    ],
    [
      'too little of everything',
      [node('n', { pods: '0' })],
      pod('p', { cpu: '5', memory: '9Gi', 'example.com/gpu': '1' }),
      [
        'n NodeResourcesFit: Too many pods',
        'n NodeResourcesFit: Insufficient cpu',
        'n NodeResourcesFit: Insufficient memory',
        'n NodeResourcesFit: Insufficient example.com/gpu',
      ],
    ],
    [
      'a finished pod that asked for all',
      [node('n'), { ...on('n', pod('o', { cpu: '4' })), status: { phase: 'Succeeded' } }],
      pod('p', { cpu: '4' }),
      [],
    ],
    [
      'a peer it avoids',
      [node('n'), on('n', pod('o', {}, {}, app('web')))],
      pod('p', {}, antiAffinity('web')),
      ["n InterPodAffinity: node(s) didn't match pod anti-affinity rules"],
    ],
    [
      'a peer that avoids it',
      [node('n'), on('n', pod('o', {}, antiAffinity('web')))],
      pod('p', {}, {}, app('web')),
      ["n InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules"],
    ],
    [
      'a peer in another namespace',
      [node('n'), on('n', pod('o', {}, {}, { ...app('web'), namespace: 'x' }))],
      pod('p', {}, antiAffinity('web')),
      [],
    ],
    [
      'nobody to be near',
      [nodeIn('a', 'n')],
      pod('p', {}, affinity('web', 'topology.kubernetes.io/zone')),
      ["n InterPodAffinity: node(s) didn't match pod affinity rules"],
    ],
    [
      'nobody but itself to be near',
      [nodeIn('a', 'n')],
      pod('p', {}, affinity('web', 'topology.kubernetes.io/zone'), app('web')),
      [],
    ],
    [
      'a node without the topology label',
      [node('n')],
      pod('p', {}, affinity('web', 'zone'), app('web')),
      ["n InterPodAffinity: node(s) didn't match pod affinity rules"],
    ],
  ])('%s', (_, objects, asked, expected) => {
    expect(why(objects, asked)).toEqual(expected)
  })

  it('count matching pods per zone, among the nodes that are eligible', () => {
    const web = (name: string, at: string) => on(at, pod(name, {}, {}, app('web')))
    const zones = [nodeIn('a', 'n1'), nodeIn('b', 'n2'), web('o1', 'n1')]
    const skewed = "n1 PodTopologySpread: node(s) didn't match pod topology spread constraints"
    expect(why(zones, pod('p', {}, spread(1), app('web')))).toEqual([skewed])
    expect(why(zones, pod('p', {}, spread(2), app('web')))).toEqual([])
    expect(why(zones, pod('p', {}, spread(1), app('db')))).toEqual([])
    const wide = spread(1, undefined, { minDomains: 3 })
    expect(why(zones.with(1, node('n2')), pod('p', {}, wide, app('web')))).toEqual([
      skewed,
      "n2 PodTopologySpread: node(s) didn't match pod topology spread constraints (missing required label)",
    ])
    const only = { ...spread(1), nodeSelector: { 'kubernetes.io/hostname': 'n1' } }
    expect(why(zones, pod('p', {}, only, app('web')))).toEqual([
      "n2 NodeAffinity: node(s) didn't match Pod's node affinity/selector",
    ])
  })
})

describe('scores', () => {
  it.each([
    ['LeastAllocated: half of each', leastAllocatedPoints(2000, 4000, 4 * gi, 8 * gi), 50],
    ['LeastAllocated: fractions are cut off', leastAllocatedPoints(1, 3, 1, 3), 66],
    ['LeastAllocated: more than there is', leastAllocatedPoints(5, 4, 0, 1), 50],
    ['LeastAllocated: a resource the node lacks', leastAllocatedPoints(1, 0, 1, 4), 75],
    ['BalancedAllocation: nothing changes', balancedPoints(0, 0, 1, 1, 4, 4), 75],
    ['BalancedAllocation: closer together', balancedPoints(2, 0, 0, 2, 4, 4), 87],
    ['BalancedAllocation: further apart', balancedPoints(0, 0, 4, 0, 4, 4), 50],
    ['PodTopologySpread: the emptiest', spreadPoints(2, 2, 8), 100],
    ['PodTopologySpread: the fullest', spreadPoints(8, 2, 8), 25],
    ['PodTopologySpread: nothing counted', spreadPoints(0, 0, 0), 100],
  ])('%s', (_, points, expected) => {
    expect(points).toBe(expected)
  })

  it('ImageLocality: by size, and by how many nodes have the image', () => {
    const facts = factsOf(pod('p'))
    const images = new Map([['app:1', 500 * mi]])
    expect(imagePoints(facts, images, () => 2, 2)).toBe(Math.trunc((100 * 477) / 977))
    expect(imagePoints(facts, images, () => 1, 2)).toBe(Math.trunc((100 * 227) / 977))
    expect(imagePoints(facts, new Map(), () => 0, 2)).toBe(0)
  })

  it('prefer what is preferred and shun what is discouraged, by their weights', () => {
    const shunned = node('shunned', {}, { spec: { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] } })
    const liked = node('liked', {}, { metadata: { name: 'liked', labels: { disk: 'ssd' } } })
    const preference = { matchExpressions: [{ key: 'disk', operator: 'Exists' }] }
    const asked = pod(
      'p',
      { cpu: '1' },
      {
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } },
      },
    )
    const ranked = rank(viewOf([shunned, liked, node('plain')]), asked)
    expect(ranked.map((one) => one.node)).toEqual(['liked', 'plain', 'shunned'])
    const [first, second, third] = ranked.map((one) => one.points) as [number, number, number]
    expect([first - second, second - third]).toEqual([200, 300])
  })

  it('spread the pods of a service by default', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' } },
    }
    const there = on('n1', pod('o', {}, {}, app('web')))
    const zones = [nodeIn('a', 'n1'), nodeIn('b', 'n2'), there]
    const gap = (objects: readonly KubeObject[]) => {
      const [first, second] = rank(viewOf(objects), pod('p', {}, {}, app('web')))
      return (first?.points ?? 0) - (second?.points ?? 0)
    }
    expect(rank(viewOf([...zones, service]), pod('p', {}, {}, app('web')))[0]?.node).toBe('n2')
    expect(gap([...zones, service])).toBeGreaterThan(gap(zones))
  })
})

describe('requests', () => {
  const asks = (cpu: string, more: object = {}) => ({
    name: cpu,
    image: 'i',
    resources: { requests: { cpu } },
    ...more,
  })
  it.each<[string, object, number]>([
    ['containers together', { containers: [asks('1'), asks('500m')] }, 1500],
    ['the largest init container', { containers: [asks('1')], initContainers: [asks('2'), asks('3')] }, 3000],
    [
      'sidecars beside containers',
      { containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' })] },
      2000,
    ],
    [
      'an init container beside the sidecars before it',
      { containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' }), asks('2')] },
      3000,
    ],
    ['overhead', { containers: [asks('1')], overhead: { cpu: '250m' } }, 1250],
    ['the pod level before containers', { containers: [asks('1')], resources: { requests: { cpu: '4' } } }, 4000],
  ])('%s', (_, spec, expected) => {
    expect(requestsOf(pod('p', {}, spec)).cpuMilli).toBe(expected)
  })

  it('count 100m and 200Mi per container without requests, for scores only', () => {
    const requests = requestsOf(pod('p', {}, { containers: [asks('1'), { name: 'b', image: 'i' }] }))
    expect(requests).toMatchObject({
      cpuMilli: 1000,
      memoryBytes: 0,
      scoredCpuMilli: 1100,
      scoredMemoryBytes: 400 * mi,
    })
  })
})

describe('the message', () => {
  it('sorts reasons as texts, counts first', () => {
    const reasons = histogram(
      new Map([
        ['Insufficient memory', 1],
        ['b', 2],
        ['c', 10],
      ]),
    )
    const failure = { nodes: 13, nowhere: undefined, verdicts: new Map(), plugins: ['X'], hopeless: 0, reasons }
    expect(failureMessage(failure, '')).toBe('0/13 nodes are available: 1 Insufficient memory, 10 c, 2 b.')
  })
})
