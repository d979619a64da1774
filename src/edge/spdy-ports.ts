/**
 * Ports over SPDY: for each connection the client opens a stream for errors and one for data, which name the same request.
 * Source: k8s.io/kubelet pkg/cri/streaming/portforward
 */
import type { PortStream } from '../server/stream-answer.ts'
import type { SpdySession, SpdyStream } from './spdy-session.ts'

interface Pair {
  error?: SpdyStream
  data?: SpdyStream
}

/** Serves connections until the session is over. */
export function spdyPorts(session: SpdySession, ports: PortStream): Promise<void> {
  const pairs = new Map<string, Pair>()
  session.streams((stream) => {
    const { streamtype: type = '', port = '' } = stream.headers
    const number = Number(port)
    if ((type !== 'error' && type !== 'data') || !Number.isInteger(number) || number < 1 || number > 65_535)
      return void stream.reset()
    const id = stream.headers.requestid ?? String(type === 'error' ? stream.id : stream.id - 2)
    const pair = pairs.get(id) ?? {}
    if (pair[type] !== undefined) return void stream.reset()
    pair[type] = stream
    pairs.set(id, pair)
    if (pair.error === undefined || pair.data === undefined) return
    pairs.delete(id)
    void connected(session, ports, number, pair.data, pair.error)
  })
  return new Promise((resolve) => session.gone.addEventListener('abort', () => resolve()))
}

async function connected(
  session: SpdySession,
  ports: PortStream,
  port: number,
  data: SpdyStream,
  error: SpdyStream,
): Promise<void> {
  const io = { read: () => data.read(), write: (bytes: Uint8Array) => data.write(bytes), gone: session.gone }
  try {
    await ports.connect(port, io)
  } catch (thrown) {
    await error.write(Buffer.from((thrown as Error).message))
  }
  await data.close()
  await error.close()
  session.forget(data)
  session.forget(error)
}
