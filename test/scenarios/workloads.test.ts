/** Workloads in a whole cluster: all controllers, scheduler and kubelets, in virtual time. */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'

const labels = { app: 'web' }

function deployment(replicas: number, image = 'nginx:1', more: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
      ...more,
    },
  }
}

const pods = (cluster: Cluster) => cluster.list('Pod', { labelSelector: 'app=web' })
const images = (cluster: Cluster) => [...new Set(pods(cluster).map((pod) => pod.spec.containers[0].image))]
const web = (cluster: Cluster) => cluster.get('Deployment', 'web') as KubeObject
const reason = (cluster: Cluster, type: string) => getCondition(web(cluster).status?.conditions, type)?.reason

/** The smallest number of available pods, and the largest wanted by ReplicaSets, over all snapshots while `act` runs. */
async function extremes(cluster: Cluster, act: () => Promise<unknown>): Promise<{ least: number; most: number }> {
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  const seen = cluster.snapshot$.subscribe(() => {
    const ready = (pod: KubeObject) => getCondition(pod.status?.conditions, 'Ready')?.status === 'True'
    const up = pods(cluster).filter((pod) => ready(pod) && pod.metadata.deletionTimestamp === undefined).length
    least = Math.min(least, up)
    most = Math.max(
      most,
      cluster.list('ReplicaSet').reduce((sum, set) => sum + set.spec.replicas, 0),
    )
  })
  await act()
  seen.unsubscribe()
  return { least, most }
}

describe('a deployment', () => {
  it('comes up, is healed, scaled, and taken away with all it owns', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7 })
    await cluster.apply(deployment(3))
    await cluster.settle()
    expect(web(cluster).status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 })
    expect(reason(cluster, 'Progressing')).toBe('NewReplicaSetAvailable')
    expect(reason(cluster, 'Available')).toBe('MinimumReplicasAvailable')
    const lost = pods(cluster)[0]?.metadata.name as string
    await cluster.delete('Pod', lost)
    await cluster.settle()
    expect(pods(cluster)).toHaveLength(3)
    expect(pods(cluster).map((pod) => pod.metadata.name)).not.toContain(lost)
    await cluster.patch('Deployment', 'web', { spec: { replicas: 5 } })
    await cluster.settle()
    expect(pods(cluster)).toHaveLength(5)
    await cluster.delete('Deployment', 'web')
    await cluster.settle()
    expect([...cluster.list('ReplicaSet'), ...pods(cluster)]).toEqual([])
  })

  it('rolls within its limits, and back, with the history kubectl reads (D1, D2, D6)', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7 })
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }
    await cluster.apply(deployment(4, 'nginx:1', { strategy }))
    await cluster.settle()
    const { least, most } = await extremes(cluster, async () => {
      await cluster.apply(deployment(4, 'nginx:2', { strategy }))
      await cluster.settle()
    })
    expect(least).toBeGreaterThanOrEqual(3)
    expect(most).toBeLessThanOrEqual(5)
    expect(images(cluster)).toEqual(['nginx:2'])
    await cluster.apply(deployment(4, 'nginx:1', { strategy }))
    await cluster.settle()
    expect(images(cluster)).toEqual(['nginx:1'])
    const revisions = cluster
      .list('ReplicaSet')
      .map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision'])
    expect(revisions.sort()).toEqual(['2', '3'])
    expect(web(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('never runs two revisions at once with Recreate (D4)', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7 })
    const strategy = { type: 'Recreate' }
    await cluster.apply(deployment(3, 'nginx:1', { strategy }))
    await cluster.settle()
    let mixed = 0
    const seen = cluster.snapshot$.subscribe(() => {
      if (images(cluster).length > 1) mixed++
    })
    await cluster.apply(deployment(3, 'nginx:2', { strategy }))
    await cluster.settle()
    seen.unsubscribe()
    expect(mixed).toBe(0)
    expect(images(cluster)).toEqual(['nginx:2'])
    expect(web(cluster).status).toMatchObject({ updatedReplicas: 3, availableReplicas: 3 })
  })

  it('stalls on pods no node has room for, and says so in time (D8)', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    const containers = [{ name: 'c', image: 'nginx:1', resources: { requests: { cpu: '1000' } } }]
    const template = { metadata: { labels }, spec: { containers } }
    await cluster.apply(deployment(1, '', { template, progressDeadlineSeconds: 60 }))
    await cluster.settle()
    expect(reason(cluster, 'Available')).toBe('MinimumReplicasUnavailable')
    await cluster.advance('59s')
    expect(reason(cluster, 'Progressing')).not.toBe('ProgressDeadlineExceeded')
    await cluster.advance('3s')
    expect(reason(cluster, 'Progressing')).toBe('ProgressDeadlineExceeded')
    expect(cluster.actor('Deployment', 'web').getSnapshot().value).toMatchObject({ living: { rollout: 'stalled' } })
  })

  it('counts availability only after minReadySeconds', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    await cluster.apply(deployment(1, 'nginx:1', { minReadySeconds: 30 }))
    await cluster.until((c) => c.get('Deployment', 'web')?.status?.readyReplicas === 1, { within: '1m' })
    expect(web(cluster).status.availableReplicas).toBeUndefined()
    await cluster.settle()
    expect(web(cluster).status.availableReplicas).toBe(1)
  })

  it('does the same with the same seed', async () => {
    const run = async () => {
      await using cluster = await createCluster({ nodes: 3, seed: 11 })
      await cluster.apply(deployment(3))
      await cluster.settle()
      await cluster.apply(deployment(3, 'nginx:2'))
      await cluster.settle()
      return cluster.hash()
    }
    expect(await run()).toBe(await run())
  })
})

describe('a daemonset', () => {
  const agent = (image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
    },
  })

  it('runs on every node, rolls one node at a time, and rolls back by its revision', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7 })
    await cluster.apply(agent('agent:1'))
    await cluster.settle()
    expect(
      pods(cluster)
        .map((pod) => pod.spec.nodeName)
        .sort(),
    ).toEqual(['node-1', 'node-2', 'node-3'])
    const { least } = await extremes(cluster, async () => {
      await cluster.apply(agent('agent:2'))
      await cluster.settle()
    })
    expect(least).toBeGreaterThanOrEqual(2)
    expect(images(cluster)).toEqual(['agent:2'])
    expect(cluster.get('DaemonSet', 'agent')?.status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 })
    expect(
      cluster
        .list('ControllerRevision')
        .map((one) => one.revision)
        .sort(),
    ).toEqual([1, 2])
  })
})

describe('a pod that its node refuses', () => {
  it('is not made over and over at one moment (G10, R7)', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    const containers = [{ name: 'c', image: 'nginx:1', resources: { requests: { cpu: '1000' } } }]
    const template = { metadata: { labels }, spec: { nodeName: 'node-1', containers } }
    await cluster.apply(deployment(1, '', { template }))
    await cluster.advance('60s')
    expect(pods(cluster).every((pod) => pod.status?.phase === 'Failed')).toBe(true)
    expect(pods(cluster).length).toBeGreaterThan(3)
    expect(pods(cluster).length).toBeLessThanOrEqual(8)
  })
})
