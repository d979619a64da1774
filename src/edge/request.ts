/** From Node's request to a web Request and back from a web Response: headers, bodies, streams, compression. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Writable } from 'node:stream'
import { constants, createGzip, gzipSync } from 'node:zlib'
import { badRequest, methodNotServed, StatusError, tooLarge } from '../api/status-error.ts'
import { bodyLimit } from '../server/body.ts'

export type Incoming = IncomingMessage | Http2ServerRequest
/** HTTP/2's compatible response answers to the same calls. */
export type Outgoing = ServerResponse

/** As in a real API server: answers from this size on are compressed for those who accept it. */
const gzipFromBytes = 128 * 1024
const level = { level: constants.Z_BEST_SPEED }
/** Methods a web Request refuses. */
const unservable = new Set(['CONNECT', 'TRACE', 'TRACK'])
const bodiless = new Set(['GET', 'HEAD'])
/** Headers that belong to one connection and mean nothing beyond it; HTTP/2 forbids them. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection'])

/** The web Request. Throws StatusErrors: 400 for what cannot be read, 405 for methods nobody serves, 413 for a body too large. */
export async function requestOf(incoming: Incoming): Promise<Request> {
  const method = incoming.method ?? 'GET'
  if (unservable.has(method)) throw methodNotServed()
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

/**
 * Sends the Response. Watches (marked `x-accel-buffering: no`) go out chunk by chunk and end when the client goes; of
 * other answers the first 128 KiB are looked at: what is longer is sent as it comes, compressed for those who accept it.
 */
export async function respond(response: Response, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const headers: Record<string, string> = {
    'audit-id': String(incoming.headers['audit-id'] ?? randomUUID()),
    ...Object.fromEntries(response.headers),
  }
  const reader = response.body?.getReader()
  const isWatch = response.headers.get('x-accel-buffering') === 'no'
  const { head, done } = isWatch ? { head: [], done: false } : await headOf(reader)
  if (isGone(outgoing)) return void reader?.cancel().catch(() => undefined)
  const size = head.reduce((sum, chunk) => sum + chunk.length, 0)
  const zipped = !isWatch && size > gzipFromBytes && acceptsGzip(incoming)
  if (zipped) Object.assign(headers, { 'content-encoding': 'gzip', vary: varyOf(headers.vary) })
  if (reader !== undefined && !done)
    return streamed(head, reader, { status: response.status, headers, zipped }, outgoing)
  const whole = Buffer.concat(head)
  const body = zipped ? gzipSync(whole, level) : whole
  if (response.status !== 304 && response.status !== 204) headers['content-length'] = String(body.length)
  outgoing.writeHead(response.status, headers)
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** What comes until the threshold of compression is passed. */
async function headOf(reader: Reader | undefined): Promise<{ head: Uint8Array[]; done: boolean }> {
  const head: Uint8Array[] = []
  for (let size = 0; reader !== undefined && size <= gzipFromBytes; ) {
    const { done, value } = await reader.read()
    if (done) return { head, done: true }
    head.push(value)
    size += value.length
  }
  return { head, done: reader === undefined }
}

/** Exactly `gzip` among the encodings, as a real API server looks for it. */
function acceptsGzip(incoming: Incoming): boolean {
  const named = String(incoming.headers['accept-encoding'] ?? '').split(',')
  return named.some((encoding) => encoding.trim() === 'gzip')
}

function varyOf(vary: string | undefined): string {
  return vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`
}

interface Head {
  readonly status: number
  readonly headers: Record<string, string>
  readonly zipped: boolean
}

async function streamed(head: readonly Uint8Array[], reader: Reader, sent: Head, outgoing: Outgoing): Promise<void> {
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  outgoing.on('close', cancel)
  outgoing.on('error', cancel)
  if (isGone(outgoing)) return cancel()
  outgoing.writeHead(sent.status, sent.headers)
  outgoing.flushHeaders()
  const zip = sent.zipped ? createGzip(level) : undefined
  zip?.pipe(outgoing)
  const target = zip ?? outgoing
  for (const chunk of head) target.write(chunk)
  for (;;) {
    const { done, value } = await reader.read()
    if (done || isGone(outgoing)) break
    if (!target.write(value)) await drained(target, outgoing)
  }
  if (!isGone(outgoing)) target.end()
}

function drained(target: Writable, outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      target.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    target.on('drain', done)
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
