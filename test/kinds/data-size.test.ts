/** How much a ConfigMap and a Secret hold: one MiB of values, counted in bytes after base64. */
import { expect, test } from 'vitest'
import { fieldErrorText } from '../../src/api/field-error.ts'
import { ConfigMap, Secret } from '../../src/kinds/index.ts'

const limit = 1024 * 1024

const errorsOf = (kind: 'ConfigMap' | 'Secret', data: Record<string, string>): string[] => {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'big', namespace: 'default' }, data }
  const errors = (kind === 'ConfigMap' ? ConfigMap : Secret).validate?.(object, undefined, '') ?? []
  return errors.map(fieldErrorText)
}

test('a ConfigMap of one MiB is taken, one byte more is not', () => {
  expect(errorsOf('ConfigMap', { a: 'x'.repeat(limit) })).toEqual([])
  const more = errorsOf('ConfigMap', { a: 'x'.repeat(limit - 1), b: 'é' })
  expect(more).toEqual(['[]: Too long: may not be more than 1048576 bytes'])
})

test('a Secret of one MiB is taken, one byte more is not', () => {
  expect(errorsOf('Secret', { a: btoa('x'.repeat(limit)) })).toEqual([])
  const more = errorsOf('Secret', { a: btoa('x'.repeat(limit + 1)) })
  expect(more).toEqual(['data: Too long: may not be more than 1048576 bytes'])
})
