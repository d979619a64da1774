/** Name rules and metadata rules against the messages of the real library. */
import { describe, expect, it } from 'vitest'
import { fieldErrorText, path } from '../../src/api/field-error.ts'
import { validateAnnotations, validateObjectMeta, validateObjectMetaUpdate } from '../../src/api/meta.ts'
import * as names from '../../src/api/names.ts'
import type { ObjectMeta } from '../../src/api/object.ts'
import { golden } from '../support/golden.ts'

type Rule = (name: string, prefix: boolean) => string[]
const rules = names as unknown as Record<string, Rule>

describe('names', () => {
  for (const [rule, cases] of Object.entries(golden<Record<string, { in: string; out: string[] }[]>>('names'))) {
    it(`${rule} says what the library says of ${cases.length} names`, () => {
      for (const { in: name, out } of cases) expect([name, rules[rule]?.(name, true)]).toEqual([name, out])
    })
  }
  it('bounds numbers', () => {
    expect(names.isValidPortNumber(0)).toEqual(['must be between 1 and 65535, inclusive'])
    expect(names.isValidPortNumber(65_535)).toEqual([])
    expect(names.isValidUserId(2 ** 31)).toEqual(['must be between 0 and 2147483647, inclusive'])
  })
})

interface Created {
  meta: ObjectMeta
  namespaced: boolean
  rule: string
  errors: string[]
}
interface Updated {
  next: ObjectMeta
  previous: ObjectMeta
  errors: string[]
}
const cases = golden<{ create: Created[]; update: Updated[]; hugeAnnotations: string[] }>('meta')

describe('metadata', () => {
  it.each(cases.create)('created as $meta', ({ meta, namespaced, rule, errors }) => {
    expect(validateObjectMeta(meta, namespaced, rules[rule]).map(fieldErrorText)).toEqual(errors)
  })
  it.each(cases.update)('updated to $next from $previous', ({ next, previous, errors }) => {
    expect(validateObjectMetaUpdate(next, previous).map(fieldErrorText)).toEqual(errors)
  })
  it('bounds the annotations together', () => {
    const huge = { a: 'x'.repeat(256 * 1024) }
    const errors = validateAnnotations(huge, path('metadata', 'annotations'))
    expect(errors.map(fieldErrorText)).toEqual(cases.hugeAnnotations)
  })
})
