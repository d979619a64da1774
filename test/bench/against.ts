/**
 * The same calls to kybern and to a real API server, in one run: `npm run bench:api -- --kubeconfig FILE [--pods 10000]
 * [--watchers 1000]`. Without a kubeconfig only kybern is measured. Prints one table of requests a second (writes and
 * reads over 16 connections), the first byte of a long list, and the time from a write to its last watcher.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { serve } from '../../src/edge/server.ts'
import { createCluster } from '../../src/index.ts'

const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    kubeconfig: { type: 'string' },
    pods: { type: 'string' },
    watchers: { type: 'string' },
  },
})
if (values.serve !== undefined) {
  const cluster = await createCluster({ nodes: 0, time: 'virtual' })
  const server = await serve(cluster)
  writeFileSync(`${values.serve}.half`, server.kubeconfig)
  renameSync(`${values.serve}.half`, values.serve)
  await new Promise(() => undefined)
}
const pods = Number(values.pods ?? 10_000)
const watchers = Number(values.watchers ?? 1000)
const connections = 16

type Call = (
  method: string,
  path: string,
  body?: unknown,
  type?: string,
) => Promise<{ status: number; firstByteMs: number; bytes: number }>

interface Target {
  readonly call: Call
  /** Opens a watch; calls back for every line. */
  readonly watch: (path: string, line: () => void) => Promise<() => void>
}

function target(kubeconfig: string): Target {
  const config = parse(kubeconfig) as {
    clusters: { cluster: Record<string, string> }[]
    users: { user: Record<string, string> }[]
  }
  const { server = '', ...cluster } = config.clusters[0]?.cluster ?? {}
  const user = config.users[0]?.user ?? {}
  const decoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'base64'))
  const tls = {
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
    rejectUnauthorized: String(cluster['insecure-skip-tls-verify']) !== 'true',
  }
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ...tls })
  const many = new Agent({ keepAlive: true, ...tls })
  const auth = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }
  const { hostname, port } = new URL(server)
  const call: Call = (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const length =
        text === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) }
      const began = performance.now()
      const request = httpsRequest(
        { hostname, port, path, method, agent, headers: { accept: 'application/json', ...auth, ...length } },
        (response) => {
          let firstByteMs = 0
          let bytes = 0
          response.on('data', (chunk: Buffer) => {
            firstByteMs ||= performance.now() - began
            bytes += chunk.length
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, firstByteMs, bytes }))
        },
      )
      request.on('error', reject)
      request.end(text)
    })
  const watch = (path: string, line: () => void): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(
        { hostname, port, path, agent: many, headers: { accept: 'application/json', ...auth } },
        (response) => {
          response.on('data', (chunk: Buffer) => {
            for (const byte of chunk) if (byte === 10) line()
          })
          resolve(() => request.destroy())
        },
      )
      request.on('error', reject)
      request.end()
    })
  return { call, watch }
}

/** Runs `count` calls, `connections` at a time; requests a second. */
async function rate(count: number, one: (index: number) => Promise<{ status: number }>): Promise<number> {
  let next = 0
  const began = performance.now()
  const worker = async (): Promise<void> => {
    while (next < count) {
      const { status } = await one(next++)
      if (status >= 400) throw new Error(`a call was answered with ${status}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return (count / (performance.now() - began)) * 1000
}

const maps = '/api/v1/namespaces/bench/configmaps'
const map = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: 'x'.repeat(200) },
})

async function measured({ call, watch }: Target): Promise<Record<string, number>> {
  await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } })
  await call('POST', '/api/v1/namespaces/bench/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  })
  const create = await rate(2000, (index) => call('POST', maps, map(`m-${index}`)))
  const get = await rate(4000, (index) => call('GET', `${maps}/m-${index % 2000}`))
  const patch = await rate(2000, (index) =>
    call('PATCH', `${maps}/m-${index}`, { data: { n: String(index) } }, 'application/merge-patch+json'),
  )
  const spec = { containers: [{ name: 'main', image: 'nginx:1.25' }], nodeSelector: { nowhere: 'yes' } }
  const pod = (index: number): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${index}` }, spec })
  await rate(pods, (index) => call('POST', '/api/v1/namespaces/bench/pods', pod(index)))
  await call('GET', '/api/v1/namespaces/bench/pods')
  const began = performance.now()
  const list = await call('GET', '/api/v1/namespaces/bench/pods')
  const listMs = performance.now() - began
  return { create, get, patch, firstByteMs: list.firstByteMs, listMs, ...(await fanOut(call, watch)) }
}

/** kybern in a process of its own, as the other server is. */
async function started(): Promise<{ kubeconfig: string; stop: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kybern-bench-'))
  const file = join(folder, 'kubeconfig')
  const { execPath, execArgv, argv } = process
  const child = spawn(execPath, [...execArgv, argv[1] as string, '--serve', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stop = (): void => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 200; tries++) {
    if (existsSync(file)) return { kubeconfig: readFileSync(file, 'utf8'), stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  stop()
  throw new Error('the server did not come up')
}

/** Milliseconds from a write to each of its watchers: the median and the 99th of a hundred. */
async function fanOut(call: Call, watch: Target['watch']): Promise<{ p50: number; p99: number }> {
  const times: number[] = []
  let written = 0
  let left = 0
  let done: () => void = () => undefined
  const line = (): void => {
    times.push(performance.now() - written)
    if (--left === 0) done()
  }
  const path = '/api/v1/namespaces/bench/secrets?watch=true'
  const stops: (() => void)[] = []
  for (let index = 0; index < watchers; index++) stops.push(await watch(path, line))
  for (let round = 0; round < 20; round++) {
    left = watchers
    const all = new Promise<void>((resolve) => {
      done = resolve
    })
    written = performance.now()
    await call('POST', '/api/v1/namespaces/bench/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `s-${round}` },
    })
    await all
  }
  for (const stop of stops) stop()
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

const own = await started()
const ours = await measured(target(own.kubeconfig))
own.stop()
const theirs =
  values.kubeconfig === undefined ? undefined : await measured(target(readFileSync(values.kubeconfig, 'utf8')))
const rows: [string, string, boolean][] = [
  ['creates a second', 'create', true],
  ['gets a second', 'get', true],
  ['merge patches a second', 'patch', true],
  [`first byte of a list of ${pods} pods, ms`, 'firstByteMs', false],
  [`the whole list of ${pods} pods, ms`, 'listMs', false],
  [`write to watcher, ${watchers} watchers, median ms`, 'p50', false],
  [`write to watcher, ${watchers} watchers, 99th of a hundred, ms`, 'p99', false],
]
const shown = (value: number | undefined): string =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : value.toFixed(1)
console.log('| what | kybern | kube-apiserver and etcd | ratio |\n|---|---|---|---|')
for (const [what, key, more] of rows) {
  const [mine = 0, other] = [ours[key], theirs?.[key]]
  const ratio = other === undefined ? '' : `${(more ? mine / other : other / mine).toFixed(1)}× as fast`
  console.log(`| ${what} | ${shown(mine)} | ${shown(other)} | ${ratio} |`)
}
process.exit(0)
