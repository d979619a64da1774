/** SPDY/3.1 as bytes: header blocks both ways, frames that come in pieces, and what a session answers. */
import { constants, createDeflate, createInflate } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { control, data, FrameReader, frameTypes, words } from '../../src/edge/spdy-frames.ts'
import { dictionary, HeaderReader, HeaderWriter } from '../../src/edge/spdy-headers.ts'
import { SpdySession, type SpdyStream } from '../../src/edge/spdy-session.ts'

function through(stream: ReturnType<typeof createDeflate>, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer) => chunks.push(chunk)
    stream.on('data', take)
    stream.write(bytes)
    stream.flush(constants.Z_SYNC_FLUSH, () => setImmediate(() => resolve(Buffer.concat(chunks))))
  })
}

function block(headers: Record<string, string>): Buffer {
  const text = (value: string) => Buffer.concat([words(Buffer.byteLength(value)), Buffer.from(value)])
  const entries = Object.entries(headers)
  return Buffer.concat([words(entries.length), ...entries.flatMap(([name, value]) => [text(name), text(value)])])
}

/** A client's compressor, as Go's zlib writes. */
function client() {
  const deflate = createDeflate({ dictionary })
  return (headers: Record<string, string>) => through(deflate, block(headers))
}

describe('header blocks', () => {
  it('the dictionary has the size of the specification', () => {
    expect(dictionary).toHaveLength(1423)
  })

  it('are read one after the other', async () => {
    const compress = client()
    const reader = new HeaderReader()
    expect(await reader.read(await compress({ streamtype: 'error', port: '80' }))).toEqual({
      streamtype: 'error',
      port: '80',
    })
    expect(await reader.read(await compress({ StreamType: 'data', requestID: '7' }))).toEqual({
      streamtype: 'data',
      requestid: '7',
    })
    reader.close()
  })

  it('are written so that zlib reads them', async () => {
    const writer = new HeaderWriter()
    const inflate = createInflate({ dictionary })
    expect(await through(inflate as never, writer.write({}))).toEqual(block({}))
    expect(await through(inflate as never, writer.write({ A: 'b', c: 'ü' }))).toEqual(block({ a: 'b', c: 'ü' }))
  })

  it('that are none are refused', async () => {
    await expect(new HeaderReader().read(Buffer.from('no zlib at all'))).rejects.toThrow()
  })

  it('that swell are refused', async () => {
    const bomb = await client()({ name: 'x'.repeat(1_000_000) })
    await expect(new HeaderReader().read(bomb)).rejects.toThrow('too large')
  })
})

describe('frames', () => {
  it('may come byte by byte', () => {
    const all = Buffer.concat([data(3, Buffer.from('hello')), control(frameTypes.ping, 0, words(9))])
    const reader = new FrameReader()
    const frames = [...all].flatMap((byte) => reader.push(Buffer.from([byte])))
    expect(frames).toEqual([
      { type: 'data', stream: 3, fin: false, bytes: Buffer.from('hello') },
      { type: 'control', kind: frameTypes.ping, flags: 0, bytes: words(9) },
    ])
  })

  it('of another version or too long are refused', () => {
    expect(() => new FrameReader().push(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))).toThrow('version 2')
    expect(() => new FrameReader().push(Buffer.from([0, 0, 0, 1, 0, 255, 255, 255]))).toThrow('too long')
  })
})

function session() {
  const written: Buffer[] = []
  const streams: SpdyStream[] = []
  const wire = { ended: false }
  const one = new SpdySession({
    write: (bytes, done) => {
      written.push(bytes)
      done()
    },
    end: () => {
      wire.ended = true
    },
    pause: () => {},
    resume: () => {},
  })
  one.streams((stream) => streams.push(stream))
  return { one, written, streams, wire }
}

const synStream = (id: number, headers: Buffer) =>
  control(frameTypes.synStream, 0, words(id, 0), Buffer.from([0, 0]), headers)

describe('sessions', () => {
  it('answer streams and pings and read to the end', async () => {
    const { one, written, streams } = session()
    const compress = client()
    one.receive(synStream(1, await compress({ streamtype: 'stdin' })))
    one.receive(data(1, Buffer.from('ab')))
    one.receive(data(1, Buffer.from('c'), true))
    one.receive(control(frameTypes.ping, 0, words(5)))
    await one.settled
    expect(streams.map(({ headers }) => headers)).toEqual([{ streamtype: 'stdin' }])
    const stream = streams[0] as SpdyStream
    expect(String(await stream.read())).toBe('ab')
    expect(String(await stream.read())).toBe('c')
    expect(await stream.read()).toBeUndefined()
    await stream.write(Buffer.from('out'))
    await stream.close()
    expect(written[0]?.subarray(0, 12)).toEqual(
      Buffer.concat([control(2, 0).subarray(0, 5), written[0]?.subarray(5, 8) as Buffer, words(1)]),
    )
    expect(written.slice(1)).toEqual([
      control(frameTypes.ping, 0, words(5)),
      data(1, Buffer.from('out')),
      data(1, Buffer.alloc(0), true),
    ])
  })

  it('end when a client opens streams backwards', async () => {
    const { one, written, wire } = session()
    const compress = client()
    one.receive(synStream(3, await compress({})))
    one.receive(synStream(1, await compress({})))
    await one.settled
    expect(wire.ended).toBe(true)
    expect(written.at(-1)).toEqual(control(frameTypes.goAway, 0, words(3, 1)))
  })

  it('end all streams with the connection', async () => {
    const { one, streams } = session()
    one.receive(synStream(1, await client()({})))
    await one.settled
    one.closed()
    expect(await streams[0]?.read()).toBeUndefined()
    expect(one.gone.aborted).toBe(true)
  })
})
