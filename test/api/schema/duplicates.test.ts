/** Repeated keys in JSON texts. */
import { expect, test } from 'vitest'
import { duplicateFields } from '../../../src/api/schema/duplicates.ts'

test('repeated keys are named once, with their path', () => {
  const text = '{"a":1,"spec":{"list":[{"x":1},{"x":1,"y":"{\\"x\\":1}","x":2,"x":3}],"n":{},"n":[]},"a":2}'
  expect(duplicateFields(text)).toEqual(['spec.list[1].x', 'spec.n', 'a'])
})

test('equal keys in different objects, strings with braces and colons are no duplicates', () => {
  expect(duplicateFields('{"a":{"b":"}:{"},"c":{"b":[":","b"]},"d":["a","a"]}')).toEqual([])
  expect(duplicateFields('{"a":1,"\\u0061":2}')).toEqual(['a'])
})
