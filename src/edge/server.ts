/**
 * `kybern/server`: a cluster's API over HTTPS, HTTP/2 and HTTP/1.1 on one port, for kubectl and every other client.
 *
 *     import { createCluster } from 'kybern'
 *     import { serve } from 'kybern/server'
 *
 *     const cluster = await createCluster({ time: 'real' })
 *     const server = await serve(cluster)
 *     await writeFile('kubeconfig', server.kubeconfig, { mode: 0o600 })
 *     …
 *     await server.close()
 *
 * And its inspector, a page for people: `const { url, inspection } = await inspect(cluster)`; what the page asks programs
 * may ask too: `await inspection.answer('main', 'why', { revision: 58 })`. For Stately's own inspector there is
 * `statelySink(cluster, (event) => …)`, or `cluster.inspect` with their client library.
 */
import { randomUUID } from 'node:crypto'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { AuditPolicy } from '../api/audit.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Logger } from '../ports.ts'
import { failure } from '../server/answer.ts'
import type { User } from '../server/context.ts'
import { publishAuthority, runErrands } from '../server/errands.ts'
import { createHandler, type Handler } from '../server/handle.ts'
import { createTokens } from '../server/tokens.ts'
import { authenticate, type Proofs } from './authenticate.ts'
import { type IdleOptions, type IdleTime, OperatorTime } from './idle.ts'
import type { InspectOptions, InspectorEndpoint } from './inspect.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { listenError } from './listen-error.ts'
import { asStatusError, type Incoming, type Outgoing, requestOf, respond } from './request.ts'
import { createSigner, knownTokens } from './tokens.ts'
import { upgrader } from './upgrade.ts'
import { wallClock } from './wall-clock.ts'

export { type StatelyEvent, statelySink } from '../inspector/stately.ts'
export type { IdleOptions, IdleTime, InspectOptions, InspectorEndpoint }

export interface ServeOptions {
  /** 0 (the default) takes any free one. */
  readonly port?: number
  /** The address to listen on. Default 127.0.0.1: only this machine. */
  readonly host?: string
  /** The bearer token; random unless given. */
  readonly token?: string
  /** Further users by their bearer tokens. */
  readonly users?: Readonly<Record<string, User>>
  /** Whether requests without a proof are those of `system:anonymous`. Default false: 401. */
  readonly anonymous?: boolean
  /** How much `cluster.audit$` tells of requests. Default: the metadata of all. */
  readonly auditPolicy?: AuditPolicy
  /** Gives the endpoint an `idle` clock, which moves only while operators outside the process are idle. */
  readonly idle?: IdleOptions
  readonly logger?: Logger
}

/** A running API server. */
export interface ApiEndpoint {
  readonly url: string
  readonly port: number
  /** A complete kubeconfig with a client certificate of system:masters: keep it to yourself. */
  readonly kubeconfig: string
  readonly token: string
  /** The authority's certificate, PEM. */
  readonly ca: string
  /** Moves the cluster's clock while operators are idle. Throws KYB-IDLE unless `serve` was told `idle`. */
  readonly idle: IdleTime
  /** Ends all streams and connections and frees the port. The cluster lives on. */
  close(): Promise<void>
}

/** As Node's own limit for HTTP/1; HTTP/2 is told the same. */
const headerLimit = 64 * 1024
/** Streams one HTTP/2 connection may have open at a time, as Kubernetes advertises. */
const streamLimit = 250

/**
 * Serves the inspector of a cluster to this machine: a page that shows every machine, cause and moment, and does things to
 * the cluster. Called right after `createCluster` it records the whole run. Throws KYB-PORT and KYB-HOST.
 */
export async function inspect(cluster: Cluster, options: InspectOptions = {}): Promise<InspectorEndpoint> {
  return (await import('./inspect.ts')).inspect(cluster, options)
}

