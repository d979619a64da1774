/**
 * A command over SPDY: the client opens one stream each for errors, stdin, stdout, stderr and (since v3, with a terminal)
 * its size; the command begins when all are there.
 * Source: k8s.io/kubelet pkg/cri/streaming/remotecommand
 */
import type { CommandIo, CommandStream } from '../server/stream-answer.ts'
import type { SpdySession, SpdyStream } from './spdy-session.ts'
import { resize, statusText } from './websocket-command.ts'

/** A client that has not opened its streams after this is let go. */
const creationMs = 30_000

export async function spdyCommand(session: SpdySession, protocol: string, command: CommandStream): Promise<void> {
  const streams = await opened(session, expected(protocol, command))
  if (streams === undefined) return session.end()
  const sizes = new Set<(columns: number, rows: number) => void>()
  void readSizes(streams.get('resize'), sizes)
  const io: CommandIo = {
    read: () => streams.get('stdin')?.read() ?? Promise.resolve(undefined),
    write: async (bytes, to) => streams.get(to)?.write(bytes),
    gone: session.gone,
    resized: (listener) => void sizes.add(listener),
  }
  const status = await command.run(io)
  const text = statusText(protocol, status)
  if (text !== '') await streams.get('error')?.write(Buffer.from(text))
  for (const name of ['stdout', 'stderr', 'error']) await streams.get(name)?.close()
  session.end()
}

function expected(protocol: string, { streams }: CommandStream): Set<string> {
  const names = (['stdin', 'stdout', 'stderr'] as const).filter((name) => streams[name])
  const hasSize = streams.tty && /^v[34]\./.test(protocol)
  return new Set([...names, 'error', ...(hasSize ? ['resize'] : [])])
}

/** The streams by name once all are there; undefined when they do not come. */
function opened(session: SpdySession, names: ReadonlySet<string>): Promise<Map<string, SpdyStream> | undefined> {
  return new Promise((resolve) => {
    const found = new Map<string, SpdyStream>()
    const late = setTimeout(() => resolve(undefined), creationMs)
    session.gone.addEventListener('abort', () => {
      clearTimeout(late)
      resolve(undefined)
    })
    session.streams((stream) => {
      const name = stream.headers.streamtype ?? ''
      if (!names.has(name) || found.has(name)) return void stream.reset()
      found.set(name, stream)
      if (found.size < names.size) return
      clearTimeout(late)
      resolve(found)
    })
  })
}

async function readSizes(stream: SpdyStream | undefined, listeners: Set<(columns: number, rows: number) => void>) {
  for (;;) {
    const bytes = await stream?.read()
    if (bytes === undefined) return
    const newest = Buffer.from(bytes).toString('utf8').trim().split('\n').at(-1) ?? ''
    resize(Buffer.from(newest), listeners)
  }
}
