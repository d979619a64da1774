/**
 * Regular expressions of grep and sed, matched by sets of states: time grows with the product of pattern and text and never
 * faster, whatever a client sends. No groups to refer to.
 * Source: POSIX.1-2017, Regular Expressions
 */

type Node =
  | { readonly type: 'letter'; readonly fits: (letter: string) => boolean }
  | { readonly type: 'edge'; readonly at: 'start' | 'end' | 'word' }
  | { readonly type: 'all'; readonly parts: readonly Node[] }
  | { readonly type: 'any'; readonly parts: readonly Node[] }
  | { readonly type: 'repeat'; readonly part: Node; readonly least: number; readonly most: number }

interface State {
  fits?: (letter: string) => boolean
  edge?: 'start' | 'end' | 'word'
  readonly to: number[]
}

/** Repetitions beyond this are refused. */
const repeatLimit = 255

export class ExpressionFault extends Error {}

export interface Expression {
  /** The leftmost, longest match at or after `from`. */
  find(text: string, from?: number): { readonly start: number; readonly end: number } | undefined
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  space: /\s/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
}

/** Reads an expression, basic or extended. Throws ExpressionFault. */
export function expressionOf(text: string, extended: boolean, ignoreCase: boolean): Expression {
  const plain = extended ? text : text.replace(/\\([+?(){}|])|([+?(){}|])/g, (_all, on, off) => on ?? `\\${off}`)
  const states: State[] = []
  const start = build(states, new Reader(plain, ignoreCase).all(), add(states, { to: [] }))
  return { find: (line, from = 0) => found(states, start, ignoreCase ? line.toLowerCase() : line, from) }
}

class Reader {
  readonly #letters: readonly string[]
  readonly #fold: boolean
  #at = 0

  constructor(text: string, fold: boolean) {
    this.#letters = [...text]
    this.#fold = fold
  }

  all(): Node {
    const node = this.#choice()
    if (this.#at < this.#letters.length) throw new ExpressionFault('unmatched )')
    return node
  }

  #choice(): Node {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return parts.length === 1 ? (parts[0] as Node) : { type: 'any', parts }
  }

  #sequence(): Node {
    const parts: Node[] = []
    while (this.#at < this.#letters.length && this.#letters[this.#at] !== '|' && this.#letters[this.#at] !== ')')
      parts.push(this.#repeated(parts.length === 0))
    return { type: 'all', parts }
  }

  #repeated(isFirst: boolean): Node {
    let part = this.#atom(isFirst)
    for (;;) {
      if (this.#take('*')) part = { type: 'repeat', part, least: 0, most: Number.POSITIVE_INFINITY }
      else if (this.#take('+')) part = { type: 'repeat', part, least: 1, most: Number.POSITIVE_INFINITY }
      else if (this.#take('?')) part = { type: 'repeat', part, least: 0, most: 1 }
      else if (this.#letters[this.#at] === '{') part = this.#counted(part)
      else return part
    }
  }

  #counted(part: Node): Node {
    const end = this.#letters.indexOf('}', this.#at)
    const match = /^(\d+)(,(\d*))?$/.exec(this.#letters.slice(this.#at + 1, end).join(''))
    if (end < 0 || match === null) throw new ExpressionFault('invalid contents of {}')
    this.#at = end + 1
    const least = Number(match[1])
    const most = match[2] === undefined ? least : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])
    if (Math.max(least, most === Number.POSITIVE_INFINITY ? 0 : most) > repeatLimit)
      throw new ExpressionFault('repetition is too large')
    return { type: 'repeat', part, least, most }
  }

  #atom(isFirst: boolean): Node {
    const letter = this.#letters[this.#at++] as string
    if (letter === '(') {
      const inner = this.#choice()
      if (!this.#take(')')) throw new ExpressionFault('unmatched (')
      return inner
    }
    if (letter === '^') return { type: 'edge', at: 'start' }
    if (letter === '$') return { type: 'edge', at: 'end' }
    if (letter === '.') return { type: 'letter', fits: () => true }
    if (letter === '[') return this.#set()
    if (letter === '*' && isFirst) return this.#one('*')
    return letter === '\\' ? this.#escaped() : this.#one(letter)
  }

  #escaped(): Node {
    const letter = this.#letters[this.#at++]
    if (letter === undefined) throw new ExpressionFault('trailing backslash')
    if (letter === 'b' || letter === '<' || letter === '>') return { type: 'edge', at: 'word' }
    const named: Readonly<Record<string, RegExp>> = { w: /\w/, W: /\W/, s: /\s/, S: /\S/, d: /\d/ }
    const own = named[letter]
    if (own !== undefined) return { type: 'letter', fits: (one) => own.test(one) }
    if (/\d/.test(letter)) throw new ExpressionFault('back references are not known')
    return this.#one(letter === 't' ? '\t' : letter)
  }

  #one(letter: string): Node {
    const own = this.#fold ? letter.toLowerCase() : letter
    return { type: 'letter', fits: (one) => one === own }
  }

