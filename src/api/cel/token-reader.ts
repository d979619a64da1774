/** Tokens read one after the other, with the mends and the words of syntax errors that cel-go's parser (ANTLR) has. */
import type { Expr } from './ast.ts'
import type { Issue } from './issues.ts'
import { type Token, tokenize } from './lexer.ts'
import type { MacroHelp } from './macros.ts'

const mostNodes = 200_000

/** Thrown where reading cannot go on; the issue is noted. */
export class Stop extends Error {}

/** The tokens with which an expression may start. */
export const starts = [
  '[',
  '{',
  '(',
  '.',
  '-',
  '!',
  'true',
  'false',
  'null',
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
]
export const startSet: ReadonlySet<string> = new Set(starts)

/** A set of token types as errors show it. */
export function setText(types: readonly string[]): string {
  const each = types.map((type) => (type === 'EOF' ? '<EOF>' : /^[A-Z]/.test(type) ? type : `'${type}'`))
  return each.length === 1 ? (each[0] ?? '') : `{${each.join(', ')}}`
}

export class TokenReader implements MacroHelp {
  readonly issues: Issue[] = []
  readonly offsets: number[] = [-1]
  private readonly tokens: Token[]
  protected at = 0

  constructor(text: string) {
    this.tokens = tokenize(text, (issue) => this.issues.push(issue))
  }

  id(offset: number): number {
    // Macros that copy their receiver can make an expression grow without end.
    if (this.offsets.length > mostNodes) {
      this.issues.push({ offset: -1, message: 'max recursion depth exceeded' })
      throw new Stop()
    }
    this.offsets.push(offset)
    return this.offsets.length - 1
  }

  report(offset: number, message: string): Expr {
    this.issues.push({ offset, message })
    return { kind: 'unspecified', id: this.id(offset) }
  }

  protected get token(): Token {
    return this.tokens[this.at] as Token
  }

  protected get type(): string {
    return this.token.type
  }

  protected ahead(count: number): string {
    return this.tokens[Math.min(this.at + count, this.tokens.length - 1)]?.type ?? 'EOF'
  }

  protected take(): Token {
    const { token } = this
    if (token.type !== 'EOF') this.at++
    return token
  }

  protected stop(message: string, offset = this.token.start): never {
    this.issues.push({ offset, message: `Syntax error: ${message}` })
    throw new Stop()
  }

  protected extraneous(expected: readonly string[]): void {
    const { text, start } = this.token
    const message = `Syntax error: extraneous input '${text}' expecting ${setText(expected)}`
    this.issues.push({ offset: start, message })
    this.at++
  }

  protected expect(type: string, others: readonly string[] = [type]): Token {
    if (this.type === type) return this.take()
    const { text, start } = this.token
    if (this.ahead(1) === type && this.type !== 'EOF') {
      this.extraneous(others)
      return this.take()
    }
    if (this.type === 'EOF' && (type === ')' || type === ']') && others.length === 1) {
      this.issues.push({ offset: start, message: `Syntax error: missing '${type}' at '${text}'` })
      return this.token
    }
    this.stop(`mismatched input '${text}' expecting ${setText(others)}`, start)
  }

  /** No expression can start here: leave out one token if that helps, else stop. */
  protected noStart(expected: readonly string[]): void {
    if (this.type !== 'EOF' && startSet.has(this.ahead(1))) this.extraneous(expected)
    else this.stop(`mismatched input '${this.token.text}' expecting ${setText(expected)}`)
  }
}
