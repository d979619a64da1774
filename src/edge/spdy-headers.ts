/**
 * Header blocks of SPDY/3: names and values by length, compressed in one stream for each direction that begins with a
 * dictionary both sides know. What is sent is stored within that format instead of compressed: a few bytes more on the
 * wire, and nothing to wait for.
 * Source: SPDY draft 3.1, section 2.6.10; RFC 1950; RFC 1951
 */
import { constants, createInflate, type Inflate } from 'node:zlib'

export type SpdyHeaders = Readonly<Record<string, string>>

/** A block may come to so many bytes, and no more, when it is read. */
const blockLimit = 64 * 1024

const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin'
const tail =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

/** The dictionary of the specification: 1,423 bytes. */
export const dictionary: Buffer = Buffer.concat([
  ...words.split(' ').map((word) => counted(word.replace('_', ' '))),
  Buffer.from(tail),
])

function counted(text: string): Buffer {
  const bytes = Buffer.from(text)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return b * 65_536 + a
}

/** The first bytes of a compressed stream that uses the dictionary. */
function preamble(): Buffer {
  const bytes = Buffer.from([0x78, 0xbb, 0, 0, 0, 0])
  bytes.writeUInt32BE(adler32(dictionary), 2)
  return bytes
}

/** A stored block and an empty one after it, which makes the reader hand out what it has. */
function stored(bytes: Buffer): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0])
  head.writeUInt16LE(bytes.length, 1)
  head.writeUInt16LE(bytes.length ^ 0xffff, 3)
  return Buffer.concat([head, bytes, Buffer.from([0, 0, 0, 0xff, 0xff])])
}

/** Writes header blocks of one direction. */
export class HeaderWriter {
  #begun = false

  write(headers: SpdyHeaders): Buffer {
    const entries = Object.entries(headers)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(entries.length)
    const pairs = entries.flatMap(([name, value]) => [counted(name.toLowerCase()), counted(value)])
    const block = stored(Buffer.concat([count, ...pairs]))
    const bytes = this.#begun ? block : Buffer.concat([preamble(), block])
    this.#begun = true
    return bytes
  }
}

/** Reads header blocks of one direction, one after the other. */
export class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary })

  /** Rejects when the bytes are no block, or too much of one. */
  read(bytes: Buffer): Promise<SpdyHeaders> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let size = 0
      const inflate = this.#inflate
      const done = (error?: Error): void => {
        inflate.off('data', take).off('error', done)
        if (error === undefined) resolve(parsed(Buffer.concat(chunks)))
        else reject(error)
      }
      const take = (chunk: Buffer): void => {
        size += chunk.length
        if (size > blockLimit) inflate.destroy(new Error('the header block is too large'))
        else chunks.push(chunk)
      }
      inflate.on('data', take).on('error', done)
      inflate.write(bytes)
      inflate.flush(constants.Z_SYNC_FLUSH, () => setImmediate(() => inflate.destroyed || done()))
    })
  }

  close(): void {
    this.#inflate.on('error', () => undefined).destroy()
  }
}

function parsed(block: Buffer): SpdyHeaders {
  const headers: Record<string, string> = {}
  let at = 4
  const text = (): string => {
    if (at + 4 > block.length) throw new Error('the header block is cut off')
    const size = block.readUInt32BE(at)
    at += 4 + size
    if (at > block.length) throw new Error('the header block is cut off')
    return block.toString('utf8', at - size, at)
  }
  const count = block.length < 4 ? 0 : block.readUInt32BE(0)
  for (let i = 0; i < count; i++) {
    const name = text()
    headers[name.toLowerCase()] = text()
  }
  return headers
}
