/** Commands of the shell itself: those that change it. */
import { parse } from './parse.ts'
import { absolute, ended, fail, print, type Run, readLine } from './program.ts'
import { Leave, type Shell } from './sh.ts'

type Builtin = (shell: Shell, args: readonly string[]) => Run

const quiet: Builtin = () => ended(0)

const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/

function leave(kind: 'exit' | 'break' | 'continue', value: number): Run {
  throw new Leave(kind, value)
}

function* cd(shell: Shell, [path = shell.variables.get('HOME') ?? '/root']: readonly string[]): Run {
  const target = path === '-' ? (shell.variables.get('OLDPWD') ?? '/') : path
  const full = absolute(shell.cwd, target)
  const kind = shell.machine.files.kind(full)
  if (kind !== 'directory')
    return yield* fail(
      `${shell.name}: cd: can't cd to ${path}: ${kind === undefined ? 'No such file or directory' : 'Not a directory'}`,
      2,
    )
  shell.variables.set('OLDPWD', shell.cwd)
  shell.variables.set('PWD', full)
  shell.cwd = full
  if (path === '-') yield* print(`${full}\n`)
  return 0
}

function* exportThem(shell: Shell, args: readonly string[]): Run {
  const names = args.filter((arg) => arg !== '-p')
  if (names.length === 0)
    yield* print(
      [...shell.exported]
        .sort()
        .map((name) => `export ${name}='${shell.variables.get(name) ?? ''}'\n`)
        .join(''),
    )
  for (const arg of names) {
    const [, name = arg, value] = assignment.exec(arg) ?? []
    shell.exported.add(name)
    if (value !== undefined) shell.variables.set(name, value)
  }
  return 0
}

function* set(shell: Shell, args: readonly string[]): Run {
  if (args.length === 0) yield* print([...shell.variables].map(([name, value]) => `${name}='${value}'\n`).join(''))
  for (const [at, arg] of args.entries()) {
    if (/^-[a-z]+$/.test(arg) && arg.includes('e')) shell.strict = true
    else if (/^\+[a-z]+$/.test(arg) && arg.includes('e')) shell.strict = false
    else if (arg === '--' || !/^[-+]/.test(arg)) {
      if (args[at - 1] !== '-o' && args[at - 1] !== '+o') shell.arguments = args.slice(arg === '--' ? at + 1 : at)
      break
    }
  }
  return 0
}

function* readWords(shell: Shell, args: readonly string[]): Run {
  const names = args.filter((arg) => !arg.startsWith('-'))
  const line = yield* readLine()
  const words = (line ?? '').trim().split(/[ \t]+/)
  for (const [at, name] of (names.length === 0 ? ['REPLY'] : names).entries())
    shell.variables.set(name, at >= names.length - 1 ? words.slice(at).join(' ') : (words[at] ?? ''))
  return line?.endsWith('\n') === true ? 0 : 1
}

function* look(shell: Shell, args: readonly string[]): Run {
  let code = 0
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    if (builtins[name] !== undefined) yield* print(`${name}\n`)
    else if (shell.machine.program(name) !== undefined)
      yield* print(name.includes('/') ? `${name}\n` : `/bin/${name}\n`)
    else code = 127
  }
  return code
}

function* command(shell: Shell, args: readonly string[]): Run {
  const [name, ...rest] = args
  if (name === '-v' || name === '-V') return yield* look(shell, rest)
  return name === undefined ? 0 : yield* builtins[name]?.(shell, rest) ?? shell.runs(name, rest)
}

function* source(shell: Shell, [path = '']: readonly string[]): Run {
  const text = shell.machine.files.text(absolute(shell.cwd, path))
  if (text === undefined) return yield* fail(`${shell.name}: .: can't open '${path}': No such file or directory`, 2)
  return yield* shell.list(parse(text))
}

export const builtins: Readonly<Record<string, Builtin>> = {
  __proto__: null as never,
  ':': quiet,
  trap: quiet,
  umask: quiet,
  wait: quiet,
  ulimit: quiet,
  exit: (shell, [code]) => leave('exit', code === undefined ? shell.code : Number(code) & 255),
  return: (shell, [code]) => leave('exit', code === undefined ? shell.code : Number(code) & 255),
  break: (_shell, [count]) => leave('break', Number(count ?? 1)),
  continue: (_shell, [count]) => leave('continue', Number(count ?? 1)),
  cd,
  export: exportThem,
  readonly: exportThem,
  local: exportThem,
  set,
  read: readWords,
  unset(shell, args) {
    for (const name of args.filter((arg) => !arg.startsWith('-'))) {
      shell.variables.delete(name)
      shell.exported.delete(name)
    }
    return ended(0)
  },
  shift(shell, [count]) {
    shell.arguments = shell.arguments.slice(Number(count ?? 1))
    return ended(0)
  },
  *pwd(shell) {
    yield* print(`${shell.cwd}\n`)
    return 0
  },
  *eval(shell, args) {
    return yield* shell.list(parse(args.join(' ')))
  },
  *exec(shell, [name, ...args]) {
    if (name === undefined) return 0
    throw new Leave('exit', yield* shell.runs(name, args))
  },
  '.': source,
  source,
  type: look,
  command,
}
