/** Programs over text: cat, head, tail, wc, grep, sort, uniq, cut, tr, sed (s///), tee, seq, yes, xargs. */
import { bytesOf, textOf } from '../../../lib/bytes.ts'
import { type Expression, ExpressionFault, expressionOf } from './expression.ts'
import {
  absolute,
  fail,
  inputs,
  options,
  type Process,
  type Program,
  print,
  type Run,
  read,
  readLine,
  write,
} from './program.ts'

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function* cat(task: Process): Run {
  const { rest } = options(task.args, 'uetnv')
  if (rest.length === 0) {
    for (let part = yield* read(); part !== undefined; part = yield* read()) yield* write(part)
    return 0
  }
  const { texts, code } = yield* inputs(task, rest)
  for (const { text } of texts) yield* write(bytesOf(text))
  return code
}

function countOf(args: readonly string[]): { count: number; set: Map<string, string>; rest: string[] } {
  const plain = args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg))
  const { set, rest } = options(plain, 'qvfF', 'nc')
  return { count: Number(set.get('n') ?? set.get('c') ?? 10), set, rest }
}

function* head(task: Process): Run {
  const { count, set, rest } = countOf(task.args)
  if (rest.length === 0 && !set.has('c')) {
    for (let i = 0; i < count; i++) {
      const line = yield* readLine()
      if (line === undefined) break
      yield* print(line)
    }
    return 0
  }
  const { texts, code } = yield* inputs(task, rest)
  for (const { path, text } of texts) {
    if (texts.length > 1) yield* print(`==> ${path} <==\n`)
    if (set.has('c')) yield* write(bytesOf(text).subarray(0, count))
    else yield* print((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).slice(0, count).join(''))
  }
  return code
}

function* tail(task: Process): Run {
  const { count, set, rest } = countOf(task.args)
  const { texts, code } = yield* inputs(task, rest)
  const isFrom = (set.get('n') ?? '').startsWith('+')
  for (const { path, text } of texts) {
    if (texts.length > 1) yield* print(`==> ${path} <==\n`)
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
    if (set.has('c')) yield* write(bytesOf(text).subarray(-count))
    else yield* print(lines.slice(isFrom ? count - 1 : Math.max(0, lines.length - count)).join(''))
  }
  if (!set.has('f') && !set.has('F')) return code
  let [path = '', seen = ''] = [rest[0] ?? '', texts[0]?.text ?? '']
  path = absolute(task.cwd, path)
  for (;;) {
    yield { type: 'sleep', ms: 1000 }
    const now = task.machine.files.text(path) ?? ''
    yield* print(now.startsWith(seen) ? now.slice(seen.length) : now)
    seen = now
  }
}

function* wc(task: Process): Run {
  const { set, rest } = options(task.args, 'lwcm')
  const { texts, code } = yield* inputs(task, rest)
  const kinds = set.size === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'c', 'm'].filter((kind) => set.has(kind))
  const total = new Map<string, number>()
  const row = (counts: ReadonlyMap<string, number>, name: string): string => {
    const numbers = kinds.map((kind) => String(counts.get(kind) ?? 0))
    const shown =
      kinds.length === 1
        ? numbers.join('')
        : numbers
            .map((number) => number.padStart(9))
            .join(' ')
            .trimStart()
    return `${kinds.length === 1 ? '' : '  '}${shown}${name === '-' ? '' : ` ${name}`}\n`
  }
  for (const { path, text } of texts) {
    const counts = new Map([
      ['l', text.split('\n').length - 1],
      ['w', text.split(/\s+/).filter((word) => word !== '').length],
      ['c', bytesOf(text).length],
      ['m', [...text].length],
    ])
    for (const [kind, count] of counts) total.set(kind, (total.get(kind) ?? 0) + count)
    yield* print(row(counts, path))
  }
  if (texts.length > 1) yield* print(row(total, 'total'))
  return code
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  space: '\\s',
  upper: 'A-Z',
  lower: 'a-z',
}

/** The expression of a pattern; undefined when it cannot be read. */
function readExpression(text: string, extended: boolean, ignoreCase: boolean): Expression | undefined {
  try {
    return expressionOf(text, extended, ignoreCase)
  } catch (error) {
    if (error instanceof ExpressionFault) return undefined
    throw error
  }
}

