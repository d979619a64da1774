/**
 * Words of a command as they are when it runs: variables, substitutions, fields, names of files.
 * Source: POSIX.1-2017, Shell Command Language 2.6
 */
import { textOf } from '../../../lib/bytes.ts'
import { matchesPattern } from './glob.ts'
import { captured } from './pipes.ts'
import { absolute, type Machine, type Run } from './program.ts'
import type { List, Part, Word } from './syntax.ts'

/** What a shell knows while it runs. */
export interface Scope {
  readonly machine: Machine
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  cwd: string
  code: number
  arguments: readonly string[]
  readonly name: string
  /** Runs a list in a shell of its own. */
  apart(list: List): Run
}

interface Bit {
  readonly text: string
  readonly quoted: boolean
}

/** The fields a word becomes. */
export function* fields(scope: Scope, word: Word): Run<string[]> {
  const found: Bit[][] = []
  let field: Bit[] | undefined
  for (const [index, part] of word.entries()) {
    if (part.type === 'variable' && part.quoted && part.name === '@' && part.operator === '') {
      for (const [at, text] of scope.arguments.entries()) {
        if (at > 0) {
          found.push(field ?? [])
          field = []
        }
        field = [...(field ?? []), { text, quoted: true }]
      }
      continue
    }
    const text = yield* partText(scope, part, index === 0)
    if (part.type === 'text' || part.quoted) {
      field = [...(field ?? []), { text, quoted: part.quoted }]
      continue
    }
    const pieces = text.split(/[ \t\n]+/)
    for (const [at, piece] of pieces.entries()) {
      if (at > 0 && field !== undefined) {
        found.push(field)
        field = undefined
      }
      if (piece !== '') field = [...(field ?? []), { text: piece, quoted: false }]
    }
  }
  if (field !== undefined) found.push(field)
  return found.flatMap((bits) => names(scope, bits))
}

/** A word as one text, not split and not matched with files. */
export function* whole(scope: Scope, word: Word): Run<string> {
  let text = ''
  for (const [index, part] of word.entries()) text += yield* partText(scope, part, index === 0)
  return text
}

/** A word as a pattern: quoted letters stand for themselves. */
export function* pattern(scope: Scope, word: Word): Run<string> {
  let text = ''
  for (const part of word) {
    const own = yield* partText(scope, part, false)
    text += part.quoted ? own.replace(/[*?[\]\\]/g, '\\$&') : own
  }
  return text
}