  #set(): Node {
    const negated = this.#take('^')
    const tests: ((letter: string) => boolean)[] = []
    for (let isFirst = true; isFirst || this.#letters[this.#at] !== ']'; isFirst = false) {
      const letter = this.#letters[this.#at++]
      if (letter === undefined) throw new ExpressionFault('unmatched [')
      const named =
        letter === '[' && this.#letters[this.#at] === ':'
          ? /^:(\w+):\]/.exec(this.#letters.slice(this.#at).join(''))
          : null
      if (named !== null) {
        this.#at += named[0].length
        const own = classes[named[1] as string]
        tests.push((one) => own?.test(one) === true)
      } else if (this.#letters[this.#at] === '-' && (this.#letters[this.#at + 1] ?? ']') !== ']') {
        const last = this.#letters[this.#at + 1] as string
        this.#at += 2
        const fold = this.#fold
        tests.push(
          (one) => (one >= letter && one <= last) || (fold && one.toUpperCase() >= letter && one.toUpperCase() <= last),
        )
      } else {
        const own = this.#fold ? letter.toLowerCase() : letter
        tests.push((one) => one === own)
      }
    }
    this.#at++
    return { type: 'letter', fits: (one) => tests.some((test) => test(one)) !== negated }
  }

  #take(letter: string): boolean {
    if (this.#letters[this.#at] !== letter) return false
    this.#at++
    return true
  }
}

/** An expression of more states is refused. */
const stateLimit = 20_000

function add(states: State[], state: State): number {
  if (states.length >= stateLimit) throw new ExpressionFault('the expression is too large')
  return states.push(state) - 1
}

/** The state a node begins with when it goes on to `next`. State 0 is the end. */
function build(states: State[], node: Node, next: number): number {
  switch (node.type) {
    case 'letter':
      return add(states, { fits: node.fits, to: [next] })
    case 'edge':
      return add(states, { edge: node.at, to: [next] })
    case 'all':
      return node.parts.reduceRight((to, part) => build(states, part, to), next)
    case 'any':
      return add(states, { to: node.parts.map((part) => build(states, part, next)) })
    default: {
      let to = next
      if (node.most === Number.POSITIVE_INFINITY) {
        to = add(states, { to: [next] })
        states[to]?.to.push(build(states, node.part, to))
      } else for (let i = node.least; i < node.most; i++) to = add(states, { to: [next, build(states, node.part, to)] })
      for (let i = 0; i < node.least; i++) to = build(states, node.part, to)
      return to
    }
  }
}

function found(states: readonly State[], start: number, text: string, from: number) {
  for (let at = from; at <= text.length; at++) {
    const end = longest(states, start, text, at)
    if (end >= 0) return { start: at, end }
  }
  return undefined
}

function longest(states: readonly State[], start: number, text: string, from: number): number {
  let now = closed(states, [start], text, from)
  let end = now.has(0) ? from : -1
  for (let at = from; at < text.length && now.size > 0; at++) {
    const next: number[] = []
    for (const one of now) {
      const state = states[one] as State
      if (state.fits?.(text[at] as string) === true) next.push(...state.to)
    }
    now = closed(states, next, text, at + 1)
    if (now.has(0)) end = at + 1
  }
  return end
}

function closed(states: readonly State[], begun: readonly number[], text: string, at: number): Set<number> {
  const all = new Set(begun)
  for (const one of all) {
    const state = states[one] as State
    if (state.fits !== undefined || !stands(state.edge, text, at)) continue
    for (const to of state.to) all.add(to)
  }
  return all
}

function stands(edge: State['edge'], text: string, at: number): boolean {
  if (edge === 'start') return at === 0
  if (edge === 'end') return at === text.length
  if (edge === 'word') return /\w/.test(text[at - 1] ?? '') !== /\w/.test(text[at] ?? '')
  return true
}
