/** Every request that was once answered wrongly, answered as Kubernetes 1.36 answered it. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Cluster, createCluster, handle } from '../../src/index.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

interface Seed extends Asked {
  readonly type: string
  /** What was asked before, and answered well. */
  readonly before?: readonly Asked[]
  readonly answer: { readonly code: number; readonly message?: string }
}

const folder = new URL('../../fixtures/seeds/', import.meta.url)
const seeds = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Seed] => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Seed])
  .filter(([, { type }]) => type === 'request')

test('there are seeds', () => {
  expect(seeds.length).toBeGreaterThan(5)
})

function asked(cluster: Cluster, { method, path, body }: Asked): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return handle(cluster, new Request(`https://x${path}`, { method, headers, body: JSON.stringify(body) }))
}

test.each(seeds)('%s', async (_name, { before = [], answer, ...request }) => {
  await using cluster = await createCluster({ nodes: 0 })
  for (const one of before) expect((await asked(cluster, one)).ok).toBe(true)
  const response = await asked(cluster, request)
  const { message } = (await response.json()) as { message?: string }
  expect({ code: response.status, ...(message === undefined ? {} : { message }) }).toEqual(answer)
})
