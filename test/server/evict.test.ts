/** Evictions, answered as kube-apiserver 1.36 answers them. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { type Cluster, createCluster, handle } from '../../src/index.ts'

const pod = (name: string, more = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {app: w}}, spec: {containers: [{name: c, image: nginx}]${more}}}\n---\n`
const budget = (spec: string) =>
  `{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: p}, spec: {${spec}, selector: {matchLabels: {app: w}}}}\n`

interface Answer {
  readonly code: number
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly message: string }[]; readonly retryAfterSeconds?: number }
}

async function evicted(cluster: Cluster, name: string, body: object = {}, query = ''): Promise<Answer> {
  const url = `https://x/api/v1/namespaces/default/pods/${name}/eviction${query}`
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...body }
  const headers = { 'content-type': 'application/json' }
  return (await handle(cluster, new Request(url, { method: 'POST', headers, body: JSON.stringify(eviction) }))).json()
}

let cluster: Cluster
const stored = (name: string) => cluster.get('Pod', name) as KubeObject
const status = () => (cluster.get('PodDisruptionBudget', 'p') as KubeObject).status
const goes = (name: string) => stored(name).metadata.deletionTimestamp !== undefined

beforeEach(async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply(pod('a') + pod('b') + budget('minAvailable: 1'))
  await cluster.settle()
  return () => cluster.close()
})

describe('an eviction', () => {
  it('takes its disruption, marks the pod and deletes it', async () => {
    expect(await evicted(cluster, 'a')).toMatchObject({ code: 201 })
    expect(goes('a')).toBe(true)
    expect(stored('a').status.conditions.at(-1)).toMatchObject({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
    expect(status()).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'InsufficientPods' }],
    })
    const answer = await evicted(cluster, 'b')
    expect(answer.code).toBe(429)
    expect(answer.details).toMatchObject({ causes: [{ reason: 'DisruptionBudget' }] })
    expect(goes('b')).toBe(false)
  })

  it.each([
    ['in the body', { deleteOptions: { dryRun: ['All'] } }, ''],
    ['in the query', {}, '?dryRun=All'],
  ])('that is a dry run changes nothing (%s)', async (_where, body, query) => {
    const before = cluster.hash()
    expect(await evicted(cluster, 'a', body, query)).toMatchObject({ code: 201 })
    expect(cluster.hash()).toBe(before)
  })

  it.each([
    [{ metadata: {} }, 400, 'name in URL does not match name in Eviction object'],
    [{ metadata: { name: 'b' } }, 400, 'name in URL does not match name in Eviction object'],
    [
      { metadata: { name: 'a', namespace: 'other' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      { deleteOptions: { dryRun: ['Some'] } },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    ],
  ])('that is not about the pod is refused: %o', async (body, code, message) => {
    expect(await evicted(cluster, 'a', body)).toMatchObject({ code, message })
    expect(goes('a')).toBe(false)
  })

  it('of another version of the pod is refused', async () => {
    const answer = await evicted(cluster, 'a', { deleteOptions: { preconditions: { resourceVersion: '1' } } })
    expect(answer.code).toBe(409)
    expect(answer.message).toContain('the ResourceVersion in the precondition (1) does not match')
    expect(goes('a')).toBe(false)
  })
})

describe('a budget that has nothing to give says why', () => {
  const says = async (change: object): Promise<unknown> => {
    cluster.fault({ crash: 'pod-disruption-budget' })
    await cluster.dispatch({
      type: 'patch',
      ref: { resource: 'poddisruptionbudgets.policy', namespace: 'default', name: 'p' },
      patchType: 'merge',
      patch: { status: { disruptionsAllowed: 0, ...change } },
      subresource: 'status',
      trusted: true,
    })
    return (await evicted(cluster, 'a')).details
  }
  const because = (message: string, more = {}) => ({ causes: [{ reason: 'DisruptionBudget', message }], ...more })
  const denied = (reason: string, message: string) => ({
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason, message, lastTransitionTime: null }],
  })

  it.each([
    [{ currentHealthy: 1 }, because('The disruption budget p needs 1 healthy pods and has 1 currently')],
    [
      denied('SyncFailed', 'oops'),
      because('The disruption budget p does not allow evicting pods currently because it failed sync: oops'),
    ],
    [denied('Other', 'why'), because('The disruption budget p does not allow evicting pods currently (Other): why')],
    [denied('Other', ''), because('The disruption budget p does not allow evicting pods currently')],
    [
      { observedGeneration: 0 },
      because('The disruption budget p is still being processed by the server.', { retryAfterSeconds: 10 }),
    ],
  ])('%o', async (change, details) => {
    expect(await says(change)).toEqual(details)
  })
})
