/** Expressions against what k8s.io/apiserver 0.36 answers: values, errors, issues, types, costs and estimates. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonValue } from '../../../src/api/cel/dyn-value.ts'
import { estimateCost } from '../../../src/api/cel/estimate.ts'
import { compileExpression, environment, evaluate } from '../../../src/api/cel/index.ts'
import * as types from '../../../src/api/cel/types.ts'
import { CelDouble, CelOptional, CelUint, type Value } from '../../../src/api/cel/values.ts'
import { shown } from './shown.ts'

interface Row {
  readonly expr: string
  readonly issues?: string
  readonly program?: string
  readonly type?: string
  readonly value?: string
  readonly error?: string
  readonly cost: number
  readonly min?: string
  readonly max?: string
}

const file = new URL('../../../fixtures/wire/apiserver-0.36/cel-expressions.json', import.meta.url)
const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Row[]

const { intType, stringType, dynType, boolType, uintType, doubleType, listType, mapType, optionalType } = types
const env = environment({
  variables: {
    x: intType,
    s: stringType,
    d: dynType,
    l: listType(intType),
    m: mapType(stringType, intType),
    b: boolType,
    u: uintType,
    f: doubleType,
    sl: listType(stringType),
    o: optionalType(intType),
  },
})
const bindings: Record<string, Value> = {
  x: 3,
  s: 'héllo',
  d: jsonValue({ a: 1, b: 'two', c: [1, 'x', null, 2.5], n: null, m: { k: true } }),
  l: jsonValue([3, 1, 2]),
  m: jsonValue({ a: 1, b: 2 }),
  b: true,
  u: new CelUint(7n),
  f: new CelDouble(2.5),
  sl: jsonValue(['b', 'a', 'cc']),
  o: new CelOptional(4),
}

/** Second messages that ANTLR adds after it recovered from a syntax error are not given. */
const onlyFirstMessage = new Set(['{1,2}', 'a.?', 'in', '-', 'a.in'])
/** ANTLR calls the end of the text extraneous here. */
const wordedOtherwise = new Set(['!'])
/** Bounds below zero wrap in Go. */
const wraps = new Set(['l.slice(2, 1)'])

const plain = (text: string) => text.replace(/\b(\d+)\.0\b/g, '$1')
const near = (ours: number, real: string) => ours === Number(real) || Math.abs(ours / Number(real) - 1) < 1e-12

describe('expressions are answered as the API server answers them', () => {
  it.each(rows.filter((row) => row.issues !== undefined))('$expr is refused', ({ expr, issues = '' }) => {
    const compiled = compileExpression(expr, env)
    const ours = 'issues' in compiled ? compiled.issues : ''
    if (wordedOtherwise.has(expr)) expect(ours).toContain('Syntax error')
    else expect(ours).toBe(onlyFirstMessage.has(expr) ? issues.split('\nERROR')[0] : issues)
  })

  it.each(rows.filter((row) => row.program !== undefined))('$expr makes no program', ({ expr, program }) => {
    expect(compileExpression(expr, env)).toEqual({ fault: program })
  })

  it.each(rows.filter((row) => row.value !== undefined || row.error !== undefined))('$expr', (row) => {
    const compiled = compileExpression(row.expr, env)
    if (!('program' in compiled)) throw new Error(JSON.stringify(compiled))
    const result = evaluate(compiled.program, bindings)
    expect(types.goTypeText(compiled.program.type)).toBe(row.type)
    expect(result.cost).toBe(row.cost)
    if ('error' in result) expect(result.error).toBe(row.error)
    else expect(plain(shown(result.value))).toBe(plain(row.value ?? `error ${row.error}`))
    const { min, max } = estimateCost(compiled.program)
    if (!wraps.has(row.expr)) expect([near(min, row.min ?? ''), near(max, row.max ?? '')]).toEqual([true, true])
  })
})

describe('expressions that are too deep', () => {
  const tooDeep = 'ERROR: <input>:-1:0: max recursion depth exceeded'
  const chains: readonly (readonly [string, (count: number) => string])[] = [
    ['sums', (count) => `1${' + 1'.repeat(count)}`],
    ['selections', (count) => `d${'.a'.repeat(count)}`],
    ['indexes', (count) => `d${'[0]'.repeat(count)}`],
    ['calls', (count) => `s${'.trim()'.repeat(count)}`],
    ['macros', (count) => `l${'.map(e, e)'.repeat(count)}`],
  ]
  it.each(chains)('%s', (_, chain) => {
    expect(compileExpression(chain(240), env)).toHaveProperty('program')
    expect(compileExpression(chain(260), env)).toEqual({ issues: tooDeep })
    expect(compileExpression(chain(9000), env)).toEqual({ issues: tooDeep })
  })

  it('nested parentheses and lists', () => {
    const limit = 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'
    expect(compileExpression(`${'('.repeat(260)}1${')'.repeat(260)}`, env)).toEqual({ issues: limit })
    expect(compileExpression(`${'['.repeat(9000)}1${']'.repeat(9000)}`, env)).toEqual({ issues: limit })
  })

  it('long chains of && are fine, copies without end are not', () => {
    expect(compileExpression(`true${' && true'.repeat(5000)}`, env)).toHaveProperty('program')
    expect(compileExpression(`o${'.optMap(v, v)'.repeat(40)}`, env)).toEqual({ issues: tooDeep })
  })
})
