/** One stored kind at several group versions, against what a real kube-apiserver 1.36 answered to the same requests. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCluster, defineKind } from '../../src/index.ts'
import { ask } from '../support/requests.ts'

interface Exchange {
  readonly method: string
  readonly path: string
  readonly type?: string
  readonly body?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: recorded JSON
  readonly answer: any
}

const url = new URL('../../fixtures/wire/kubernetes-1.36/served-versions.json', import.meta.url)
const { exchanges } = JSON.parse(readFileSync(url, 'utf8')) as { exchanges: readonly Exchange[] }

type Part = Readonly<Record<string, unknown>>

/** Go writes empty values for fields that are absent here. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).map(([key, item]) => [key, compact(item)] as const)
  const isEmpty = (item: unknown): boolean =>
    item === null || item === 0 || item === '' || (typeof item === 'object' && Object.keys(item as object).length === 0)
  return Object.fromEntries(kept.filter(([, item]) => !isEmpty(item)))
}

function bare(answer: Part): unknown {
  if (answer.kind === 'Status') {
    const { uid: _uid, ...details } = (answer.details ?? {}) as Part
    return { ...answer, ...(answer.details === undefined ? {} : { details }) }
  }
  const { metadata, ...rest } = answer as { metadata: Part; spec: unknown }
  const { name, annotations, managedFields = [] } = metadata as { managedFields?: readonly Part[] } & Part
  const managers = managedFields.map((one) => [one.manager, one.operation, one.apiVersion, one.fieldsV1])
  const named = annotations === undefined ? { name } : { name, annotations }
  return compact({ ...rest, metadata: named, managers })
}

test('requests in several versions are answered as Kubernetes answers them', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  cluster.fault({ crash: 'horizontal-pod-autoscaler' })
  for (const { method, path, body, type, answer } of exchanges) {
    const { body: got } = await ask(cluster, method, path, { body, ...(type === undefined ? {} : { type }) })
    const expected = answer.kind === 'Status' ? answer : compact(answer)
    expect({ method, path, got: bare(got) }).toEqual({ method, path, got: expected })
  }
})

test('lists, tables and watches are in the version asked for', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  await cluster.apply(exchanges[0]?.body as object)
  const v1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
  const list = await ask(cluster, 'GET', v1)
  expect(list.body).toMatchObject({ kind: 'HorizontalPodAutoscalerList', apiVersion: 'autoscaling/v1' })
  expect(list.body.items[0].spec).toMatchObject({ targetCPUUtilizationPercentage: 70 })
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const [one, two] = await Promise.all(
    ['v1', 'v2'].map((version) => ask(cluster, 'GET', `${v1.replace('v1', version)}?includeObject=Object`, { accept })),
  )
  expect(one?.body.rows[0].cells).toEqual(two?.body.rows[0].cells)
  expect([one?.body.rows[0].object.apiVersion, two?.body.rows[0].object.apiVersion]).toEqual([
    'autoscaling/v1',
    'autoscaling/v2',
  ])
})

test('clusters read and write by version', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const spec = { scaleTargetRef, maxReplicas: 4, targetCPUUtilizationPercentage: 50 }
  const manifest = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec,
  }
  const [applied] = await cluster.apply(manifest)
  expect(applied).toMatchObject({ apiVersion: 'autoscaling/v1', spec })
  expect(cluster.get('hpa', 'web')).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { maxReplicas: 4 } })
  expect(cluster.get('hpa.v1.autoscaling', 'web')?.spec).toMatchObject({ targetCPUUtilizationPercentage: 50 })
  await cluster.apply({ ...manifest, spec: { scaleTargetRef, maxReplicas: 6 } })
  expect(cluster.list('horizontalpodautoscalers.v1.autoscaling')[0]?.spec).toMatchObject({ maxReplicas: 6 })
  const patched = await cluster.patch('hpa.v1.autoscaling', 'web', { spec: { targetCPUUtilizationPercentage: 20 } })
  expect(patched.spec).toMatchObject({ targetCPUUtilizationPercentage: 20 })
  const [metric] = cluster.get('hpa', 'web')?.spec.metrics ?? []
  expect(metric.resource.target).toEqual({ type: 'Utilization', averageUtilization: 20 })
})

test('a kind defined at run time may be stored in a version that is not served', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const same = (object: { readonly [field: string]: unknown }) => object as never
  const widget = defineKind({
    group: 'toys.dev',
    version: 'v1alpha1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: true,
    served: false,
    versions: ['v1beta1', 'v1'].map((version) => ({ version, toStorage: same, fromStorage: same })),
  })
  cluster.use(widget)
  const base = '/apis/toys.dev/v1/namespaces/default/widgets'
  const body = { apiVersion: 'toys.dev/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 1 } }
  expect((await ask(cluster, 'POST', base, { body })).body).toMatchObject({ apiVersion: 'toys.dev/v1' })
  expect((await ask(cluster, 'GET', `${base.replace('/v1/', '/v1beta1/')}/a`)).body.apiVersion).toBe('toys.dev/v1beta1')
  expect((await ask(cluster, 'GET', `${base.replace('/v1/', '/v1alpha1/')}/a`)).code).toBe(404)
  const group = await ask(cluster, 'GET', '/apis/toys.dev')
  expect(group.body.versions.map((one: { version: string }) => one.version)).toEqual(['v1', 'v1beta1'])
  expect(cluster.get('Widget', 'a')?.apiVersion).toBe('toys.dev/v1')
  await expect(cluster.apply({ ...body, apiVersion: 'toys.dev/v1alpha1' })).rejects.toMatchObject({ code: 'KYB-KIND' })
})
