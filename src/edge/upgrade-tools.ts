/** Small things that everybody needs who upgrades connections. */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Refuses an upgrade in the kubelet's way: a line of text. */
export function refuse(
  socket: Duplex,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const body = `${text}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${extra.join('')}content-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** Sends one message; resolves when it has left, so that a slow client slows its sender down. */
export function sent(ws: WebSocket, message: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => ws.send(message, () => resolve()))
}

/** A signal that is given when the connection closes. */
export function goneWith(ws: WebSocket): AbortSignal {
  const controller = new AbortController()
  ws.once('close', () => controller.abort())
  return controller.signal
}
