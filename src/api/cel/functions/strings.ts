/** Functions of strings: the standard ones and cel-go's strings extension, version 2. Positions count code points. */

import { shownValue } from '../shown.ts'
import { CelError, CelList, noOverload, PlainList, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'
import { formatText } from './format-text.ts'
import { listIndex } from './lists.ts'

const outOfRange = (index: Value) => new CelError(`index out of range: ${shownValue(index)}`)

function charAt(text: string, index: Value): Value {
  const characters = [...text]
  const at = Number(index)
  if (at < 0 || at > characters.length) return outOfRange(index)
  return characters[at] ?? ''
}

/** The first position from `from` on at which `part` stands. */
function indexIn(text: string, part: string, from: Value | undefined): Value {
  if (part === '') return from ?? 0
  const characters = [...text]
  const wanted = [...part]
  const start = Number(from ?? 0)
  if (start < 0) return outOfRange(from ?? 0)
  if (start >= characters.length) return -1
  for (let at = start; at <= characters.length - wanted.length; at++)
    if (wanted.every((character, index) => characters[at + index] === character)) return at
  return -1
}

/** The last position up to `from` at which `part` stands. */
function lastIndexIn(text: string, part: string, from: Value | undefined): Value {
  const characters = [...text]
  if (part === '') return from ?? characters.length
  const wanted = [...part]
  if (from === undefined && characters.length < wanted.length) return -1
  const start = from === undefined ? characters.length - 1 : Number(from)
  if (start < 0) return outOfRange(from ?? 0)
  if (start >= characters.length) return -1
  for (let at = Math.min(start, characters.length - wanted.length); at >= 0; at--)
    if (wanted.every((character, index) => characters[at + index] === character)) return at
  return -1
}

function substring(text: string, start: Value, end: Value | undefined): Value {
  const characters = [...text]
  const last = end ?? characters.length
  if (end !== undefined && start !== null && Number(start) > Number(end))
    return new CelError(`invalid substring range. start: ${shownValue(start)}, end: ${shownValue(end)}`)
  if (Number(start) < 0 || Number(start) > characters.length) return outOfRange(start)
  if (Number(last) < 0 || Number(last) > characters.length) return outOfRange(last)
  return characters.slice(Number(start), Number(last)).join('')
}

/** Replaces the first `count` occurrences; an empty `old` stands before every character and at the end. */
function replace(text: string, old: string, by: string, count: number): string {
  if (count === 0) return text
  const parts = old === '' ? ['', ...text] : text.split(old)
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  if (old === '') {
    const all = count < 0 ? parts.length : Math.min(count, parts.length)
    return [...text, ''].map((character, index) => (index < all ? by + character : character)).join('')
  }
  return (
    parts.slice(0, most + 1).join(by) +
    parts
      .slice(most + 1)
      .map((part) => old + part)
      .join('')
  )
}

function split(text: string, separator: string, count: number): Value {
  if (count === 0) return new PlainList([])
  const parts = separator === '' ? [...text] : text.split(separator)
  if (count > 0 && parts.length > count) {
    const rest = parts.splice(count - 1).join(separator)
    parts.push(rest)
  }
  return new PlainList(parts)
}

function join(list: CelList, separator: string): Value {
  const parts: string[] = []
  for (let index = 0; index < list.size; index++) {
    const part = list.get(index)
    if (typeof part !== 'string') return new CelError(`join: invalid input: ${shownValue(part)}`)
    parts.push(part)
  }
  return parts.join(separator)
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** A function whose receiver and arguments are as given, else there is no such overload. */
function onText(run: (text: string, ...rest: Value[]) => Value) {
  return ([text = null, ...rest]: readonly Value[]): Value =>
    typeof text === 'string' ? run(text, ...rest) : noOverload
}

const ascii = (pattern: RegExp, change: (text: string) => string) => onText((text) => text.replace(pattern, change))

export const strings: Functions = {
  startsWith: onText((text, part) => (typeof part === 'string' ? text.startsWith(part) : noOverload)),
  endsWith: onText((text, part) => (typeof part === 'string' ? text.endsWith(part) : noOverload)),
  contains: onText((text, part) => (typeof part === 'string' ? text.includes(part) : noOverload)),
  charAt: onText((text, index = 0) => charAt(text, index)),
  indexOf: (args) =>
    args[0] instanceof CelList
      ? listIndex(args[0], args[1] ?? null, 1)
      : onText((text, part, from) => indexIn(text, part as string, from))(args),
  lastIndexOf: (args) =>
    args[0] instanceof CelList
      ? listIndex(args[0], args[1] ?? null, -1)
      : onText((text, part, from) => lastIndexIn(text, part as string, from))(args),
  lowerAscii: ascii(/[A-Z]+/g, (text) => text.toLowerCase()),
  upperAscii: ascii(/[a-z]+/g, (text) => text.toUpperCase()),
  replace: onText((text, old, by, count) =>
    replace(text, old as string, by as string, count === undefined ? -1 : Number(count)),
  ),
  split: onText((text, separator, count) => split(text, separator as string, count === undefined ? -1 : Number(count))),
  substring: onText((text, start = 0, end) => substring(text, start, end)),
  trim: onText((text) => text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '')),
  join: ([list = null, separator = '']) => (list instanceof CelList ? join(list, separator as string) : noOverload),
  'strings.quote': onText((text) => `"${[...text].map((each) => escapes[each] ?? each).join('')}"`),
  'jsonpatch.escapeKey': onText((text) => text.replaceAll('~', '~0').replaceAll('/', '~1')),
  format: onText((text, list) => (list instanceof CelList ? formatText(text, list) : noOverload)),
}
