/**
 * Connections that become something else than HTTP: WebSocket and SPDY/3.1. Who asks, and whether it may, is decided by
 * the same handler as for every request; only then is the connection upgraded.
 * Source: https://kubernetes.io/docs/reference/using-api/websockets/, k8s.io/streaming pkg/httpstream
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { failure } from '../server/answer.ts'
import type { User } from '../server/context.ts'
import type { Handler } from '../server/handle.ts'
import { StreamAnswer } from '../server/stream-answer.ts'
import { asStatusError, type Incoming, requestOf } from './request.ts'
import { acceptSpdy } from './spdy.ts'
import { refuse } from './upgrade-tools.ts'
import { acceptWebSocket, withBearer } from './websocket.ts'

/** Upgraded connections one server holds at a time; further ones are refused with 503. */
const connectionLimit = 1000

/** The part of a server that upgrades. */
export interface UpgradeOptions {
  readonly handler: Handler
  readonly who: (incoming: Incoming) => Promise<User | undefined>
}

/** Makes the listener of a server's `upgrade` event. */
export function upgrader({ handler, who }: UpgradeOptions) {
  const open = new Set<Duplex>()
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
    open.add(socket)
    if (open.size > connectionLimit) return refuse(socket, 503, 'too many upgraded connections')
    void upgrade(incoming, socket, head, handler, who).catch(() => socket.destroy())
  }
}

async function upgrade(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  handler: Handler,
  who: UpgradeOptions['who'],
): Promise<void> {
  const protocol = String(incoming.headers.upgrade).toLowerCase()
  const response = await answered(incoming, protocol, handler, who)
  if (socket.destroyed) return
  if (protocol === 'websocket' && response.status === 200 && isStream(response))
    return acceptWebSocket(incoming, socket, head, response)
  if (protocol === 'spdy/3.1' && response instanceof StreamAnswer)
    return acceptSpdy(incoming, socket, head, response.stream)
  if (response instanceof StreamAnswer)
    return refuse(socket, 400, `unable to upgrade: unsupported protocol ${protocol}`)
  await written(response, incoming, socket)
}

async function answered(
  incoming: IncomingMessage,
  protocol: string,
  handler: Handler,
  who: UpgradeOptions['who'],
): Promise<Response> {
  try {
    if (protocol === 'websocket') withBearer(incoming)
    const request = await requestOf(incoming)
    request.headers.set('upgrade', protocol)
    return await handler(request, await who(incoming))
  } catch (error) {
    return failure(asStatusError(error))
  }
}

function isStream(response: Response): boolean {
  return response instanceof StreamAnswer || response.headers.get('x-accel-buffering') === 'no'
}

/** An answer to somebody whose connection stays what it was, written by hand: Node gave the socket away. */
async function written(response: Response, incoming: IncomingMessage, socket: Duplex): Promise<void> {
  const { status } = response
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers}connection: close\r\n`)
  const stream = response.headers.get('x-accel-buffering') === 'no' ? response.body?.getReader() : undefined
  if (stream === undefined) {
    const body = incoming.method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer())
    socket.end(Buffer.concat([Buffer.from(`content-length: ${body.length}\r\n\r\n`), body]))
    return
  }
  socket.once('close', () => void stream.cancel().catch(() => undefined))
  socket.write('\r\n')
  for (let part = await stream.read(); !part.done; part = await stream.read())
    if (!socket.write(part.value)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve))
  socket.end()
}