/** Serves the cluster. Throws KYB-PORT when the port is taken, KYB-HOST when the address is not this machine's. */
export async function serve(cluster: Cluster, options: ServeOptions = {}): Promise<ApiEndpoint> {
  const host = options.host ?? '127.0.0.1'
  const { adminGroup, adminUser, createPki } = await import('./pki.ts')
  const pki = await createPki(wallClock.now(), host === '127.0.0.1' ? [] : [host], options.token)
  const admin = { name: adminUser, groups: [adminGroup, 'system:authenticated'] }
  const known = knownTokens({ ...options.users, [pki.token]: admin })
  const tokens = createTokens({ cluster, signer: createSigner(), known })
  const proofs = { tokens, anonymous: options.anonymous === true }
  const acted = (): void => actedIn(cluster, options.logger)
  const idle = options.idle === undefined ? undefined : new OperatorTime(cluster, options.idle)
  const plain = createHandler({
    cluster,
    clock: wallClock,
    acted,
    tokens,
    signs: true,
    auditId: randomUUID,
    ...audited(options),
  })
  const handler = idle?.noting(plain) ?? plain
  const failed = (what: string): void => options.logger?.warn(what)
  const errands = runErrands({ cluster, tokens, certificates: pki.signer, acted, failed })
  const server = createSecureServer({
    key: pki.server.key,
    cert: pki.server.cert,
    ca: pki.ca,
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    maxHeaderSize: headerLimit,
    settings: { maxConcurrentStreams: streamLimit, maxHeaderListSize: headerLimit },
  } as Parameters<typeof createSecureServer>[0])
  const connections = trackConnections(server)
  server.on('request', (incoming, outgoing) => void answer(handler, proofs, incoming, outgoing as unknown as Outgoing))
  server.on('upgrade', upgrader({ handler, who: (incoming) => whoIs(incoming, proofs) }))
  refuseMalformed(server)
  await publishAuthority(cluster, pki.ca)
  const port = await listen(server, options.port ?? 0, host)
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const close = (): Promise<void> => {
    errands.unsubscribe()
    return closed(server, connections)
  }
  const kubeconfig = kubeconfigOf(url, pki)
  return { url, port, kubeconfig, token: pki.token, ca: pki.ca, idle: idle ?? withoutIdle, close }
}

const refuseIdle = (): Promise<never> =>
  Promise.reject(new KybernError('KYB-IDLE', 'nobody takes note of what operators do; serve(cluster, { idle: {} })'))

/** The clock of an endpoint that was not asked for one. */
const withoutIdle: IdleTime = { watched: refuseIdle, settle: refuseIdle, advance: refuseIdle, until: refuseIdle }

/** The audit policy among the options. */
function audited({ auditPolicy }: ServeOptions): { auditPolicy?: AuditPolicy } {
  return auditPolicy === undefined ? {} : { auditPolicy }
}

/**
 * In eager time one request moves the cluster's clock by this much at most: work without an end (a crash loop) must not
 * hold up the client. Ten minutes is the time after which a Deployment that makes no progress says so.
 */
const eagerWithinMs = 10 * 60 * 1000

/** In eager time every write is followed by a run to quiet; what keeps the cluster busy is only logged. */
function actedIn(cluster: Cluster, logger: Logger | undefined): void {
  if (cluster.options.time !== 'eager') return
  cluster.settle({ within: eagerWithinMs }).catch((error: Error) => logger?.warn(error.message))
}

async function answer(handler: Handler, proofs: Proofs, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  try {
    await respond(await handled(handler, await whoIs(incoming, proofs), incoming), incoming, outgoing)
  } catch (error) {
    if (!outgoing.headersSent && !outgoing.destroyed) await respond(failure(error), incoming, outgoing).catch(() => {})
    else outgoing.destroy()
  }
}

function whoIs(incoming: Incoming, proofs: Proofs): Promise<User | undefined> {
  return authenticate(incoming.socket as TLSSocket, incoming.headers.authorization, proofs)
}

async function handled(handler: Handler, user: Parameters<Handler>[1], incoming: Incoming): Promise<Response> {
  let request: Request
  try {
    request = await requestOf(incoming)
  } catch (error) {
    return failure(asStatusError(error))
  }
  return handler(request, user)
}

/** Every open socket and HTTP/2 session, so that `close` can end them. */
function trackConnections(server: Http2SecureServer): Set<{ destroy(): unknown }> {
  const open = new Set<{ destroy(): unknown }>()
  const track = (connection: { destroy(): unknown; once(event: 'close', then: () => void): unknown }): void => {
    open.add(connection)
    connection.once('close', () => open.delete(connection))
  }
  server.on('connection', (socket: Socket) => track(socket))
  server.on('session', (session) => {
    track(session)
    session.on('error', () => session.destroy())
  })
  return open
}

/** Text that is no HTTP gets a 400; connections that break are let go. */
function refuseMalformed(server: Http2SecureServer): void {
  const refuse = (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
    const tooMuch = error.code === 'HPE_HEADER_OVERFLOW'
    const status = tooMuch ? '431 Request Header Fields Too Large' : '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`)
  }
  server.on('clientError', refuse)
  server.on('sessionError', () => undefined)
  server.on('tlsClientError', (_error, socket) => socket.destroy())
}

function listen(server: Http2SecureServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)))
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port))
  })
}

function closed(server: Http2SecureServer, connections: ReadonlySet<{ destroy(): unknown }>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const connection of [...connections]) connection.destroy()
  })
}
