/**
 * The program tar: `cf`, `xf` and `tf`, through pipes or files, as `kubectl cp` uses it. Owners and times are not kept.
 * Source: POSIX.1-2017, pax Interchange Format (ustar)
 */
import { bytesOf, joined, textOf } from '../../../lib/bytes.ts'
import { absolute, fail, type Process, print, type Run, readAll, write } from './program.ts'

const blockBytes = 512

interface Entry {
  readonly name: string
  readonly isFolder: boolean
  readonly bytes: Uint8Array
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

function header({ name, isFolder, bytes }: Entry, seconds: number, type = isFolder ? '5' : '0'): Uint8Array {
  const block = new Uint8Array(blockBytes)
  const put = (text: string, at: number): void => block.set(bytesOf(text), at)
  const fits = bytesOf(name).length <= 100
  put(fits ? name : name.slice(0, 100), 0)
  put(octal(isFolder ? 0o755 : 0o644, 8), 100)
  put(octal(0, 8), 108)
  put(octal(0, 8), 116)
  put(octal(bytes.length, 12), 124)
  put(octal(seconds, 12), 136)
  put('        ', 148)
  put(type, 156)
  put('ustar\u000000', 257)
  put('root', 265)
  put('root', 297)
  put(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return block
}

function padded(bytes: Uint8Array): Uint8Array[] {
  const over = bytes.length % blockBytes
  return over === 0 ? [bytes] : [bytes, new Uint8Array(blockBytes - over)]
}

function packed(entry: Entry, seconds: number): Uint8Array {
  const name = bytesOf(`${entry.name}\0`)
  const long =
    name.length > 101 ? [header({ name: '././@LongLink', isFolder: false, bytes: name }, 0, 'L'), ...padded(name)] : []
  return joined([...long, header(entry, seconds), ...padded(entry.bytes)])
}

/** The entries of an archive, in order. Throws for what is none. */
export function entriesOf(archive: Uint8Array): Entry[] {
  const entries: Entry[] = []
  let longName: string | undefined
  if (archive.length < blockBytes) throw new TarFault('short read')
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const block = archive.subarray(at, at + blockBytes)
    if (block.every((byte) => byte === 0)) break
    const field = (from: number, size: number): string => textOf(block.subarray(from, from + size)).split('\0')[0] ?? ''
    const size = Number.parseInt(field(124, 12).trim() || '0', 8)
    if (!(size >= 0) || !field(257, 5).startsWith('ustar')) throw new TarFault('invalid tar magic')
    const bytes = archive.subarray(at + blockBytes, at + blockBytes + size)
    if (bytes.length < size) throw new TarFault('short read')
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes
    const type = String.fromCharCode(block[156] as number)
    const prefix = field(345, 155)
    const name = longName ?? (prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`)
    longName = undefined
    if (type === 'L') longName = textOf(bytes).replace(/\0+$/, '')
    else if (type === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(textOf(bytes))?.[1]
    else if (type === '5' || name.endsWith('/'))
      entries.push({ name: name.replace(/\/+$/, ''), isFolder: true, bytes: new Uint8Array() })
    else if (type === '0' || type === '\0' || type === '7') entries.push({ name, isFolder: false, bytes })
  }
  return entries
}

export class TarFault extends Error {}

interface Asked {
  mode: string
  file: string
  folder: string
  verbose: boolean
  strip: number
  paths: string[]
}

function asked(task: Process): Asked {
  const wanted: Asked = { mode: '', file: '-', folder: task.cwd, verbose: false, strip: 0, paths: [] }
  const args = [...task.args]
  if (args[0] !== undefined && !args[0].startsWith('-')) args[0] = `-${args[0]}`
  while (args.length > 0) {
    const arg = args.shift() as string
    if (arg === '--') {
      wanted.paths.push(...args.splice(0))
    } else if (arg.startsWith('--strip-components')) wanted.strip = Number(arg.split('=')[1] ?? args.shift())
    else if (arg.startsWith('--')) continue
    else if (!arg.startsWith('-') || arg === '-') wanted.paths.push(arg)
    else
      for (const letter of arg.slice(1)) {
        if ('cxt'.includes(letter)) wanted.mode = letter
        else if (letter === 'f') wanted.file = args.shift() ?? '-'
        else if (letter === 'C') wanted.folder = absolute(task.cwd, args.shift() ?? '.')
        else if (letter === 'v') wanted.verbose = true
        else if (!'mpohn'.includes(letter)) throw new TarFault(`invalid option -- '${letter}'`)
      }
  }
  return wanted
}

export function* tar(task: Process): Run {
  try {
    const wanted = asked(task)
    if (wanted.mode === 'c') return yield* pack(task, wanted)
    if (wanted.mode === '') return yield* fail('tar: need at least one option')
    const { files } = task.machine
    const archive = wanted.file === '-' ? yield* readAll() : files.bytes(absolute(task.cwd, wanted.file))
    if (archive === undefined) return yield* fail(`tar: can't open '${wanted.file}': No such file or directory`)
    const entries = entriesOf(archive)
    if (wanted.mode === 'x') return yield* unpack(task, wanted, entries)
    for (const { name, isFolder } of entries) yield* print(`${name}${isFolder ? '/' : ''}\n`)
    return 0
  } catch (error) {
    if (error instanceof TarFault) return yield* fail(`tar: ${error.message}`)
    throw error
  }
}

function* pack(task: Process, { file, folder, paths, verbose }: Asked): Run {
  const { files } = task.machine
  const seconds = Math.floor(task.machine.now() / 1000)
  const parts: Uint8Array[] = []
  let code = 0
  const put = function* (path: string): Run<void> {
    const full = absolute(folder, path)
    const name = path.replace(/^\/+/, '')
    const isFolder = files.kind(full) === 'directory'
    if (verbose) yield { type: 'write', to: 2, bytes: bytesOf(`${name}\n`) }
    const bytes = packed(
      {
        name: isFolder ? `${name.replace(/\/+$/, '')}/` : name,
        isFolder,
        bytes: files.bytes(full) ?? new Uint8Array(),
      },
      seconds,
    )
    if (file === '-') yield* write(bytes)
    else parts.push(bytes)
    if (isFolder) for (const one of files.list(full)) yield* put(path.endsWith('/') ? path + one : `${path}/${one}`)
  }
  for (const path of paths) {
    if (files.kind(absolute(folder, path)) !== undefined) yield* put(path)
    else code = yield* fail(`tar: ${path}: No such file or directory`)
  }
  const end = new Uint8Array(2 * blockBytes)
  if (code !== 0) yield* fail('tar: error exit delayed from previous errors')
  if (file === '-') {
    yield* write(end)
    return code
  }
  const why = files.write(absolute(task.cwd, file), joined([...parts, end]))
  return why === '' ? code : yield* fail(`tar: can't open '${file}': ${why}`)
}

function* unpack(task: Process, { folder, strip, verbose }: Asked, entries: readonly Entry[]): Run {
  const { files } = task.machine
  for (const { name, isFolder, bytes } of entries) {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.')
    if (parts.includes('..')) return yield* fail(`tar: name with '..' skipped: '${name}'`)
    const inside = parts.slice(strip)
    if (inside.length === 0) continue
    if (verbose) yield* print(`${name}\n`)
    const folders = isFolder ? inside : inside.slice(0, -1)
    for (let at = 1; at <= folders.length; at++) {
      const path = absolute(folder, folders.slice(0, at).join('/'))
      const why = files.kind(path) === 'directory' ? '' : files.makeDirectory(path)
      if (why !== '') return yield* fail(`tar: can't create directory '${folders.slice(0, at).join('/')}': ${why}`)
    }
    const why = isFolder ? '' : files.write(absolute(folder, inside.join('/')), bytes)
    if (why !== '') return yield* fail(`tar: can't open '${inside.join('/')}': ${why}`)
  }
  return 0
}
