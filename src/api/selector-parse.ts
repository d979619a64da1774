/**
 * Reads the text form of a label selector: `env=prod,tier in (a,b),!old,weight>3`.
 * Grammar: requirement {"," requirement}; requirement = ["!"] KEY [op VALUE | ("in"|"notin") "(" values ")"].
 * Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/ and k8s.io/apimachinery pkg/labels, whose
 * error texts clients see in 400 answers.
 */
import { fieldErrorText, invalidValue } from './field-error.ts'
import { isQualifiedName } from './names.ts'
import { checkedRequirement, type Operator, type Requirement, sortedRequirements } from './requirement.ts'

type Kind = 'word' | 'end' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin'

interface Token {
  readonly kind: Kind
  readonly text: string
}

const symbols: ReadonlySet<string> = new Set(['==', '!='])
const end: Token = { kind: 'end', text: '' }
const operators: Readonly<Partial<Record<Kind, Operator>>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
}

/**
 * The requirements of a selector text, sorted by key, values sorted and each once. Empty text has none.
 * Throws an Error with the API server's text, which a server answers as 400.
 */
export function parseLabelSelector(text: string): Requirement[] {
  const tokens = scan(text)
  const requirements: Requirement[] = []
  let at = 0
  for (;;) {
    const token = tokenAt(tokens, at)
    if (token.kind === 'end') return sortedRequirements(requirements)
    if (!startsRequirement(token)) throw new Error(`found '${token.text}', expected: !, identifier, or 'end of string'`)
    const [requirement, next] = parsed(tokens, at)
    requirements.push(requirement)
    const after = tokenAt(tokens, next)
    at = next + 1
    if (after.kind === 'end') return sortedRequirements(requirements)
    if (after.kind !== ',') throw new Error(`found '${after.text}', expected: ',' or 'end of string'`)
    const follower = tokenAt(tokens, at)
    if (!startsRequirement(follower)) throw new Error(`found '${follower.text}', expected: identifier after ','`)
  }
}

function parsed(tokens: readonly Token[], at: number): [Requirement, number] {
  try {
    return requirementAt(tokens, at)
  } catch (error) {
    throw new Error(`unable to parse requirement: ${(error as Error).message}`)
  }
}

/** Splits the text into tokens; the last is always the end. */
function scan(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /[ \t\r\n]*(?:([=!(),><]+)|([^ \t\r\n=!(),><]+))/y
  // A NUL ends the text for the real scanner as well.
  const source = text.split('\0', 1)[0] as string
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    const run = match[1]
    if (run === undefined) {
      const word = match[2] as string
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word })
      continue
    }
    // Of a run of symbols only the longest known beginning is taken; every single symbol is known.
    const symbol = run.slice(0, symbols.has(run.slice(0, 2)) ? 2 : 1)
    pattern.lastIndex -= run.length - symbol.length
    tokens.push({ kind: symbol as Kind, text: symbol })
  }
  return [...tokens, end]
}

function tokenAt(tokens: readonly Token[], at: number): Token {
  return tokens[at] ?? end
}

// Where a key or a value is expected, `in` and `notin` are words like any other.
function isWord(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'in' || token.kind === 'notin'
}

function startsRequirement(token: Token): boolean {
  return isWord(token) || token.kind === '!'
}

function requirementAt(tokens: readonly Token[], start: number): [Requirement, number] {
  const negated = tokenAt(tokens, start).kind === '!'
  const keyAt = negated ? start + 1 : start
  const key = tokenAt(tokens, keyAt)
  if (!isWord(key)) throw new Error(`found '${key.text}', expected: identifier`)
  const faults = isQualifiedName(key.text)
  // The real parser has no path here and prints its nil.
  if (faults.length > 0) throw new Error(fieldErrorText(invalidValue('<nil>', key.text, faults.join('; '))))
  const after = tokenAt(tokens, keyAt + 1)
  if (negated) return [checkedRequirement({ key: key.text, operator: '!', values: [] }), keyAt + 1]
  if (after.kind === 'end' || after.kind === ',') {
    return [checkedRequirement({ key: key.text, operator: 'exists', values: [] }), keyAt + 1]
  }
  const operator = operators[after.kind]
  if (operator === undefined) throw new Error(`found '${after.text}', expected: in, notin, =, ==, !=, gt, lt`)
  const read = operator === 'in' || operator === 'notin' ? valuesAt : valueAt
  const [values, next] = read(tokens, keyAt + 2)
  return [checkedRequirement({ key: key.text, operator, values: [...new Set(values)].sort() }), next]
}

/** The single value of a comparison; nothing before a comma or the end is the empty value. */
function valueAt(tokens: readonly Token[], at: number): [string[], number] {
  const token = tokenAt(tokens, at)
  if (token.kind === 'end' || token.kind === ',') return [[''], at]
  if (!isWord(token)) throw new Error(`found '${token.text}', expected: identifier`)
  return [[token.text], at + 1]
}

/** `(a,b)`, where a missing value between commas is the empty one; `()` is one empty value. */
function valuesAt(tokens: readonly Token[], start: number): [string[], number] {
  const open = tokenAt(tokens, start)
  if (open.kind !== '(') throw new Error(`found '${open.text}' expected: '('`)
  const first = tokenAt(tokens, start + 1)
  if (first.kind === ')') return [[''], start + 2]
  if (!isWord(first) && first.kind !== ',') throw new Error(`found '${first.text}', expected: ',', ')' or identifier`)
  const values: string[] = []
  for (let at = start + 1; ; at++) {
    const token = tokenAt(tokens, at)
    const next = tokenAt(tokens, at + 1)
    if (isWord(token)) {
      values.push(token.text)
      if (next.kind === ')') return [values, at + 2]
      if (next.kind !== ',') throw new Error(`found '${next.text}', expected: ',' or ')'`)
    } else if (token.kind === ',') {
      if (values.length === 0 || next.kind === ',' || next.kind === ')') values.push('')
      if (next.kind === ')') return [values, at + 2]
    } else throw new Error(`found '${token.text}', expected: ',', or identifier`)
  }
}
