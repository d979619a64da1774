/** Quotas in a running cluster: charged in the commit, counted anew when something goes, met by controllers. */
import { expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'

const quota = (hard: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: limits }
spec: { hard: ${hard} }
`

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 5
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
`

it('a controller makes as many pods in one turn as there is room for, and more when there is more', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('{ pods: "2" }'))
  await cluster.settle()
  const troubles: string[] = []
  cluster.trouble$.subscribe(({ error }) => troubles.push(error))
  await cluster.apply(deployment)
  await cluster.advance('1s')
  expect(cluster.list('Pod')).toHaveLength(2)
  expect(cluster.get('ResourceQuota', 'limits')?.status).toEqual({ hard: { pods: '2' }, used: { pods: '2' } })
  expect(troubles[0]).toMatch(
    /^pods "web-[a-z0-9]+-[a-z0-9]+" is forbidden: exceeded quota: limits, requested: pods=1, used: pods=2, limited: pods=2$/,
  )
  await cluster.apply(quota('{ pods: "4" }'))
  await cluster.until((c) => c.list('Pod').length === 4, { within: '20m' })
  expect(cluster.get('ResourceQuota', 'limits')?.status.used).toEqual({ pods: '4' })
})

it('what goes is given back', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('{ count/configmaps: "3", services: "1" }'))
  await cluster.settle()
  const used = () => cluster.get('ResourceQuota', 'limits')?.status.used
  expect(used()).toEqual({ 'count/configmaps': '1', services: '1' })
  const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }] }'
  await expect(cluster.apply(service)).rejects.toThrow(
    'services "a" is forbidden: exceeded quota: limits, requested: services=1, used: services=1, limited: services=1',
  )
  await cluster.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }')
  expect(used()).toEqual({ 'count/configmaps': '2', services: '1' })
  await cluster.delete('ConfigMap', 'a')
  await cluster.settle()
  expect(used()).toEqual({ 'count/configmaps': '1', services: '1' })
})

it('a refused or dry write charges nothing', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  await cluster.apply(quota('{ count/configmaps: "5" }'))
  await cluster.settle()
  const before = cluster.hash()
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } as never
  expect((await cluster.admit(object)).error).toBeUndefined()
  const broken = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'A' } } as never
  await expect(cluster.apply([broken])).rejects.toThrow('is invalid')
  expect(cluster.hash()).toBe(before)
})
