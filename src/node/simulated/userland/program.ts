/**
 * Programs of simulated containers as generators: what they want from outside is an effect that they yield, so that the
 * same program runs at once for a caller that cannot wait, and over a connection for one that can.
 */
import type { KubeObject } from '../../../api/object.ts'
import { bytesOf, joined, textOf } from '../../../lib/bytes.ts'
import type { View } from '../../../store/view.ts'
import type { ContainerSpec } from '../behaviour.ts'
import type { Files } from './files.ts'

/** What came of a request through the simulated network: an answer, or why there is none. */
export type Fetched =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly error: string }

/** A request as a program sends it. */
export interface FetchEffect {
  readonly type: 'fetch'
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Effect =
  | { readonly type: 'read' }
  /** Bytes that were read too many: the next read begins with them. */
  | { readonly type: 'unread'; readonly bytes: Uint8Array }
  | { readonly type: 'write'; readonly to: 1 | 2; readonly bytes: Uint8Array }
  | { readonly type: 'sleep'; readonly ms: number }
  | { readonly type: 'call'; readonly call: () => unknown }
  | FetchEffect

/** A program in the middle of its run: yields effects, is given their answers, ends with a value. */
// biome-ignore lint/suspicious/noExplicitAny: each effect has its own answer, which the helpers below give a type
export type Run<T = number> = Generator<Effect, T, any>

/** What a process knows of the container it runs in. */
export interface Machine {
  readonly pod: KubeObject
  readonly container: ContainerSpec
  readonly hostname: string
  readonly files: Files
  view(): View
  /** ms since the epoch by the cluster's clock. */
  now(): number
  /** The addresses of a name as this pod sees it. */
  resolve(name: string): readonly string[]
  /** The program of a name, or undefined. */
  program(name: string): Program | undefined
  /** All names there are. */
  programs(): readonly string[]
}

export interface Process {
  readonly name: string
  readonly args: readonly string[]
  readonly env: ReadonlyMap<string, string>
  /** The working directory, absolute. */
  readonly cwd: string
  readonly machine: Machine
  /** Is there a terminal? */
  readonly tty: boolean
}

export type Program = (task: Process) => Run

/** The interrupt key was pressed. */
export class Interrupted extends Error {}

/** The next bytes of stdin, or undefined at its end. */
export function* read(): Run<Uint8Array | undefined> {
  return yield { type: 'read' }
}

/** The next line of stdin with its end; text without one at the end of stdin, undefined when there is none. */
export function* readLine(): Run<string | undefined> {
  const parts: Uint8Array[] = []
  for (let part = yield* read(); part !== undefined; part = yield* read()) {
    const end = part.indexOf(10)
    if (end >= 0) {
      if (end + 1 < part.length) yield { type: 'unread', bytes: part.subarray(end + 1) }
      return textOf(joined([...parts, part.subarray(0, end + 1)]))
    }
    parts.push(part)
  }
  return parts.length === 0 ? undefined : textOf(joined(parts))
}

/** All of stdin. */
export function* readAll(): Run<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let part = yield* read(); part !== undefined; part = yield* read()) parts.push(part)
  return joined(parts)
}

export function* write(bytes: Uint8Array): Run<void> {
  yield { type: 'write', to: 1, bytes }
}

export function* print(text: string): Run<void> {
  if (text !== '') yield { type: 'write', to: 1, bytes: bytesOf(text) }
}

/** Ends at once with a code. */
export function* ended(code: number): Run {
  yield* [] as Effect[]
  return code
}

/** Says what is wrong on stderr, and answers the code to end with. */
export function* fail(text: string, code = 1): Run {
  yield { type: 'write', to: 2, bytes: bytesOf(`${text}\n`) }
  return code
}

/** A path of the process as an absolute one, without `.` and `..`. */
export function absolute(cwd: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Options of one letter (`-la`), those with a value named in `valued`; the rest in order. Throws the letter that is unknown. */
export function options(
  args: readonly string[],
  known: string,
  valued = '',
): { set: Map<string, string>; rest: string[] } {
  const set = new Map<string, string>()
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '--') {
      rest.push(...args.slice(i + 1))
      break
    }
    if (!/^-[^-]/.test(arg)) rest.push(arg)
    else
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] as string
        if (valued.includes(letter)) {
          const attached = arg.slice(at + 1)
          set.set(letter, attached !== '' ? attached : (args[++i] ?? ''))
          break
        }
        if (!known.includes(letter)) throw new UnknownOption(letter)
        set.set(letter, '')
      }
  }
  return { set, rest }
}

export class UnknownOption extends Error {}

/** The text of the named files, or of stdin when none is named; a file that is not there is told and the code is 1. */
export function* inputs(
  task: Process,
  paths: readonly string[],
): Run<{ texts: { path: string; text: string }[]; code: number }> {
  if (paths.length === 0) return { texts: [{ path: '-', text: textOf(yield* readAll()) }], code: 0 }
  const texts: { path: string; text: string }[] = []
  let code = 0
  for (const path of paths) {
    if (path === '-') {
      texts.push({ path, text: textOf(yield* readAll()) })
      continue
    }
    const full = absolute(task.cwd, path)
    const text = task.machine.files.text(full)
    if (text !== undefined) texts.push({ path, text })
    else {
      const why = task.machine.files.kind(full) === 'directory' ? 'Is a directory' : 'No such file or directory'
      code = yield* fail(`${task.name}: ${path}: ${why}`)
    }
  }
  return { texts, code }
}
