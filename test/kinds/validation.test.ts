/** What every kind refuses and prepares, against the answers of Kubernetes 1.36 on the same objects. */
import { describe, expect, test } from 'vitest'
import { formatQuantity, isQuantity } from '../../src/api/quantity.ts'
import { answers, outcomeOf } from '../support/fixtures.ts'

interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

interface Answer {
  readonly message?: string
  readonly causes?: readonly Cause[]
  readonly object?: unknown
}

const { cases } = answers<{ cases: Record<string, Answer> }>('validation')

/** Changed specs are followed by a difference of Go structs, which is not part of the rule. */
const firstLine = (text: string): string => text.split('\n')[0] ?? ''

function comparable(causes: readonly Cause[] | undefined): string[] {
  return (causes ?? []).map(({ reason, field, message }) => `${reason} ${field}: ${firstLine(message)}`).sort()
}

/** Amounts are compared as amounts. */
const amounts = new Set(['limits', 'requests', 'capacity', 'divisor', 'sizeLimit', 'allocatable'])

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (isQuantity(value)) return formatQuantity(value) === '0' ? 0 : formatQuantity(value)
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, item]) => [key, canonical(item)]))
}

/** Absent, null and empty are the same: Go leaves them out. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    ([key, item]) => [key, compact(amounts.has(key) ? canonical(item) : item)] as const,
  )
  const kept = entries.filter(
    ([, item]) => item !== undefined && item !== null && item !== '' && item !== false && item !== 0,
  )
  const full = kept.filter(([, item]) => typeof item !== 'object' || Object.keys(item as object).length > 0)
  return Object.fromEntries(full)
}

function comparableObject(object: unknown): unknown {
  const { metadata, ...rest } = object as { metadata: Record<string, unknown> }
  const { labels, annotations, name, namespace } = metadata
  return compact({ ...rest, metadata: { labels, annotations, name, namespace } })
}

describe('invalid objects', () => {
  const files = Object.keys(cases).filter((file) => file.startsWith('invalid/'))
  test.each(files)('%s', (file) => {
    const expected = cases[file] as Answer
    const { refusal } = outcomeOf(file)
    expect(comparable(refusal?.status.details?.causes as Cause[])).toEqual(comparable(expected.causes))
    if (expected.causes?.length === 1) expect(firstLine(refusal?.message ?? '')).toBe(firstLine(expected.message ?? ''))
  })
})

describe('valid objects', () => {
  const files = Object.keys(cases).filter((file) => file.startsWith('valid/'))
  test.each(files)('%s', (file) => {
    const expected = cases[file] as Answer
    const { object, refusal } = outcomeOf(file)
    expect(refusal?.message).toBe(expected.message)
    expect(comparableObject(object)).toEqual(comparableObject(expected.object))
  })
})
