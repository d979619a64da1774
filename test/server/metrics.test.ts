/** What a handler counts, and how many requests it takes at a time. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import type { User } from '../../src/server/context.ts'
import { createHandler } from '../../src/server/handle.ts'
import { createMeter } from '../../src/server/meter.ts'

const admin: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const alice: User = { name: 'alice', groups: ['system:authenticated'] }
const bob: User = { name: 'bob', groups: ['system:authenticated'] }

async function scene() {
  const cluster = await createCluster({ nodes: 0 })
  const meter = createMeter()
  const clock = { now: () => 0, after: () => ({ cancel: () => {} }) }
  const handle = createHandler({ cluster, clock, acted: () => {}, meter })
  const get = (path: string, user = admin) => handle(new Request(`https://cluster${path}`), user)
  return { cluster, meter, get }
}

test('requests are counted by what they ask and how they were answered', async () => {
  const { get, meter } = await scene()
  await get('/api/v1/namespaces/default/configmaps')
  await get('/api/v1/namespaces/default/configmaps')
  await get('/api/v1/namespaces/default/configmaps/none')
  const answer = await get('/metrics')
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await answer.text()).split('\n')
  const labels = 'component="apiserver",dry_run="",group="",resource="configmaps"'
  expect(lines).toContain(
    `apiserver_request_total{code="200",${labels},scope="namespace",subresource="",verb="LIST",version="v1"} 2`,
  )
  expect(lines).toContain(
    `apiserver_request_total{code="404",${labels},scope="resource",subresource="",verb="GET",version="v1"} 1`,
  )
  expect(lines).toContain('apiserver_storage_objects{resource="namespaces"} 4')
  expect(lines).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1')
  expect(meter.inFlight.readOnly.total).toBe(0)
})

test('one user cannot take all requests; others and administrators go on', async () => {
  const { get, meter } = await scene()
  meter.inFlight.readOnly.total = 200
  meter.inFlight.readOnly.byUser.set('alice', 200)
  const refused = await get('/version', alice)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.text()).toBe('Too many requests, please try again later.\n')
  expect((await get('/version', bob)).status).toBe(200)
  meter.inFlight.readOnly.total = 400
  expect((await get('/version', bob)).status).toBe(429)
  expect((await get('/version', admin)).status).toBe(200)
  expect(meter.refused).toBe(2)
})
