/** What the JavaScript client does inside pods: Exec, Attach, PortForward, Log, Cp and Metrics. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Attach, Cp, Exec, KubeConfig, Log, Metrics, PortForward, type V1Status } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
let server: ApiEndpoint
const config = new KubeConfig()
const folder = mkdtempSync(join(tmpdir(), 'kybern-streams-'))

beforeAll(async () => {
  cluster = await createCluster({
    time: 'eager',
    nodes: 1,
    images: {
      'api:*': {
        serve: async (request) =>
          new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`, { status: 201 }),
      },
    },
  })
  const one = (name: string, image: string, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: name === 'web' ? { 'kybern.dev/script': 'log "begun"' } : {} },
    spec: { containers: [{ name: 'main', image, ...more }] },
  })
  await cluster.apply(one('web', 'nginx'))
  await cluster.apply(one('api', 'api:1', { ports: [{ containerPort: 8080 }] }))
  await cluster.apply(one('shell', 'busybox', { stdin: true, tty: true }))
  await cluster.settle()
  server = await serve(cluster)
  config.loadFromString(server.kubeconfig)
})
afterAll(async () => {
  await server.close()
  await cluster.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A stream and all that was written to it. */
function gathered() {
  const stream = new PassThrough()
  let text = ''
  const waiting = new Set<() => void>()
  stream.on('data', (chunk) => {
    text += chunk
    for (const look of waiting) look()
  })
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = () => pattern.test(text) && resolve()
      waiting.add(look)
      look()
    })
  return { stream, says, text: () => text }
}

function executed(
  pod: string,
  command: string[],
  input?: string,
  tty = false,
): Promise<{ status: V1Status; out: string; err: string }> {
  const [out, err] = [gathered(), gathered()]
  const stdin = input === undefined ? null : new PassThrough()
  return new Promise((resolve, reject) => {
    const done = (status: V1Status) => resolve({ status, out: out.text(), err: err.text() })
    new Exec(config)
      .exec('default', pod, 'main', command, out.stream, err.stream, stdin, tty, done)
      .then(() => stdin?.end(input), reject)
  })
}

describe('Exec', () => {
  test('answers with both streams and the status', async () => {
    expect(await executed('web', ['sh', '-c', 'echo out; echo err >&2'])).toMatchObject({
      status: { status: 'Success' },
      out: 'out\n',
      err: 'err\n',
    })
    const { status } = await executed('web', ['sh', '-c', 'exit 7'])
    expect(status).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    })
  })

  test('a terminal shows what is typed', async () => {
    const { out } = await executed('web', ['sh'], 'echo $((6*7))\rexit\r', true)
    expect(out).toBe('/ # echo $((6*7))\r\nexit\r\n42\r\n/ # ')
  })
})

test('Attach talks to the main process', async () => {
  const out = gathered()
  const stdin = new PassThrough()
  const socket = await new Attach(config).attach('default', 'shell', 'main', out.stream, null, stdin, true)
  await out.says(/\/ # $/)
  stdin.write('hostname\r')
  await out.says(/shell\r\n/)
  socket.close()
})

describe('PortForward', () => {
  async function through(pod: string, port: number, text: string): Promise<string> {
    const forward = new PortForward(config)
    const local = createServer((socket) => void forward.portForward('default', pod, [port], socket, null, socket))
    await new Promise<void>((resolve) => local.listen(0, '127.0.0.1', () => resolve()))
    const answer = await new Promise<string>((resolve) => {
      let all = ''
      const socket = connect((local.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text))
      socket.on('data', (chunk) => {
        all += chunk
        if (/\r\n\r\n[\s\S]+|content-length: 0[\s\S]*\r\n\r\n/.test(all)) {
          socket.destroy()
          resolve(all)
        }
      })
    })
    await new Promise((resolve) => local.close(resolve))
    return answer
  }

  test('reaches what an embedder serves', async () => {
    const body = 'hello'
    const request = `POST /path HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const answer = await through('api', 8080, request)
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/)
    expect(answer).toMatch(/POST \/path hello$/)
  })

  test('answers 400 to what is no HTTP', async () => {
    expect(await through('web', 80, 'SSH-2.0-nothing\r\n\r\nmore')).toMatch(/^HTTP\/1.1 400 /)
  })
})

test('Log follows', async () => {
  const out = gathered()
  const controller = await new Log(config).log('default', 'web', 'main', out.stream, { follow: true })
  await out.says(/begun\n/)
  controller.abort()
})

test('Cp copies a directory into a pod', async () => {
  writeFileSync(join(folder, 'file'), 'some text\n')
  let ended: (status: V1Status) => void = () => {}
  const over = new Promise<V1Status>((resolve) => {
    ended = resolve
  })
  class Watched extends Exec {
    override exec(...args: Parameters<Exec['exec']>): ReturnType<Exec['exec']> {
      const [namespace, pod, container, command, out, err, stdin, tty] = args
      return super.exec(namespace, pod, container, command, out, err, stdin, tty, ended)
    }
  }
  await new Cp(config, new Watched(config)).cpToPod('default', 'web', 'main', folder, '/tmp')
  expect(await over).toMatchObject({ status: 'Success' })
  expect((await executed('web', ['cat', '/tmp/file'])).out).toBe('some text\n')
})

test('Metrics are there', async () => {
  const metrics = new Metrics(config)
  expect((await metrics.getPodMetrics('default')).items.map(({ metadata }) => metadata.name)).toEqual([
    'api',
    'shell',
    'web',
  ])
  expect((await metrics.getNodeMetrics()).items[0]?.usage).toEqual({ cpu: '53m', memory: expect.stringMatching(/Ki$/) })
})
