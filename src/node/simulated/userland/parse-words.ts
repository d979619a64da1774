/** Words of a shell line: quotes, variables, substitutions. */
import { type List, type Part, SyntaxFault, type Word } from './syntax.ts'

/** A here-document: the line that ends it, whether it is taken as it is, and where its text goes. */
export interface HereDocument {
  readonly end: string
  readonly plain: boolean
  readonly put: (word: Word) => void
}

/** Text being read, and how lists within it are. */
export class Source {
  readonly text: string
  at = 0
  /** Here-documents that begin after this line. */
  waiting: HereDocument[] = []
  readonly lists: (source: Source, ends: readonly string[]) => List

  constructor(text: string, lists: (source: Source, ends: readonly string[]) => List) {
    this.text = text
    this.lists = lists
  }

  get next(): string {
    return this.text[this.at] ?? ''
  }

  starts(text: string): boolean {
    return this.text.startsWith(text, this.at)
  }

  take(text: string): boolean {
    if (!this.starts(text)) return false
    this.at += text.length
    return true
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  need(text: string): void {
    if (!this.take(text)) throw new SyntaxFault(`syntax error: unterminated ${text}`, this.at >= this.text.length)
  }

  list(ends: readonly string[]): List {
    return this.lists(this, ends)
  }
}

const ending = /[\s;&|<>()]/

/** The next word; undefined when there is none here. */
export function wordAt(source: Source): Word | undefined {
  const parts: Part[] = []
  const begun = source.at
  while (source.next !== '' && !ending.test(source.next)) parts.push(...piece(source))
  return source.at === begun ? undefined : merged(parts)
}

function piece(source: Source): Part[] {
  if (source.take("'")) {
    const end = source.text.indexOf("'", source.at)
    if (end < 0) throw new SyntaxFault('syntax error: unterminated quoted string', true)
    const text = source.text.slice(source.at, end)
    source.at = end + 1
    return [{ type: 'text', text, quoted: true }]
  }
  if (source.take('"')) return [{ type: 'text', text: '', quoted: true }, ...quoted(source, '"')]
  if (source.take('\\')) {
    const text = source.next
    if (text === '') throw new SyntaxFault('syntax error: unexpected end of file', true)
    source.at++
    return text === '\n' ? [] : [{ type: 'text', text, quoted: true }]
  }
  if (source.next === '$' || source.next === '`') return [substitution(source, false)]
  return [{ type: 'text', text: source.text[source.at++] as string, quoted: false }]
}

/** What stands in double quotes, or in a here-document (`end` is '' then). */
export function quoted(source: Source, end: '"' | ''): Part[] {
  const parts: Part[] = []
  for (;;) {
    if (source.next === '') {
      if (end === '') return merged(parts)
      throw new SyntaxFault('syntax error: unterminated quoted string', true)
    }
    if (end !== '' && source.take(end)) return parts
    if (source.next === '\\' && /["$`\\\n]/.test(source.text[source.at + 1] ?? '')) {
      const text = source.text[source.at + 1] as string
      source.at += 2
      if (text !== '\n') parts.push({ type: 'text', text, quoted: true })
    } else if (source.next === '$' || source.next === '`') parts.push(substitution(source, true))
    else parts.push({ type: 'text', text: source.text[source.at++] as string, quoted: true })
  }
}

function substitution(source: Source, isQuoted: boolean): Part {
  if (source.take('`')) {
    const end = source.text.indexOf('`', source.at)
    if (end < 0) throw new SyntaxFault('syntax error: unterminated `', true)
    const inner = new Source(source.text.slice(source.at, end), source.lists)
    source.at = end + 1
    return { type: 'command', list: inner.list([]), quoted: isQuoted }
  }
  source.at++
  if (source.take('((')) {
    const word = upTo(source, '))')
    return { type: 'arithmetic', word, quoted: isQuoted }
  }
  if (source.take('(')) {
    const list = source.list([')'])
    source.need(')')
    return { type: 'command', list, quoted: isQuoted }
  }
  if (source.take('{')) return braced(source, isQuoted)
  const name = source.match(/[A-Za-z_]\w*|[0-9?$#@*!-]/y)
  if (name === undefined) return { type: 'text', text: '$', quoted: isQuoted }
  return { type: 'variable', name, operator: '', word: [], quoted: isQuoted }
}

function braced(source: Source, isQuoted: boolean): Part {
  const isLength = /^#[\w?@*]/.test(source.text.slice(source.at, source.at + 2)) && source.take('#')
  const name = source.match(/[A-Za-z_]\w*|\d+|[?$#@*!-]/y)
  if (name === undefined) throw new SyntaxFault('syntax error: bad substitution')
  const operator = isLength ? 'length' : (source.match(/:[-=+?]|%%|##|[-=+?%#]/y) ?? '')
  const word = upTo(source, '}')
  return { type: 'variable', name, operator, word, quoted: isQuoted }
}

function upTo(source: Source, end: string): Word {
  const parts: Part[] = []
  while (!source.starts(end)) {
    if (source.next === '') throw new SyntaxFault(`syntax error: unterminated ${end}`, true)
    parts.push(...piece(source))
  }
  source.at += end.length
  return merged(parts)
}

/** Neighbouring letters as one text. */
function merged(parts: readonly Part[]): Part[] {
  const all: Part[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (part.type === 'text' && last?.type === 'text' && last.quoted === part.quoted)
      all[all.length - 1] = { ...last, text: last.text + part.text }
    else all.push(part)
  }
  return all
}
