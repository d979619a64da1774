/** Decode errors, unknown fields and pruning, in the API server's words. */
import { describe, expect, test } from 'vitest'
import { check } from '../../../src/api/schema/check.ts'
import { prune } from '../../../src/api/schema/prune.ts'

const deployment = 'io.k8s.api.apps.v1.Deployment'
const pod = 'io.k8s.api.core.v1.Pod'

const firstError = (name: string, value: unknown) => check(name, value).errors[0]?.message

describe('wrong types', () => {
  test.each([
    [
      deployment,
      { spec: { replicas: 'three' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment,
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment,
      { spec: { template: { spec: { containers: [{ name: 'a', env: [{ name: 'PORT', value: 8080 }] }] } } } },
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      deployment,
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      pod,
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [pod, { spec: [] }, 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
    [
      pod,
      { spec: { hostNetwork: 'yes' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [
      pod,
      { spec: { nodeSelector: [] } },
      'json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string',
    ],
    [
      pod,
      { spec: { containers: ['a'] } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container',
    ],
  ])('%s %j', (name, value, message) => {
    expect(firstError(name, value)).toBe(message)
  })

  test('the path has indexes', () => {
    expect(check(pod, { spec: { containers: [{}, { image: 1 }] } }).errors[0]?.path).toBe('spec.containers[1].image')
  })

  test('what converting a patched object says', () => {
    expect(check(deployment, { spec: { replicas: 'x' } }).errors[0]?.conversion).toBe('unrecognized type: int32')
  })

  test('missing required fields and nulls are no decode errors', () => {
    expect(check(deployment, { spec: { selector: null, template: {} } })).toEqual({ errors: [], unknown: [] })
  })
})

describe('formats', () => {
  const cpu = (value: unknown) => ({ spec: { containers: [{ resources: { requests: { cpu: value } } }] } })
  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

  test.each([
    ['100m', undefined],
    ['1.5Gi', undefined],
    ['1e3', undefined],
    [2, undefined],
    ['', format],
    ['abc', format],
    ['1 Gi', format],
    ['1xGi', format],
    ['1Gig', format],
    ['1mm', "unable to parse quantity's suffix"],
    ['1KI', format],
    ['1kk', "unable to parse quantity's suffix"],
  ])('quantity %j', (value, message) => {
    expect(firstError(pod, cpu(value))).toBe(message)
  })

  const created = (value: unknown) => ({ metadata: { creationTimestamp: value } })
  test.each([
    ['2024-02-29T10:00:00Z', undefined],
    ['2024-02-29T10:00:00.123+02:00', undefined],
    ['yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['2023-02-29T10:00:00Z', 'parsing time "2023-02-29T10:00:00Z": day out of range'],
    ['2023-13-01T10:00:00Z', 'parsing time "2023-13-01T10:00:00Z": month out of range'],
    [5, 'json: cannot unmarshal number into Go value of type string'],
  ])('time %j', (value, message) => {
    expect(firstError(pod, created(value))).toBe(message)
  })

  test('micro time needs six digits', () => {
    const lease = (time: string) => firstError('io.k8s.api.coordination.v1.Lease', { spec: { renewTime: time } })
    expect(lease('2024-01-01T00:00:00.000001Z')).toBeUndefined()
    expect(lease('2024-01-01T00:00:00Z')).toBe(
      'parsing time "2024-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    )
  })

  test('int or string', () => {
    const surge = (maxSurge: unknown) => firstError(deployment, { spec: { strategy: { rollingUpdate: { maxSurge } } } })
    expect([surge(1), surge('25%')]).toEqual([undefined, undefined])
    expect(surge(true)).toBe('json: cannot unmarshal bool into Go value of type int32')
  })

  test('base64', () => {
    const data = (value: unknown) => firstError('io.k8s.api.core.v1.Secret', { data: { key: value } })
    expect(data('aGVsbG8=')).toBeUndefined()
    expect(data('a_b=')).toBe('illegal base64 data at input byte 1')
    expect(data(1)).toBe('json: cannot unmarshal number into Go struct field Secret.data of type []uint8')
  })
})

describe('unknown fields', () => {
  test('are named with indexes, in document order, for built-in kinds', () => {
    const value = { spec: { foo: 1, template: { spec: { containers: [{ name: 'a', imagee: 'x' }] } } }, extra: null }
    expect(check(deployment, value).unknown.map((field) => field.path)).toEqual([
      'spec.foo',
      'spec.template.spec.containers[0].imagee',
      'extra',
    ])
  })

  test('of a custom resource are only those of its metadata', () => {
    const value = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'a', nam: 'b' }, spec: { anything: [1, null] } }
    expect(check(undefined, value)).toEqual({ errors: [], unknown: [{ path: 'metadata.nam' }] })
    expect(prune(undefined, value)).toEqual({ ...value, metadata: { name: 'a' } })
  })
})

describe('pruning', () => {
  test('drops unknown fields and nulls, and leaves the rest by reference', () => {
    const value = {
      kind: 'Deployment',
      metadata: { name: 'a', creationTimestamp: null, labels: { a: 'b', none: null } },
      spec: { replicas: 1, foo: 2, selector: { matchLabels: { a: 'b' } } },
      status: {},
    }
    const pruned = prune(deployment, value)
    expect(pruned).toEqual({
      kind: 'Deployment',
      metadata: { name: 'a', labels: { a: 'b', none: '' } },
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } } },
      status: {},
    })
    expect(pruned.spec.selector).toBe(value.spec.selector)
    expect(pruned.status).toBe(value.status)
  })

  test('is the identity when nothing is to be dropped', () => {
    const value = { metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image: 'b' }] } }
    expect(prune(pod, value)).toBe(value)
  })

  test('keeps what has no schema', () => {
    const value = { metadata: { name: 'r' }, data: { any: [null, { thing: null }] }, revision: 1 }
    expect(prune('io.k8s.api.apps.v1.ControllerRevision', value)).toBe(value)
  })
})
