/** Writes that wait for answers from outside: requests and controllers' writes, forks, changes meanwhile, closing. */
import { describe, expect, it } from 'vitest'
import { type ClusterOptions, createCluster, StatusError, type WebhookFunction } from '../../src/index.ts'

interface Review {
  readonly request: { readonly object: { metadata: { name?: string; annotations?: Record<string, string> } } }
}

const configuration = (kind: 'Mutating' | 'Validating', resources = 'pods', more = '') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}WebhookConfiguration
metadata: { name: ${kind.toLowerCase()} }
webhooks:
  - name: ${kind.toLowerCase()}.example.com
    clientConfig: { url: 'https://hooks.example.com/' }
    rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [${resources}] }]
    sideEffects: None
    admissionReviewVersions: [v1]
    ${more}
`

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
`

const label = [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }]
const labelled: WebhookFunction = () => ({ allowed: true, patch: label })
const later: WebhookFunction = async (review) => labelled(review)

async function clusterWith(mutating: WebhookFunction, options: ClusterOptions = {}) {
  const cluster = await createCluster({ nodes: 1, webhooks: { 'mutating.example.com': mutating }, ...options })
  await cluster.apply(configuration('Mutating'))
  return cluster
}

/** A function whose answers are given by hand. */
function slow(answer: (review: Review) => unknown) {
  const waiting: (() => void)[] = []
  const hook: WebhookFunction = (review) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(answer(review as unknown as Review)))
    })
  return { hook, waiting }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, labels: { x: y } }'

describe("controllers' writes", () => {
  for (const [how, hook] of [
    ['at once', labelled],
    ['later', later],
  ] as const)
    it(`pass a webhook that answers ${how}`, async () => {
      await using cluster = await clusterWith(hook)
      await cluster.apply(deployment)
      await cluster.settle()
      const pods = cluster.list('Pod')
      expect(pods.map((pod) => [pod.metadata.labels?.seen, pod.status?.phase])).toEqual([
        ['yes', 'Running'],
        ['yes', 'Running'],
        ['yes', 'Running'],
      ])
    })

  it('are told as the service accounts and nodes they come from', async () => {
    const users = new Set<string>()
    await using cluster = await clusterWith((review) => {
      users.add((review as unknown as { request: { userInfo: { username: string } } }).request.userInfo.username)
      return { allowed: true }
    })
    await cluster.apply(deployment)
    await cluster.settle()
    expect([...users]).toEqual(['system:serviceaccount:kube-system:replicaset-controller'])
  })

  it('are refused, told and tried again', async () => {
    let refuse = true
    await using cluster = await clusterWith(async () =>
      refuse ? { allowed: false, status: { message: 'not yet' } } : { allowed: true },
    )
    const troubles: string[] = []
    cluster.trouble$.subscribe(({ error }) => troubles.push(error))
    await cluster.apply(deployment)
    await cluster.advance('1s')
    expect(cluster.list('Pod')).toEqual([])
    expect(troubles[0]).toContain('admission webhook "mutating.example.com" denied the request: not yet')
    refuse = false
    await cluster.settle()
    expect(cluster.list('Pod')).toHaveLength(3)
  })

  it('give the same cluster for the same seed, however the answers come', async () => {
    const hashes = await Promise.all(
      [labelled, later, later].map(async (hook) => {
        await using cluster = await clusterWith(hook, { seed: 5 })
        await cluster.apply(deployment)
        await cluster.settle()
        return cluster.hash()
      }),
    )
    expect(new Set(hashes).size).toBe(1)
  })
})

