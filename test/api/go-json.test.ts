/** Faults of JSON text in Go's words: answers of encoding/json (Go 1.26) to texts that are broken in every place. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { whyNotGoJson } from '../../src/api/go-json.ts'

const recorded = JSON.parse(readFileSync('fixtures/wire/go-1.26/json.json', 'utf8')) as [string, string][]

test.each(recorded)('%j', (text, why) => {
  expect(whyNotGoJson(text) ?? '').toBe(why)
})

test('deep nesting costs no stack', () => {
  expect(whyNotGoJson('['.repeat(100_000))).toBe('unexpected end of JSON input')
})
