/** Tables of taint, toleration and node affinity matching. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import {
  matchesNodeAffinity,
  matchesNodeSelectorTerm,
  type NodeSelectorRequirement,
  type Toleration,
  toleratesTaint,
  untoleratedTaint,
} from '../../src/api/scheduling.ts'

const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { zone: 'a', cores: '8' } },
}

describe('tolerations', () => {
  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' }
  const table: [string, Toleration, boolean][] = [
    ['equal value', { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }, true],
    ['Equal is the default operator', { key: 'gpu', value: 'yes' }, true],
    ['another value', { key: 'gpu', value: 'no' }, false],
    ['another effect', { key: 'gpu', operator: 'Exists', effect: 'NoExecute' }, false],
    ['Exists ignores the value', { key: 'gpu', operator: 'Exists' }, true],
    ['no key with Exists stands everything', { operator: 'Exists' }, true],
    ['no key with Equal stands nothing', { value: 'yes' }, false],
    ['another key', { key: 'cpu', operator: 'Exists' }, false],
  ]
  it.each(table)('%s', (_name, toleration, expected) => {
    expect(toleratesTaint([toleration], taint)).toBe(expected)
  })

  it('finds the first taint nobody tolerates among the effects asked for', () => {
    const taints = [{ key: 'a', effect: 'PreferNoSchedule' }, taint, { key: 'b', effect: 'NoExecute' }]
    expect(untoleratedTaint(taints, [{ key: 'gpu', operator: 'Exists' }], ['NoSchedule', 'NoExecute'])?.key).toBe('b')
    expect(untoleratedTaint(taints, undefined, ['NoSchedule'])?.key).toBe('gpu')
    expect(untoleratedTaint(undefined, undefined, ['NoSchedule'])).toBeUndefined()
  })
})

describe('node selector terms', () => {
  const table: [NodeSelectorRequirement, boolean][] = [
    [{ key: 'zone', operator: 'In', values: ['a', 'b'] }, true],
    [{ key: 'zone', operator: 'In', values: ['b'] }, false],
    [{ key: 'zone', operator: 'NotIn', values: ['b'] }, true],
    [{ key: 'absent', operator: 'NotIn', values: ['b'] }, true],
    [{ key: 'zone', operator: 'Exists' }, true],
    [{ key: 'absent', operator: 'DoesNotExist' }, true],
    [{ key: 'zone', operator: 'DoesNotExist' }, false],
    [{ key: 'cores', operator: 'Gt', values: ['7'] }, true],
    [{ key: 'cores', operator: 'Gt', values: ['8'] }, false],
    [{ key: 'cores', operator: 'Lt', values: ['9'] }, true],
    [{ key: 'zone', operator: 'Lt', values: ['9'] }, false],
    [{ key: 'zone', operator: 'Near', values: ['a'] }, false],
  ]
  it.each(table)('%o is %s', (requirement, expected) => {
    expect(matchesNodeSelectorTerm({ matchExpressions: [requirement] }, node)).toBe(expected)
  })

  it('matches nothing when empty and the name by matchFields', () => {
    expect(matchesNodeSelectorTerm({}, node)).toBe(false)
    const name = (value: string) => [{ key: 'metadata.name', operator: 'In', values: [value] }]
    expect(matchesNodeSelectorTerm({ matchFields: name('node-1') }, node)).toBe(true)
    expect(matchesNodeSelectorTerm({ matchFields: name('node-2') }, node)).toBe(false)
  })
})

describe('matchesNodeAffinity', () => {
  const required = (...nodeSelectorTerms: object[]) => ({
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  })
  it('asks the selector and any of the required terms', () => {
    const inZone = (zone: string) => ({ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] })
    expect(matchesNodeAffinity({ spec: {} }, node)).toBe(true)
    expect(matchesNodeAffinity({ spec: { nodeSelector: { zone: 'a' } } }, node)).toBe(true)
    expect(matchesNodeAffinity({ spec: { nodeSelector: { zone: 'b' } } }, node)).toBe(false)
    expect(matchesNodeAffinity({ spec: { affinity: required(inZone('b'), inZone('a')) } }, node)).toBe(true)
    expect(matchesNodeAffinity({ spec: { affinity: required(inZone('b')) } }, node)).toBe(false)
    expect(matchesNodeAffinity({ spec: { affinity: required() } }, node)).toBe(false)
    expect(matchesNodeAffinity({ spec: { nodeSelector: { zone: 'b' }, affinity: required(inZone('a')) } }, node)).toBe(
      false,
    )
  })
})
