/**
 * HTTP/1.1 as bytes on a connection, for what simulated containers serve: requests are read one after the other, answers
 * have a length.
 * Source: RFC 9112
 */
import { bytesOf, joined, textOf } from '../../lib/bytes.ts'

/** A request read off a connection. */
export interface HttpRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The client wants to send more on this connection. */
  readonly keep: boolean
}

const headLimit = 64 * 1024
const bodyLimit = 16 * 1024 * 1024

/** It is no HTTP that is spoken here, or too much of it. */
export class HttpFault extends Error {}

/** Reads requests off a connection. */
export class HttpReader {
  readonly #read: () => Promise<Uint8Array | undefined>
  #rest: Uint8Array = new Uint8Array()

  constructor(read: () => Promise<Uint8Array | undefined>) {
    this.#read = read
  }

  /** The next request, or undefined when the client closed. Throws HttpFault. */
  async next(): Promise<HttpRequest | undefined> {
    const head = await this.#head()
    if (head === undefined) return undefined
    const [first = '', ...lines] = head.split('\r\n')
    const match = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(first)
    if (match === null) throw new HttpFault('malformed request')
    const headers = Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf(':')
        if (at < 1) throw new HttpFault('malformed header')
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
      }),
    )
    const body =
      headers['transfer-encoding'] === 'chunked' ? await this.#chunks() : await this.#bytes(lengthOf(headers))
    const wish = (headers.connection ?? '').toLowerCase()
    const keep = match[3] === '1' ? wish !== 'close' : wish === 'keep-alive'
    return { method: match[1] as string, target: match[2] as string, headers, body, keep }
  }

  async #head(): Promise<string | undefined> {
    for (;;) {
      const text = textOf(this.#rest.subarray(0, headLimit))
      const end = text.indexOf('\r\n\r\n')
      if (end >= 0) {
        this.#rest = this.#rest.subarray(bytesOf(text.slice(0, end + 4)).length)
        return text.slice(0, end)
      }
      if (this.#rest.length >= 8 && !/^[A-Z]+ /.test(text)) throw new HttpFault('malformed request')
      if (this.#rest.length >= headLimit) throw new HttpFault('request header too large')
      if (!(await this.#more())) return undefined
    }
  }

  async #more(): Promise<boolean> {
    const bytes = await this.#read()
    if (bytes === undefined) return false
    this.#rest = joined([this.#rest, bytes])
    return true
  }

  async #bytes(size: number): Promise<Uint8Array> {
    while (this.#rest.length < size) if (!(await this.#more())) throw new HttpFault('unexpected end')
    const bytes = this.#rest.subarray(0, size)
    this.#rest = this.#rest.subarray(size)
    return bytes
  }

  async #chunks(): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let total = 0
    for (;;) {
      while (!this.#rest.includes(10)) if (!(await this.#more())) throw new HttpFault('unexpected end')
      const line = await this.#bytes(this.#rest.indexOf(10) + 1)
      const size = Number.parseInt(textOf(line), 16)
      total += size
      if (!(size >= 0) || total > bodyLimit) throw new HttpFault('malformed chunk')
      parts.push(await this.#bytes(size))
      await this.#bytes(2)
      if (size === 0) return joined(parts)
    }
  }
}

function lengthOf(headers: Readonly<Record<string, string>>): number {
  const size = Number(headers['content-length'] ?? 0)
  if (Number.isInteger(size) && size >= 0 && size <= bodyLimit) return size
  throw new HttpFault('bad content-length')
}

/** An answer as bytes. */
export function httpAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  { method, keep }: { readonly method: string; readonly keep: boolean },
): Uint8Array {
  const bytes = bytesOf(body)
  const shown = { ...headers, 'content-length': String(bytes.length), ...(keep ? {} : { connection: 'close' }) }
  const head = Object.entries(shown).map(([name, value]) => `${name}: ${value}\r\n`)
  const text = `HTTP/1.1 ${status} ${reasons[status] ?? ''}\r\n${head.join('')}\r\n`
  return method === 'HEAD' ? bytesOf(text) : joined([bytesOf(text), bytes])
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}
