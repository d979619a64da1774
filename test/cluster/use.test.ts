/** Controllers and kinds of the embedding program: added at run time, failing, forked. */
import { expect, it } from 'vitest'
import { controller, createCluster, defineKind } from '../../src/index.ts'

const Greeting = defineKind({
  group: 'example.com',
  version: 'v1',
  kind: 'Greeting',
  plural: 'greetings',
  namespaced: true,
})
const greeting = (name: string) => ({
  apiVersion: 'example.com/v1',
  kind: 'Greeting',
  metadata: { name },
  spec: { to: 'you' },
})

/** Writes a ConfigMap for every Greeting. */
const greeter = controller({
  name: 'greeter',
  of: Greeting,
  reconcile(view, key) {
    const [namespace = '', name = ''] = key.split('/')
    const found = view.get(Greeting, namespace, name)
    if (found === undefined || view.get('configmaps', namespace, name) !== undefined) return []
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { hello: String(found.spec.to) } }
    return [{ type: 'create', resource: 'configmaps', namespace, object }]
  },
})

it('runs beside the others, and in forks', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  cluster.use(Greeting, greeter)
  await cluster.apply(greeting('one'))
  await cluster.settle()
  expect(cluster.get('ConfigMap', 'one')?.data).toEqual({ hello: 'you' })
  const other = cluster.fork().fork()
  await other.apply(greeting('two'))
  await other.settle()
  expect(other.get('ConfigMap', 'two')?.data).toEqual({ hello: 'you' })
  expect(cluster.get('ConfigMap', 'two')).toBeUndefined()
  await other.close()
})

it('that throws is reported and backed off, and the cluster lives on', async () => {
  const broken = controller({
    name: 'broken',
    of: Greeting,
    reconcile() {
      throw new Error('no idea')
    },
  })
  await using cluster = await createCluster({ nodes: 1, kinds: [Greeting], controllers: [broken, greeter] })
  const troubles: string[] = []
  cluster.trouble$.subscribe(({ by, key, error }) => troubles.push(`${by} ${key} ${error}`))
  await cluster.apply(greeting('one'))
  await cluster.settle()
  expect(cluster.get('ConfigMap', 'one')).toBeDefined()
  expect(new Set(troubles)).toEqual(new Set(['controller/broken default/one no idea']))
  expect(troubles.length).toBeGreaterThan(5)
  expect(troubles.length).toBeLessThan(30)
  expect(cluster.actor('Controller', 'broken').getSnapshot().value).toBe('backingOff')
})

it('a failing pull and a crashing container do not keep settle waiting', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const pod = (name: string, image: string, script: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'kybern.dev/script': script } },
    spec: { containers: [{ name: 'c', image }] },
  })
  await cluster.apply([pod('absent', 'absent:1', 'pull fails'), pod('boom', 'boom:1', 'exit 1 after 1s')])
  const before = cluster.now.getTime()
  await cluster.settle()
  expect(cluster.now.getTime() - before).toBeLessThan(60_000)
  const reason = (name: string) => cluster.get('Pod', name)?.status.containerStatuses[0].state.waiting?.reason
  expect(reason('boom')).toBe('CrashLoopBackOff')
  expect(['ErrImagePull', 'ImagePullBackOff']).toContain(reason('absent'))
})

it('children of own kinds go with their owners, and namespaces with own objects empty themselves', async () => {
  const child = controller({
    name: 'child',
    of: Greeting,
    owns: [defineKind({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true })],
    reconcile(view, key) {
      const [namespace = '', name = ''] = key.split('/')
      const found = view.get(Greeting, namespace, name)
      if (found === undefined || view.get('configmaps', namespace, name) !== undefined) return []
      const owner = { apiVersion: Greeting.apiVersion, kind: 'Greeting', name, uid: found.metadata.uid ?? '' }
      const metadata = { name, ownerReferences: [{ ...owner, controller: true }] }
      return [
        {
          type: 'create',
          resource: 'configmaps',
          namespace,
          object: { apiVersion: 'v1', kind: 'ConfigMap', metadata },
        },
      ]
    },
  })
  for (const given of [true, false]) {
    const options = given ? { nodes: 1, kinds: [Greeting], controllers: [child] } : { nodes: 1 }
    await using original = await createCluster(options)
    if (!given) original.use(Greeting, child)
    await using cluster = original.fork()
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
    const inTeam = { ...greeting('two'), metadata: { name: 'two', namespace: 'team' } }
    await cluster.apply([greeting('one'), inTeam])
    await cluster.settle()
    await cluster.delete('ConfigMap', 'one')
    await cluster.settle()
    expect(cluster.get('ConfigMap', 'one'), 'made again').toBeDefined()
    await cluster.delete('Greeting', 'one')
    await cluster.delete('Namespace', 'team')
    await cluster.settle()
    expect(cluster.get('ConfigMap', 'one'), 'collected').toBeUndefined()
    expect(cluster.get('Namespace', 'team'), 'gone').toBeUndefined()
    expect(cluster.list('Greeting', { namespace: '*' })).toEqual([])
  }
})
