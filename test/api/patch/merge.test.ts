/** JSON merge patch: the examples of RFC 7386 and structural sharing. */
import { describe, expect, test } from 'vitest'
import { mergePatch } from '../../../src/api/patch/merge.ts'
import { PatchError } from '../../../src/api/patch/patch-error.ts'

describe('the examples of RFC 7386', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j', (original, patch, expected) => {
    expect(mergePatch(original as unknown, patch)).toEqual(expected)
  })
})

test('what does not change keeps its reference', () => {
  const original = { a: { x: 1 }, b: { y: 1 }, c: 'same' }
  const after = mergePatch(original, { b: { y: 2 }, c: 'same' })
  expect(after.a).toBe(original.a)
  expect(mergePatch(original, { a: { x: 1, none: null }, c: 'same' })).toBe(original)
  expect(original.b).toEqual({ y: 1 })
})

test('a patch that is no object is refused', () => {
  expect(() => mergePatch({}, [1])).toThrow(PatchError)
})

test('a field called __proto__ stays a field', () => {
  const after = mergePatch({ a: 1 }, JSON.parse('{"__proto__":{"polluted":true}}'))
  expect(Object.keys(after)).toEqual(['a', '__proto__'])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})
