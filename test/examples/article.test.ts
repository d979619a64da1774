/**
 * The run of the Deployment article and what belongs around it, through the front door and in virtual time: rollout,
 * rollback, deletion, lost nodes, services, volumes, autoscaling, forks, equal runs.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { waitFor } from 'xstate'
import {
  type Cluster,
  type ClusterOptions,
  controller,
  createCluster,
  defineKind,
  type KubeObject,
} from '../../src/index.ts'
import { digest } from '../../src/lib/digest.ts'

const article = readFileSync('fixtures/nginx-deployment.yaml', 'utf8')
const name = 'nginx-deployment'
const image = (text: string) => ({ spec: { template: { spec: { containers: [{ name: 'nginx', image: text }] } } } })

const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  pod.status?.conditions?.some((one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True')
const ready = (cluster: Cluster): KubeObject[] => cluster.list('Pod').filter(isReady)
const deployment = (cluster: Cluster): KubeObject => cluster.get('Deployment', name) as KubeObject
const imagesOf = (cluster: Cluster): string[] => cluster.list('Pod').map((pod) => pod.spec.containers[0].image)
const sizes = (cluster: Cluster): Record<string, number> =>
  Object.fromEntries(
    cluster.list('ReplicaSet').map((set) => [set.spec.template.spec.containers[0].image, set.status.replicas]),
  )

/** The article's cluster: three nodes, the Deployment at 3/3. */
async function withArticle(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await createCluster({ nodes: 3, seed: 7, ...options })
  await cluster.apply(article)
  await cluster.settle()
  expect(deployment(cluster).status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3 })
  return cluster
}

/** The fewest ready pods after any one write while `act` runs. */
async function fewestReady(cluster: Cluster, act: () => Promise<void>): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  const seen = cluster.transition$.subscribe(() => {
    fewest = Math.min(fewest, ready(cluster).length)
  })
  await act()
  seen.unsubscribe()
  return fewest
}

describe('the article', () => {
  it('rolls to a new image while old pods stay until new ones run, and back', async () => {
    await using cluster = await withArticle()
    const old = cluster.list('Pod').map((pod) => pod.metadata.uid)
    const fewest = await fewestReady(cluster, async () => {
      await cluster.patch('Deployment', name, image('nginx:latest'))
      await cluster.settle()
    })
    expect(fewest).toBe(3) // maxUnavailable 25 % of 3, rounded down: none
    expect(imagesOf(cluster)).toEqual(Array(3).fill('nginx:latest'))
    expect(cluster.list('Pod').filter((pod) => old.includes(pod.metadata.uid))).toEqual([])
    expect(sizes(cluster)).toEqual({ 'nginx:1.14.2': 0, 'nginx:latest': 3 })
    await cluster.apply(article)
    await cluster.settle()
    expect(imagesOf(cluster)).toEqual(Array(3).fill('nginx:1.14.2'))
    expect(sizes(cluster)).toEqual({ 'nginx:1.14.2': 3, 'nginx:latest': 0 })
    expect(deployment(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('scales and is deleted with every pod', async () => {
    await using cluster = await withArticle()
    await cluster.patch('Deployment', name, { spec: { replicas: 10 } })
    await cluster.settle()
    expect(ready(cluster)).toHaveLength(10)
    await cluster.delete('Deployment', name)
    await cluster.settle()
    for (const kind of ['Deployment', 'ReplicaSet', 'Pod']) expect(cluster.list(kind)).toEqual([])
  })

  it('brings the pods of a dead node back elsewhere once the toleration of 300 s is over', async () => {
    await using cluster = await withArticle()
    const dead = cluster.list('Pod')[0]?.spec.nodeName as string
    cluster.fault({ kill: dead })
    await cluster.advance('5m')
    expect(cluster.list('Pod')).toHaveLength(3)
    expect(ready(cluster)).toHaveLength(2)
    await cluster.advance('1m30s')
    expect(ready(cluster)).toHaveLength(3)
    expect(ready(cluster).map((pod) => pod.spec.nodeName)).not.toContain(dead)
    cluster.fault({ restore: dead })
    await cluster.advance('1m')
    expect(cluster.list('Pod')).toHaveLength(3)
  })
})

describe('nodes that come and go', () => {
  const agent = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: "agent:1" }] }
`
  const where = (cluster: Cluster): string[] => ready(cluster).map((pod) => pod.spec.nodeName)

  it('are followed by a DaemonSet', async () => {
    await using cluster = await createCluster({ nodes: 2, seed: 7 })
    await cluster.apply(agent)
    await cluster.settle()
    expect(where(cluster).sort()).toEqual(['node-1', 'node-2'])
    cluster.plane.loop.deliverTo('kubelet', 'nodes/late', { type: 'node.added', spec: { name: 'late' } })
    cluster.driver.act()
    await cluster.settle()
    expect(where(cluster).sort()).toEqual(['late', 'node-1', 'node-2'])
    cluster.actor('Node', 'node-1').send({ type: 'node.removed' })
    await cluster.settle()
    expect(cluster.get('Node', 'node-1')).toBeUndefined()
    await cluster.advance('1m')
    expect(where(cluster).sort()).toEqual(['late', 'node-2'])
    expect(cluster.list('Pod')).toHaveLength(2)
  })

  it('have no room for a pod, which says why', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7 })
    const resources = { requests: { cpu: '5' } }
    const spec = { containers: [{ name: 'c', image: 'app:1', resources }] }
    await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'large' }, spec })
    await cluster.settle()
    const why = '0/3 nodes are available: 3 Insufficient cpu.'
    const [condition] = cluster.get('Pod', 'large')?.status.conditions ?? []
    expect(condition).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' })
    expect(condition.message).toContain(why)
    const events = cluster.list('Event', { fieldSelector: 'reason=FailedScheduling' })
    expect(events.map((event) => event.message)).toEqual([expect.stringContaining(why)])
  })
})

describe('a Service', () => {
  it('spreads requests over the ready pods and no others', async () => {
    await using cluster = await withArticle()
    await cluster.apply(`
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: nginx }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: late, labels: { app: nginx }, annotations: { kybern.dev/script: never ready } }
spec:
  containers:
  - { name: nginx, image: "nginx:1.14.2", ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { port: 80 } } }
