/** Webhooks over TLS on this machine, for recordings and their replay. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createPki } from '../../src/edge/pki.ts'
import type { Behaviour, ReviewOf } from './suite.ts'

/** What a behaviour returns to answer with something that is no review. */
export interface Raw {
  readonly http: { readonly code: number; readonly type?: string; readonly body?: string; readonly delayMs?: number }
}

export interface Served {
  /** `server.url` and `server.ca` (base64 of PEM) for the steps. */
  readonly given: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** Serves the behaviours by path; nothing at all when there are none. */
export async function serveWebhooks(behaviours: Readonly<Record<string, Behaviour>> | undefined): Promise<Served> {
  if (behaviours === undefined) return { given: {}, close: async () => undefined }
  const pki = await createPki(Date.now())
  const server = createServer({ key: pki.server.key, cert: pki.server.cert }, (incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ReviewOf
      const path = (incoming.url ?? '').split('?')[0] ?? ''
      const answer = behaviours[path]?.(review) ?? { http: { code: 404 } }
      const { code, type = 'text/plain', body = '', delayMs = 0 } = rawOf(answer)
      const say = (): void => void outgoing.writeHead(code, { 'content-type': type }).end(body)
      if (delayMs === 0) say()
      else setTimeout(say, delayMs).unref()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ca = Buffer.from(pki.ca).toString('base64')
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { given: { server: { url, ca } }, close }
}

function rawOf(answer: unknown): Raw['http'] {
  if (typeof answer === 'object' && answer !== null && 'http' in answer) return (answer as Raw).http
  return { code: 200, type: 'application/json', body: JSON.stringify(answer) }
}
