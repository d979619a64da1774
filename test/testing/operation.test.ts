/** Operations: each does on a live cluster what kubectl would, and its pure form says the same at the same moment. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { reduce } from '../../src/store/commit.ts'
import { type Operation, operationText, transitionsOf } from '../../src/testing/operation.ts'
import { momentOf, perform } from '../../src/testing/perform.ts'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } }
const workload = (kind: string, spec: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: labels }, template, ...spec },
})
const web = workload('Deployment', { replicas: 3 })
const onWeb = { kind: 'Deployment', name: 'web' } as const

async function clusterWith(...operations: Operation[]): Promise<Cluster> {
  const cluster = await createCluster({ nodes: 3 })
  for (const operation of operations) await done(cluster, operation)
  await cluster.settle()
  return cluster
}

/** Performs it and answers the codes of what was refused. */
async function done(cluster: Cluster, operation: Operation): Promise<number[]> {
  const { outcomes } = await perform(cluster, operation)
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.code]))
}

const images = (cluster: Cluster): string[] =>
  cluster.list('Pod').map((pod) => `${pod.spec.containers[0].image} ${pod.status?.phase}`)
const onNode = (cluster: Cluster, node: string): number =>
  cluster.list('Pod').filter((pod) => pod.spec.nodeName === node).length

describe('workloads', () => {
  it('apply, scale, set image, undo, delete', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    expect(images(cluster)).toEqual(['nginx:1 Running', 'nginx:1 Running', 'nginx:1 Running'])
    await done(cluster, { op: 'scale', ...onWeb, replicas: 2 })
    await done(cluster, { op: 'setImage', ...onWeb, image: 'nginx:2' })
    await cluster.settle()
    expect(images(cluster)).toEqual(['nginx:2 Running', 'nginx:2 Running'])
    await done(cluster, { op: 'undo', ...onWeb })
    await cluster.settle()
    expect(images(cluster)).toEqual(['nginx:1 Running', 'nginx:1 Running'])
    expect(cluster.get('Deployment', 'web')?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    await done(cluster, { op: 'delete', ...onWeb })
    await cluster.settle()
    expect([images(cluster), cluster.list('ReplicaSet')]).toEqual([[], []])
  })

  it('apply keeps what it never said', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: workload('Deployment') })
    await done(cluster, { op: 'scale', ...onWeb, replicas: 4 })
    await done(cluster, { op: 'apply', object: workload('Deployment', { minReadySeconds: 1 }) })
    expect(cluster.get('Deployment', 'web')?.spec).toMatchObject({ replicas: 4, minReadySeconds: 1 })
  })

  it.each(['DaemonSet', 'StatefulSet'])('undo of a %s', async (kind) => {
    const target = { kind, name: 'web' }
    await using cluster = await clusterWith({ op: 'apply', object: workload(kind) })
    await done(cluster, { op: 'setImage', ...target, container: '*', image: 'nginx:2' })
    await cluster.settle()
    expect(new Set(images(cluster))).toEqual(new Set(['nginx:2 Running']))
    await done(cluster, { op: 'undo', ...target, toRevision: 1 })
    await cluster.settle()
    expect(new Set(images(cluster))).toEqual(new Set(['nginx:1 Running']))
  })

  it('undo with nothing to go back to asks nothing', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    const undo = (toRevision?: number): Operation => ({ op: 'undo', ...onWeb, ...(toRevision && { toRevision }) })
    for (const operation of [undo(), undo(1), undo(7), { op: 'undo', kind: 'Pod', name: 'web' } as const])
      expect(transitionsOf(operation, momentOf(cluster))).toEqual([])
  })

  it('labels are set and taken away', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    await done(cluster, { op: 'label', ...onWeb, labels: { tier: 'front', gone: 'soon' } })
    await done(cluster, { op: 'label', ...onWeb, labels: { gone: null } })
    expect(cluster.get('Deployment', 'web')?.metadata.labels).toEqual({ tier: 'front' })
  })

  it('patch is a merge patch, or what it says it is', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    await done(cluster, { op: 'patch', ...onWeb, patch: { spec: { paused: true, minReadySeconds: 3 } } })
    await done(cluster, { op: 'patch', ...onWeb, type: 'json', patch: [{ op: 'remove', path: '/spec/paused' }] })
    const containers = [{ name: 'web', env: [{ name: 'A', value: 'b' }] }]
    await done(cluster, {
      op: 'patch',
      ...onWeb,
      type: 'strategic',
      patch: { spec: { template: { spec: { containers } } } },
    })
    const spec = cluster.get('Deployment', 'web')?.spec
    expect([spec?.paused, spec?.minReadySeconds]).toEqual([undefined, 3])
    expect(spec?.template.spec.containers[0]).toMatchObject({ image: 'nginx:1', env: [{ name: 'A', value: 'b' }] })
    expect(operationText({ op: 'patch', ...onWeb, type: 'json', patch: [] })).toBe(
      'kubectl patch deployment/web --type=json -p []',
    )
  })

  it('what is not there is a 404, what is not allowed a 4xx, and an unknown kind an error', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    const target = { kind: 'Deployment', name: 'other' }
    expect(await done(cluster, { op: 'scale', ...target, replicas: 1 })).toEqual([404])
    expect(await done(cluster, { op: 'setImage', ...target, image: 'x' })).toEqual([404])
    expect(await done(cluster, { op: 'delete', ...target })).toEqual([404])
    expect(await done(cluster, { op: 'cordon', node: 'node-9' })).toEqual([404])
    expect(await done(cluster, { op: 'scale', ...onWeb, replicas: -1 })).toEqual([422])
    expect(await done(cluster, { op: 'scale', kind: 'Service', name: 'kubernetes', replicas: 1 })).toEqual([422])
    await expect(perform(cluster, { op: 'delete', kind: 'Zebra', name: 'z' })).rejects.toThrow(/Zebra/)
    await expect(perform(cluster, { fault: { kill: 'node-9' } })).rejects.toThrow(/node-9/)
  })
})

