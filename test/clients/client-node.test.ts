/** What the JavaScript client does with objects: the typed calls, apply, paging, watches and informers. */
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

/** How many changes the server keeps at least; twice as many at most. */
const history = 100
let cluster: Cluster
let server: ApiEndpoint
let namespace = ''
let tests = 0
const config = new KubeConfig()
let core: CoreV1Api
let apps: AppsV1Api

beforeAll(async () => {
  cluster = await createCluster({ time: 'eager', nodes: 2, history })
  server = await serve(cluster)
  config.loadFromString(server.kubeconfig)
  core = config.makeApiClient(CoreV1Api)
  apps = config.makeApiClient(AppsV1Api)
})
beforeEach(async () => {
  namespace = `test-${++tests}`
  await core.createNamespace({ body: { metadata: { name: namespace } } })
})
afterAll(async () => {
  await server.close()
  await cluster.close()
})

const settings = (name: string, data: Record<string, string> = {}): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { set: 'mine' } },
  data,
})
const stored = (name: string) => cluster.get('ConfigMap', name, namespace)

/** What was told so far, and a promise of the moment when it holds. */
function told<T>() {
  const all: T[] = []
  const waiting = new Set<() => void>()
  return {
    all,
    add(one: T): void {
      all.push(one)
      for (const look of waiting) look()
    },
    until: (holds: (all: T[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (holds(all)) resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

describe('typed calls', () => {
  test('create, read, replace, delete; a lost race and a missing object are errors with a Status', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: settings('one', { a: '1' }) })
    expect(made.metadata).toMatchObject({ name: 'one', namespace, creationTimestamp: expect.any(Date) })
    await core.replaceNamespacedConfigMap({ name: 'one', namespace, body: { ...made, data: { a: '2' } } })
    expect(stored('one')?.data).toEqual({ a: '2' })
    const lost = core.replaceNamespacedConfigMap({ name: 'one', namespace, body: { ...made, data: { a: '3' } } })
    await expect(lost).rejects.toMatchObject({ code: 409, body: expect.stringContaining('"reason":"Conflict"') })
    expect(await core.deleteNamespacedConfigMap({ name: 'one', namespace })).toMatchObject({ status: 'Success' })
    expect(stored('one')).toBeUndefined()
    await expect(core.readNamespacedConfigMap({ name: 'one', namespace })).rejects.toMatchObject({ code: 404 })
  })

  test('lists come in pages that hold together', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await core.createNamespacedConfigMap({ namespace, body: settings(name) })
    const names: unknown[][] = []
    let next: string | undefined
    do {
      const page = await core.listNamespacedConfigMap({
        namespace,
        labelSelector: 'set=mine',
        limit: 2,
        ...(next === undefined ? {} : { _continue: next }),
      })
      names.push(page.items.map(({ metadata }) => metadata?.name))
      next = page.metadata?._continue
      if (names.length === 1) await core.createNamespacedConfigMap({ namespace, body: settings('bb') })
    } while (next)
    expect(names).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('patches are read as their content type says', async () => {
    await core.createNamespacedConfigMap({ namespace, body: settings('one', { a: '1', b: '2' }) })
    const patch = (body: object, type: string) =>
      core.patchNamespacedConfigMap({ name: 'one', namespace, body }, setHeaderOptions('Content-Type', type))
    await patch([{ op: 'replace', path: '/data/a', value: '3' }], PatchStrategy.JsonPatch)
    await patch({ data: { b: null } }, PatchStrategy.MergePatch)
    await patch({ data: { c: '4' } }, PatchStrategy.StrategicMergePatch)
    expect(stored('one')?.data).toEqual({ a: '3', c: '4' })
  })

  test('a Deployment comes up and is scaled', async () => {
    const labels = { app: 'web' }
    const body: V1Deployment = {
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
      },
    }
    await apps.createNamespacedDeployment({ namespace, body })
    await cluster.settle()
    const up = await apps.readNamespacedDeployment({ name: 'web', namespace })
    expect(up.status).toMatchObject({ replicas: 2, readyReplicas: 2, availableReplicas: 2 })
    const scale = await apps.readNamespacedDeploymentScale({ name: 'web', namespace })
    scale.spec = { replicas: 3 }
    await apps.replaceNamespacedDeploymentScale({ name: 'web', namespace, body: scale })
    await cluster.settle()
    const { items } = await core.listNamespacedPod({ namespace, fieldSelector: 'status.phase=Running' })
    expect(items).toHaveLength(3)
  })
})

test('server-side apply keeps what others own and refuses to take it without force', async () => {
  const objects = KubernetesObjectApi.makeApiClient(config)
  const apply = (spec: V1ConfigMap, manager: string, force?: boolean) =>
    objects.patch(spec as never, undefined, undefined, manager, force, PatchStrategy.ServerSideApply)
  await apply(settings('one', { a: '1' }), 'first')
  await apply(settings('one', { b: '2' }), 'second')
  expect(stored('one')?.data).toEqual({ a: '1', b: '2' })
  await expect(apply(settings('one', { a: '9' }), 'second')).rejects.toMatchObject({ code: 409 })
  await apply(settings('one', { a: '9' }), 'second', true)
  expect(stored('one')?.data).toEqual({ a: '9' })
  const read = await objects.read({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace } })
  expect(read.metadata?.managedFields?.map(({ manager }) => manager)).toContain('second')
})

test('Watch tells of every change after a version and ends when it is aborted', async () => {
  const { metadata } = await core.listNamespacedConfigMap({ namespace })
  const events = told<string>()
  const ended = told<unknown>()
  const seen = (phase: string, object: V1ConfigMap) => {
    if (phase !== 'BOOKMARK') events.add(`${phase} ${object.metadata?.name} ${object.data?.a}`)
  }
  const query = { resourceVersion: metadata?.resourceVersion, labelSelector: 'set=mine', allowWatchBookmarks: true }
  const watch = await new Watch(config).watch(`/api/v1/namespaces/${namespace}/configmaps`, query, seen, ended.add)
  const made = await core.createNamespacedConfigMap({ namespace, body: settings('one', { a: '1' }) })
  await core.replaceNamespacedConfigMap({ name: 'one', namespace, body: { ...made, data: { a: '2' } } })
  await core.deleteNamespacedConfigMap({ name: 'one', namespace })
  await events.until((all) => all.length === 3)
  expect(events.all).toEqual(['ADDED one 1', 'MODIFIED one 2', 'DELETED one 2'])
  watch.abort()
  await ended.until((all) => all.length === 1)
})

test('an informer lists, follows, and lists again when its version is too old', async () => {
  const old = (await core.listNamespacedConfigMap({ namespace })).metadata?.resourceVersion as string
  for (let at = 0; at < 2 * history; at++)
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'busy', namespace },
      data: { at: `${at}` },
    })
  let lists = 0
  const list = async () => {
    const all = await core.listNamespacedConfigMap({ namespace, labelSelector: 'set=mine' })
    if (lists++ === 0 && all.metadata !== undefined) all.metadata.resourceVersion = old
    return all
  }
  const events = told<string>()
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'set=mine')
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, ({ metadata }) => events.add(`${verb} ${metadata?.name}`))
  const failures: unknown[] = []
  informer.on('error', (error) => failures.push(error))
  const made = await core.createNamespacedConfigMap({ namespace, body: settings('one', { a: '1' }) })
  await informer.start()
  await events.until((all) => all.includes('add one'))
  await core.replaceNamespacedConfigMap({ name: 'one', namespace, body: { ...made, data: { a: '2' } } })
  await events.until((all) => all.includes('update one'))
  await core.createNamespacedConfigMap({ namespace, body: settings('two') })
  await core.deleteNamespacedConfigMap({ name: 'one', namespace })
  await events.until((all) => all.includes('delete one'))
  expect([lists, failures]).toEqual([2, []])
  expect(informer.list(namespace).map(({ metadata }) => metadata?.name)).toEqual(['two'])
  await informer.stop()
})