describe('a write that waits', () => {
  it('holds the time of the cluster, and nobody else', async () => {
    const { hook, waiting } = slow(() => ({ allowed: true, patch: label }))
    await using cluster = await createCluster({ nodes: 0, webhooks: { 'mutating.example.com': hook } })
    await cluster.apply(configuration('Mutating', 'configmaps'))
    const applied = cluster.apply(configMap)
    const settled = cluster.settle()
    await cluster.apply('apiVersion: v1\nkind: Namespace\nmetadata: { name: other }')
    await turn()
    expect(cluster.get('ConfigMap', 'a')).toBeUndefined()
    expect(cluster.get('Namespace', 'other')).toBeDefined()
    for (const answer of waiting) answer()
    await applied
    expect(cluster.get('ConfigMap', 'a')?.metadata.labels).toEqual({ x: 'y', seen: 'yes' })
    for (let turns = 0; turns < 20; turns++) {
      await turn()
      for (const answer of waiting) answer()
    }
    await settled
  })

  it('waits in a fork too, which asks for itself', async () => {
    const { hook, waiting } = slow(() => ({ allowed: true, patch: label }))
    const cluster = await createCluster({ nodes: 0, webhooks: { 'mutating.example.com': hook } })
    await cluster.apply(configuration('Mutating', 'configmaps'))
    const applied = cluster.apply(configMap)
    await turn()
    const fork = cluster.fork()
    const settled = fork.settle()
    for (let turns = 0; turns < 20; turns++) {
      await turn()
      for (const answer of waiting) answer()
    }
    await Promise.all([applied, settled])
    const uid = cluster.get('ConfigMap', 'a')?.metadata.uid
    expect(uid).toBeDefined()
    expect(fork.get('ConfigMap', 'a')?.metadata).toEqual(cluster.get('ConfigMap', 'a')?.metadata)
    await fork.close()
    await cluster.close()
  })

  it('is asked about again when the object changed meanwhile', async () => {
    const { hook, waiting } = slow(({ request }) => ({
      allowed: true,
      patch: [
        {
          op: 'add',
          path: '/data/seen',
          value: Object.keys((request.object as never as { data: object }).data).join(),
        },
      ],
    }))
    await using cluster = await createCluster({ nodes: 0, webhooks: { 'mutating.example.com': hook } })
    await cluster.apply(`${configMap}\ndata: { a: '1' }`)
    await cluster.apply(configuration('Mutating', 'configmaps'))
    const patched = cluster.patch('ConfigMap', 'a', { data: { b: '2' } })
    await turn()
    const other = cluster.patch('ConfigMap', 'a', { data: { c: '3' } })
    await turn()
    waiting[1]?.()
    await other
    waiting[0]?.()
    await turn()
    expect(waiting).toHaveLength(3)
    waiting[2]?.()
    await patched
    expect(cluster.get('ConfigMap', 'a')?.data).toEqual({ a: '1', b: '2', c: '3', seen: 'a,c,seen,b' })
  })

  it('is given up as a conflict when that goes on', async () => {
    const { hook, waiting } = slow(() => ({ allowed: true }))
    await using cluster = await createCluster({ nodes: 0, webhooks: { 'validating.example.com': hook } })
    await cluster.apply(`${configMap}\ndata: { a: '1' }`)
    const rule = "objectSelector: { matchLabels: { guarded: 'yes' } }"
    await cluster.apply(configuration('Validating', 'configmaps', rule))
    const patched = cluster
      .patch('ConfigMap', 'a', { metadata: { labels: { guarded: 'yes' } } })
      .catch((error) => error)
    await turn()
    for (let round = 0; round < 6; round++) {
      await cluster.patch('ConfigMap', 'a', { data: { a: String(round + 2) } })
      waiting.at(-1)?.()
      await turn()
    }
    const error = await patched
    expect(error).toBeInstanceOf(StatusError)
    expect((error as StatusError).reason).toBe('Conflict')
  })

  it('ends with the cluster', async () => {
    const { hook } = slow(() => ({ allowed: true }))
    const cluster = await createCluster({ nodes: 0, webhooks: { 'mutating.example.com': hook } })
    await cluster.apply(configuration('Mutating', 'configmaps'))
    const applied = cluster.apply(configMap).catch((error: Error) => error.message)
    await turn()
    await cluster.close()
    expect(await applied).toContain('the cluster is closed')
  })
})

it('a committed write carries the answers it was decided with', async () => {
  let asked = 0
  await using cluster = await clusterWith(() => {
    asked++
    return { allowed: true, patch: label }
  })
  const seen: unknown[] = []
  cluster.transition$.subscribe(({ transition }) => seen.push(transition.outside?.answers.map(({ body }) => body)))
  await cluster.apply(
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { a: b } }\nspec: { containers: [{ name: a, image: nginx }] }',
  )
  expect(asked).toBe(1)
  expect(seen[0]).toMatchObject([{ response: { allowed: true, patchType: 'JSONPatch' } }])
})
