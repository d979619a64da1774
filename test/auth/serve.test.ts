/** Who a caller is over HTTPS: static tokens, nobody, anybody. */
import { request } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
let strict: ApiEndpoint
let open: ApiEndpoint

beforeAll(async () => {
  cluster = await createCluster()
  const alice = { name: 'alice', groups: ['dev', 'system:authenticated'] }
  strict = await serve(cluster, { users: { 'alice-token': alice } })
  open = await serve(cluster, { anonymous: true })
})

afterAll(async () => {
  await strict.close()
  await open.close()
  await cluster.close()
})

interface Answer {
  readonly status: number
  readonly body: { readonly message?: string; readonly reason?: string; readonly code?: number }
}

function get(server: ApiEndpoint, path: string, token?: string): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { ca: server.ca, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += String(chunk)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const unauthorized = { message: 'Unauthorized', reason: 'Unauthorized', code: 401 }
const pods = '/api/v1/namespaces/default/pods'

test('who proves nothing, or the wrong thing, is nobody', async () => {
  for (const token of [undefined, 'wrong', 'a.b.c', ''])
    expect(await get(strict, '/version', token)).toMatchObject({ status: 401, body: unauthorized })
  expect(await get(open, '/version', 'wrong')).toMatchObject({ status: 401 })
})

test('a static token is its user', async () => {
  expect((await get(strict, '/version', 'alice-token')).status).toBe(200)
  expect((await get(strict, pods, 'alice-token')).body.message).toBe(
    'pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "default"',
  )
  expect((await get(strict, pods, strict.token)).status).toBe(200)
  expect((await get(open, pods, strict.token)).status).toBe(401)
})

test('the anonymous may be let in, to what is public', async () => {
  expect((await get(open, '/version')).status).toBe(200)
  expect((await get(open, pods)).body.message).toBe(
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
  )
})