`)
    await cluster.advance('1m')
    const asked = async (): Promise<string[]> => {
      const answers = await Promise.all(Array.from({ length: 60 }, () => cluster.network.request('http://web')))
      return [...new Set(answers.map((answer) => answer.pod))].sort()
    }
    const pods = ready(cluster).map((pod) => pod.metadata.name)
    expect(pods).toHaveLength(3)
    expect(await asked()).toEqual(pods.sort())
    await cluster.patch('Deployment', name, { spec: { replicas: 1 } })
    await cluster.settle()
    expect(await asked()).toEqual(ready(cluster).map((pod) => pod.metadata.name))
    await cluster.patch('Deployment', name, { spec: { replicas: 0 } })
    await cluster.settle()
    await expect(cluster.network.request('http://web')).rejects.toThrow('KYB-NETWORK')
  })
})

describe('volumes', () => {
  const user = `
apiVersion: v1
kind: Pod
metadata: { name: user }
spec:
  volumes: [{ name: kept, persistentVolumeClaim: { claimName: data } }, { name: lost, emptyDir: {} }]
  containers:
  - { name: c, image: app, volumeMounts: [{ name: kept, mountPath: /kept }, { name: lost, mountPath: /lost }] }
`
  it('a claim keeps its data when its pod goes, an emptyDir does not', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    await cluster.apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---${user}`)
    await cluster.settle()
    for (const folder of ['kept', 'lost'])
      expect(cluster.exec('user', ['sh', '-c', `echo here > /${folder}/file`]).code).toBe(0)
    expect(cluster.exec('user', ['cat', '/lost/file']).stdout).toBe('here\n')
    await cluster.delete('Pod', 'user')
    await cluster.settle()
    await cluster.apply(user)
    await cluster.settle()
    expect(cluster.exec('user', ['cat', '/kept/file']).stdout).toBe('here\n')
    expect(cluster.exec('user', ['cat', '/lost/file'])).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('a HorizontalPodAutoscaler', () => {
  it('follows the load up and down', async () => {
    await using cluster = await createCluster({ nodes: 3, seed: 7, scripts: { 'nginx:*': 'cpu 10m per request' } })
    await cluster.apply(article)
    await cluster.patch('Deployment', name, {
      spec: {
        replicas: 1,
        template: { spec: { containers: [{ name: 'nginx', resources: { requests: { cpu: '200m' } } }] } },
      },
    })
    await cluster.apply(`
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: nginx }, ports: [{ port: 80 }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  minReplicas: 1
  maxReplicas: 10
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
`)
    await cluster.settle()
    cluster.network.load('http://web', { requestsPerSecond: 60 }) // 600m in all: six pods at 50 % of 200m
    await cluster.advance('10m')
    expect(deployment(cluster).spec.replicas).toBe(6)
    expect(ready(cluster)).toHaveLength(6)
    cluster.network.load('http://web', { requestsPerSecond: 0 })
    await cluster.advance('20m')
    expect(deployment(cluster).spec.replicas).toBe(1)
  })
})

