/** The request path as a function: no socket, no server. */
import { expect, test } from 'vitest'
import { createCluster, handle } from '../../src/index.ts'

const at = (path: string, init: RequestInit = {}): Request => new Request(`https://kubernetes.default.svc${path}`, init)

test('an embedder asks as an administrator', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { b: 'c' } })
  const headers = { 'content-type': 'application/json' }
  const made = await handle(cluster, at('/api/v1/namespaces/default/configmaps', { method: 'POST', headers, body }))
  expect(made.status).toBe(201)
  expect(cluster.get('ConfigMap', 'a')?.data).toEqual({ b: 'c' })
  const list = (await (await handle(cluster, at('/api/v1/nodes'))).json()) as { kind: string; items: unknown[] }
  expect([list.kind, list.items.length]).toEqual(['NodeList', 1])
})

test('another user gets what that user may have', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const answer = await handle(cluster, at('/api/v1/secrets'), { name: 'eve', groups: ['system:authenticated'] })
  expect(answer.status).toBe(403)
  expect(((await answer.json()) as { message: string }).message).toContain('User "eve" cannot list resource "secrets"')
})
