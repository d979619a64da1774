/** Durations, which no built-in kind of this version carries, and numbers at their bounds. */
import { describe, expect, it } from 'vitest'
import { decodeObject, encodeObject, ProtobufError } from '../../../src/api/protobuf/index.ts'
import { durationOf } from '../../../src/api/protobuf/special.ts'
import { durationBytes } from '../../../src/api/protobuf/special-bytes.ts'

describe('durations', () => {
  it.each([
    ['0s', '0s'],
    ['1ns', '1ns'],
    ['1500ns', '1.5µs'],
    ['2.5ms', '2.5ms'],
    ['90s', '1m30s'],
    ['1h', '1h0m0s'],
    ['-36h', '-36h0m0s'],
    ['3661500ms', '1h1m1.5s'],
  ])('%s is written as %s', (given, written) => {
    expect(durationOf(durationBytes(given))).toBe(written)
  })

  it('refuses other texts', () => {
    expect(() => durationBytes('soon')).toThrow(ProtobufError)
    expect(() => durationBytes(5)).toThrow('5 is not a duration')
  })
})

describe('numbers', () => {
  const node = (sizeBytes: unknown) => ({
    apiVersion: 'v1',
    kind: 'Node',
    status: { images: [{ names: ['a'], sizeBytes }] },
  })
  const back = (sizeBytes: unknown) => decodeObject(encodeObject(node(sizeBytes))).status.images[0].sizeBytes

  it.each([1, 127, 128, 16_384, -1, 2 ** 53 - 1, -(2 ** 53 - 1)])('%d comes back', (value) => {
    expect(back(value)).toBe(value)
  })

  it.each([1.5, 2 ** 53, Number.NaN, '1'])('%s is refused as an integer', (value) => {
    expect(() => back(value)).toThrow('is not an integer')
  })
})
