/** A channel to a running inspector by its address. */
import { WebSocket } from 'ws'
import type { PageChannel, SessionMessage } from '../inspector/protocol.ts'
import { KybernError } from '../lib/coded-error.ts'

/** Connects. Throws KYB-UNREACHABLE. */
export function dialChannel(address: string): Promise<PageChannel> {
  const url = new URL('session', address)
  url.search = new URL(address).search
  url.protocol = 'ws:'
  const ws = new WebSocket(url)
  return new Promise((resolve, reject) => {
    ws.once('error', (error) =>
      reject(new KybernError('KYB-UNREACHABLE', `the inspector at ${url.host} does not answer: ${error.message}`)),
    )
    ws.once('open', () => {
      ws.on('error', () => ws.terminate())
      resolve({
        send: (message) => {
          if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message))
        },
        onMessage(listener) {
          const take = (data: { toString(): string }): void => listener(JSON.parse(data.toString()) as SessionMessage)
          ws.on('message', take)
          return () => ws.off('message', take)
        },
        onClose(listener) {
          ws.once('close', listener)
          return () => ws.off('close', listener)
        },
        close: () => ws.close(),
      })
    })
  })
}
