/** Percentages, hashes, conditions, owners and tables. */
import { describe, expect, it } from 'vitest'
import { getCondition, isTrue, removeCondition, setCondition } from '../../src/api/conditions.ts'
import { fnv1a, podTemplateHash, safeEncode } from '../../src/api/hash.ts'
import { isPercent, scaledValue } from '../../src/api/int-or-string.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { controllerOf, controllerReference, isControlledBy, isOwnedBy, ownerReference } from '../../src/api/owner.ts'
import { type Column, toTable, translateTimestamp } from '../../src/api/table.ts'
import { golden, thrownText } from '../support/golden.ts'

interface Scaled {
  value: number | string
  total: number
  up: boolean
  error?: string
  result: number
}
const cases = golden<{ scaledValue: Scaled[]; safeEncode: { in: string; out: string }[] }>('misc')

describe('scaledValue', () => {
  it.each(cases.scaledValue)('$value of $total, up: $up', ({ value, total, up, error, result }) => {
    expect(thrownText(() => scaledValue(value, total, up))).toBe(error)
    if (error === undefined) expect(scaledValue(value, total, up)).toBe(result)
  })
  it('refuses an absent value and knows percentages', () => {
    expect(() => scaledValue(undefined, 1, true)).toThrow('nil value for IntOrString')
    expect([isPercent('5%'), isPercent('http'), isPercent(5)]).toEqual([true, false, false])
  })
})

describe('hash', () => {
  it.each(cases.safeEncode)('encodes $in', ({ in: text, out }) => expect(safeEncode(text)).toBe(out))
  it('is FNV-1a of 32 bits', () => {
    expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968])
  })
  it('depends on the content and the collision count, not on the order of keys', () => {
    const hash = podTemplateHash({ metadata: { labels: { app: 'x' } }, spec: { containers: [] } })
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
    expect(podTemplateHash({ spec: { containers: [] }, metadata: { labels: { app: 'x' } } })).toBe(hash)
    expect(podTemplateHash({ metadata: { labels: { app: 'y' } }, spec: { containers: [] } })).not.toBe(hash)
    expect(podTemplateHash({ metadata: { labels: { app: 'x' } }, spec: { containers: [] } }, 1)).not.toBe(hash)
  })
})

describe('conditions', () => {
  const [t0, t1] = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'] as const
  const ready = { type: 'Ready', status: 'True', reason: 'Up', message: '' } as const
  const list = setCondition(undefined, ready, t0)
  it('adds, keeps the very list when nothing changes, and moves the time only with the status', () => {
    expect(list).toEqual([{ ...ready, lastTransitionTime: t0 }])
    expect(setCondition(list, ready, t1)).toBe(list)
    expect(setCondition(list, { ...ready, reason: 'Fine' }, t1)).toEqual([
      { ...ready, reason: 'Fine', lastTransitionTime: t0 },
    ])
    const down = setCondition(list, { ...ready, status: 'False' }, t1)
    expect(getCondition(down, 'Ready')?.lastTransitionTime).toBe(t1)
    expect([isTrue(list, 'Ready'), isTrue(down, 'Ready'), isTrue(undefined, 'Ready')]).toEqual([true, false, false])
  })
  it('removes', () => {
    expect(removeCondition(list, 'Ready')).toEqual([])
    expect(removeCondition(list, 'Other')).toBe(list)
  })
})

const owner: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'rs', uid: 'u1' } }
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', creationTimestamp: '2024-01-01T00:00:00Z', ownerReferences: [controllerReference(owner)] },
}

describe('owners', () => {
  it('refers by uid', () => {
    const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u1' }
    expect(ownerReference(owner)).toEqual(reference)
    expect(controllerOf(pod)).toEqual({ ...reference, controller: true, blockOwnerDeletion: true })
    expect([isOwnedBy(pod, 'u1'), isOwnedBy(pod, 'u2'), isOwnedBy(owner, 'u1')]).toEqual([true, false, false])
    expect([isControlledBy(pod, 'u1'), isControlledBy(owner, 'u1')]).toEqual([true, false])
    expect(() => ownerReference({ ...owner, metadata: { name: 'rs' } })).toThrow(/^KYB-OWNER: /)
  })
})

describe('tables', () => {
  const phase: Column = { name: 'Phase', type: 'string', description: '', priority: 0, value: () => 'Running' }
  const wide: Column = { name: 'Node', type: 'string', description: '', priority: 1, value: () => 'n1' }
  const now = 1_704_067_200_000 + 65_000
  it('puts the name first and the age before the wide columns', () => {
    const table = toTable([phase, wide], [pod], now, 'Metadata', { resourceVersion: '7' })
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Phase', 'Age', 'Node'])
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '7' },
      rows: [
        {
          cells: ['p', 'Running', '65s', 'n1'],
          object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: pod.metadata },
        },
      ],
    })
  })
  it('carries the object as asked', () => {
    expect(toTable([phase], [pod], now, 'Object').rows[0]?.object).toBe(pod)
    expect(toTable([phase], [pod], now, 'None').rows[0]?.object).toBeNull()
  })
  it('shows missing and broken times', () => {
    expect(translateTimestamp(undefined, now)).toBe('<unknown>')
    expect(translateTimestamp('yesterday', now)).toBe('<invalid>')
  })
})
