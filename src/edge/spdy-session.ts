/**
 * The server's side of one SPDY/3.1 connection: streams the client opens, each with its headers, bytes both ways and an
 * end on either side. It knows no socket: whoever has one hands in what it can do.
 * Source: SPDY draft 3.1; k8s.io/streaming pkg/httpstream/spdy
 */
import { control, data, type Frame, FrameReader, finFlag, frameTypes, resetCodes, words } from './spdy-frames.ts'
import { HeaderReader, HeaderWriter, type SpdyHeaders } from './spdy-headers.ts'
import { ByteQueue } from './upgrade-queue.ts'

/** What a session needs of a connection. `write` calls back when the bytes have left. */
export interface Wire {
  write(bytes: Buffer, done: () => void): void
  end(): void
  pause(): void
  resume(): void
}

/** Streams a client may have open at a time; further ones are refused. */
const streamLimit = 2000

/** One stream of the client. */
export class SpdyStream {
  readonly id: number
  readonly headers: SpdyHeaders
  readonly incoming: ByteQueue
  readonly #session: SpdySession
  #closed = false

  constructor(session: SpdySession, id: number, headers: SpdyHeaders, wire: Wire) {
    this.#session = session
    this.id = id
    this.headers = headers
    this.incoming = new ByteQueue(wire)
  }

  read(): Promise<Uint8Array | undefined> {
    return this.incoming.read()
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#closed && bytes.length > 0) await this.#session.send(data(this.id, bytes))
  }

  /** Ends this side. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#session.send(data(this.id, new Uint8Array(), true))
  }

  async reset(code = resetCodes.cancel): Promise<void> {
    this.#closed = true
    this.#session.forget(this)
    await this.#session.send(control(frameTypes.rstStream, 0, words(this.id, code)))
  }
}

export class SpdySession {
  readonly #wire: Wire
  readonly #frames = new FrameReader()
  readonly #reader = new HeaderReader()
  readonly #writer = new HeaderWriter()
  readonly #streams = new Map<number, SpdyStream>()
  readonly #gone = new AbortController()
  #work: Promise<void> = Promise.resolve()
  #last = 0
  #over = false
  #onStream: ((stream: SpdyStream) => void) | undefined
  #early: SpdyStream[] = []

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** Aborted when the connection is over. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** Resolves when everything received so far is dealt with. */
  get settled(): Promise<void> {
    return this.#work
  }

  /** Calls back with every stream the client opened or opens. */
  streams(take: (stream: SpdyStream) => void): void {
    this.#onStream = take
    for (const stream of this.#early.splice(0)) take(stream)
  }

  /** Bytes from the client. What is no SPDY ends the connection. */
  receive(bytes: Buffer): void {
    if (this.#over) return
    try {
      for (const frame of this.#frames.push(bytes))
        this.#work = this.#work.then(() => this.#take(frame)).catch(() => this.end(resetCodes.protocolError))
    } catch {
      this.end(resetCodes.protocolError)
    }
  }

  /** The connection closed. */
  closed(): void {
    if (this.#gone.signal.aborted) return
    this.#over = true
    this.#reader.close()
    this.#gone.abort()
    void this.#work.then(() => {
      for (const stream of this.#streams.values()) stream.incoming.end()
      this.#streams.clear()
    })
  }

  send(bytes: Buffer): Promise<void> {
    if (this.#over) return Promise.resolve()
    return new Promise((resolve) => this.#wire.write(bytes, resolve))
  }

  forget(stream: SpdyStream): void {
    stream.incoming.end()
    this.#streams.delete(stream.id)
  }

  /** Says goodbye and ends the connection once all is sent. */
  end(code = 0): void {
    if (this.#over) return
    this.#wire.write(control(frameTypes.goAway, 0, words(this.#last, code === 0 ? 0 : 1)), () => this.#wire.end())
    this.#over = true
  }

  async #take(frame: Frame): Promise<void> {
    if (this.#over) return
    if (frame.type === 'data') return this.#data(frame.stream, frame.bytes, frame.fin)
    const { kind, bytes } = frame
    if (kind === frameTypes.synStream) await this.#open(bytes, (frame.flags & finFlag) !== 0)
    else if (kind === frameTypes.headers) await this.#reader.read(bytes.subarray(4))
    else if (kind === frameTypes.ping) void this.send(control(frameTypes.ping, 0, bytes))
    else if (kind === frameTypes.rstStream) {
      const stream = this.#streams.get(bytes.readUInt32BE(0))
      if (stream !== undefined) this.forget(stream)
    }
  }

  #data(id: number, bytes: Buffer, fin: boolean): void {
    const stream = this.#streams.get(id)
    if (stream === undefined) {
      if (!fin) void this.send(control(frameTypes.rstStream, 0, words(id, resetCodes.invalidStream)))
      return
    }
    stream.incoming.push(bytes)
    if (fin) stream.incoming.end()
  }

  async #open(bytes: Buffer, fin: boolean): Promise<void> {
    const id = bytes.readUInt32BE(0) & 0x7fff_ffff
    const headers = await this.#reader.read(bytes.subarray(10))
    if (id % 2 === 0 || id <= this.#last) throw new Error('a stream of the client has an odd number, higher each time')
    this.#last = id
    if (this.#streams.size >= streamLimit) {
      void this.send(control(frameTypes.rstStream, 0, words(id, resetCodes.refusedStream)))
      return
    }
    const stream = new SpdyStream(this, id, headers, this.#wire)
    this.#streams.set(id, stream)
    if (fin) stream.incoming.end()
    void this.send(control(frameTypes.synReply, 0, words(id), this.#writer.write({})))
    if (this.#onStream === undefined) this.#early.push(stream)
    else this.#onStream(stream)
  }
}
