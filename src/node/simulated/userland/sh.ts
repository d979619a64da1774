/**
 * The shell of simulated containers: runs lists, pipelines, compound commands and redirections over their programs.
 * Source: POSIX.1-2017, Shell Command Language
 */
import { bytesOf, textOf } from '../../../lib/bytes.ts'
import { builtins } from './builtins.ts'
import { fields, pattern, type Scope, ShellFault, whole } from './expand.ts'
import { matchesPattern } from './glob.ts'
import { parse } from './parse.ts'
import { type Plumbing, piped, plumbed } from './pipes.ts'
import { absolute, fail, Interrupted, type Process, print, type Run, readLine } from './program.ts'
import { type Command, type List, type Redirect, SyntaxFault } from './syntax.ts'

/** `exit`, `break`, `continue`, `return` on their way up. */
export class Leave extends Error {
  readonly kind: 'exit' | 'break' | 'continue'
  readonly value: number

  constructor(kind: 'exit' | 'break' | 'continue', value: number) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

export class Shell implements Scope {
  readonly task: Process
  readonly machine: Process['machine']
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  readonly name: string
  cwd: string
  code = 0
  arguments: readonly string[]
  /** `set -e`: a command that fails ends the shell. */
  strict = false
  /** Within a condition a failure is an answer, not an end. */
  #judged = false

  constructor(
    task: Process,
    from: Partial<Pick<Shell, 'variables' | 'exported' | 'cwd' | 'arguments' | 'strict'>> = {},
  ) {
    this.task = task
    this.machine = task.machine
    this.name = task.name
    this.variables = new Map(from.variables ?? task.env)
    this.exported = new Set(from.exported ?? task.env.keys())
    this.cwd = from.cwd ?? task.cwd
    this.arguments = from.arguments ?? []
    this.strict = from.strict ?? false
  }

  /** Runs a script to its end; the code it ends with. */
  *script(text: string): Run {
    try {
      return yield* this.list(parse(text))
    } catch (error) {
      return yield* this.#ended(error)
    }
  }

  *#ended(error: unknown): Run {
    if (error instanceof Leave) return error.kind === 'exit' ? error.value : this.code
    if (error instanceof SyntaxFault || error instanceof ShellFault)
      return yield* fail(`${this.name}: ${error.message}`, 2)
    throw error
  }

  /** Reads lines from stdin and runs each, with a prompt when there is a terminal. */
  *interactive(): Run {
    let pending = ''
    for (;;) {
      if (this.task.tty) yield* print(pending === '' ? promptOf(this) : '> ')
      try {
        const line = yield* readLine()
        if (line === undefined) {
          if (this.task.tty) yield* print('\n')
          return this.code
        }
        pending = (yield* this.#line(pending + line)) ? pending + line : ''
      } catch (error) {
        if (error instanceof Leave && error.kind === 'exit') return error.value
        if (!(error instanceof Interrupted)) throw error
        this.code = 130
        pending = ''
        yield* print('\n')
      }
    }
  }

  /** Runs a line; true when it goes on in the next one. */
  *#line(line: string): Run<boolean> {
    try {
      this.code = yield* this.list(parse(line))
      return false
    } catch (error) {
      if (error instanceof SyntaxFault && error.unfinished) return true
      if (error instanceof Interrupted || (error instanceof Leave && error.kind === 'exit')) throw error
      this.code = yield* this.#ended(error)
      return false
    }
  }

  *list(list: List): Run {
    for (const [index, { pipeline, negated, after }] of list.entries()) {
      if ((after === '&&' && this.code !== 0) || (after === '||' && this.code === 0)) {
        if (index > 0) continue
      }
      const code = yield* this.#pipeline(pipeline)
      this.code = negated ? Number(code === 0) : code
      const next = list[index + 1]?.after ?? ';'
      if (this.strict && this.code !== 0 && !negated && next === ';' && !this.#judged)
        throw new Leave('exit', this.code)
    }
    return this.code
  }

  *#condition(list: List): Run<boolean> {
    const before = this.#judged
    this.#judged = true
    this.code = 0
    try {
      return (yield* this.list(list)) === 0
    } finally {
      this.#judged = before
    }
  }

  *#pipeline(commands: readonly Command[]): Run {
    const [first, ...others] = commands
    if (others.length === 0) return yield* this.#command(first as Command)
    const runs = commands.map((command) => this.#child().#alone(command))
    return yield* runs.reduce((left, right) => piped(left, right))
  }