function names(scope: Scope, bits: readonly Bit[]): string[] {
  const text = bits.map((bit) => bit.text).join('')
  if (!bits.some((bit) => !bit.quoted && /[*?[]/.test(bit.text))) return [text]
  const glob = bits.map((bit) => (bit.quoted ? bit.text.replace(/[*?[\]\\]/g, '\\$&') : bit.text)).join('')
  const found = filesLike(scope, glob)
  return found.length === 0 ? [text] : found
}

function filesLike(scope: Scope, glob: string): string[] {
  const isRooted = glob.startsWith('/')
  let found = [isRooted ? '/' : '']
  for (const part of glob.split('/').filter((one) => one !== ''))
    found = found.flatMap((base) => {
      const folder = absolute(scope.cwd, base === '' ? '.' : base)
      const list =
        scope.machine.files.kind(folder) === 'directory' ? ['.', '..', ...scope.machine.files.list(folder)] : []
      const fits = list.filter(
        (name) => (name.startsWith('.') ? part.startsWith('.') : true) && matchesPattern(part, name),
      )
      return fits.map((name) => (base === '' || base === '/' ? `${base}${name}` : `${base}/${name}`))
    })
  return found
}

function* partText(scope: Scope, part: Part, isFirst: boolean): Run<string> {
  switch (part.type) {
    case 'text':
      return isFirst && !part.quoted
        ? part.text.replace(/^~(?=\/|$)/, scope.variables.get('HOME') ?? '/root')
        : part.text
    case 'command': {
      const { code, bytes } = yield* captured(scope.apart(part.list))
      scope.code = code
      return textOf(bytes).replace(/\n+$/, '')
    }
    case 'arithmetic':
      return String(reckon(scope, yield* whole(scope, part.word)))
    default:
      return yield* variableText(scope, part)
  }
}

/** The value of a name, special ones too; undefined when it is not set. */
export function variableOf(scope: Scope, name: string): string | undefined {
  if (name === '?') return String(scope.code)
  if (name === '#') return String(scope.arguments.length)
  if (name === '@' || name === '*') return scope.arguments.join(' ')
  if (name === '$') return '7'
  if (name === '!' || name === '-') return ''
  if (name === '0') return scope.name
  if (/^\d+$/.test(name)) return scope.arguments[Number(name) - 1]
  return scope.variables.get(name)
}

function* variableText(scope: Scope, part: Part & { type: 'variable' }): Run<string> {
  const { name, operator, word } = part
  const value = variableOf(scope, name)
  const isMissing = operator.startsWith(':') ? value === undefined || value === '' : value === undefined
  switch (operator.replace(':', '')) {
    case 'length':
      return String((value ?? '').length)
    case '-':
      return isMissing ? yield* whole(scope, word) : (value as string)
    case '+':
      return isMissing ? '' : yield* whole(scope, word)
    case '=': {
      if (!isMissing) return value as string
      const text = yield* whole(scope, word)
      scope.variables.set(name, text)
      return text
    }
    case '?':
      if (isMissing) throw new ShellFault(`${name}: ${(yield* whole(scope, word)) || 'parameter not set'}`)
      return value as string
    case '%':
    case '%%':
    case '#':
    case '##':
      return cut(value ?? '', yield* pattern(scope, word), operator)
    default:
      return value ?? ''
  }
}

/** The shell cannot go on. */
export class ShellFault extends Error {}

function cut(text: string, glob: string, operator: string): string {
  const sizes = Array.from({ length: text.length + 1 }, (_, size) => size)
  const order = operator.length === 1 ? sizes : sizes.reverse()
  for (const size of order) {
    if (operator.startsWith('#') && matchesPattern(glob, text.slice(0, size))) return text.slice(size)
    if (operator.startsWith('%') && matchesPattern(glob, text.slice(text.length - size)))
      return text.slice(0, text.length - size)
  }
  return text
}

/** Whole-number arithmetic with the usual operators. Throws ShellFault. */
export function reckon(scope: Scope, text: string): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\$|<=|>=|==|!=|&&|\|\||[-+*/%()<>!]/g) ?? []
  let at = 0
  const levels = [['||'], ['&&'], ['==', '!='], ['<', '>', '<=', '>='], ['+', '-'], ['*', '/', '%']]
  const atom = (): number => {
    const token = tokens[at++]
    if (token === '(') {
      const value = level(0)
      at++
      return value
    }
    if (token === '-') return -atom()
    if (token === '+') return atom()
    if (token === '!') return atom() === 0 ? 1 : 0
    if (token === undefined) return 0
    if (/^\d/.test(token)) return Number(token)
    return Number(variableOf(scope, token) ?? 0) || 0
  }
  const level = (depth: number): number => {
    const operators = levels[depth]
    if (operators === undefined) return atom()
    let value = level(depth + 1)
    for (let operator = tokens[at]; operator !== undefined && operators.includes(operator); operator = tokens[at]) {
      at++
      value = applied(operator, value, level(depth + 1))
    }
    return value
  }
  return level(0)
}

function applied(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new ShellFault('arithmetic syntax error: divide by zero')
  const results: Readonly<Record<string, () => number | boolean>> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => Math.trunc(a / b),
    '%': () => a % b,
    '<': () => a < b,
    '>': () => a > b,
    '<=': () => a <= b,
    '>=': () => a >= b,
    '==': () => a === b,
    '!=': () => a !== b,
    '&&': () => a !== 0 && b !== 0,
    '||': () => a !== 0 || b !== 0,
  }
  return Number(results[operator]?.() ?? 0)
}
