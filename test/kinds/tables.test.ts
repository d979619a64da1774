/** The cells of `kubectl get -o wide`, against what Kubernetes 1.36 prints for the same objects at the same time. */
import { describe, expect, test } from 'vitest'
import { toTable } from '../../src/api/table.ts'
import { answers, fixtureFiles, fixtureNow, fixtureObjects, kindOfFolder, readObject } from '../support/fixtures.ts'

interface Answer {
  readonly columns: readonly { name: string; type: string; format: string; description: string; priority: number }[]
  readonly rows: readonly (readonly unknown[])[]
}

const { tables } = answers<{ tables: Record<string, Answer> }>('tables')
const files = fixtureFiles('tables').map((file) => file.replace('.yaml', ''))

/** Descriptions are our own. */
const head = ({ name, type, format, priority }: Answer['columns'][number]) => ({ name, type, format, priority })

describe.each(files)('%s', (plural) => {
  const kind = kindOfFolder(plural)
  const objects = fixtureObjects(`objects/tables/${plural}.yaml`).map((object) => readObject(kind, object))
  const table = toTable(kind.columns, objects, fixtureNow, 'None')
  const expected = tables[plural] as Answer

  test('columns', () => {
    expect(table.columnDefinitions.map(head)).toEqual(expected.columns.map(head))
  })

  test.each(objects.map((object, index) => [object.metadata.name, index] as const))('%s', (_name, index) => {
    const names = table.columnDefinitions.map(({ name }) => name)
    const labelled = (cells: readonly unknown[] | undefined) =>
      Object.fromEntries(names.map((name, i) => [name, cells?.[i]]))
    expect(labelled(table.rows[index]?.cells)).toEqual(labelled(expected.rows[index]))
  })
})
