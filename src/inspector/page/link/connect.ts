/** How the page reaches a session: over a WebSocket when it was served with a token, else a worker in this tab. */
import type { PageChannel, PageMessage, SessionMessage } from '../../protocol.ts'

/** The token that `kybern up` put into the page's address; '' when the page stands alone. */
export function tokenOf(address: string): string {
  const url = new URL(address)
  return url.searchParams.get('token') ?? new URLSearchParams(url.hash.slice(1)).get('token') ?? ''
}

export function connect(): PageChannel {
  const token = tokenOf(location.href)
  return token === '' ? workerChannel(new Worker(workerUrl(), { type: 'module' })) : socketChannel(socketUrl(token))
}

function socketUrl(token: string): string {
  const url = new URL('session', location.href)
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = `?token=${encodeURIComponent(token)}`
  url.hash = ''
  return url.href
}

/** The worker that the build put beside the page; it is told what the page's own address says. */
function workerUrl(): string {
  const name = document.querySelector<HTMLMetaElement>('meta[name="kybern-worker"]')?.content ?? ''
  const url = new URL(name, location.href)
  if (url.search === '') url.search = location.search
  return url.href
}

/** JSON texts over a WebSocket. What is sent before it is open waits. */
export function socketChannel(address: string): PageChannel {
  const socket = new WebSocket(address)
  let waiting: PageMessage[] | undefined = []
  socket.addEventListener('open', () => {
    for (const message of waiting ?? []) socket.send(JSON.stringify(message))
    waiting = undefined
  })
  return {
    send(message) {
      if (waiting !== undefined) waiting.push(message)
      else if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    onMessage(listener) {
      const hear = (event: MessageEvent<string>): void => listener(JSON.parse(event.data) as SessionMessage)
      socket.addEventListener('message', hear)
      return () => socket.removeEventListener('message', hear)
    },
    onClose(listener) {
      socket.addEventListener('close', listener)
      return () => socket.removeEventListener('close', listener)
    },
    close: () => socket.close(),
  }
}

/** Messages to and from a worker. A worker that fails to start closes the channel. */
export function workerChannel(worker: Worker): PageChannel {
  const closed = new Set<() => void>()
  const end = (): void => {
    for (const listener of [...closed]) listener()
    closed.clear()
  }
  worker.addEventListener('error', end)
  return {
    send: (message) => worker.postMessage(message),
    onMessage(listener) {
      const hear = (event: MessageEvent<SessionMessage>): void => listener(event.data)
      worker.addEventListener('message', hear)
      return () => worker.removeEventListener('message', hear)
    },
    onClose(listener) {
      closed.add(listener)
      return () => closed.delete(listener)
    },
    close() {
      worker.terminate()
      end()
    },
  }
}
