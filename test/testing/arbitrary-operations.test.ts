/** Random clusters and random operations: the API answers each, the cluster comes to rest, and claims are refuted in few steps. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { check } from '../../src/api/schema/check.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { arbitrary, type OperationName } from '../../src/testing/arbitrary.ts'
import type { Operation } from '../../src/testing/operation.ts'
import { perform } from '../../src/testing/perform.ts'

const web: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
  },
}

const nameOf = (operation: Operation): string =>
  'op' in operation ? operation.op : 'wait' in operation ? 'wait' : (Object.keys(operation.fault)[0] as string)

describe('operations', () => {
  const all: OperationName[] = [
    'apply',
    'scale',
    'setImage',
    'undo',
    'delete',
    'drain',
    'cordon',
    'uncordon',
    'taint',
    'label',
    'kill',
    'restore',
    'wait',
  ]

  it('are plain data, of every sort there is', () => {
    const sample = fc.sample(arbitrary.operation(), { numRuns: 400, seed: 3 })
    expect(JSON.parse(JSON.stringify(sample))).toEqual(sample)
    expect(new Set(sample.map(nameOf))).toEqual(new Set(all))
  })

  it('are only what is asked for', () => {
    const some = arbitrary.operations({
      only: ['scale', 'kill'],
      nodes: ['a'],
      names: ['x'],
      kinds: ['Deployment'],
      replicas: 1,
    })
    const shown = new Set(
      fc
        .sample(some, { numRuns: 50, seed: 3 })
        .flat()
        .map((one) => JSON.stringify(one)),
    )
    const scale = (replicas: number) => JSON.stringify({ op: 'scale', kind: 'Deployment', name: 'x', replicas })
    expect([...shown].sort()).toEqual([JSON.stringify({ fault: { kill: 'a' } }), scale(0), scale(1)].sort())
    expect(() => arbitrary.operation({ only: ['fly' as OperationName] })).toThrow(/fly/)
    expect(() => arbitrary.operation({ nodes: [] })).toThrow(/empty/)
  })
})

describe('clusters', () => {
  it('are as they were asked to be', () => {
    const options = arbitrary.cluster({ nodes: [2, 4], zones: [2, 3], cpu: ['2'], taints: [] })
    for (const { nodes } of fc.sample(options, { numRuns: 100, seed: 3 })) {
      const zones = new Set(nodes.map((node) => node.labels?.['topology.kubernetes.io/zone']))
      expect(nodes.length).toBeGreaterThanOrEqual(2)
      expect(nodes.length).toBeLessThanOrEqual(4)
      expect([2, 3]).toContain(zones.size)
      expect(nodes.every((node) => node.cpu === '2' && node.taints === undefined)).toBe(true)
    }
    expect(() => arbitrary.cluster({ nodes: [3, 2] })).toThrow(/no range/)
  })

  it('shrink to few plain nodes', () => {
    const { counterexample } = fc.check(
      fc.property(arbitrary.cluster(), ({ nodes }) => nodes.length < 2),
      { seed: 9 },
    )
    const labels = { 'topology.kubernetes.io/zone': 'zone-a', 'topology.kubernetes.io/region': 'region-1' }
    const plain = (name: string) => ({ name, cpu: '4', memory: '16Gi', labels })
    expect(counterexample).toEqual([{ seed: 1, nodes: [plain('node-1'), plain('node-2')] }])
  })

  it('can be created', async () => {
    const property = fc.asyncProperty(arbitrary.cluster({ nodes: [0, 3] }), async (options) => {
      await using cluster = await createCluster(options)
      await cluster.settle()
      const ready = cluster
        .list('Node')
        .filter((node) =>
          node.status?.conditions?.some(
            (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
          ),
        )
      expect(ready.map((node) => node.metadata.name)).toEqual(options.nodes.map(({ name }) => name))
    })
    await fc.assert(property, { numRuns: 6, seed: 3 })
  })
})

/** Does them all, then lets everything come to rest. */
async function played(cluster: Cluster, all: readonly Operation[]): Promise<void> {
  for (const one of all) {
    const { outcomes } = await perform(cluster, one)
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.error.code).toBeLessThan(500)
  }
  await cluster.settle()
}

describe('with the runner of fast-check', () => {
  it('whatever is done, owners are there, names are unique, and status agrees with the pods', async () => {
    await using begun = await createCluster({ nodes: 3 })
    const property = fc.asyncProperty(arbitrary.operations({ length: [0, 10] }), async (operations) => {
      await using cluster = begun.fork()
      await played(cluster, operations)
      const uids = new Set(
        ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']
          .flatMap((kind) => cluster.list(kind))
          .map((one) => one.metadata.uid),
      )
      const pods = cluster.list('Pod')
      for (const pod of pods) for (const { uid } of pod.metadata.ownerReferences ?? []) expect(uids).toContain(uid)
      for (const set of cluster.list('ReplicaSet')) {
        const own = pods.filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === set.metadata.uid))
        const active = own.filter(
          (pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.phase !== 'Failed',
        )
        expect([set.metadata.name, active.length]).toEqual([set.metadata.name, set.spec.replicas])
        expect(set.status.replicas).toBe(set.spec.replicas)
      }
    })
    await fc.assert(property, { numRuns: 25, seed: 7 })
  })

  it.each([
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
    'ReplicationController',
    'Job',
    'CronJob',
    'Pod',
    'Service',
    'PersistentVolumeClaim',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
  ])('what comes of a %s has only fields that its kind has', async (kind) => {
    await using begun = await createCluster({ nodes: 2 })
    const property = fc.asyncProperty(arbitrary.object(kind), async (object) => {
      await using cluster = begun.fork()
      await perform(cluster, { op: 'apply', object })
      await cluster.advance('6m')
      for (const { schema, resource } of cluster.kinds)
        for (const stored of cluster.view.list(resource))
          expect({ stored, ...check(schema, stored) }).toEqual({ stored, errors: [], unknown: [] })
    })
    await fc.assert(property, { numRuns: 4, seed: 7 })
  })

  it('a false claim is refuted by one operation', async () => {
    await using begun = await createCluster({ nodes: 3 })
    await begun.apply(web)
    await begun.settle()
    const input = arbitrary.operations({ objects: [web], kinds: ['Deployment'], names: ['web'] })
    // Folk belief: a Deployment never has fewer pods than it was given at first.
    const claim = fc.asyncProperty(input, async (operations) => {
      await using cluster = begun.fork()
      await played(cluster, operations)
      return cluster.list('Pod').length >= 2
    })
    const { failed, counterexample } = await fc.check(claim, { seed: 1, numRuns: 100 })
    const [shrunk = []] = counterexample ?? []
    expect(failed).toBe(true)
    expect(['scale', 'delete']).toContain(shrunk.map(nameOf).join(' then '))
  })
})
