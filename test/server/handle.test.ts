/** The request path as a function: no socket, no server. */
import { expect, test } from 'vitest'
import { createCluster, fault, handle } from '../../src/index.ts'

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

test('a watch tells each change as it comes, with faults in force and without', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const { resourceVersion } = (await (await handle(cluster, at('/api/v1/configmaps'))).json()).metadata
  const query = `watch=true&resourceVersion=${resourceVersion}`
  const response = await handle(cluster, at(`/api/v1/namespaces/default/configmaps?${query}`))
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const next = async (): Promise<string> => {
    const { type, object } = JSON.parse(new TextDecoder().decode((await reader.read()).value))
    return `${type} ${object.metadata.name}`
  }
  const make = (name: string) => cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
  await make('one')
  expect(await next()).toBe('ADDED one')
  const other = cluster.fault(fault.watch('secrets').hold())
  await make('two')
  const held = cluster.fault(fault.watch('configmaps').hold())
  await make('three')
  await make('four')
  other.lift()
  held.lift()
  await make('five')
  expect([await next(), await next(), await next(), await next()]).toEqual([
    'ADDED two',
    'ADDED three',
    'ADDED four',
    'ADDED five',
  ])
  await reader.cancel()
})