describe('nodes', () => {
  it('evict asks for one pod, when its budget lets it go', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    const budget = { selector: { matchLabels: labels }, minAvailable: 2 }
    await cluster.apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: budget,
    })
    await cluster.settle()
    const [first, second] = cluster.list('Pod').map(({ metadata }) => metadata.name) as [string, string]
    expect(await done(cluster, { op: 'evict', name: first })).toEqual([])
    expect(transitionsOf({ op: 'evict', name: second }, momentOf(cluster))).toEqual([])
    await cluster.settle()
    expect([cluster.get('Pod', first), cluster.list('Pod').length]).toEqual([undefined, 3])
    expect(await done(cluster, { op: 'evict', name: 'none' })).toEqual([404])
    expect(operationText({ op: 'evict', name: second })).toBe(
      `kubectl create --raw /api/v1/namespaces/default/pods/${second}/eviction`,
    )
  })

  it('cordon, uncordon and taint', async () => {
    await using cluster = await clusterWith({ op: 'cordon', node: 'node-1' }, { op: 'apply', object: web })
    expect(onNode(cluster, 'node-1')).toBe(0)
    expect(transitionsOf({ op: 'cordon', node: 'node-1' }, momentOf(cluster))).toEqual([])
    await done(cluster, { op: 'uncordon', node: 'node-1' })
    const taint = { key: 'k', value: 'v', effect: 'NoExecute' } as const
    await done(cluster, { op: 'taint', node: 'node-2', taint })
    await cluster.settle()
    expect([onNode(cluster, 'node-1'), onNode(cluster, 'node-2')]).toEqual([1, 0])
    await done(cluster, { op: 'taint', node: 'node-2', taint: { ...taint, value: 'w' } })
    expect(cluster.get('Node', 'node-2')?.spec.taints).toMatchObject([{ key: 'k', value: 'w' }])
    await done(cluster, { op: 'taint', node: 'node-2', taint, remove: true })
    expect(cluster.get('Node', 'node-2')?.spec.taints).toBeUndefined()
  })

  it('a drain moves the pods, leaves the daemons, and does nothing twice', async () => {
    const daemon = { ...workload('DaemonSet'), metadata: { name: 'agent' } }
    const drain = { op: 'drain', node: 'node-1' } as const
    await using cluster = await clusterWith({ op: 'apply', object: web }, { op: 'apply', object: daemon })
    expect(onNode(cluster, 'node-1')).toBe(2)
    expect(await done(cluster, drain)).toEqual([])
    await cluster.settle()
    expect([onNode(cluster, 'node-1'), cluster.get('Deployment', 'web')?.status.readyReplicas]).toEqual([1, 3])
    expect(transitionsOf(drain, momentOf(cluster))).toEqual([])
  })

  it('a drain asks the budget before each pod, and goes on when it is given time', async () => {
    const budget: KubeObject = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    }
    const rest = [2, 3].map((n) => ({ op: 'cordon', node: `node-${n}` }) as const)
    await using cluster = await clusterWith(...rest, { op: 'apply', object: web }, { op: 'apply', object: budget })
    for (const n of [2, 3]) await done(cluster, { op: 'uncordon', node: `node-${n}` })
    const drain = { op: 'drain', node: 'node-1' } as const
    const asked = transitionsOf(drain, momentOf(cluster)).map(
      ({ type, ...more }) => `${type} ${'ref' in more && more.ref.resource}`,
    )
    expect(asked).toEqual(['patch nodes', 'patch poddisruptionbudgets.policy', 'delete pods'])
    await using hasty = cluster.fork()
    await done(hasty, drain)
    expect(hasty.list('Pod').filter((pod) => pod.metadata.deletionTimestamp !== undefined)).toHaveLength(1)
    let fewest = 3
    cluster.snapshot$.subscribe(() => {
      const up = cluster
        .list('Pod')
        .filter((pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.phase === 'Running')
      fewest = Math.min(fewest, up.length)
    })
    await done(cluster, { ...drain, timeoutSeconds: 300 })
    expect([onNode(cluster, 'node-1'), fewest]).toEqual([0, 2])
  })

  it('faults and waits move no object by themselves', async () => {
    await using cluster = await clusterWith({ op: 'apply', object: web })
    const kill = { fault: { kill: 'node-1' } }
    expect([kill, { wait: '1m' }].map((one) => transitionsOf(one, momentOf(cluster)))).toEqual([[], []])
    await done(cluster, kill)
    await done(cluster, { wait: '10m' })
    await cluster.settle()
    const up = cluster.list('Pod').filter((pod) => pod.metadata.deletionTimestamp === undefined)
    expect(up.map((pod) => pod.spec.nodeName)).not.toContain('node-1')
    expect(up).toHaveLength(3)
  })
})

