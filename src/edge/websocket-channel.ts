/** A WebSocket as a channel: one JSON text a message. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { PageMessage, SessionChannel } from '../inspector/protocol.ts'

/** The largest message a page may send: a manifest, a run file. Longer ones end the connection. */
const messageLimit = 32 * 1024 * 1024
/** Bytes that may wait for a page that does not read; past it the connection is let go, and the page connects anew. */
const waitingLimit = 64 * 1024 * 1024

const server = new WebSocketServer({ noServer: true, maxPayload: messageLimit, perMessageDeflate: false })

/** Upgrades a connection and hands out the session's end of the channel. */
export function acceptChannel(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  then: (channel: SessionChannel) => void,
): void {
  server.handleUpgrade(incoming, socket, head, (ws) => {
    ws.on('error', () => ws.terminate())
    then({
      send(message) {
        if (ws.readyState !== ws.OPEN) return
        if (ws.bufferedAmount > waitingLimit) ws.terminate()
        else ws.send(JSON.stringify(message))
      },
      onMessage(listener) {
        const take = (data: { toString(): string }): void => {
          let message: PageMessage
          try {
            message = JSON.parse(data.toString()) as PageMessage
          } catch {
            return ws.close(1003, 'every message is JSON')
          }
          listener(message)
        }
        ws.on('message', take)
        return () => ws.off('message', take)
      },
      onClose(listener) {
        ws.once('close', listener)
        return () => ws.off('close', listener)
      },
      close: () => ws.close(1000),
    })
  })
}
