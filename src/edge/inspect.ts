/**
 * The inspector over HTTP: the page's files and one WebSocket, for this machine only unless told otherwise. Whoever has
 * the address with its token may do anything to the cluster; a page of another origin, or one that reaches this address
 * by a name of its own, may not.
 *
 *     const inspector = await inspect(cluster)      // right after createCluster: then the whole run is recorded
 *     console.log(inspector.url)
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Cluster } from '../cluster/cluster.ts'
import { Inspection } from '../inspector/inspection.ts'
import { packageRoot } from './cli/package-root.ts'
import { ownVersion } from './cli/version.ts'
import { listenError } from './listen-error.ts'
import { refuse } from './upgrade-tools.ts'
import { wallClock } from './wall-clock.ts'
import { acceptChannel } from './websocket-channel.ts'

export interface InspectOptions {
  /** 0 (the default) takes any free one. */
  readonly port?: number
  /** The address to listen on. Default 127.0.0.1: only this machine. */
  readonly host?: string
  /** The word in the address that lets a page in; random unless given. */
  readonly token?: string
  /** The folder with the page's files; that of this package unless told otherwise. */
  readonly page?: string
  /** The text of a counterexample that pages open with. */
  readonly counterexample?: string
  /** Goes on with an inspection that watches the cluster already. */
  readonly inspection?: Inspection
}

/** A running inspector. */
export interface InspectorEndpoint {
  /** The page's address with its token: keep it to yourself. */
  readonly url: string
  readonly port: number
  /** The inspection itself, for programs that ask without a page. */
  readonly inspection: Inspection
  /** Ends pages, forks and recording and frees the port. The cluster lives on. */
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
}

/** Names of the page's files: no folders above, nothing hidden. */
const fileName = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/** Watches the cluster from now on. */
export function watchCluster(cluster: Cluster): Inspection {
  return new Inspection(cluster, { clock: wallClock, version: ownVersion() })
}

/** Serves the inspector of a cluster. Throws KYB-PORT when the port is taken, KYB-HOST when the address is not this machine's. */
export async function inspect(cluster: Cluster, options: InspectOptions = {}): Promise<InspectorEndpoint> {
  const { host = '127.0.0.1', token = randomBytes(24).toString('base64url') } = options
  const inspection = options.inspection ?? watchCluster(cluster)
  const server = createServer({ maxHeaderSize: 16 * 1024 })
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const port = await listen(server, options.port ?? 0, host)
  const page = options.page ?? join(packageRoot(), 'dist', 'inspector')
  const gate = { token, isOwn: ownNames(host, port), page, counterexample: options.counterexample }
  server.on('request', (incoming, outgoing) => answer(gate, incoming, outgoing))
  server.on('upgrade', (incoming, socket, head) => upgrade(gate, inspection, incoming, socket, head))
  server.on('clientError', (_error, socket) => socket.destroy())
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${shown}:${port}/?token=${token}${options.counterexample === undefined ? '' : `&open=${example}`}`,
    port,
    inspection,
    close: () => closed(server, inspection, open),
  }
}

/** Where pages fetch the counterexample they open with. */
const example = 'counterexample.json'

interface Gate {
  readonly token: string
  readonly counterexample: string | undefined
  readonly page: string
  /** True for what a request's Host may be. */
  readonly isOwn: (name: string) => boolean
}

const address = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]):(\d+)$/

/**
 * The server answers to its own names only: another name that leads here is somebody else's page. When it listens for
 * other machines too, these are all addresses.
 */
function ownNames(host: string, port: number): Gate['isOwn'] {
  const own = host.includes(':') ? `[${host}]` : host
  const names = new Set(['127.0.0.1', 'localhost', '[::1]', own].map((name) => `${name}:${port}`))
  const isLocal = /^(127\.|localhost$|::1$)/.test(host)
  return (name) => names.has(name) || (!isLocal && address.exec(name)?.[2] === String(port))
}

/** Why a request is not let in: what it came to, or undefined when it may. */
function refusal({ token, isOwn }: Gate, incoming: IncomingMessage, needsToken: boolean): [number, string] | undefined {
  const { host = '', origin } = incoming.headers
  if (!isOwn(host.toLowerCase())) return [421, 'the inspector does not answer to this name']
  if (origin !== undefined && !isOwn(origin.toLowerCase().replace(/^http:\/\//, '')))
    return [403, 'pages of another origin are not let in']
  if (needsToken && !isSame(addressOf(incoming).searchParams.get('token') ?? '', token))
    return [403, 'open the address that kybern printed: the token in it is missing or wrong']
  return undefined
}

function addressOf(incoming: IncomingMessage): URL {
  return new URL(incoming.url ?? '/', 'http://inspector')
}

/** Compares without telling by its time how much was right. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

function answer(gate: Gate, incoming: IncomingMessage, outgoing: ServerResponse): void {
  let path: string
  try {
    path = decodeURIComponent(addressOf(incoming).pathname).slice(1)
  } catch {
    return told(outgoing, 400, 'this is no address')
  }
  const isPage = path === '' || path === 'index.html'
  const isExample = path === example && gate.counterexample !== undefined
  const why = refusal(gate, incoming, isPage || isExample)
  if (why !== undefined) return told(outgoing, ...why)
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') return told(outgoing, 405, 'only GET is answered')
  if (isExample) {
    outgoing.writeHead(200, { 'content-type': types['.json'], ...guards(incoming) })
    return void outgoing.end(gate.counterexample)
  }
  const folder = gate.page
  if (!existsSync(join(folder, 'index.html')))
    return told(outgoing, 503, 'KYB-INSPECT-PAGE: the page is not built; npm run build:page builds it')
  const file = join(folder, isPage ? 'index.html' : path)
  if ((!isPage && !fileName.test(path)) || !isFile(file)) return told(outgoing, 404, 'there is no such file')
  const headers = { 'content-type': types[extname(file)] ?? 'application/octet-stream', ...guards(incoming) }
  outgoing.writeHead(200, headers)
  if (incoming.method === 'HEAD') return void outgoing.end()
  createReadStream(file)
    .on('error', () => outgoing.destroy())
    .pipe(outgoing)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Nothing is loaded from, sent to, framed by or told to anybody else. */
function guards(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const own = `ws://${incoming.headers.host}`
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src 'self' ${own}`,
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  }
}

function told(outgoing: ServerResponse, code: number, message: string): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  outgoing.writeHead(code, headers).end(`${message}\n`)
}

function upgrade(gate: Gate, inspection: Inspection, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy())
  const why = refusal(gate, incoming, true)
  if (why !== undefined) return refuse(socket, why[0], why[1])
  if (addressOf(incoming).pathname !== '/session') return refuse(socket, 404, 'the session is at /session')
  acceptChannel(incoming, socket, head, (channel) => inspection.connect(channel))
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)))
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port))
  })
}

function closed(server: Server, inspection: Inspection, open: ReadonlySet<Socket>): Promise<void> {
  inspection.close()
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of [...open]) socket.destroy()
  })
}
