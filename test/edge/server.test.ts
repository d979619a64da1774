/** The HTTPS endpoint by itself: who gets in, what malformed requests get, streams, closing. */
import { type ClientHttp2Session, connect } from 'node:http2'
import { request } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
let server: ApiEndpoint

beforeAll(async () => {
  cluster = await createCluster({ nodes: 1 })
  server = await serve(cluster)
})
afterAll(async () => {
  await server.close()
  await cluster.close()
})

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly bytes: Buffer
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  cert?: string
  key?: string
}

function ask(path: string, { body, headers, ...options }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { ca: server.ca, agent: false, headers, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}

const bearer = () => ({ authorization: `Bearer ${server.token}` })
const statusOf = ({ bytes }: Answer): unknown => JSON.parse(bytes.toString())

function clientCertificate(): { cert: string; key: string } {
  const { users } = parse(server.kubeconfig) as { users: { user: Record<string, string> }[] }
  const decoded = (name: string): string => atob(users[0]?.user[name] ?? '')
  return { cert: decoded('client-certificate-data'), key: decoded('client-key-data') }
}

describe('who gets in', () => {
  const unauthorized = { kind: 'Status', status: 'Failure', reason: 'Unauthorized', message: 'Unauthorized', code: 401 }

  test('nobody without a proof', async () => {
    const answer = await ask('/api/v1/pods')
    expect(answer.status).toBe(401)
    expect(statusOf(answer)).toMatchObject(unauthorized)
  })

  test('no wrong token, not even with a good certificate', async () => {
    const headers = { authorization: 'Bearer wrong' }
    expect((await ask('/api/v1/pods', { headers })).status).toBe(401)
    expect((await ask('/api/v1/pods', { headers, ...clientCertificate() })).status).toBe(401)
  })

  test('the token, and the certificate of the kubeconfig', async () => {
    expect((await ask('/api/v1/pods', { headers: bearer() })).status).toBe(200)
    expect((await ask('/api/v1/pods', clientCertificate())).status).toBe(200)
  })

  test('no certificate of another cluster', async () => {
    const other = await serve(cluster)
    const { users } = parse(other.kubeconfig) as { users: { user: Record<string, string> }[] }
    await other.close()
    const decoded = (name: string): string => atob(users[0]?.user[name] ?? '')
    const foreign = { cert: decoded('client-certificate-data'), key: decoded('client-key-data') }
    expect((await ask('/api/v1/pods', foreign)).status).toBe(401)
  })
})

describe('requests that are none', () => {
  const post = (body: string | Buffer) =>
    ask('/api/v1/namespaces/default/configmaps', { method: 'POST', headers: bearer(), body })

  test('JSON that breaks off gets 400', async () => {
    const answer = await post('{"kind":')
    expect(answer.status).toBe(400)
    expect(statusOf(answer)).toMatchObject({ kind: 'Status', reason: 'BadRequest' })
  })

  test('a body over 3 MiB gets 413', async () => {
    const answer = await post(Buffer.alloc(3 * 1024 * 1024 + 1, ' '))
    expect(answer.status).toBe(413)
    expect(statusOf(answer)).toMatchObject({ reason: 'RequestEntityTooLarge' })
  })

  test('methods nobody serves get 405', async () => {
    expect((await ask('/api/v1/pods', { method: 'TRACE', headers: bearer() })).status).toBe(405)
  })

  test('text that is no HTTP gets 400 and the connection ends', async () => {
    const socket = connectTls({ port: server.port, ca: server.ca, ALPNProtocols: ['http/1.1'] })
    const text = await new Promise<string>((resolve, reject) => {
      let got = ''
      socket.on('data', (chunk) => {
        got += chunk
      })
      socket.on('close', () => resolve(got))
      socket.on('error', reject)
      socket.write('what is this\r\n\r\n')
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  })
})

describe('answers', () => {
  test('large ones are compressed for those who accept it', async () => {
    const headers = { ...bearer(), 'accept-encoding': 'gzip' }
    const plain = await ask('/openapi/v3/api/v1', { headers: bearer() })
    const zipped = await ask('/openapi/v3/api/v1', { headers })
    expect(plain.bytes.length).toBeGreaterThan(128 * 1024)
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true)
    expect((await ask('/version', { headers })).headers['content-encoding']).toBeUndefined()
  })

  test('a taken port is a coded error', async () => {
    await expect(serve(cluster, { port: server.port })).rejects.toMatchObject({ code: 'KYB-PORT' })
  })
})

describe('watches over HTTP/2', () => {
  function watch(session: ClientHttp2Session) {
    const path = '/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name%3Dseen'
    const stream = session.request({ ':path': path, authorization: `Bearer ${server.token}` })
    const lines: string[] = []
    let look = (): void => {}
    stream.on('data', (chunk: Buffer) => {
      lines.push(...chunk.toString().trimEnd().split('\n'))
      look()
    })
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        look = () => {
          if (lines.length >= count) resolve()
        }
        look()
      })
    return { stream, lines, until, opened: new Promise((resolve) => stream.once('response', resolve)) }
  }

  test('each event goes out at once; a client that goes is let go; close ends what is open', async () => {
    const session = connect(server.url, { ca: server.ca })
    const first = watch(session)
    const second = watch(session)
    await Promise.all([first.opened, second.opened])
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen' }, data: { a: 'b' } })
    await Promise.all([first.until(1), second.until(1)])
    expect(first.lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'ADDED', object: { metadata: { name: 'seen' } } },
    ])
    first.stream.close()
    await new Promise((resolve) => first.stream.once('close', resolve))
    await cluster.delete('ConfigMap', 'seen')
    await second.until(2)
    expect(first.lines).toHaveLength(1)
    expect(JSON.parse(second.lines[1] as string)).toMatchObject({ type: 'DELETED' })

    const other = await serve(cluster)
    const open = connect(other.url, { ca: other.ca })
    const ended = new Promise((resolve) => open.once('close', resolve))
    open.on('error', () => {})
    const hanging = open.request({ ':path': '/api/v1/pods?watch=1', authorization: `Bearer ${other.token}` })
    hanging.on('error', () => {})
    await new Promise((resolve) => hanging.once('response', resolve))
    await other.close()
    await ended
    expect(open.destroyed).toBe(true)
    session.destroy()
  })
})
