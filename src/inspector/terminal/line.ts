/** One line of a terminal as words and flags, the way a shell and kubectl read it. */

/** A line: words in order, flags by their long name, and what came after `--`. */
export interface Line {
  readonly words: readonly string[]
  readonly flags: Readonly<Record<string, string>>
  readonly rest: readonly string[]
}

const short: Readonly<Record<string, string>> = {
  n: 'namespace',
  l: 'selector',
  o: 'output',
  f: 'filename',
  A: 'all-namespaces',
  c: 'container',
  p: 'previous',
  w: 'watch',
  i: 'stdin',
  t: 'tty',
}

/** Flags that take no value. */
const switches = new Set([
  'all-namespaces',
  'show-labels',
  'no-headers',
  'overwrite',
  'force',
  'all',
  'watch',
  'stdin',
  'tty',
  'previous',
  'help',
  'ignore-daemonsets',
  'delete-emptydir-data',
  'now',
  'ignore-not-found',
  'wait',
])

/** Splits at blanks outside quotes. Throws for a quote that is never closed. */
export function split(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string
    if (quote !== '') {
      if (letter === quote) quote = ''
      else word += letter === '\\' && quote === '"' ? (text[++i] ?? '') : letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + (letter === '\\' ? (text[++i] ?? '') : letter)
  }
  if (quote !== '') throw new Error(`syntax error: the quote ${quote} is never closed`)
  if (word !== undefined) words.push(word)
  return words
}

/** Words and flags of a split line. */
export function parsed(all: readonly string[]): Line {
  const words: string[] = []
  const flags: Record<string, string> = {}
  const end = all.indexOf('--')
  const before = end < 0 ? all : all.slice(0, end)
  for (let i = 0; i < before.length; i++) {
    const word = before[i] as string
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word)
    const brief = /^-([A-Za-z])(.*)$/s.exec(word)
    if (long === null && brief === null) {
      words.push(word)
      continue
    }
    const name = long === null ? (short[brief?.[1] as string] ?? (brief?.[1] as string)) : (long[1] as string)
    const given = long === null ? brief?.[2]?.replace(/^=/, '') : long[2]
    if (given !== undefined && given !== '') flags[name] = given
    else if (switches.has(name)) flags[name] = 'true'
    else flags[name] = before[++i] ?? ''
  }
  return { words, flags, rest: end < 0 ? [] : all.slice(end + 1) }
}