describe('forks and equal runs', () => {
  it('a fork in the middle of a rollout is equal, then goes its own way and leaves the original alone', async () => {
    await using cluster = await withArticle()
    await cluster.patch('Deployment', name, image('nginx:latest'))
    await cluster.advance('1s')
    const before = cluster.hash()
    await using fork = cluster.fork()
    expect([cluster.hash(), fork.hash()]).toEqual([before, before])
    await fork.patch('Deployment', name, image('nginx:1.161'))
    await fork.advance('10m')
    expect(cluster.hash()).toBe(before)
    expect(deployment(fork).status.updatedReplicas).toBe(1)
    expect(ready(fork)).toHaveLength(3)
    await cluster.settle()
    expect(imagesOf(cluster)).toEqual(Array(3).fill('nginx:latest'))
    expect(imagesOf(fork)).toContain('nginx:1.14.2')
  })

  it('a fork that does the same comes out the same', async () => {
    await using cluster = await withArticle()
    await cluster.patch('Deployment', name, image('nginx:latest'))
    await cluster.advance('1s')
    await using fork = cluster.fork()
    const hashes = await Promise.all([cluster, fork].map(chained))
    expect(hashes[0]).toBe(hashes[1])
    expect(fork.hash()).toBe(cluster.hash())
  })

  /** A chain of digests over every write of a rollback and a node's death. */
  async function chained(cluster: Cluster): Promise<string> {
    let chain = ''
    cluster.transition$.subscribe((committed) => {
      chain = digest(committed, chain)
    })
    await cluster.settle()
    await cluster.apply(article)
    await cluster.settle()
    cluster.fault({ kill: 'node-2' })
    await cluster.advance('10m')
    expect(chain).not.toBe('')
    return chain
  }

  it('the same seed gives the same bytes twice, another seed other names', async () => {
    const run = async (seed: number) => {
      await using cluster = await createCluster({ nodes: 3, seed })
      const chain = await chained(cluster)
      return { chain, names: ready(cluster).map((pod) => pod.metadata.name) }
    }
    const [first, again, other] = [await run(7), await run(7), await run(8)]
    expect(again).toEqual(first)
    expect(other.chain).not.toBe(first.chain)
    expect(other.names.filter((one) => first.names.includes(one))).toEqual([])
  })
})

describe('actors', () => {
  it("XState's waitFor waits for a pod", async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    const spec = { containers: [{ name: 'c', image: 'app:1' }] }
    await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec })
    const actor = cluster.actor('Pod', 'one')
    expect(actor.getSnapshot().matches('running')).toBe(false)
    const running = waitFor(actor as unknown as Parameters<typeof waitFor>[0], (snapshot) =>
      (snapshot as ReturnType<typeof actor.getSnapshot>).matches('running'),
    )
    await cluster.settle()
    expect((await running).status).toBe('active')
  })

  it('all of them are inspected', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    const seen = new Map<string, Set<string>>()
    cluster.inspect(({ type, actorRef }) => {
      seen.set(type, (seen.get(type) ?? new Set()).add(actorRef.id))
    })
    await cluster.apply(article)
    await cluster.settle()
    const [pod] = cluster.list('Pod')
    const [set] = cluster.list('ReplicaSet')
    const born = [
      `deployments.apps/default/${name}`,
      `replicasets.apps/default/${set?.metadata.name}`,
      `pods/default/${pod?.metadata.name}`,
      `pods/default/${pod?.metadata.name}/nginx`,
    ]
    for (const id of born) {
      expect(seen.get('@xstate.actor')).toContain(id)
      expect(seen.get('@xstate.snapshot')).toContain(id)
    }
    for (const id of ['scheduler', 'kubelet', 'controller/deployment', 'controller/replicaset', 'lives'])
      expect(seen.get('@xstate.event')).toContain(id)
  })
})

describe('own controllers', () => {
  const Widget = defineKind({
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: true,
  })

  it('that throw are reported, and the cluster lives on', async () => {
    await using cluster = await createCluster({ nodes: 1, seed: 7 })
    const troubles: string[] = []
    cluster.trouble$.subscribe(({ by, key, error }) => troubles.push(`${by} ${key} ${error}`))
    const broken = controller({
      name: 'broken',
      of: Widget,
      reconcile: () => {
        throw new Error('no idea')
      },
    })
    cluster.use(Widget, broken)
    await cluster.apply([{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } }, article])
    await cluster.until((c) => c.get('Deployment', name)?.status?.readyReplicas === 3, { within: '1m' })
    expect(new Set(troubles)).toEqual(new Set(['controller/broken default/a no idea']))
    expect(troubles.length).toBeGreaterThan(3) // backed off and tried again
    expect(troubles.length).toBeLessThan(20)
  })
})
