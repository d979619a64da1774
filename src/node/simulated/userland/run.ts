/**
 * Runs programs: at once for a caller that cannot wait, or over streams for one that can. What a program changed in its
 * files is handed over whenever it waits and at its end.
 */
import { bytesOf, joined, textOf } from '../../../lib/bytes.ts'
import { KybernError } from '../../../lib/coded-error.ts'
import type { Files } from './files.ts'
import { type Effect, type FetchEffect, type Fetched, Interrupted, type Run } from './program.ts'
import { onScreen, Terminal } from './terminal.ts'

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Waits of no time that a program may make before somebody has to let time pass: a bound on loops. */
const stepLimit = 100_000
/** So much output is gathered before it is sent. */
const chunkBytes = 16 * 1024

/** Runs a program that waits for nothing. Throws KYB-EXEC for one that does. */
export function runNow(run: Run, files: Files, fetch: (effect: FetchEffect) => Fetched): RunResult {
  const written: [Uint8Array[], Uint8Array[]] = [[], []]
  let answer: unknown
  for (let steps = 0; steps < stepLimit; steps++) {
    const step = run.next(answer)
    answer = undefined
    if (step.done === true) {
      files.flush()
      return { code: step.value, stdout: textOf(joined(written[0])), stderr: textOf(joined(written[1])) }
    }
    const effect = step.value
    if (effect.type === 'write') written[effect.to - 1]?.push(effect.bytes)
    else if (effect.type === 'fetch') answer = fetch(effect)
    else if (effect.type === 'call') answer = answered(effect.call())
    else if (effect.type === 'sleep' && effect.ms > 0) throw waits('the command waits for time to pass')
  }
  throw waits('the command goes on without an end')
}

function answered(answer: unknown): unknown {
  if (answer instanceof Promise) throw waits('the command answers later')
  return answer
}

function waits(why: string): KybernError {
  return new KybernError('KYB-EXEC', `${why}, which exec() cannot; run it through the API server`)
}

/** What a program over streams is given. */
export interface Streams {
  /** undefined: there is no stdin. */
  readonly read: (() => Promise<Uint8Array | undefined>) | undefined
  write(bytes: Uint8Array, to: 'stdout' | 'stderr'): Promise<void>
  /** Resolves after so much of the cluster's time, or when the signal is given. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  fetch(effect: FetchEffect): Promise<Fetched>
  readonly tty: boolean
  readonly gone: AbortSignal
}

/** Runs a program over streams; the code it ends with. When the client goes the program does too. */
export function runOver(run: Run, files: Files, streams: Streams): Promise<number> {
  return new Runner(run, files, streams).run()
}

class Runner {
  readonly #run: Run
  readonly #files: Files
  readonly #streams: Streams
  readonly #lines: (Uint8Array | undefined)[] = []
  #output: { to: 'stdout' | 'stderr'; parts: Uint8Array[]; size: number } = { to: 'stdout', parts: [], size: 0 }
  #pushedBack: Uint8Array[] = []
  #interrupt = new AbortController()
  #wake: (() => void) | undefined

  constructor(run: Run, files: Files, streams: Streams) {
    this.#run = run
    this.#files = files
    this.#streams = streams
  }

  async run(): Promise<number> {
    const { gone, tty, read } = this.#streams
    gone.addEventListener('abort', () => this.#stir())
    if (tty && read !== undefined) void this.#type(read)
    let answer: unknown
    try {
      while (!gone.aborted) {
        const step = this.#interrupt.signal.aborted ? this.#interrupted() : this.#run.next(answer)
        if (step.done === true) {
          await this.#flush()
          return step.value
        }
        answer = await this.#carry(step.value)
      }
      return 137
    } catch (error) {
      if (error instanceof Interrupted) return 130
      throw error
    } finally {
      this.#files.flush()
      if (gone.aborted) this.#run.return(137)
    }
  }

  #interrupted(): IteratorResult<Effect, number> {
    this.#interrupt = new AbortController()
    return this.#run.throw(new Interrupted())
  }

  async #carry(effect: Effect): Promise<unknown> {
    if (effect.type === 'write') return this.#write(effect.bytes, effect.to === 1 ? 'stdout' : 'stderr')
    if (effect.type === 'unread') return void this.#pushedBack.unshift(effect.bytes)
    await this.#flush()
    this.#files.flush()
    if (effect.type === 'read') return this.#read()
    if (effect.type === 'sleep')
      return this.#streams.sleep(effect.ms, AbortSignal.any([this.#interrupt.signal, this.#streams.gone]))
    return effect.type === 'fetch' ? this.#streams.fetch(effect) : effect.call()
  }

  async #read(): Promise<Uint8Array | undefined> {
    const back = this.#pushedBack.shift()
    if (back !== undefined) return back
    const { read, tty } = this.#streams
    if (read === undefined || !tty) return read?.()
    while (this.#lines.length === 0 && !this.#interrupt.signal.aborted && !this.#streams.gone.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.#lines.shift()
  }

  /** Reads what is typed, shows it, and hands on lines. */
  async #type(read: () => Promise<Uint8Array | undefined>): Promise<void> {
    const terminal = new Terminal()
    for (let bytes = await read(); bytes !== undefined; bytes = await read()) {
      const { echo, lines, interrupted, ended } = terminal.type(bytes)
      if (echo !== '') await this.#streams.write(bytesOf(echo), 'stdout')
      this.#lines.push(...lines)
      if (interrupted) this.#interrupt.abort()
      if (ended) this.#lines.push(undefined)
      this.#stir()
    }
    this.#lines.push(undefined)
    this.#stir()
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  async #write(bytes: Uint8Array, to: 'stdout' | 'stderr'): Promise<void> {
    const target = this.#streams.tty ? 'stdout' : to
    if (target !== this.#output.to) await this.#flush()
    this.#output.to = target
    this.#output.parts.push(this.#streams.tty ? onScreen(bytes) : bytes)
    this.#output.size += bytes.length
    if (this.#output.size >= chunkBytes) await this.#flush()
  }

  async #flush(): Promise<void> {
    const { to, parts } = this.#output
    if (parts.length === 0) return
    this.#output = { to, parts: [], size: 0 }
    await this.#streams.write(joined(parts), to)
  }
}