function* grep(task: Process): Run {
  const { set, rest } = options(task.args, 'ivqcnlEFwxohHrs', 'e')
  const text = set.get('e') ?? rest.shift() ?? ''
  const isFixed = set.has('F') || task.name === 'fgrep'
  const isExtended = set.has('E') || task.name === 'egrep'
  const own = isFixed ? text.replace(isExtended ? /[.*+?^${}()|[\]\\]/g : /[.*^$[\]\\]/g, '\\$&') : text
  const around = set.has('w') ? `\\b${own}\\b` : set.has('x') ? `^${own}$` : own
  const found = readExpression(around, isExtended, set.has('i'))
  if (found === undefined) return yield* fail(`grep: bad regex '${text}'`, 2)
  const { texts, code } = yield* inputs(task, rest)
  let any = false
  for (const { path, text: content } of texts) {
    const lines = linesOf(content).map((line, at) => ({ line, at: at + 1, hit: found.find(line) }))
    const hits = lines.filter(({ hit }) => (hit !== undefined) !== set.has('v'))
    any ||= hits.length > 0
    if (set.has('q')) continue
    const name = (texts.length > 1 || set.has('H')) && !set.has('h') ? `${path}:` : ''
    if (set.has('c')) yield* print(`${name}${hits.length}\n`)
    else if (set.has('l')) yield* print(hits.length > 0 ? `${path}\n` : '')
    else
      for (const { line, at, hit } of hits)
        yield* print(
          `${name}${set.has('n') ? `${at}:` : ''}${set.has('o') ? line.slice(hit?.start, hit?.end) : line}\n`,
        )
  }
  return any ? 0 : code === 0 ? 1 : 2
}

function* sort(task: Process): Run {
  const { set, rest } = options(task.args, 'nru', 'kt')
  const { texts, code } = yield* inputs(task, rest)
  const key = (line: string): string => {
    const at = Number.parseInt(set.get('k') ?? '0', 10)
    return at === 0 ? line : (line.trim().split(set.get('t') ?? /\s+/)[at - 1] ?? '')
  }
  const order = (a: string, b: string): number =>
    set.has('n')
      ? (Number.parseFloat(key(a)) || 0) - (Number.parseFloat(key(b)) || 0)
      : key(a) < key(b)
        ? -1
        : key(a) > key(b)
          ? 1
          : 0
  let lines = texts.flatMap(({ text }) => linesOf(text)).sort(order)
  if (set.has('r')) lines.reverse()
  if (set.has('u')) lines = [...new Set(lines)]
  yield* print(lines.map((line) => `${line}\n`).join(''))
  return code
}

