/**
 * Reads an expression: tokens to a tree in which macros are expanded. Syntax errors are worded as cel-go (ANTLR) words
 * them; reading stops at the first that cannot be mended by leaving out or adding one token.
 * Source: the CEL language definition, https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
import { children, type Expr, type MapEntry, type StructField } from './ast.ts'
import type { Issue } from './issues.ts'
import { literalValue } from './literal.ts'
import { expandMacro } from './macros.ts'
import { Stop, setText, startSet, starts, TokenReader } from './token-reader.ts'

/** An expression read; `root` is only meaningful when there are no issues. */
export interface Parsed {
  readonly root: Expr
  /** The offset of each id. */
  readonly offsets: readonly number[]
  readonly issues: readonly Issue[]
}

export interface ParseOptions {
  /** Allows fields between backticks. Kubernetes does not. */
  readonly escapedFields?: boolean
}

const longestCodePoints = 100_000
const deepest = 250
const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
)
const relations = new Map([
  ['<', '_<_'],
  ['<=', '_<=_'],
  ['>=', '_>=_'],
  ['>', '_>_'],
  ['==', '_==_'],
  ['!=', '_!=_'],
  ['in', '@in'],
])
const sums = new Map([
  ['+', '_+_'],
  ['-', '_-_'],
])
const products = new Map([
  ['*', '_*_'],
  ['/', '_/_'],
  ['%', '_%_'],
])

class Parser extends TokenReader {
  private readonly options: ParseOptions
  private depth = 0

  constructor(text: string, options: ParseOptions) {
    super(text)
    this.options = options
  }

  run(): Expr {
    try {
      const root = this.expr()
      if (this.type !== 'EOF') this.expect('EOF')
      return root
    } catch (error) {
      if (!(error instanceof Stop)) throw error
      return { kind: 'unspecified', id: 0 }
    }
  }

  private expr(): Expr {
    if (++this.depth > deepest) {
      this.issues.push({ offset: -1, message: `expression recursion limit exceeded: ${deepest}` })
      throw new Stop()
    }
    const condition = this.logical('||', '_||_', () => this.logical('&&', '_&&_', () => this.relation()))
    if (this.type !== '?') {
      this.depth--
      return condition
    }
    const id = this.id(this.take().start)
    const yes = this.logical('||', '_||_', () => this.logical('&&', '_&&_', () => this.relation()))
    this.expect(':')
    const no = this.expr()
    this.depth--
    return { kind: 'call', id, fn: '_?_:_', target: undefined, args: [condition, yes, no] }
  }

  /** Chains of one logical operator become a balanced tree, as cel-go builds it. */
  private logical(operator: string, fn: string, part: () => Expr): Expr {
    const terms = [part()]
    const ids: number[] = []
    while (this.type === operator) {
      ids.push(this.id(this.take().start))
      terms.push(part())
    }
    const balanced = (low: number, high: number): Expr => {
      const middle = (low + high + 1) >> 1
      const left = middle === low ? (terms[middle] as Expr) : balanced(low, middle - 1)
      const right = middle === high ? (terms[middle + 1] as Expr) : balanced(middle + 1, high)
      return { kind: 'call', id: ids[middle] as number, fn, target: undefined, args: [left, right] }
    }
    return terms.length === 1 ? (terms[0] as Expr) : balanced(0, ids.length - 1)
  }

  private binary(names: ReadonlyMap<string, string>, part: () => Expr): Expr {
    let left = part()
    for (let fn = names.get(this.type); fn !== undefined; fn = names.get(this.type)) {
      const id = this.id(this.take().start)
      left = { kind: 'call', id, fn, target: undefined, args: [left, part()] }
    }
    return left
  }

  private relation(): Expr {
    return this.binary(relations, () => this.binary(sums, () => this.binary(products, () => this.unary())))
  }

  private unary(): Expr {
    const operator = this.type
    if (operator === '-' && (this.ahead(1) === 'NUM_INT' || this.ahead(1) === 'NUM_FLOAT')) return this.member()
    if (operator !== '-' && operator !== '!') return this.member()
    const first = this.token.start
    let count = 0
    while (this.type === operator) {
      this.at++
      count++
    }
    if (this.type === 'EOF' && operator === '-') this.stop("no viable alternative at input '-'")
    if (count % 2 === 0) return this.member()
    const id = this.id(first)
    return { kind: 'call', id, fn: operator === '-' ? '-_' : '!_', target: undefined, args: [this.member()] }
  }