describe('the pure form', () => {
  it('reduced over a snapshot gives the world that perform gives', async () => {
    const operations: Operation[] = [
      { op: 'apply', object: web },
      { op: 'scale', ...onWeb, replicas: 5 },
      { op: 'setImage', ...onWeb, image: 'nginx:2' },
      { op: 'label', ...onWeb, labels: { a: 'b' } },
      { op: 'drain', node: 'node-2' },
      { op: 'taint', node: 'node-3', taint: { key: 'k', effect: 'NoSchedule' } },
      { op: 'delete', ...onWeb, propagation: 'Foreground' },
    ]
    await using cluster = await clusterWith()
    for (const operation of operations) {
      await using live = cluster.fork()
      const [first] = transitionsOf(operation, momentOf(cluster))
      const reduced = reduce(live.plane.world.store, first as NonNullable<typeof first>)
      const { outcomes } = await perform(cluster, operation)
      expect(outcomes[0], operationText(operation)).toEqual(reduced.outcome)
      await cluster.settle()
    }
  })

  it('is told as what one would type', () => {
    const told: [Operation, string][] = [
      [{ op: 'scale', ...onWeb, namespace: 'shop', replicas: 3 }, 'kubectl scale -n shop deployment/web --replicas=3'],
      [{ op: 'undo', ...onWeb }, 'kubectl rollout undo deployment/web'],
      [{ op: 'apply', object: web }, 'kubectl apply # deployment/web'],
      [{ op: 'label', ...onWeb, labels: { a: 'b', c: null } }, 'kubectl label --overwrite deployment/web a=b c-'],
      [
        { op: 'taint', node: 'n', taint: { key: 'k', effect: 'NoExecute' }, remove: true },
        'kubectl taint node n k:NoExecute-',
      ],
      [{ op: 'cordon', node: 'n' }, 'kubectl cordon n'],
      [{ fault: { kill: 'n' } }, 'kill n'],
      [{ wait: 90_000 }, 'wait 90s'],
    ]
    expect(told.map(([operation]) => operationText(operation))).toEqual(told.map(([, text]) => text))
  })
})
