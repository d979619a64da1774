/** Programs over files and directories: ls, mkdir, rmdir, rm, cp, mv, touch, find, stat, du, basename, dirname, and more. */
import { bytesOf } from '../../../lib/bytes.ts'
import { matchesPattern } from './glob.ts'
import { absolute, ended, fail, options, type Process, type Program, print, type Run } from './program.ts'

const within = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)
const nameOf = (path: string): string => path.replace(/\/+$/, '').split('/').pop() ?? ''

function* ls(task: Process): Run {
  const { set, rest } = options(task.args, '1laAhRdtrSsF')
  const { files } = task.machine
  let code = 0
  const paths = rest.length === 0 ? ['.'] : rest
  const single = paths.filter((path) => files.kind(absolute(task.cwd, path)) === 'file' || set.has('d'))
  for (const path of paths) {
    if (files.kind(absolute(task.cwd, path)) === undefined) code = yield* fail(`ls: ${path}: No such file or directory`)
  }
  for (const path of single)
    if (files.kind(absolute(task.cwd, path)) !== undefined)
      yield* print(row(task, absolute(task.cwd, path), path, set.has('l')))
  for (const path of paths.filter((one) => !single.includes(one))) {
    const folder = absolute(task.cwd, path)
    if (files.kind(folder) !== 'directory') continue
    if (paths.length > 1) yield* print(`${path}:\n`)
    const hidden = set.has('a') || set.has('A')
    const names = files.list(folder).filter((name) => hidden || !name.startsWith('.'))
    if (set.has('l')) yield* print(`total ${4 * names.length}\n`)
    for (const name of [...(set.has('a') ? ['.', '..'] : []), ...names])
      yield* print(row(task, absolute(folder, name), name, set.has('l')))
  }
  return code
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** One line of `ls`. Times of files are not kept: the pod's start stands for them. */
function row({ machine }: Process, path: string, name: string, long: boolean): string {
  if (!long) return `${name}\n`
  const isFolder = machine.files.kind(path) === 'directory'
  const size = isFolder ? 4096 : bytesOf(machine.files.text(path) ?? '').length
  const [, month = '01', day = '01', time = '00:00'] =
    /^\d+-(\d+)-(\d+)T(\d+:\d+)/.exec(String(machine.pod.status?.startTime ?? '')) ?? []
  const mode = isFolder ? 'drwxr-xr-x' : '-rw-r--r--'
  const links = isFolder ? 2 : 1
  return `${mode}    ${links} root     root     ${String(size).padStart(9)} ${months[Number(month) - 1]} ${String(Number(day)).padStart(2)} ${time} ${name}\n`
}

function* mkdir(task: Process): Run {
  const { set, rest } = options(task.args, 'pv', 'm')
  let code = 0
  for (const path of rest) {
    const full = absolute(task.cwd, path)
    const steps = set.has('p')
      ? full
          .split('/')
          .slice(1)
          .map((_name, at, all) => `/${all.slice(0, at + 1).join('/')}`)
      : [full]
    for (const step of steps) {
      if (set.has('p') && task.machine.files.kind(step) === 'directory') continue
      const why = task.machine.files.makeDirectory(step)
      if (why === '') continue
      code = yield* fail(`mkdir: can't create directory '${path}': ${why}`)
      break
    }
  }
  return code
}

function* rmdir(task: Process): Run {
  let code = 0
  for (const path of options(task.args, 'p').rest) {
    const full = absolute(task.cwd, path)
    const { files } = task.machine
    const why =
      files.kind(full) === 'file'
        ? 'Not a directory'
        : files.list(full).length > 0
          ? 'Directory not empty'
          : files.remove(full)
    if (why !== '') code = yield* fail(`rmdir: '${path}': ${why}`)
  }
  return code
}

function* rm(task: Process): Run {
  const { set, rest } = options(task.args, 'rRfiv')
  const { files } = task.machine
  let code = 0
  for (const path of rest) {
    const full = absolute(task.cwd, path)
    const kind = files.kind(full)
    if (kind === undefined && set.has('f')) continue
    const isFolder = kind === 'directory' && !set.has('r') && !set.has('R')
    const why = isFolder ? 'Is a directory' : files.remove(full)
    if (why === '') continue
    code = yield* fail(why.startsWith('Is a') ? `rm: '${path}' is a directory` : `rm: can't remove '${path}': ${why}`)
  }
  return code
}

/** Copies a file or a tree; '' when done, else why not. */
function copied({ machine: { files } }: Process, from: string, to: string): string {
  if (files.kind(from) === 'file') return files.write(to, files.text(from) ?? '')
  if (files.kind(to) === undefined) {
    const why = files.makeDirectory(to)
    if (why !== '') return why
  }
  for (const name of files.list(from)) {
    const why = copied({ machine: { files } } as Process, within(from, name), within(to, name))
    if (why !== '') return why
  }
  return ''
}

function* cp(task: Process): Run {
  const { set, rest } = options(task.args, 'rRafpv')
  return yield* moved(task, rest, (from, to) => {
    const isFolder = task.machine.files.kind(from) === 'directory'
    if (isFolder && !['r', 'R', 'a'].some((one) => set.has(one))) return 'omitting directory'
    return copied(task, from, to)
  })
}

function* mv(task: Process): Run {
  const { rest } = options(task.args, 'fnv')
  return yield* moved(task, rest, (from, to) => copied(task, from, to) || task.machine.files.remove(from))
}

function* moved(task: Process, paths: readonly string[], move: (from: string, to: string) => string): Run {
  const sources = paths.slice(0, -1)
  const last = paths.at(-1)
  if (last === undefined || sources.length === 0) return yield* fail(`${task.name}: missing file operand`)
  const { files } = task.machine
  const target = absolute(task.cwd, last)
  const isFolder = files.kind(target) === 'directory'
  if (sources.length > 1 && !isFolder) return yield* fail(`${task.name}: target '${last}' is not a directory`)
  let code = 0
  for (const path of sources) {
    const from = absolute(task.cwd, path)
    if (files.kind(from) === undefined) {
      code = yield* fail(`${task.name}: can't stat '${path}': No such file or directory`)
      continue
    }
    const why = move(from, isFolder ? within(target, nameOf(from)) : target)
    if (why !== '')
      code = yield* fail(
        why.startsWith('omitting') ? `cp: ${why} '${path}'` : `${task.name}: can't create '${last}': ${why}`,
      )
  }
  return code
}

function* touch(task: Process): Run {
  let code = 0
  for (const path of options(task.args, 'acm', 'drt').rest) {
    const full = absolute(task.cwd, path)
    if (task.machine.files.kind(full) !== undefined) continue
    const why = task.machine.files.write(full, '')
    if (why !== '') code = yield* fail(`touch: ${path}: ${why}`)
  }
  return code
}

function* find(task: Process): Run {
  const first = task.args.findIndex((arg) => arg.startsWith('-'))
  const paths = first < 0 ? task.args : task.args.slice(0, first)
  const tests = first < 0 ? [] : task.args.slice(first)
  const valueAfter = (name: string): string | undefined =>
    tests.includes(name) ? tests[tests.indexOf(name) + 1] : undefined
  const [name, type, depth] = [
    valueAfter('-name'),
    valueAfter('-type'),
    Number(valueAfter('-maxdepth') ?? Number.POSITIVE_INFINITY),
  ]
  const { files } = task.machine
  const walk = function* (path: string, level: number): Run<void> {
    const full = absolute(task.cwd, path)
    const kind = files.kind(full)
    const isAsked =
      (name === undefined || matchesPattern(name, nameOf(path))) &&
      (type === undefined || (type === 'd') === (kind === 'directory'))
    if (isAsked) yield* print(`${path}\n`)
    if (kind === 'directory' && level < depth)
      for (const one of files.list(full)) yield* walk(path.endsWith('/') ? path + one : `${path}/${one}`, level + 1)
  }
  for (const path of paths.length === 0 ? ['.'] : paths) {
    if (files.kind(absolute(task.cwd, path)) === undefined)
      return yield* fail(`find: ${path}: No such file or directory`)
    yield* walk(path, 0)
  }
  return 0
}

function* stat(task: Process): Run {
  const { set, rest } = options(task.args, 'L', 'c')
  for (const path of rest) {
    const full = absolute(task.cwd, path)
    const kind = task.machine.files.kind(full)
    if (kind === undefined) return yield* fail(`stat: can't stat '${path}': No such file or directory`)
    const size = kind === 'directory' ? 4096 : bytesOf(task.machine.files.text(full) ?? '').length
    const format = set.get('c')
    const mode = kind === 'directory' ? '755' : '644'
    if (format === undefined)
      yield* print(`  File: ${path}\n  Size: ${size}\t${kind === 'file' ? 'regular file' : 'directory'}\n`)
    else
      yield* print(
        `${format
          .replaceAll('%s', String(size))
          .replaceAll('%n', path)
          .replaceAll('%a', mode)
          .replaceAll('%F', kind === 'file' ? 'regular file' : 'directory')}\n`,
      )
  }
  return 0
}

/** Owners and modes are not kept: what is asked is as it is, for files that are there. */
function* mode(task: Process): Run {
  for (const path of options(task.args, 'RvfcHrwxXst').rest.slice(1))
    if (task.machine.files.kind(absolute(task.cwd, path)) === undefined)
      return yield* fail(`${task.name}: ${path}: No such file or directory`)
  return 0
}

export const fileCommands: Readonly<Record<string, Program>> = {
  ls,
  mkdir,
  rmdir,
  rm,
  cp,
  mv,
  touch,
  find,
  stat,
  chmod: mode,
  chown: mode,
  sync: () => ended(0),
  *basename({ args: [path = '', suffix = ''] }) {
    const name = nameOf(path) || '/'
    yield* print(
      `${suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name}\n`,
    )
    return 0
  },
  *dirname({ args: [path = ''] }) {
    const cut = path.replace(/\/+$/, '').replace(/\/?[^/]*$/, '')
    yield* print(`${cut === '' ? (path.startsWith('/') ? '/' : '.') : cut}\n`)
    return 0
  },
}