  private member(): Expr {
    let operand = this.primary()
    for (;;) {
      if (this.type === '.') operand = this.selection(operand)
      else if (this.type === '[') operand = this.index(operand)
      else return operand
    }
  }

  private selection(operand: Expr): Expr {
    const dot = this.take()
    const optional = this.type === '?' && this.take() !== undefined
    const { type, text, start } = this.token
    if (type !== 'IDENTIFIER' && type !== 'ESC_IDENTIFIER') {
      if (optional) this.stop(`mismatched input '${text}' expecting {IDENTIFIER, ESC_IDENTIFIER}`)
      if (type === 'true' || type === 'false' || type === 'null')
        this.stop(`mismatched input '${text}' expecting IDENTIFIER`)
      this.stop(`no viable alternative at input '.${type === 'EOF' ? '' : text}'`)
    }
    this.at++
    if (type === 'IDENTIFIER' && !optional && this.type === '(') {
      const open = this.take()
      return this.call(this.id(open.start), text, operand, this.args())
    }
    if (type === 'ESC_IDENTIFIER' && !this.options.escapedFields) this.report(start, "unsupported syntax: '`'")
    const field = type === 'ESC_IDENTIFIER' ? text.slice(1, -1) : text
    if (!optional) return { kind: 'select', id: this.id(dot.start), operand, field, testOnly: false }
    const name: Expr = { kind: 'literal', id: this.id(start), value: field }
    return { kind: 'call', id: this.id(dot.start), fn: '_?._', target: undefined, args: [operand, name] }
  }

  private index(operand: Expr): Expr {
    const id = this.id(this.take().start)
    const optional = this.type === '?' && this.take() !== undefined
    if (!optional && !startSet.has(this.type)) this.noStart([...starts.slice(0, 6), '?', ...starts.slice(6)])
    const index = this.expr()
    this.expect(']')
    return { kind: 'call', id, fn: optional ? '_[?_]' : '_[_]', target: undefined, args: [operand, index] }
  }

  private call(id: number, fn: string, target: Expr | undefined, args: readonly Expr[]): Expr {
    return expandMacro(this, id, fn, target, args) ?? { kind: 'call', id, fn, target, args }
  }

  /** Arguments after `(`, with the closing parenthesis. */
  private args(): Expr[] {
    const args: Expr[] = []
    if (this.type === ')') {
      this.at++
      return args
    }
    const expected = [...starts.slice(0, 3), ')', ...starts.slice(3)]
    if (!startSet.has(this.type) && this.ahead(1) === ')') this.extraneous(expected)
    else if (!startSet.has(this.type)) this.noStart(expected)
    if (this.type === ')') {
      this.take()
      return args
    }
    args.push(this.expr())
    while (this.type === ',') {
      this.at++
      args.push(this.expr())
    }
    this.expect(')')
    return args
  }

  private primary(): Expr {
    if (!startSet.has(this.type)) this.noStart(starts)
    const { type, start } = this.token
    if (type === '(') {
      this.at++
      const inner = this.expr()
      this.expect(')')
      return inner
    }
    if (type === '[') return this.list()
    if (type === '{') return this.map()
    if (type === '.' || type === 'IDENTIFIER') return this.named()
    if (type === '-') {
      this.at++
      return this.literal(start, `-${this.token.text}`)
    }
    return this.literal(start, this.token.text)
  }

  private literal(start: number, text: string): Expr {
    const { type } = this.take()
    const value = literalValue(type, text)
    if (typeof value === 'object' && value !== null && 'fault' in value) return this.report(start, value.fault)
    return { kind: 'literal', id: this.id(start), value }
  }

  private list(): Expr {
    const id = this.id(this.take().start)
    const elements: Expr[] = []
    const optional = new Set<number>()
    if (this.type === 'EOF') this.noStart(['[', ']', '{', '(', '.', ',', '-', '!', '?', ...starts.slice(6)])
    if (this.type === ',' && this.ahead(1) === ']') this.take()
    while (this.type !== ']') {
      if (this.type === '?') {
        this.at++
        optional.add(elements.length)
      }
      elements.push(this.expr())
      if (this.type !== ',') {
        this.expect(']', [']', ','])
        return { kind: 'list', id, elements, optional }
      }
      this.at++
      if (this.type === ',') this.expect(']')
    }
    this.at++
    return { kind: 'list', id, elements, optional }
  }

