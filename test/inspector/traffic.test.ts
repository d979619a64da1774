/** Requests, steady traffic and commands in containers: shown, repeated by runs, told by copied tests. */
import { expect, it } from 'vitest'
import { inspected, web } from '../support/inspecting.ts'

const service = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`
const url = 'http://web.default.svc'

it('traffic is what each endpoint gets at the moment asked for', async () => {
  await using scene = await inspected({ seed: 11, nodes: 3 })
  const { client } = scene.page
  await client.ask('apply', { text: `${web(4)}---${service}` })
  await client.ask('settle', {})
  const before = await client.ask('traffic', {})
  expect(before).toEqual({ loads: [], pods: {} })
  await client.ask('load', { url, requestsPerSecond: 20 })
  const uids = scene.cluster.list('Pod').map(({ metadata }) => metadata.uid as string)
  expect(await client.ask('traffic', {})).toEqual({
    loads: [{ url, requestsPerSecond: 20 }],
    pods: Object.fromEntries(uids.map((uid) => [uid, 5])),
  })
  const { revision } = scene.cluster.snapshot
  await client.ask('scale', { kind: 'Deployment', name: 'web', replicas: 2 })
  await client.ask('settle', {})
  await client.ask('load', { url, requestsPerSecond: 8 })
  const now = await client.ask('traffic', {})
  expect(Object.values(now.pods)).toEqual([4, 4])
  expect(Object.values((await client.ask('traffic', { revision })).pods)).toEqual([5, 5, 5, 5])
  await client.ask('load', { url, requestsPerSecond: 0 })
  expect(await client.ask('traffic', {})).toEqual({ loads: [], pods: {} })
  await expect(client.ask('load', { url, requestsPerSecond: -1 })).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
})

it('a request says who answered, or why nobody did', async () => {
  await using scene = await inspected({ seed: 11, nodes: 2 })
  const { client } = scene.page
  await expect(client.ask('request', { url })).rejects.toMatchObject({
    code: 'KYB-NETWORK',
    message: expect.stringContaining('no such host'),
  })
  await client.ask('apply', { text: `${web(1)}---${service}` })
  await client.ask('settle', {})
  const [pod] = scene.cluster.list('Pod')
  const { lines } = await client.ask('request', { url })
  expect(lines[0]).toMatch(new RegExp(`^200 from pod ${pod?.metadata.name} on node-\\d in \\d+ ms$`))
})

it('runs repeat them, whoever sent them, and copied tests tell them', async () => {
  await using scene = await inspected({ seed: 11, nodes: 3 })
  const { cluster, page } = scene
  await page.client.ask('apply', { text: `${web(3)}---${service}` })
  await page.client.ask('settle', {})
  const pod = cluster.list('Pod')[0]?.metadata.name as string
  await page.client.ask('request', { url })
  await cluster.network.request(url, { from: `default/${pod}` })
  cluster.network.load(url, { requestsPerSecond: 3 })
  await page.client.ask('load', { url, requestsPerSecond: 30 })
  await page.client.ask('exec', { pod: { kind: 'Pod', name: pod }, command: ['sh', '-c', 'echo x > /tmp/x'] })
  await page.client.ask('advance', { by: '1m' })
  const file = await page.client.ask('save', {})
  expect(file.steps.flatMap(({ calls }) => calls.map(({ call }) => call))).toEqual([
    ...['apply', 'settle', 'network', 'network', 'load', 'load', 'exec', 'advance'],
  ])
  expect(await page.client.ask('open', { text: JSON.stringify(file) })).toMatchObject({ same: true })
  const text = await page.client.ask('test', {})
  expect(text).toContain(`await cluster.network.request('${url}', { from: 'default/${pod}' })`)
  expect(text).toContain(`cluster.network.load('${url}', { requestsPerSecond: 30 })`)
  expect(text).toContain(`cluster.exec('${pod}', ['sh', '-c', 'echo x > /tmp/x'], { namespace: 'default' })`)
})

it('what a session of somebody else writes to files cannot be told again', async () => {
  await using scene = await inspected({ seed: 11, nodes: 2 })
  const { cluster, page } = scene
  await page.client.ask('apply', { text: web(1) })
  await page.client.ask('settle', {})
  cluster.exec(cluster.list('Pod')[0]?.metadata.name as string, ['sh', '-c', 'echo x > /tmp/x'])
  await expect(page.client.ask('save', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-UNRECORDED' })
})
