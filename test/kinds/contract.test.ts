/** What must hold of every kind, whichever it is. */
import { describe, expect, test } from 'vitest'
import { definition } from '../../src/api/schema/schema.ts'
import { completeColumns, toTable } from '../../src/api/table.ts'
import { kinds } from '../../src/kinds/index.ts'
import { fixtureFiles, fixtureNow, fixtureObjects, outcomeOf, readObject } from '../support/fixtures.ts'

const own = kinds.filter((kind) => kind.schema !== undefined && kind.virtual !== true)
const valid = fixtureFiles('valid')
const tables = new Set(fixtureFiles('tables'))

function repeatedOf(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

test('collection keys, kinds and short names are unique', () => {
  expect(repeatedOf(kinds.map((kind) => kind.resource))).toEqual([])
  expect(repeatedOf(kinds.map((kind) => `${kind.apiVersion}/${kind.kind}`))).toEqual([])
  expect(repeatedOf(kinds.flatMap((kind) => kind.shortNames))).toEqual([])
})

describe.each(own.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const files = valid.filter((file) => file.startsWith(`${kind.plural}/`))

  test('has a schema', () => {
    expect(definition(kind.schema ?? '')?.name).toBe(kind.schema)
  })

  test('has a valid fixture that it takes as it is', () => {
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(outcomeOf(`valid/${file}`).refusal?.message).toBeUndefined()
  })

  test('takes again what it prepared', () => {
    for (const file of files.filter((one) => !/\/(update|status)-/.test(one))) {
      const object = outcomeOf(`valid/${file}`).object
      if (object === undefined) throw new Error(`${file} was refused`)
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: '1' } }
      expect(kind.validate?.(stored, stored, '') ?? []).toEqual([])
      const kept = kind.prepare?.update?.(stored, stored, { now: fixtureNow, subresource: '' }) ?? stored
      expect(kept).toEqual(stored)
    }
  })

  test('prints one cell per column, for bare objects too', () => {
    const count = completeColumns(kind.columns).length
    const bare = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'bare' } }
    const listed = tables.has(`${kind.plural}.yaml`) ? fixtureObjects(`objects/tables/${kind.plural}.yaml`) : []
    expect(listed.length).toBeGreaterThan(0)
    const { rows } = toTable(kind.columns, [bare, ...listed], fixtureNow, 'None')
    expect(rows.map((row) => row.cells.length)).toEqual(rows.map(() => count))
  })

  test('indexes and fields answer text for bare objects', () => {
    const bare = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'bare', namespace: 'default' } }
    const fields = Object.values(kind.fields ?? {}).map((value) => typeof value(bare))
    expect(fields.filter((type) => type !== 'string')).toEqual([])
    const values = Object.values(kind.indexes ?? {}).flatMap((index) => index(bare))
    expect(values.filter((value) => typeof value !== 'string')).toEqual([])
  })

  test('neither validates nor prepares by changing what it is given', () => {
    for (const file of files) {
      const objects = fixtureObjects(`objects/valid/${file}`).map((object) => deepFrozen(readObject(kind, object)))
      const [first] = objects
      if (first === undefined) throw new Error(`${file} is empty`)
      kind.prepare?.create?.(first, { now: fixtureNow, subresource: '' })
      expect(() => kind.validate?.(first, undefined, '')).not.toThrow()
    }
  })
})

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) deepFrozen(item)
  }
  return value
}
