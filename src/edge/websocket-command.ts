/**
 * The channels of a command in one WebSocket: 0 stdin, 1 stdout, 2 stderr, 3 the status, 4 the terminal's size. In v5 the
 * message `255, channel` closes a channel.
 * Source: https://kubernetes.io/docs/reference/using-api/websockets/
 */
import type { WebSocket } from 'ws'
import type { CommandIo, CommandStatus, CommandStream } from '../server/stream-answer.ts'
import { internalStatus } from '../server/stream-answer.ts'
import { ByteQueue } from './upgrade-queue.ts'
import { goneWith, sent } from './upgrade-tools.ts'

export const commandProtocols = [
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
]

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const
const closeSignal = 255

/** One message of a channel as the protocol writes it. */
export function framed(protocol: string, channel: number, bytes: Uint8Array): Uint8Array | string {
  if (protocol.includes('base64')) return String(channel) + Buffer.from(bytes).toString('base64')
  return Buffer.concat([Buffer.from([channel]), bytes])
}

/** The channel of a message and what it carries; undefined for an empty one. */
export function unframed(protocol: string, data: Buffer): { channel: number; bytes: Buffer } | undefined {
  const [first] = data
  if (first === undefined) return undefined
  if (!protocol.includes('base64')) return { channel: first, bytes: data.subarray(1) }
  return { channel: first - 48, bytes: Buffer.from(data.subarray(1).toString('latin1'), 'base64') }
}

/** What the error channel says: a Status since v4, a line of text before. */
export function statusText(protocol: string, status: CommandStatus): string {
  if (/^v[45]\./.test(protocol)) return JSON.stringify(status)
  if (status.status === 'Success') return ''
  const code = status.details?.causes.find(({ reason }) => reason === 'ExitCode')?.message
  return code === undefined
    ? (status.message ?? '')
    : `error executing remote command: error executing command in container: command terminated with exit code ${code}`
}

/** Serves a command over a connection and closes it at the command's end. */
export async function channelCommand(ws: WebSocket, protocol: string, stream: CommandStream): Promise<void> {
  const stdin = new ByteQueue(ws)
  const sizes = new Set<(columns: number, rows: number) => void>()
  ws.on('close', () => stdin.end())
  ws.on('message', (data: Buffer) => {
    const message = unframed(protocol, data)
    if (message === undefined) return
    const { channel, bytes } = message
    if (channel === closeSignal && protocol.startsWith('v5.')) {
      if (bytes.length !== 1) return ws.close()
      if (bytes[0] === channels.stdin) stdin.end()
    } else if (channel === channels.stdin && stream.streams.stdin) stdin.push(bytes)
    else if (channel === channels.resize) resize(bytes, sizes)
  })
  const { streams, refusal } = stream
  const greeting = streams.stdout ? channels.stdout : streams.stderr ? channels.stderr : channels.error
  await sent(ws, framed(protocol, greeting, new Uint8Array()))
  const io: CommandIo = {
    read: () => stdin.read(),
    write: async (bytes, to) => {
      if (streams[to]) await sent(ws, framed(protocol, channels[to], bytes))
    },
    gone: goneWith(ws),
    resized: (listener) => void sizes.add(listener),
  }
  const status =
    refusal === undefined ? await stream.run(io) : internalStatus(`unable to upgrade connection: ${refusal.text}`)
  const text = statusText(protocol, status)
  if (text !== '') await sent(ws, framed(protocol, channels.error, Buffer.from(text)))
  ws.close(1000)
}

/** Tells of a new size; text that is none is not an error of the protocol. */
export function resize(bytes: Uint8Array, listeners: Iterable<(columns: number, rows: number) => void>): void {
  try {
    const { Width, Height } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { Width: number; Height: number }
    for (const listener of listeners) listener(Width, Height)
  } catch {
    // A size nobody can read changes nothing.
  }
}
