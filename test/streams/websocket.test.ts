/** WebSocket connections by hand: protocols, channels, tokens, logs and watches, and what is refused. */
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
let server: ApiEndpoint

beforeAll(async () => {
  cluster = await createCluster({ time: 'eager', nodes: 1 })
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', annotations: { 'kybern.dev/script': 'log "begun"' } },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  })
  await cluster.settle()
  server = await serve(cluster)
})
afterAll(async () => {
  await server.close()
  await cluster.close()
})

interface Talk {
  readonly protocol: string
  readonly messages: readonly Buffer[]
  readonly code: number
}

/** Opens a connection, says `says` once it is open, and waits for its end (or for `until`). */
function talk(
  path: string,
  protocols: string[],
  options: { says?: (Buffer | string)[]; until?: RegExp; token?: string } = {},
): Promise<Talk> {
  const { says = [], until, token = server.token } = options
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${server.url.replace('https', 'wss')}${path}`, protocols, { ca: server.ca, headers })
  const messages: Buffer[] = []
  return new Promise((resolve, reject) => {
    socket.on('open', () => says.forEach((one) => void socket.send(one)))
    socket.on('message', (data: Buffer) => {
      messages.push(data)
      if (until?.test(Buffer.concat(messages).toString())) socket.close()
    })
    socket.on('close', (code) => resolve({ protocol: socket.protocol, messages, code }))
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)))
    })
    socket.on('error', reject)
  })
}

const exec = (...words: string[]) =>
  `/api/v1/namespaces/default/pods/web/exec?${words.map((word) => `command=${encodeURIComponent(word)}`).join('&')}&stdin=true&stdout=true&stderr=true`

describe('commands', () => {
  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])('%s: a greeting, the output, the status', async (protocol) => {
    const { messages, code, protocol: chosen } = await talk(exec('sh', '-c', 'echo out; exit 3'), [protocol])
    expect([chosen, code]).toEqual([protocol, 1000])
    expect(messages.slice(0, 2).map(String)).toEqual(['\x01', '\x01out\n'])
    expect(messages[2]?.[0]).toBe(3)
    expect(JSON.parse(String(messages[2]?.subarray(1)))).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    })
  })

  test('the close signal of v5 ends stdin', async () => {
    const says = [Buffer.from('\x00abc'), Buffer.from([255, 0])]
    const { messages } = await talk(exec('wc', '-c'), ['v5.channel.k8s.io'], { says })
    expect(messages.slice(1, 2).map(String)).toEqual(['\x013\n'])
  })

  test('base64, and no protocol at all', async () => {
    const encoded = await talk(exec('echo', 'hi'), ['base64.channel.k8s.io'])
    expect(encoded.messages.map(String)).toEqual(['1', `1${btoa('hi\n')}`])
    const oldest = await talk(exec('sh', '-c', 'echo hi; exit 2'), [])
    expect(oldest.messages.map(String)).toEqual(['\x01', '\x01hi\n', expect.stringMatching(/exit code 2$/)])
  })

  test('protocols nobody knows are refused', async () => {
    await expect(talk(exec('true'), ['v9.channel.k8s.io'])).rejects.toThrow('403')
  })

  test('what is not there is refused in words before the upgrade, in a status by v5', async () => {
    const none = '/api/v1/namespaces/default/pods/none/exec?command=true&stdout=true'
    await expect(talk(none, ['v4.channel.k8s.io'])).rejects.toThrow(/^404 .*pods \\?"none\\?" not found/)
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'broken' },
      spec: { containers: [{ name: 'main', image: 'invalid.example/x' }] },
    })
    await cluster.advance('1m')
    const broken = '/api/v1/namespaces/default/pods/broken/exec?command=true&stdout=true'
    await expect(talk(broken, ['v4.channel.k8s.io'])).rejects.toThrow('500 container not found ("main")')
    const { messages } = await talk(broken, ['v5.channel.k8s.io'])
    expect(String(messages.at(-1))).toContain(
      'Internal error occurred: unable to upgrade connection: container not found (\\"main\\")',
    )
  })
})

describe('callers', () => {
  test('without a token, or with a wrong one, are refused before anything is upgraded', async () => {
    await expect(talk(exec('true'), ['v4.channel.k8s.io'], { token: '' })).rejects.toThrow('401')
    await expect(talk(exec('true'), ['v4.channel.k8s.io'], { token: 'wrong' })).rejects.toThrow('401')
  })

  test('may bring their token as a protocol, which is not answered', async () => {
    const bearer = `base64url.bearer.authorization.k8s.io.${Buffer.from(server.token).toString('base64url')}`
    const { protocol, messages } = await talk(exec('echo', 'hi'), ['v4.channel.k8s.io', bearer], { token: '' })
    expect(protocol).toBe('v4.channel.k8s.io')
    expect(messages.map(String)).toContain('\x01hi\n')
    await expect(talk(exec('true'), [bearer], { token: '' })).rejects.toThrow('401')
  })

  test('that do not ask to upgrade are told to', async () => {
    const text = await new Promise<string>((resolve) => {
      let all = ''
      const socket = connect({ port: server.port, host: '127.0.0.1', ca: server.ca, ALPNProtocols: ['http/1.1'] }, () =>
        socket.write(
          `GET ${exec('true')} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.token}\r\nconnection: close\r\n\r\n`,
        ),
      )
      socket.on('data', (chunk) => {
        all += chunk
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(/^HTTP\/1.1 400 [\s\S]*"message":"Upgrade request required"/)
  })
})

describe('streams of answers', () => {
  const log = '/api/v1/namespaces/default/pods/web/log?follow=true'

  test('a log comes in binary messages, or in base64', async () => {
    const { messages } = await talk(log, ['binary.k8s.io'], { until: /begun/ })
    expect(messages.map(String)).toEqual(['begun\n'])
    const encoded = await talk(log, ['base64.binary.k8s.io'], { until: new RegExp(btoa('begun\n')) })
    expect(encoded.messages.map(String)).toEqual([btoa('begun\n')])
  })

  test('a watch comes event by event', async () => {
    const { messages } = await talk('/api/v1/namespaces/default/pods?watch=true', [], { until: /"name":"web"/ })
    const event = messages.map((one) => JSON.parse(String(one))).find(({ object }) => object.metadata.name === 'web')
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'Pod' } })
  })
})