  private map(): Expr {
    const id = this.id(this.take().start)
    const entries: MapEntry[] = []
    if (this.type === 'EOF') this.noStart(['[', '{', '}', '(', '.', ',', '-', '!', '?', ...starts.slice(6)])
    if (this.type === ',' && this.ahead(1) === '}') this.take()
    while (this.type !== '}') {
      const optional = this.type === '?' && this.take() !== undefined
      const key = this.expr()
      const colon = this.expect(':')
      const entryId = this.id(colon.start)
      entries.push({ id: entryId, key, value: this.expr(), optional })
      if (this.type !== ',') {
        this.expect('}', ['}', ','])
        return { kind: 'map', id, entries }
      }
      this.at++
    }
    this.at++
    return { kind: 'map', id, entries }
  }

  private named(): Expr {
    const start = this.token.start
    const dot = this.type === '.' && this.take() !== undefined
    if (this.type !== 'IDENTIFIER')
      this.stop(`no viable alternative at input '.${this.type === 'EOF' ? '' : this.token.text}'`)
    const name = this.take()
    const skip = this.structOpens()
    if (skip !== undefined) return this.struct(`${dot ? '.' : ''}${name.text}`, skip)
    if (reserved.has(name.text)) return this.reservedName(start, name.text)
    const text = `${dot ? '.' : ''}${name.text}`
    const open = this.token
    if (open.type !== '(') return { kind: 'ident', id: this.id(name.start), name: text }
    const id = this.id(this.take().start)
    return this.call(id, text, undefined, this.args())
  }

  private reservedName(start: number, name: string): Expr {
    if (this.type === '(') {
      this.at++
      this.args()
    }
    return this.report(start, `reserved identifier: ${name}`)
  }

  /** How many tokens after a name the `{` of a message follows, when `a.b.C{` is what comes. */
  private structOpens(): number | undefined {
    let count = 0
    while (this.ahead(count) === '.' && this.ahead(count + 1) === 'IDENTIFIER') count += 2
    return this.ahead(count) === '{' ? count : undefined
  }

  private struct(first: string, skip: number): Expr {
    let typeName = first
    for (let taken = 0; taken < skip; taken++) typeName += this.take().text
    const id = this.id(this.take().start)
    const fields: StructField[] = []
    while (this.type !== '}') {
      const optional = this.type === '?' && this.take() !== undefined
      const { type, text, start } = this.token
      if (type !== 'IDENTIFIER' && type !== 'ESC_IDENTIFIER')
        this.stop(`mismatched input '${text}' expecting ${setText(['}', ',', '?', 'IDENTIFIER', 'ESC_IDENTIFIER'])}`)
      this.at++
      if (type === 'ESC_IDENTIFIER' && !this.options.escapedFields) this.report(start, "unsupported syntax: '`'")
      const fieldId = this.id(this.expect(':').start)
      const name = type === 'ESC_IDENTIFIER' ? text.slice(1, -1) : text
      fields.push({ id: fieldId, name, value: this.expr(), optional })
      if (this.type !== ',') {
        this.expect('}', ['}', ','])
        return { kind: 'struct', id, typeName, fields }
      }
      this.at++
    }
    this.at++
    return { kind: 'struct', id, typeName, fields }
  }
}

const flat = new Set(['_&&_', '_||_', '!_', '-_'])

/** Whether selections, calls on receivers and operators are nested deeper than cel-go reads. */
function isTooDeep(root: Expr): boolean {
  const waiting: (readonly [Expr, number])[] = [[root, 0]]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [expr, above] = next
    const counts =
      expr.kind === 'select' ||
      expr.kind === 'comprehension' ||
      (expr.kind === 'call' && (expr.target !== undefined || (/[_@]/.test(expr.fn) && !flat.has(expr.fn))))
    const depth = above + (counts ? 1 : 0)
    if (depth > deepest) return true
    for (const child of children(expr)) waiting.push([child, depth])
  }
  return false
}

/** Reads one expression. Never throws: what is wrong stands in `issues`. */
export function parse(text: string, options: ParseOptions = {}): Parsed {
  const size = text.length > longestCodePoints ? [...text].length : 0
  if (size > longestCodePoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${longestCodePoints}`
    return { root: { kind: 'unspecified', id: 0 }, offsets: [-1], issues: [{ offset: -1, message }] }
  }
  const parser = new Parser(text, options)
  const root = parser.run()
  if (parser.issues.length === 0 && isTooDeep(root))
    parser.issues.push({ offset: -1, message: 'max recursion depth exceeded' })
  return { root, offsets: parser.offsets, issues: parser.issues }
}
