/**
 * SPDY/3.1 within the messages of a WebSocket, as kubectl forwards ports.
 * Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import type { WebSocket } from 'ws'
import type { PortStream } from '../server/stream-answer.ts'
import { spdyPorts } from './spdy-ports.ts'
import { SpdySession } from './spdy-session.ts'

export const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'

/** Serves SPDY inside of the connection until either side ends it. */
export async function tunnelSpdy(ws: WebSocket, stream: PortStream): Promise<void> {
  const session = new SpdySession({
    write: (bytes, done) => ws.send(bytes, () => done()),
    end: () => ws.close(1000),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
  })
  ws.on('message', (data: Buffer) => session.receive(data))
  ws.on('close', () => session.closed())
  await spdyPorts(session, stream)
}
