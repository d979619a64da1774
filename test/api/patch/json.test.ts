/** JSON patches: what kubectl sends, and what is refused. */
import { describe, expect, test } from 'vitest'
import { jsonPatch } from '../../../src/api/patch/json.ts'
import { PatchError } from '../../../src/api/patch/patch-error.ts'

const refusal = (patch: unknown, original: unknown = { a: [1, 2] }): PatchError => {
  try {
    jsonPatch(original, patch)
  } catch (error) {
    if (error instanceof PatchError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('applies', () => {
  test('kubectl rollout undo', () => {
    const live = Object.freeze({ metadata: { annotations: { a: '1' } }, spec: { template: { x: 1 } } })
    const patch = [
      { op: 'replace', path: '/spec/template', value: { x: 2 } },
      { op: 'replace', path: '/metadata/annotations', value: {} },
    ]
    expect(jsonPatch(live, patch)).toEqual({ metadata: { annotations: {} }, spec: { template: { x: 2 } } })
    expect(live.spec.template).toEqual({ x: 1 })
  })

  test.each([
    [[{ op: 'add', path: '/a/-', value: 3 }], { a: [1, 2, 3] }],
    [[{ op: 'add', path: '/a/0', value: 3 }], { a: [3, 1, 2] }],
    [[{ op: 'remove', path: '/a/1' }], { a: [1] }],
    [[{ op: 'move', from: '/a', path: '/b~1c~0' }], { 'b/c~': [1, 2] }],
    [[{ op: 'copy', from: '/a/1', path: '/b' }], { a: [1, 2], b: 2 }],
    [[{ op: 'test', path: '/a/0', value: 1 }], { a: [1, 2] }],
    [[{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
  ])('%j', (patch, expected) => {
    expect(jsonPatch({ a: [1, 2] } as unknown, patch)).toEqual(expected)
  })
})

describe('refuses', () => {
  test.each([
    [[{ op: 'test', path: '/a/0', value: 9 }], 'operation 0 (test '],
    [[{ op: 'remove', path: '/nothing' }], 'operation 0 (remove '],
    [[{ op: 'replace', path: '/nothing/below', value: 1 }], 'operation 0 (replace '],
    [[{ op: 'add', path: '/x/y', value: 1 }], 'operation 0 (add '],
    [[{ op: 'add', path: '/__proto__/polluted', value: 1 }], 'path contains __proto__'],
    [[{ op: 'add', path: '/constructor/prototype/polluted', value: 1 }], 'operation 0 (add '],
    [[{ op: 'copy', from: '/constructor', path: '/b' }], 'operation 0 (copy '],
    [[{ op: 'add', path: '/b' }], 'value is missing'],
    [[{ op: 'burn', path: '/b' }], 'unknown op burn'],
    [[{ op: 'add', path: 'b', value: 1 }], 'has no /'],
    [[{ op: 'remove', path: '' }], 'cannot be removed'],
  ])('%j', (patch, detail) => {
    const error = refusal(patch)
    expect(error.reason).toBe('Invalid')
    expect(error.message).toBe('the server rejected our request due to an error in our request')
    expect(error.detail).toContain(detail)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('what is no list, and too long a list', () => {
    expect(refusal({ op: 'add' }).message).toBe(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
    const long = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a/0', value: 1 }))
    expect(refusal(long)).toMatchObject({ reason: 'TooLarge' })
  })
})
