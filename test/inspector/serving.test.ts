/** The inspector over HTTP: the page's files, the session, and who is not let in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { type InspectorEndpoint, inspect } from '../../src/edge/server.ts'
import { dialChannel } from '../../src/edge/websocket-dial.ts'
import { createCluster } from '../../src/index.ts'
import { InspectorClient } from '../../src/inspector/client.ts'
import { web } from '../support/inspecting.ts'

let cluster: Cluster
let inspector: InspectorEndpoint
const page = mkdtempSync(join(tmpdir(), 'kybern-page-'))

beforeAll(async () => {
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>kybern</title>')
  writeFileSync(join(page, 'main-1.js'), 'export {}')
  cluster = await createCluster({ seed: 7 })
  inspector = await inspect(cluster, { page })
})

afterAll(async () => {
  await inspector.close()
  await cluster.close()
  rmSync(page, { recursive: true })
})

interface Got {
  readonly code: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: inspector.port, path, headers, method }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, body }))
    })
    call.on('error', reject)
    call.end()
  })
}

const query = (): string => new URL(inspector.url).search

/** The HTTP status an upgrade is refused with. */
function refusedWith(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${inspector.port}${path}`, { headers })
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    ws.on('open', () => reject(new Error('it was let in')))
    ws.on('error', () => undefined)
  })
}

describe('the page', () => {
  it('is given to whoever has the token, with nothing from elsewhere allowed', async () => {
    expect(inspector.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
    const { code, headers, body } = await get(`/${query()}`)
    expect(code).toBe(200)
    expect(body).toMatch(/<!doctype html>/i)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
  })

  it('brings its files', async () => {
    const { code, headers, body } = await get('/main-1.js')
    expect({ code, body, type: headers['content-type'] }).toEqual({
      code: 200,
      body: 'export {}',
      type: 'text/javascript; charset=utf-8',
    })
    expect((await get('/main-1.js', { host: 'evil.example' })).code).toBe(421)
  })

  it('is not given to anybody else', async () => {
    expect((await get('/')).code).toBe(403)
    expect((await get('/?token=wrong')).code).toBe(403)
    expect((await get(`/${query()}x`)).code).toBe(403)
    expect((await get(`/${query()}`, { host: 'evil.example' })).code).toBe(421)
    expect((await get(`/${query()}`, { host: `evil.example:${inspector.port}` })).code).toBe(421)
    expect((await get(`/${query()}`, { origin: 'http://evil.example' })).code).toBe(403)
    expect((await get(`/${query()}`, {}, 'POST')).code).toBe(405)
  })

  it('has no files beside its own', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2f..%2fpackage.json',
      '/.git/config',
      '/nosuch.js',
      '/%00',
      '/%zz',
    ])
      expect([path, [400, 404].includes((await get(path)).code)]).toEqual([path, true])
  })
})

describe('the session', () => {
  it('answers over a WebSocket', async () => {
    const client = new InspectorClient(await dialChannel(inspector.url))
    const welcome = await client.welcome
    expect(welcome).toMatchObject({ version: 1, kybern: expect.stringMatching(/^\d/), clusters: [{ name: 'main' }] })
    expect(await client.ask('apply', { text: web(2) })).toMatchObject({
      applied: [{ kind: 'Deployment' }],
      problems: [],
    })
    expect(await client.ask('settle', {})).toMatchObject({ busy: [] })
    expect(cluster.get('Deployment', 'web')?.status?.readyReplicas).toBe(2)
    client.close()
  })

  it('is closed to wrong tokens, other names and other origins', async () => {
    expect(await refusedWith('/session')).toBe(403)
    expect(await refusedWith('/session?token=wrong')).toBe(403)
    expect(await refusedWith(`/session${query()}`, { host: 'evil.example' })).toBe(421)
    expect(await refusedWith(`/session${query()}`, { origin: 'http://evil.example' })).toBe(403)
    expect(await refusedWith(`/session${query()}`, { origin: 'null' })).toBe(403)
    expect(await refusedWith(`/other${query()}`)).toBe(404)
  })

  it('ends with what is no JSON, and with the inspector', async () => {
    const url = `ws://127.0.0.1:${inspector.port}/session${query()}`
    const ws = new WebSocket(url)
    const code = await new Promise((resolve) => {
      ws.on('open', () => ws.send('{nonsense'))
      ws.on('close', resolve)
    })
    expect(code).toBe(1003)
    const other = await inspect(cluster)
    const client = new InspectorClient(await dialChannel(other.url))
    await client.welcome
    await other.close()
    await expect(client.ask('clock', {})).rejects.toMatchObject({ code: 'KYB-INSPECT-GONE' })
    await expect(dialChannel(other.url)).rejects.toMatchObject({ code: 'KYB-UNREACHABLE' })
  })
})
