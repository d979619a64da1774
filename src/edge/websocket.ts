/**
 * WebSocket connections of the API: channels of commands (v4, v5 and the older protocols), ports by channels or by SPDY
 * within messages, and logs and watches message by message.
 * Source: https://kubernetes.io/docs/reference/using-api/websockets/, k8s.io/streaming pkg/httpstream/wsstream
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { StatusError } from '../api/status-error.ts'
import { type Refusal, StreamAnswer } from '../server/stream-answer.ts'
import { refuse, sent } from './upgrade-tools.ts'
import { channelCommand, commandProtocols } from './websocket-command.ts'
import { channelPorts, portProtocols } from './websocket-ports.ts'
import { tunnelProtocol, tunnelSpdy } from './websocket-tunnel.ts'

/** The largest message a client may send; longer ones end the connection. kubectl sends 32 KiB. */
const messageLimit = 4 * 1024 * 1024

const server = new WebSocketServer({ noServer: true, maxPayload: messageLimit, perMessageDeflate: false })
const bearerPrefix = 'base64url.bearer.authorization.k8s.io.'

export function protocolsOf(incoming: IncomingMessage): string[] {
  const text = String(incoming.headers['sec-websocket-protocol'] ?? '')
  return text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
}

/**
 * Browsers cannot set headers: a token may come as a protocol. It becomes the header it stands for and is no protocol any
 * more. Throws 401 when it is all the client speaks, or is said twice.
 */
export function withBearer(incoming: IncomingMessage): void {
  const all = protocolsOf(incoming)
  const tokens = all.filter((one) => one.startsWith(bearerPrefix))
  const [token] = tokens
  if (token === undefined || incoming.headers.authorization !== undefined) return
  const others = all.filter((one) => !tokens.includes(one))
  if (tokens.length > 1 || others.length === 0)
    throw new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
  const decoded = Buffer.from(token.slice(bearerPrefix.length), 'base64url').toString('utf8')
  incoming.headers.authorization = `Bearer ${decoded}`
  incoming.headers['sec-websocket-protocol'] = others.join(', ')
}

/** Upgrades a connection for an answer that is a conversation or a stream. */
export function acceptWebSocket(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  response: Response,
): Promise<void> {
  const offered = protocolsOf(incoming)
  const accept = (allowed: readonly string[], then: (ws: WebSocket, protocol: string) => unknown) =>
    handshake(incoming, socket, head, allowed, then)
  if (!(response instanceof StreamAnswer)) {
    if (response.headers.get('content-type')?.startsWith('text/plain') !== true)
      return accept(offered.slice(0, 1), (ws) => pump(ws, response, 'lines'))
    return accept(['binary.k8s.io', 'base64.binary.k8s.io'], (ws, protocol) =>
      pump(ws, response, protocol.startsWith('base64') ? 'base64' : 'bytes'),
    )
  }
  const { stream } = response
  if (stream.type === 'command') {
    const isFifth = offered.includes('v5.channel.k8s.io')
    if (stream.refusal !== undefined && !isFifth) return refused(socket, stream.refusal)
    const allowed = isFifth ? ['v5.channel.k8s.io'] : commandProtocols
    return accept(allowed, (ws, protocol) => channelCommand(ws, protocol, stream))
  }
  if (stream.refusal !== undefined) return refused(socket, stream.refusal)
  if (offered.includes(tunnelProtocol)) return accept([tunnelProtocol], (ws) => tunnelSpdy(ws, stream))
  if (stream.ports.length === 0) {
    refuse(socket, 400, 'query parameter "port" is required')
    return Promise.resolve()
  }
  return accept(portProtocols, (ws, protocol) => channelPorts(ws, protocol, stream))
}

async function refused(socket: Duplex, { code, text }: Refusal): Promise<void> {
  refuse(socket, code, text)
}

/** The first protocol the client offers that is allowed; a client that offers none speaks the oldest. */
async function handshake(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  allowed: readonly string[],
  then: (ws: WebSocket, protocol: string) => unknown,
): Promise<void> {
  const offered = protocolsOf(incoming)
  const chosen = offered.length === 0 ? '' : offered.find((one) => allowed.includes(one))
  if (chosen === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
  if (chosen === '') delete incoming.headers['sec-websocket-protocol']
  else incoming.headers['sec-websocket-protocol'] = chosen
  server.handleUpgrade(incoming, socket, head, (ws) => {
    ws.on('error', () => ws.terminate())
    void Promise.resolve(then(ws, chosen)).catch(() => ws.terminate())
  })
}

/** Sends a streamed answer in messages: bytes as they come, or one message for each line. */
async function pump(ws: WebSocket, response: Response, form: 'lines' | 'bytes' | 'base64'): Promise<void> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ws.close(1000)
  ws.on('close', () => void reader.cancel().catch(() => undefined))
  let rest = ''
  const decoder = new TextDecoder()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (form === 'bytes') await sent(ws, part.value)
    else if (form === 'base64') await sent(ws, Buffer.from(part.value).toString('base64'))
    else {
      const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n')
      rest = lines.pop() as string
      for (const line of lines) await sent(ws, `${line}\n`)
    }
  }
  ws.close(1000)
}
