/** Every code in the sources is explained, and nothing is explained that no source gives. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codes } from '../../src/edge/cli/codes.ts'

function codesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('codes.ts'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/KYB-[A-Z]+(?:-[A-Z]+)*/g) ?? [])
}

const given = [...new Set([...codesIn('src'), ...codesIn('machines')])].sort()

test('there are codes', () => {
  expect(given.length).toBeGreaterThan(20)
})

test.each(given)('%s is explained', (code) => {
  expect(codes[code], `explain ${code} in src/edge/cli/codes.ts`).toMatchObject({
    what: expect.stringMatching(/.{5}/),
    why: expect.stringMatching(/.{5}/),
    todo: expect.stringMatching(/.{5}/),
  })
})

test('no explanation outlives its code', () => {
  expect(Object.keys(codes).filter((code) => !given.includes(code))).toEqual([])
})
