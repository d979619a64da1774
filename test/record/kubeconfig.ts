/** Reads a kubeconfig and sends requests to its server over HTTPS: the recorder's way to a real cluster. */
import { readFileSync } from 'node:fs'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { parse } from 'yaml'
import { recordedHeaders, type Send, type WireAnswer, type WireRequest } from './suite.ts'

interface Kubeconfig {
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[]
  readonly users: readonly { name: string; user: Record<string, string> }[]
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[]
  readonly 'current-context': string
}

/** A sender for the current context. `user` of a request names another user of the file; throws when it is not there. */
export function senderOf(file: string): Send {
  const config = parse(readFileSync(file, 'utf8')) as Kubeconfig
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster
  if (context === undefined || cluster?.server === undefined) throw new Error(`${file} has no usable current context`)
  const server = new URL(cluster.server)
  const agents = new Map<string, { agent: Agent; token: string | undefined }>()
  const identity = (name: string): { agent: Agent; token: string | undefined } => {
    const known = agents.get(name)
    if (known !== undefined) return known
    const user = config.users.find((one) => one.name === name)?.user
    if (user === undefined) throw new Error(`${file} has no user "${name}"`)
    const agent = new Agent({ keepAlive: true, ...trust(cluster), ...pair(user) })
    const made = { agent, token: user.token }
    agents.set(name, made)
    return made
  }
  return (wire) => sent(server, wire, identity(wire.user ?? context.user))
}

function trust(cluster: Record<string, string>): { ca?: Buffer; rejectUnauthorized?: boolean } {
  if (String(cluster['insecure-skip-tls-verify']) === 'true') return { rejectUnauthorized: false }
  const ca = bytes(cluster, 'certificate-authority')
  return ca === undefined ? {} : { ca }
}

function pair(user: Record<string, string>): { cert?: Buffer; key?: Buffer } {
  const cert = bytes(user, 'client-certificate')
  const key = bytes(user, 'client-key')
  return cert === undefined || key === undefined ? {} : { cert, key }
}

function bytes(from: Record<string, string>, name: string): Buffer | undefined {
  const inline = from[`${name}-data`]
  if (inline !== undefined) return Buffer.from(inline, 'base64')
  const path = from[name]
  return path === undefined ? undefined : readFileSync(path)
}

function sent(server: URL, wire: WireRequest, who: { agent: Agent; token: string | undefined }): Promise<WireAnswer> {
  const authorization = who.token === undefined ? {} : { authorization: `Bearer ${who.token}` }
  // Node sends the body of a DELETE without its length unless told.
  const length = wire.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(wire.body)) }
  const options: RequestOptions = {
    host: server.hostname,
    port: server.port,
    path: wire.path,
    method: wire.method,
    headers: { ...wire.headers, ...length, ...authorization },
    agent: who.agent,
  }
  return new Promise((resolve, reject) => {
    const request = httpsRequest(options, (response) => {
      const chunks: Buffer[] = []
      const end = (): void => resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks), wire))
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (wire.frames === undefined || framesIn(Buffer.concat(chunks)) < wire.frames) return
        end()
        request.destroy()
      })
      response.on('end', end)
    })
    request.on('error', reject)
    request.setTimeout(5000, () => request.destroy(new Error(`${wire.method} ${wire.path}: no answer in 5 s`)))
    request.end(wire.body)
  })
}

function framesIn(bytes: Buffer): number {
  return bytes.toString('utf8').split('\n').length - 1
}

/** An answer as it is recorded: parsed JSON, or text, or base64 of anything else. */
export function answerOf(
  status: number,
  headers: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
  wire: WireRequest,
): WireAnswer {
  const kept = Object.fromEntries(
    recordedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  )
  return { status, headers: kept, body: bodyOf(bytes, kept['content-type'] ?? '', wire) }
}

function bodyOf(bytes: Uint8Array, type: string, wire: WireRequest): unknown {
  const text = Buffer.from(bytes).toString('utf8')
  if (type.includes('protobuf')) return { base64: Buffer.from(bytes).toString('base64') }
  if (!type.startsWith('application/json')) return text
  if (wire.frames !== undefined && wire.path.includes('watch')) {
    const lines = text.split('\n').filter((line) => line !== '')
    return lines.slice(0, wire.frames).map((line) => JSON.parse(line) as unknown)
  }
  return text === '' ? '' : (JSON.parse(text) as unknown)
}
