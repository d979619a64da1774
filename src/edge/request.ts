/** From Node's request to a web Request and back from a web Response: headers, bodies, streams, compression. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { badRequest, methodNotAllowed, StatusError, tooLarge } from '../api/status-error.ts'
import { bodyLimit } from '../server/body.ts'

export type Incoming = IncomingMessage | Http2ServerRequest
/** HTTP/2's compatible response answers to the same calls. */
export type Outgoing = ServerResponse

/** As in a real API server: answers from this size on are compressed for those who accept it. */
const gzipFromBytes = 128 * 1024
const compress = promisify(gzip)
/** Methods a web Request refuses. */
const unservable = new Set(['CONNECT', 'TRACE', 'TRACK'])
const bodiless = new Set(['GET', 'HEAD'])
/** Headers that belong to one connection and mean nothing beyond it; HTTP/2 forbids them. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection'])

/** The web Request. Throws StatusErrors: 400 for what cannot be read, 405 for methods nobody serves, 413 for a body too large. */
export async function requestOf(incoming: Incoming): Promise<Request> {
  const method = incoming.method ?? 'GET'
  if (unservable.has(method)) throw methodNotAllowed('', method.toLowerCase())
  const url = urlOf(incoming.url ?? '/')
  const headers = headersOf(incoming)
  if (bodiless.has(method)) {
    incoming.resume()
    return new Request(url, { method, headers })
  }
  const body = await bytesOf(incoming)
  try {
    return new Request(url, { method, headers, ...(body.length > 0 ? { body: new Uint8Array(body) } : {}) })
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}

function urlOf(path: string): URL {
  try {
    if (!path.startsWith('/')) throw new Error('the request target must be a path')
    return new URL(`https://kubernetes.default.svc${path.startsWith('//') ? `/.${path}` : path}`)
  } catch (error) {
    throw badRequest(`cannot parse request URI: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function headersOf(incoming: Incoming): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(':') || connectionHeaders.has(name) || value === undefined) continue
    try {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
    } catch {
      throw badRequest(`invalid header field "${name}"`)
    }
  }
  return headers
}

async function bytesOf(incoming: Incoming): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimit) throw tooLarge(`Request entity too large: limit is ${bodyLimit}`)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

/** Sends the Response. Streams (marked `x-accel-buffering: no`) go out chunk by chunk and end when the client goes. */
export async function respond(response: Response, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const headers = Object.fromEntries(response.headers)
  if (response.headers.get('x-accel-buffering') === 'no' && response.body !== null) {
    return streamed(response.body, response.status, headers, outgoing)
  }
  const bytes = Buffer.from(await response.arrayBuffer())
  const zipped = bytes.length >= gzipFromBytes && /\bgzip\b/.test(String(incoming.headers['accept-encoding'] ?? ''))
  const body = zipped ? await compress(bytes, { level: constants.Z_BEST_SPEED }) : bytes
  if (isGone(outgoing)) return
  if (zipped) Object.assign(headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
  if (response.status !== 304 && response.status !== 204) headers['content-length'] = String(body.length)
  outgoing.writeHead(response.status, headers)
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
}

async function streamed(
  body: ReadableStream<Uint8Array>,
  status: number,
  headers: Record<string, string>,
  outgoing: Outgoing,
): Promise<void> {
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  outgoing.on('close', cancel)
  outgoing.on('error', cancel)
  if (isGone(outgoing)) return cancel()
  outgoing.writeHead(status, headers)
  outgoing.flushHeaders()
  for (;;) {
    const { done, value } = await reader.read()
    if (done || isGone(outgoing)) break
    if (!outgoing.write(value)) await drained(outgoing)
  }
  if (!isGone(outgoing)) outgoing.end()
}

function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
  })
}

function isGone(outgoing: Outgoing): boolean {
  return outgoing.destroyed || outgoing.writableEnded || outgoing.closed === true
}

/** The failure of a request that never became one. */
export function asStatusError(error: unknown): StatusError {
  return error instanceof StatusError ? error : badRequest(error instanceof Error ? error.message : String(error))
}
