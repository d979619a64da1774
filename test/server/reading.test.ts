/** Long lists come in pieces, small and long ones say the same; watches in protobuf; indented answers for people. */
import { expect, test } from 'vitest'
import { decodeObject } from '../../src/api/protobuf/index.ts'
import { createCluster } from '../../src/index.ts'
import { createHandler } from '../../src/server/handle.ts'

const admin = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const clock = { now: () => 0, after: () => ({ cancel: () => {} }) }
const maps = '/api/v1/namespaces/default/configmaps?labelSelector=test'

async function scene(count: number) {
  const cluster = await createCluster({ nodes: 0 })
  for (let at = 0; at < count; at++) {
    const metadata = { name: `map-${String(at).padStart(4, '0')}`, namespace: 'default', labels: { test: 'yes' } }
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: '<&>' } })
  }
  const handle = createHandler({ cluster, clock, acted: () => {} })
  const get = (path: string, headers: Record<string, string> = {}) =>
    handle(new Request(`https://cluster${path}`, { headers }), admin)
  return { cluster, get }
}

async function chunksOf(response: Response): Promise<string[]> {
  const chunks: string[] = []
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) chunks.push(decoder.decode(chunk))
  return chunks
}

test('a long list comes in pieces and is the list of its pages', async () => {
  const { get } = await scene(250)
  const chunks = await chunksOf(await get(maps))
  expect(chunks.length).toBe(3)
  const whole = JSON.parse(chunks.join(''))
  expect(chunks.join('')).toMatch(/\]\}\n$/)
  const names: string[] = []
  for (let token = ''; ; ) {
    const page = await (await get(`${maps}&limit=60&continue=${token}`)).json()
    names.push(...page.items.map((item: { metadata: { name: string } }) => item.metadata.name))
    token = page.metadata.continue ?? ''
    if (token === '') break
  }
  expect(whole.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(names)
  expect(names.length).toBe(250)
  expect(Object.keys(whole)).toEqual(['kind', 'apiVersion', 'metadata', 'items'])
})

test('a long Table comes in pieces too', async () => {
  const { get } = await scene(120)
  const chunks = await chunksOf(await get(maps, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }))
  const table = JSON.parse(chunks.join(''))
  expect([chunks.length, table.kind, table.rows.length, table.columnDefinitions.length]).toEqual([2, 'Table', 120, 3])
})

test('what a page could misread is escaped, and people get it indented', async () => {
  const { get } = await scene(1)
  const path = '/api/v1/namespaces/default/configmaps/map-0000'
  expect(await (await get(path)).text()).toContain('"text":"\\u003c\\u0026\\u003e"')
  const shown = await (await get(path, { 'user-agent': 'curl/8.5.0' })).text()
  expect(shown).toContain('\n  "data": {\n    "text": "\\u003c\\u0026\\u003e"\n  }')
  expect(await (await get(`${path}?pretty=false`, { 'user-agent': 'curl/8.5.0' })).text()).not.toContain('\n  ')
})

test('a watch in protobuf: a length and a message for each event', async () => {
  const { get } = await scene(2)
  const response = await get(`${maps}&watch=true`, { accept: 'application/vnd.kubernetes.protobuf' })
  expect(response.headers.get('content-type')).toBe('application/vnd.kubernetes.protobuf;stream=watch')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const frame = (await reader.read()).value as Uint8Array
  await reader.cancel()
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
  expect(length).toBe(frame.byteLength - 4)
  expect(new TextDecoder().decode(frame.subarray(6, 11))).toBe('ADDED')
  const at = new TextDecoder('latin1').decode(frame).indexOf('k8s\u0000')
  expect(decodeObject(frame.subarray(at))).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'map-0000' } })
})
