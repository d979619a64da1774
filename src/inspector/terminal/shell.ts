/** What the verbs of the terminal share: how to ask the session, how to name things, and how a table looks. */
import type { Answers, KindInfo, Question, Questions } from '../questions.ts'
import type { Line } from './line.ts'

/** Asks the session; a page hands in its client. */
export type AskSession = <Q extends Question>(question: Q, given: Questions[Q]) => Promise<Answers[Q]>

/** What a line came to. `code` as of a process. */
export interface Output {
  readonly text: string
  readonly code: number
}

/** What kubectl would print on stderr before it ends with 1. */
export class Failure extends Error {}

/** One verb. */
export type Verb = (shell: Shell, line: Line) => Promise<string>

/** An object's kind and name as typed: `deployment/web`, `pod web-0`. */
export interface Target {
  readonly kind: KindInfo
  readonly name: string
}

export class Shell {
  readonly ask: AskSession
  /** The text of the page's editor, for `apply -f -`. */
  readonly buffer: () => string
  #kinds: readonly KindInfo[] | undefined

  constructor(ask: AskSession, buffer: () => string) {
    this.ask = ask
    this.buffer = buffer
  }

  async kinds(): Promise<readonly KindInfo[]> {
    this.#kinds ??= await this.ask('kinds', {})
    return this.#kinds
  }

  /** The kind by anything kubectl takes. Throws in kubectl's words. */
  async kind(typed: string): Promise<KindInfo> {
    const wanted = typed.toLowerCase()
    const found = (await this.kinds()).find(
      ({ kind, resource, shortNames }) =>
        resource.split('.')[0] === wanted ||
        resource === wanted ||
        kind.toLowerCase() === wanted ||
        shortNames.includes(wanted),
    )
    if (found === undefined) throw new Failure(`error: the server doesn't have a resource type "${typed}"`)
    return found
  }

  /** Kind and names of `deployment web`, `deployment/web`, `pods a b`. */
  async targets(words: readonly string[]): Promise<Target[]> {
    const [first = '', ...names] = words
    if (first === '') throw new Failure('error: You must specify the type of resource to work on.')
    if (!first.includes('/')) {
      const kind = await this.kind(first)
      return names.map((name) => ({ kind, name }))
    }
    return Promise.all(
      words.map(async (word) => {
        const [typed = '', name = ''] = word.split('/')
        return { kind: await this.kind(typed), name }
      }),
    )
  }

  /** The one target of a verb that takes one. */
  async target(words: readonly string[]): Promise<Target> {
    const [one] = await this.targets(words)
    if (one === undefined || one.name === '')
      throw new Failure('error: resource(s) were provided, but no name was specified')
    return one
  }

  /** A GET of the API. Throws the server's refusal as kubectl prints it. */
  async read(path: string, accept = 'application/json'): Promise<string> {
    const { status, text } = await this.ask('read', { path, accept })
    if (status < 400) return text
    const { message = text, reason = '' } = safe(text)
    throw new Failure(`Error from server (${reason}): ${message}`)
  }

  /** Throws as kubectl does when it is not there. */
  async require(line: Line, { kind, name }: Target): Promise<void> {
    await this.read(this.path(kind, namespaceOf(line) ?? 'default', name))
  }

  /** The path of a collection or an object. */
  path({ apiVersion, resource, namespaced }: KindInfo, namespace: string | undefined, name = ''): string {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const place = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''
    return `${root}${place}/${resource.split('.')[0]}${name === '' ? '' : `/${name}`}`
  }
}

function safe(text: string): { message?: string; reason?: string } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** `deployment.apps/web`. */
export function named({ resource, kind }: KindInfo, name: string): string {
  const group = resource.split('.').slice(1).join('.')
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`
}

/** Columns as kubectl pads them: three blanks between, none at the end. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd((widths[i] as number) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n')
}

/** The namespace a line is about; undefined for all. */
export function namespaceOf({ flags }: Line): string | undefined {
  return flags['all-namespaces'] === 'true' ? undefined : (flags.namespace ?? 'default')
}