  *#alone(command: Command): Run {
    try {
      return yield* this.#command(command)
    } catch (error) {
      return yield* this.#ended(error)
    }
  }

  #child(): Shell {
    const child = new Shell(this.task, this)
    child.code = this.code
    return child
  }

  *apart(list: List): Run {
    const child = this.#child()
    try {
      return yield* child.list(list)
    } catch (error) {
      return yield* child.#ended(error)
    }
  }

  *#command(command: Command): Run {
    const plumbing = yield* this.#plumbing(command.redirects)
    if (typeof plumbing === 'number') return plumbing
    const run = this.#bare(command)
    return command.redirects.length === 0 ? yield* run : yield* plumbed(run, plumbing)
  }

  *#bare(command: Command): Run {
    switch (command.type) {
      case 'simple':
        return yield* this.#simple(command)
      case 'group':
        return yield* command.apart ? this.apart(command.body) : this.list(command.body)
      case 'if': {
        for (const [condition, body] of command.clauses)
          if (yield* this.#condition(condition)) return yield* this.#body(body)
        this.code = 0
        return yield* this.list(command.otherwise)
      }
      case 'loop':
        return yield* this.#loop(command)
      case 'for': {
        const words: string[] = []
        for (const word of command.words ?? []) words.push(...(yield* fields(this, word)))
        for (const value of command.words === undefined ? this.arguments : words) {
          this.variables.set(command.name, value)
          if (yield* this.#turn(command.body)) break
        }
        return this.code
      }
      default: {
        const text = yield* whole(this, command.word)
        for (const [patterns, body] of command.arms)
          for (const one of patterns)
            if (matchesPattern(yield* pattern(this, one), text)) return yield* this.#body(body)
        return 0
      }
    }
  }

  *#body(list: List): Run {
    this.code = 0
    return yield* this.list(list)
  }

  *#loop({ condition, body, until }: Command & { type: 'loop' }): Run {
    let code = 0
    while ((yield* this.#condition(condition)) !== until) {
      yield { type: 'sleep', ms: 0 }
      this.code = 0
      if (yield* this.#turn(body)) break
      code = this.code
    }
    this.code = code
    return code
  }

  /** One turn of a loop; true when it was the last. */
  *#turn(body: List): Run<boolean> {
    try {
      yield* this.list(body)
    } catch (error) {
      if (!(error instanceof Leave) || error.kind === 'exit') throw error
      if (error.value > 1) throw new Leave(error.kind, error.value - 1)
      return error.kind === 'break'
    }
    return false
  }

  *#simple({ assigns, words }: Command & { type: 'simple' }): Run {
    const all: string[] = []
    for (const word of words) all.push(...(yield* fields(this, word)))
    const [name, ...args] = all
    const own = new Map<string, string>()
    this.code = name === undefined ? 0 : this.code
    for (const [key, word] of assigns) own.set(key, yield* whole(this, word))
    if (name === undefined) {
      for (const [key, value] of own) this.variables.set(key, value)
      return this.code
    }
    const builtin = builtins[name]
    if (builtin !== undefined) return yield* builtin(this, args)
    return yield* this.runs(name, args, own)
  }

  /** Runs a program of the container. */
  *runs(name: string, args: readonly string[], own: ReadonlyMap<string, string> = new Map()): Run {
    const program = this.machine.program(name)
    if (program !== undefined) {
      const env = new Map([...this.variables].filter(([key]) => this.exported.has(key)))
      for (const [key, value] of own) env.set(key, value)
      return yield* program({ ...this.task, name: name.split('/').pop() ?? name, args, env, cwd: this.cwd })
    }
    if (!name.includes('/')) return yield* fail(`${this.name}: ${name}: not found`, 127)
    const path = absolute(this.cwd, name)
    const kind = this.machine.files.kind(path)
    if (kind === undefined) return yield* fail(`${this.name}: ${name}: not found`, 127)
    const text = this.machine.files.text(path)
    if (text === undefined || !/^#!.*sh\b/.test(text))
      return yield* fail(`${this.name}: ${name}: Permission denied`, 126)
    const child = new Shell({ ...this.task, name }, { ...this, arguments: args })
    return yield* child.script(text)
  }

  /** Where the streams of a command go; a number when that cannot be. */
  *#plumbing(redirects: readonly Redirect[]): Run<Plumbing | number> {
    let plumbing: Plumbing = {}
    for (const { fd, mode, target } of redirects) {
      const text = yield* whole(this, target)
      if (mode === '<<') plumbing = { ...plumbing, stdin: bytesOf(text) }
      else if (mode === '>&')
        plumbing =
          fd === 2 && text === '1'
            ? { ...plumbing, err: plumbing.out ?? 'out' }
            : { ...plumbing, outToErr: text === '2' }
      else if (mode === '<') {
        const stdin =
          this.machine.files.bytes(absolute(this.cwd, text)) ?? (text === '/dev/null' ? new Uint8Array() : undefined)
        if (stdin === undefined) return yield* fail(`${this.name}: can't open ${text}: no such file`)
        plumbing = { ...plumbing, stdin }
      } else {
        const path = absolute(this.cwd, text)
        const before = mode === '>>' ? (this.machine.files.text(path) ?? '') : ''
        const why = this.machine.files.write(path, before)
        if (why !== '') return yield* fail(`${this.name}: can't create ${text}: ${why}`)
        const out = this.#appending(path)
        plumbing = fd === 2 ? { ...plumbing, err: out } : { ...plumbing, out }
      }
    }
    return plumbing
  }

  #appending(path: string): (bytes: Uint8Array) => void {
    return (bytes) => void this.machine.files.write(path, (this.machine.files.text(path) ?? '') + textOf(bytes))
  }
}

function promptOf(shell: Shell): string {
  const own = shell.variables.get('PS1')
  if (own !== undefined) return own
  const place = shell.cwd === '/root' ? '~' : shell.cwd
  return shell.name.endsWith('bash') ? `root@${shell.machine.hostname}:${place}# ` : `${place} # `
}

/** The program `sh`: `-c line name args…`, a script's path, or lines from stdin. */
export function* sh(task: Process): Run {
  const args = [...task.args]
  let strict = false
  while (/^-[eixlux]+$/.test(args[0] ?? '')) strict = (args.shift() as string).includes('e') || strict
  const flag = args[0] ?? ''
  if (/^-[eixl]*c$/.test(flag)) {
    const [, line = '', name = task.name, ...rest] = args
    const shell = new Shell({ ...task, name }, { arguments: rest, strict: strict || flag.includes('e') })
    return yield* shell.script(line)
  }
  if (flag === '' || flag === '-s' || flag === '-') return yield* new Shell(task, { strict }).interactive()
  const text = task.machine.files.text(absolute(task.cwd, flag))
  if (text === undefined) return yield* fail(`${task.name}: can't open '${flag}': No such file or directory`, 2)
  return yield* new Shell({ ...task, name: flag }, { arguments: args.slice(1), strict }).script(text)
}
