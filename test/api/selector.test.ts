/** Label and field selectors against the answers of the real library, and the round trip of their text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldErrorText, path } from '../../src/api/field-error.ts'
import { validateLabelSelector } from '../../src/api/meta.ts'
import {
  fieldTermsToText,
  formatLabelSelector,
  type LabelSelector,
  matchesFields,
  matchesLabelSelector,
  matchesMap,
  matchesRequirements,
  parseFieldSelector,
  parseLabelSelector,
  type Requirement,
  requirementsToText,
  selectorToText,
  toRequirements,
} from '../../src/api/selector.ts'
import { golden, thrownText } from '../support/golden.ts'

interface Text {
  in: string
  error?: string
  text: string
  requirements: Requirement[] | null
  matches: boolean[]
}
interface Selected {
  in: LabelSelector
  format: string
  error?: string
  text: string
  matches: boolean[]
  validation: string[] | null
}
interface Fields {
  in: string
  error?: string
  text: string
  terms: unknown[] | null
  matches: boolean[]
}
const cases = golden<{
  labelSets: Record<string, string>[]
  text: Text[]
  objects: Selected[]
  fieldSets: Record<string, string>[]
  fields: Fields[]
}>('selector')

describe('parseLabelSelector', () => {
  it.each(cases.text)('$in', ({ in: text, error, text: printed, requirements, matches }) => {
    expect(thrownText(() => parseLabelSelector(text))).toBe(error)
    if (error !== undefined) return
    const read = parseLabelSelector(text)
    expect(read).toEqual(requirements ?? [])
    expect(requirementsToText(read)).toBe(printed)
    expect(cases.labelSets.map((labels) => matchesRequirements(read, labels))).toEqual(matches)
  })
  const name = fc.stringMatching(/^[a-z]([a-z0-9]{0,5}[a-z0-9])?$/)
  const values = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).map((list) => list.sort())
  const requirement = fc.oneof(
    fc.record({ key: name, operator: fc.constantFrom('in', 'notin'), values }),
    fc.record({ key: name, operator: fc.constantFrom('=', '==', '!='), values: fc.tuple(name) }),
    fc.record({ key: name, operator: fc.constantFrom('exists', '!'), values: fc.constant([]) }),
    fc.record({ key: name, operator: fc.constantFrom('gt', 'lt'), values: fc.tuple(fc.nat().map(String)) }),
  )
  it('reads back what is printed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(requirement, { selector: ({ key }) => key, maxLength: 5 }), (list) => {
        const sorted = list.sort((a, b) => (a.key < b.key ? -1 : 1)) as Requirement[]
        expect(parseLabelSelector(requirementsToText(sorted))).toEqual(sorted)
      }),
    )
  })
})

describe('selector objects', () => {
  it.each(cases.objects)('$in', ({ in: selector, format, error, text, matches, validation }) => {
    expect(formatLabelSelector(selector)).toBe(format)
    expect(thrownText(() => toRequirements(selector))).toBe(error)
    const faults = validateLabelSelector(selector, path('spec', 'selector'))
    expect(faults.map(fieldErrorText)).toEqual(validation ?? [])
    if (error !== undefined) return
    expect(selectorToText(selector)).toBe(text)
    expect(cases.labelSets.map((labels) => matchesLabelSelector(selector, labels))).toEqual(matches)
  })
  it('an absent selector selects nothing, an empty one everything', () => {
    expect(matchesLabelSelector(undefined, { a: 'b' })).toBe(false)
    expect(matchesLabelSelector(undefined, { a: 'b' }, 'everything')).toBe(true)
    expect(matchesLabelSelector({}, undefined)).toBe(true)
    expect(matchesMap(undefined, { a: 'b' })).toBe(false)
    expect(matchesMap({}, undefined)).toBe(true)
    expect(matchesMap({ a: 'b' }, { a: 'b', c: 'd' })).toBe(true)
    expect(matchesMap({ toString: 'b' }, {})).toBe(false)
  })
})

describe('parseFieldSelector', () => {
  it.each(cases.fields)('$in', ({ in: text, error, text: printed, terms, matches }) => {
    expect(thrownText(() => parseFieldSelector(text))).toBe(error)
    if (error !== undefined) return
    const read = parseFieldSelector(text)
    expect(read).toEqual(terms ?? [])
    expect(fieldTermsToText(read)).toBe(printed)
    expect(cases.fieldSets.map((fields) => matchesFields(read, fields))).toEqual(matches)
    expect(cases.fieldSets.map((fields) => matchesFields(read, (field) => fields[field]))).toEqual(matches)
  })
})
