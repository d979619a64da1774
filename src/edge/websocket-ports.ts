/**
 * Ports over WebSocket channels: for the i-th port of the URL channel 2i carries the data and 2i+1 what went wrong. Each
 * begins with the port in two bytes.
 * Source: k8s.io/kubelet pkg/cri/streaming/portforward
 */
import type { WebSocket } from 'ws'
import type { PortStream } from '../server/stream-answer.ts'
import { ByteQueue } from './upgrade-queue.ts'
import { goneWith, sent } from './upgrade-tools.ts'
import { framed, unframed } from './websocket-command.ts'

export const portProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io']

/** Serves the ports of one connection until all are over. */
export async function channelPorts(ws: WebSocket, protocol: string, stream: PortStream): Promise<void> {
  const queues = stream.ports.map(() => new ByteQueue(ws))
  ws.on('close', () => {
    for (const queue of queues) queue.end()
  })
  ws.on('message', (data: Buffer) => {
    const message = unframed(protocol, data)
    if (message !== undefined && message.channel % 2 === 0) queues[message.channel / 2]?.push(message.bytes)
  })
  const gone = goneWith(ws)
  await Promise.all(
    stream.ports.map(async (port, index) => {
      const word = Uint8Array.of(port & 255, port >> 8)
      await sent(ws, framed(protocol, 2 * index, word))
      await sent(ws, framed(protocol, 2 * index + 1, word))
      const read = () => (queues[index] as ByteQueue).read()
      const write = (bytes: Uint8Array) => sent(ws, framed(protocol, 2 * index, bytes))
      try {
        await stream.connect(port, { read, write, gone })
      } catch (error) {
        await sent(ws, framed(protocol, 2 * index + 1, Buffer.from((error as Error).message)))
      }
    }),
  )
  ws.close(1000)
}
