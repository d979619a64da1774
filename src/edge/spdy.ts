/**
 * Upgrades of connections to SPDY/3.1: which protocol is spoken on it, and who serves it.
 * Source: k8s.io/streaming pkg/httpstream (Handshake), k8s.io/kubelet pkg/cri/streaming
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CommandStream, PortStream } from '../server/stream-answer.ts'
import { spdyCommand } from './spdy-command.ts'
import { spdyPorts } from './spdy-ports.ts'
import { SpdySession } from './spdy-session.ts'
import { refuse } from './upgrade-tools.ts'

const versionHeader = 'x-stream-protocol-version'
const commandVersions = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']
const portVersions = ['portforward.k8s.io']

/** Serves a conversation over SPDY, or refuses as the kubelet does. */
export async function acceptSpdy(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  stream: CommandStream | PortStream,
): Promise<void> {
  if (stream.refusal !== undefined) return refuse(socket, stream.refusal.code, stream.refusal.text)
  const protocol = negotiated(incoming, socket, stream.type === 'command' ? commandVersions : portVersions)
  if (protocol === undefined) return
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
  const session = new SpdySession({
    write: (bytes, done) => (socket.writable ? void socket.write(bytes, () => done()) : done()),
    end: () => socket.end(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  })
  socket.on('data', (bytes: Buffer) => session.receive(bytes))
  socket.on('end', () => socket.end())
  socket.on('close', () => session.closed())
  if (head.length > 0) session.receive(head)
  await (stream.type === 'command' ? spdyCommand(session, protocol, stream) : spdyPorts(session, stream))
}

/** The client's first choice that is known; undefined after a refusal. */
function negotiated(incoming: IncomingMessage, socket: Duplex, accepted: readonly string[]): string | undefined {
  const header = incoming.headers[versionHeader]
  if (header === undefined) {
    const count = Object.keys(incoming.headers).length
    const why = `header X-Stream-Protocol-Version does not exist in request with ${count} headers`
    refuse(socket, 400, `unable to upgrade: ${why}`)
    return undefined
  }
  const offered = [header]
    .flat()
    .flatMap((text) => text.split(','))
    .map((one) => one.trim())
  const found = offered.find((one) => accepted.includes(one))
  if (found !== undefined) return found
  const why = `client supports [${offered.join(' ')}], server accepts [${accepted.join(' ')}]`
  refuse(socket, 403, `unable to upgrade: unable to negotiate protocol: ${why}`, {
    'X-Accepted-Stream-Protocol-Versions': accepted.join(', '),
  })
  return undefined
}