function* uniq(task: Process): Run {
  const { set, rest } = options(task.args, 'cdu')
  const { texts, code } = yield* inputs(task, rest)
  const groups: { line: string; count: number }[] = []
  for (const line of texts.flatMap(({ text }) => linesOf(text))) {
    const last = groups.at(-1)
    if (last?.line === line) last.count++
    else groups.push({ line, count: 1 })
  }
  const shown = groups.filter(({ count }) => (set.has('d') ? count > 1 : set.has('u') ? count === 1 : true))
  yield* print(
    shown.map(({ line, count }) => `${set.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join(''),
  )
  return code
}

function* cut(task: Process): Run {
  const { set, rest } = options(task.args, 's', 'dfc')
  const { texts, code } = yield* inputs(task, rest)
  const wanted = (set.get('f') ?? set.get('c') ?? '1').split(',').map((range) => {
    const [from = '', to = from] = range.split('-')
    return [Number(from || 1), range.includes('-') && to === '' ? Number.POSITIVE_INFINITY : Number(to)] as const
  })
  const between = set.has('c') ? '' : (set.get('d') ?? '\t')
  const picked = (line: string): string =>
    set.has('f') && !line.includes(between)
      ? line
      : line
          .split(between)
          .filter((_part, at) => wanted.some(([from, to]) => at + 1 >= from && at + 1 <= to))
          .join(between)
  yield* print(
    texts
      .flatMap(({ text }) => linesOf(text))
      .map((line) => `${picked(line)}\n`)
      .join(''),
  )
  return code
}

function* tr(task: Process): Run {
  const { set, rest } = options(task.args, 'ds')
  const letters = (text: string): string[] => [
    ...text
      .replace(/\[:(\w+):\]/g, (_all, name) => classes[name] ?? '')
      .replace(/\\n/g, '\n')
      .replace(/\\t/g, '\t')
      .replace(/(.)-(.)/g, (_all, from: string, to: string) => {
        const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)]
        return String.fromCharCode(...Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i))
      }),
  ]
  const [from, to] = [letters(rest[0] ?? ''), letters(rest[1] ?? '')]
  for (let part = yield* read(); part !== undefined; part = yield* read()) {
    const text = [...textOf(part)]
    yield* print(
      set.has('d')
        ? text.filter((letter) => !from.includes(letter)).join('')
        : text
            .map((letter) =>
              from.includes(letter) ? (to[Math.min(from.indexOf(letter), to.length - 1)] ?? letter) : letter,
            )
            .join(''),
    )
  }
  return 0
}

/** The command `s/…/…/`: what is looked for, what stands instead, and how often. */
function substitution(script: string, extended: boolean) {
  const mark = script[1] ?? '/'
  const parts = script.slice(2).split(mark)
  if (script[0] !== 's' || parts.length !== 3 || !/^[gi]*$/.test(parts[2] as string)) return undefined
  const [pattern = '', instead = '', flags = ''] = parts
  const found = readExpression(pattern, extended, flags.includes('i'))
  return found === undefined ? undefined : { found, instead, all: flags.includes('g') }
}

function replaced(line: string, { found, instead, all }: NonNullable<ReturnType<typeof substitution>>): string {
  let text = ''
  let at = 0
  for (let hit = found.find(line); hit !== undefined && hit.start <= line.length; hit = found.find(line, at)) {
    const match = line.slice(hit.start, hit.end)
    text += line.slice(at, hit.start) + instead.replace(/\\(.)|&/g, (_all, escaped?: string) => escaped ?? match)
    at = hit.end
    if (!all) break
    if (match === '') text += line[at++] ?? ''
    if (at > line.length) break
  }
  return text + line.slice(at)
}

function* sed(task: Process): Run {
  const { set, rest } = options(task.args, 'nEri', 'e')
  const script = set.get('e') ?? rest.shift() ?? ''
  const command = substitution(script, set.has('E') || set.has('r'))
  if (command === undefined) return yield* fail(`sed: unsupported command ${script}`)
  const { texts, code } = yield* inputs(task, rest)
  for (const { path, text } of texts) {
    const changed = linesOf(text)
      .map((line) => `${replaced(line, command)}\n`)
      .join('')
    if (set.has('i')) task.machine.files.write(absolute(task.cwd, path), changed)
    else yield* print(changed)
  }
  return code
}

function* tee(task: Process): Run {
  const { set, rest } = options(task.args, 'ai')
  const { files } = task.machine
  const paths = rest.map((path) => absolute(task.cwd, path))
  if (!set.has('a')) for (const path of paths) files.write(path, '')
  for (let part = yield* read(); part !== undefined; part = yield* read()) {
    yield* write(part)
    for (const path of paths) files.write(path, (files.text(path) ?? '') + textOf(part))
  }
  return 0
}

function* seq(task: Process): Run {
  const numbers = task.args.map(Number)
  const [first, step, last] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers
  if (numbers.some(Number.isNaN) || step === 0 || last === undefined)
    return yield* fail(`seq: invalid number '${task.args.join(' ')}'`)
  for (let at = first as number; (step as number) > 0 ? at <= last : at >= last; at += step as number)
    yield* print(`${at}\n`)
  return 0
}

function* yes(task: Process): Run {
  const line = `${task.args.join(' ') || 'y'}\n`
  for (;;) yield* print(line)
}

function* xargs(task: Process): Run {
  const { rest } = options(task.args[0]?.startsWith('-') === true ? task.args : ['--', ...task.args], 'rt', 'nI')
  const words: string[] = []
  for (let line = yield* readLine(); line !== undefined; line = yield* readLine())
    words.push(...line.split(/\s+/).filter((word) => word !== ''))
  const [name = 'echo', ...args] = rest
  const program = task.machine.program(name)
  if (program === undefined) return yield* fail(`xargs: ${name}: No such file or directory`, 127)
  return yield* program({ ...task, name, args: [...args, ...words] })
}

export const textCommands: Readonly<Record<string, Program>> = {
  cat,
  head,
  tail,
  wc,
  grep,
  egrep: grep,
  fgrep: grep,
  sort,
  uniq,
  cut,
  tr,
  sed,
  tee,
  seq,
  yes,
  xargs,
}
