/**
 * Frames of SPDY/3.1 as bytes and back. No flow control: Kubernetes' clients and servers do without it.
 * Source: SPDY draft 3.1, section 2.2 and 2.6
 */

export const frameTypes = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8 }
/** Status codes of RST_STREAM. */
export const resetCodes = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5, internalError: 6 }
/** The flag of the last frame a side sends on a stream. */
export const finFlag = 1

/** Longer frames end the connection. */
const frameLimit = 4 * 1024 * 1024

export type Frame =
  | { readonly type: 'data'; readonly stream: number; readonly fin: boolean; readonly bytes: Buffer }
  | { readonly type: 'control'; readonly kind: number; readonly flags: number; readonly bytes: Buffer }

/** Cuts what comes in into frames. Throws for what is no SPDY/3. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Frame[] = []
    while (this.#rest.length >= 8) {
      const size = this.#rest.readUIntBE(5, 3)
      if (size > frameLimit) throw new Error(`a frame of ${size} bytes is too long`)
      if (this.#rest.length < 8 + size) break
      frames.push(frameOf(this.#rest.subarray(0, 8 + size)))
      this.#rest = this.#rest.subarray(8 + size)
    }
    return frames
  }
}

function frameOf(all: Buffer): Frame {
  const flags = all[4] as number
  const bytes = all.subarray(8)
  const first = all.readUInt32BE(0)
  if (first < 0x8000_0000) return { type: 'data', stream: first, fin: (flags & finFlag) !== 0, bytes }
  const version = (first >>> 16) & 0x7fff
  if (version !== 3) throw new Error(`SPDY version ${version} is not spoken`)
  return { type: 'control', kind: first & 0xffff, flags, bytes }
}

/** A control frame. */
export function control(kind: number, flags: number, ...parts: Uint8Array[]): Buffer {
  const bytes = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(0x8003_0000 + kind)
  head.writeUInt8(flags, 4)
  head.writeUIntBE(bytes.length, 5, 3)
  return Buffer.concat([head, bytes])
}

/** A data frame; `fin`: the last one of this side. */
export function data(stream: number, bytes: Uint8Array, fin = false): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(stream)
  head.writeUInt8(fin ? finFlag : 0, 4)
  head.writeUIntBE(bytes.length, 5, 3)
  return Buffer.concat([head, bytes])
}

/** Numbers of 32 bits one after the other. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}
