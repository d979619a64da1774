/** Aggregated ClusterRoles follow the roles they select. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'

const role = (name: string, more: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  rules: [],
  ...more,
})
const rule = { apiGroups: ['example.com'], resources: ['things'], verbs: ['get'] }
const label = 'rbac.authorization.k8s.io/aggregate-to-view'

test('rules come and go with the label, through roles that are aggregated themselves', async () => {
  const cluster = await createCluster()
  const grants = (name: string): boolean =>
    cluster.get('clusterrole', name)?.rules.some((one: typeof rule) => one.apiGroups[0] === 'example.com')
  await cluster.apply(role('things', { metadata: { name: 'things', labels: { [label]: 'true' } }, rules: [rule] }))
  await cluster.settle()
  expect(['view', 'edit', 'admin'].map(grants)).toEqual([true, true, true])
  const managers = cluster.get('clusterrole', 'view')?.metadata.managedFields as { manager: string }[]
  expect(managers.map(({ manager }) => manager)).toContain('clusterrole-aggregation-controller')
  await cluster.patch('clusterrole', 'things', { metadata: { labels: { [label]: null } } })
  await cluster.settle()
  expect(['view', 'edit', 'admin'].map(grants)).toEqual([false, false, false])
})

test('what somebody writes into an aggregated role does not stay', async () => {
  const cluster = await createCluster()
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { 'example.com/sum': 'true' } }] }
  await cluster.apply(role('sum', { aggregationRule, rules: [rule] }))
  await cluster.settle()
  expect(cluster.get('clusterrole', 'sum')?.rules).toEqual([])
})
