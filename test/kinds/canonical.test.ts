/** Objects as a real kube-apiserver 1.36 answered them are canonical, and are the same after a way through protobuf. */
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { canonicalObject } from '../../src/api/protobuf/canonical.ts'
import { decodeObject, encodeObject } from '../../src/api/protobuf/index.ts'
import { messageOfKind } from '../../src/api/protobuf/messages.ts'
import { kinds } from '../../src/kinds/index.ts'
import { answers } from '../support/fixtures.ts'

const { cases } = answers<{ cases: Record<string, { readonly object?: KubeObject }> }>('validation')
const valid = Object.entries(cases).flatMap(([file, { object }]) =>
  object === undefined ? [] : [[file, object] as const],
)

describe('recorded objects', () => {
  test.each(valid)('%s', (_file, object) => {
    expect(canonicalObject(object)).toEqual(object)
    expect(canonicalObject(decodeObject(encodeObject(object)) as KubeObject)).toEqual(object)
  })
})

test('every version of every built-in kind has a message', () => {
  const versions = kinds.flatMap((kind) => [kind, ...kind.versions])
  const without = versions.filter(({ apiVersion, kind }) => messageOfKind(apiVersion, kind) === undefined)
  expect(without.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    'metrics.k8s.io/v1beta1 NodeMetrics',
    'metrics.k8s.io/v1beta1 PodMetrics',
  ])
})
