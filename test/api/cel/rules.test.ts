/** x-kubernetes-validations against what apiextensions-apiserver 0.36 answers: at values, and at definitions. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkRules } from '../../../src/api/cel/rules/check.ts'
import { validateRules } from '../../../src/api/cel/rules/validate.ts'
import type { CelSchema } from '../../../src/api/cel/schema.ts'
import { fieldErrorText, path } from '../../../src/api/field-error.ts'

interface Row {
  readonly name: string
  readonly schema: CelSchema
  readonly value?: unknown
  readonly old?: unknown
  readonly budget?: number
  readonly errors: readonly string[]
  readonly left: number
  readonly check?: readonly string[]
}

const file = new URL('../../../fixtures/wire/apiserver-0.36/cel-rules.json', import.meta.url)
const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Row[]

describe('rules of schemas on values', () => {
  it.each(rows.filter((row) => row.value !== undefined))('$name', ({ schema, value, old, budget, errors, left }) => {
    const result = validateRules(schema, value, old, path(), budget === undefined ? {} : { budget })
    // The root has the path `<nil>` in Go.
    expect(result.errors.map((error) => fieldErrorText(error).replace(/^:/, '<nil>:'))).toEqual(errors)
    expect(result.budget).toBe(left)
  })

  it('tells what it tolerated', () => {
    const rules = [{ rule: 'false', message: 'never' }]
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, 'x-kubernetes-validations': rules }
    const result = validateRules(schema, { a: 1 }, { a: 1 }, path('spec'), { isRoot: false })
    expect(result.errors).toEqual([])
    expect(result.warnings.map(fieldErrorText)).toEqual(['spec: Invalid value: never'])
    expect(
      validateRules(schema, { a: 1 }, { a: 1 }, path('spec'), { isRoot: false, ratchet: false }).errors,
    ).toHaveLength(1)
  })
})

describe('rules of schemas in definitions', () => {
  it.each(rows.filter((row) => row.value === undefined))('$name', ({ schema, check = [] }) => {
    const result = checkRules(schema, path('spec', 'validation', 'openAPIV3Schema'))
    expect([...result.schemaErrors, ...result.celErrors].map(fieldErrorText)).toEqual(check)
  })
})
