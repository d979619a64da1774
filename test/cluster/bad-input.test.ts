/** What a program may get wrong: refused with a code, nothing written. */
import { expect, it } from 'vitest'
import { controller, createCluster, defineKind } from '../../src/index.ts'

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
const circular: Record<string, unknown> = { ...configMap }
circular.data = circular

const manifests: [string, unknown, string][] = [
  ['nothing', undefined, 'KYB-MANIFEST'],
  ['null', null, 'KYB-MANIFEST'],
  ['a number', 5, 'KYB-MANIFEST'],
  ['words', 'hello', 'KYB-MANIFEST'],
  ['a cycle', circular, 'KYB-MANIFEST'],
  [
    'an alias of its own parent',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: &m { name: a, labels: *m }',
    'KYB-MANIFEST',
  ],
  ['a BigInt', { ...configMap, data: { a: 1n } }, 'KYB-MANIFEST'],
  ['a bad second document', `${JSON.stringify(configMap)}\n---\nfoo: [1,\n`, 'KYB-YAML'],
  ['a bad second object', [configMap, { foo: 1 }], 'KYB-MANIFEST'],
  ['an unknown kind', { ...configMap, kind: '__proto__' }, 'KYB-KIND'],
]

it.each(manifests)('apply: %s', async (_, manifest, code) => {
  await using cluster = await createCluster({ nodes: 1 })
  const { revision } = cluster.snapshot
  await expect(cluster.apply(manifest as never)).rejects.toMatchObject({ code })
  expect(cluster.snapshot.revision).toBe(revision)
})

it('apply: nothing to apply is nothing applied', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  expect(await cluster.apply('')).toEqual([])
  expect(await cluster.apply('# words\n---\n---\n')).toEqual([])
  const text = `\n---\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [configMap] })}`
  expect((await cluster.apply(text)).map((one) => one.metadata.name)).toEqual(['a'])
})

it('writes of unknown sorts and to unknown subresources', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(configMap)
  const { revision } = cluster.snapshot
  const ref = { resource: 'configmaps', namespace: 'default', name: 'a' }
  const patch = { data: { a: 'b' } }
  expect(await cluster.dispatch({ type: 'nope', ref } as never)).toMatchObject({ ok: false, error: { code: 400 } })
  await expect(cluster.patch('ConfigMap', 'a', patch, { type: 'nope' as never })).rejects.toMatchObject({ code: 415 })
  await expect(cluster.patch('ConfigMap', 'a', patch, { subresource: 'nope' })).rejects.toMatchObject({ code: 404 })
  await expect(cluster.patch('ConfigMap', 'a', patch, { subresource: 'status' })).rejects.toMatchObject({ code: 404 })
  expect(cluster.snapshot.revision).toBe(revision)
})

it.each([
  null,
  'kill',
  {},
  { melt: 'node-1' },
  { kill: undefined },
  { kill: 'node-9' },
  { kill: 'node-1', crash: 'x' },
])('fault: %j', async (fault) => {
  await using cluster = await createCluster({ nodes: 1 })
  expect(() => cluster.fault(fault as never)).toThrow(expect.objectContaining({ code: 'KYB-FAULT' }))
  expect(cluster.actor('Node', 'node-1').getSnapshot().matches('ready')).toBe(true)
})

it.each([
  [{ seed: 1.5 }, 'KYB-SEED'],
  [{ seed: Number.NaN }, 'KYB-SEED'],
  [{ history: -1 }, 'KYB-HISTORY'],
  [{ nodes: 'three' }, 'KYB-NODES'],
  [{ nodes: [{ name: 'A b' }] }, 'KYB-NODES'],
  [{ nodes: [{ name: 'a' }, { name: 'a' }] }, 'KYB-NODES'],
  [{ start: Number.NaN }, 'KYB-START'],
  [{ time: '0x' }, 'KYB-TIME'],
])('createCluster: %j', async (options, code) => {
  await expect(createCluster(options as never)).rejects.toMatchObject({ code })
})

it('list: a field label nobody knows, even when there is nothing to look at', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  expect(() => cluster.list('Pod', { fieldSelector: 'spec.no=1' })).toThrow('KYB-FIELD')
})

it('use: a name that is taken', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const Own = defineKind({ group: 'example.com', version: 'v1', kind: 'Own', plural: 'owns', namespaced: true })
  const own = (name: string) => controller({ name, of: Own, reconcile: () => [] })
  cluster.use(Own, own('mine'))
  expect(() => cluster.use(own('mine'))).toThrow('KYB-AGENT')
  expect(() => cluster.use(own('deployment'))).toThrow('KYB-AGENT')
  for (const wrong of [null, {}, 'deployment']) expect(() => cluster.use(wrong as never)).toThrow('KYB-USE')
})
