/** Splits an expression into tokens. Source: the CEL language definition, https://github.com/google/cel-spec */
import type { Issue } from './issues.ts'

/** `type` is the token's own text for operators and `in true false null`. Offsets count UTF-16 units. */
export interface Token {
  readonly type: string
  readonly text: string
  readonly start: number
}

const operators = ['==', '!=', '<=', '>=', '&&', '||', ...'<>[]{}().,-!?:+*/%']
const keywords = new Set(['in', 'true', 'false', 'null'])
const space = /[\t \r\n\f]+|\/\/[^\n]*/y
const number =
  /(\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|(0x[\da-fA-F]+[uU]|\d+[uU])|(0x[\da-fA-F]+|\d+)/y
const identifier = /[A-Za-z_]\w*/y
const escaped = /`[\w.\-/ ]+`/y
const quotes = /([bB]?[rR]?)("""|'''|"|')/y
const escapeSequence = /\\(?:[abfnrtv"'\\?`]|[0-3][0-7][0-7]|[xX][\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/y

const escapeStart = /\\(?:[xX][\da-fA-F]{0,2}|u[\da-fA-F]{0,4}|U[\da-fA-F]{0,8}|[0-3][0-7]{0,2})/y

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Where the string that starts at `at` ends, or (negative, minus one) where it stops being one. */
function stringEnd(text: string, bodyStart: number, quote: string, raw: boolean): number {
  const long = quote.length === 3
  for (let at = bodyStart; at < text.length; ) {
    if (text.startsWith(quote, at)) return at + quote.length
    const character = text[at]
    if (!long && (character === '\n' || character === '\r')) return -1 - at
    if (character === '\\' && !raw) {
      const found = match(escapeSequence, text, at)
      if (!found) return -1 - Math.min(at + (match(escapeStart, text, at)?.[0].length ?? 1), text.length)
      at += found[0].length
    } else at++
  }
  return -1 - text.length
}

/** The token at `at`, or the place at which no token is possible any more. */
function next(text: string, at: number): Token | number {
  const token = (type: string, end: number): Token => ({ type, text: text.slice(at, end), start: at })
  const quoted = match(quotes, text, at)
  let failed = at
  if (quoted) {
    const [all, prefix = '', quote = ''] = quoted
    const end = stringEnd(text, at + all.length, quote, /r/i.test(prefix))
    if (end >= 0) return token(/b/i.test(prefix) ? 'BYTES' : 'STRING', end)
    if (quote.length === 3) return token(/b/i.test(prefix) ? 'BYTES' : 'STRING', at + prefix.length + 2)
    failed = -1 - end
  }
  const numeric = match(number, text, at)
  if (numeric) return token(numeric[1] ? 'NUM_FLOAT' : numeric[2] ? 'NUM_UINT' : 'NUM_INT', at + numeric[0].length)
  const name = match(identifier, text, at)
  if (name) return token(keywords.has(name[0]) ? name[0] : 'IDENTIFIER', at + name[0].length)
  const quotedName = match(escaped, text, at)
  if (quotedName) return token('ESC_IDENTIFIER', at + quotedName[0].length)
  const operator = operators.find((each) => text.startsWith(each, at))
  if (operator) return token(operator, at + operator.length)
  if ('&|='.includes(text[at] ?? '')) return at + 1
  return failed
}

/** All tokens, ended by one of type `EOF`. What is no token is reported and skipped. */
export function tokenize(text: string, report: (issue: Issue) => void): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const blank = match(space, text, at)
    if (blank) {
      at += blank[0].length
      continue
    }
    const found = next(text, at)
    if (typeof found === 'number') {
      const seen = text.slice(at, found + 1)
      report({ offset: at, message: `Syntax error: token recognition error at: '${seen.replaceAll('\n', '\\n')}'` })
      at = found + 1
    } else {
      tokens.push(found)
      at += found.text.length
    }
  }
  tokens.push({ type: 'EOF', text: '<EOF>', start: text.length })
  return tokens
}
