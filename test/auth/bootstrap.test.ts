/** The roles and bindings every cluster begins with, against those of a kube-apiserver of 1.36. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bootstrapPolicy } from '../../src/api/rbac/policy.ts'
import { createCluster } from '../../src/index.ts'

interface Item {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}

const file = 'fixtures/wire/kubernetes-1.36/rbac-bootstrap.json'
const theirs = JSON.parse(readFileSync(file, 'utf8')) as Item[]
const aggregated = ['admin', 'edit', 'view']
const keyOf = ({ kind, metadata }: Item): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`

test('the default policy is that of a real server', () => {
  const ours = bootstrapPolicy().map((object) => {
    const { managedFields: _managed, ...metadata } = object.metadata
    return { ...object, metadata } as Item
  })
  const withoutRules = (items: readonly Item[]) =>
    items
      .map((item) =>
        item.kind === 'ClusterRole' && aggregated.includes(item.metadata.name) ? { ...item, rules: null } : item,
      )
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  expect(withoutRules(ours)).toEqual(withoutRules(theirs))
})

test('a cluster begins with it, and its aggregated roles have nothing left to do', async () => {
  const cluster = await createCluster()
  const view = cluster.get('clusterrole', 'view')
  expect(view?.metadata).toMatchObject({ resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' })
  expect(cluster.list('clusterroles').length).toBe(69)
  expect(cluster.list('clusterrolebindings').length).toBe(50)
  expect(cluster.list('rolebindings', { namespace: '*' }).length).toBe(7)
  await cluster.settle()
  expect(cluster.get('clusterrole', 'admin')?.metadata.resourceVersion).toBe('1')
  const may = (role: string): number => cluster.get('clusterrole', role)?.rules.length
  expect([may('view'), may('edit'), may('admin')]).toEqual(
    [may('view'), may('edit'), may('admin')].sort((a, b) => a - b),
  )
  expect(may('view')).toBeGreaterThan(5)
})

test('uids differ from object to object and from seed to seed', async () => {
  const uids = async (seed: number) =>
    (await createCluster({ seed })).list('clusterroles').map((one) => one.metadata.uid)
  const [one, two] = [await uids(1), await uids(2)]
  expect(new Set([...one, ...two]).size).toBe(one.length + two.length)
})
