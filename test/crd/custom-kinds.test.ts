/** Custom kinds in an embedded cluster: one manifest brings the definition and its objects, and they go together. */
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, kind: Widget, shortNames: [wi] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [mode]
              properties:
                mode: { type: string, enum: [fast, slow] }
                size: { type: integer, minimum: 1, default: 3 }
            status: { type: object, x-kubernetes-preserve-unknown-fields: true }
`
const widget = (name: string, more: object = {}): object => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...more },
  spec: { mode: 'fast' },
})

describe('custom kinds', () => {
  test('a definition and its objects in one manifest', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.apply(`${definition}---\n${JSON.stringify(widget('one'))}`)
    expect(cluster.get('Widget', 'one')).toMatchObject({ spec: { mode: 'fast', size: 3 }, metadata: { generation: 1 } })
    expect(cluster.list('wi')).toHaveLength(1)
    await expect(cluster.apply({ ...widget('two'), spec: { mode: 'medium' } })).rejects.toThrow(
      'Widget.example.com "two" is invalid: spec.mode: Unsupported value: "medium": supported values: "fast", "slow"',
    )
  })

  test('a fork has the kind, and its own objects', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.apply(definition)
    await using other = cluster.fork()
    await other.apply(widget('one'))
    expect([cluster.list('Widget').length, other.list('Widget').length]).toEqual([0, 1])
  })

  test('a deleted definition takes its objects with it, and waits for their finalizers', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.apply(definition)
    await cluster.apply(widget('one', { finalizers: ['example.com/wait'] }))
    await cluster.apply(widget('two'))
    await cluster.delete('CustomResourceDefinition', 'widgets.example.com')
    await cluster.settle()
    expect(cluster.list('Widget').map(({ metadata }) => metadata.name)).toEqual(['one'])
    await cluster.patch('Widget', 'one', { metadata: { finalizers: null } })
    await cluster.settle()
    expect(cluster.list('CustomResourceDefinition')).toEqual([])
    expect(() => cluster.list('Widget')).toThrow('KYB-KIND')
  })

  test('the garbage collector and namespaces know custom kinds', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.apply(definition)
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } })
    await cluster.apply(widget('owner'))
    const owner = cluster.get('Widget', 'owner')?.metadata
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'owner', uid: owner?.uid }]
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } })
    await cluster.apply(widget('inside', { namespace: 'short' }))
    await cluster.delete('Widget', 'owner')
    await cluster.delete('Namespace', 'short')
    await cluster.settle()
    expect(cluster.get('ConfigMap', 'owned')).toBeUndefined()
    expect(cluster.list('Widget', { namespace: '*' })).toEqual([])
    expect(cluster.get('Namespace', 'short')).toBeUndefined()
  })
})

describe('rules', () => {
  const ruled = (rules: object[]): object => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gauges.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gauges', kind: 'Gauge' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: { low: { type: 'integer' }, high: { type: 'integer' } },
                  'x-kubernetes-validations': rules,
                },
              },
            },
          },
        },
      ],
    },
  })
  const gauge = (low: number, high: number): object => ({
    apiVersion: 'example.com/v1',
    kind: 'Gauge',
    metadata: { name: 'g' },
    spec: { low, high },
  })

  test('are run on creates, transition rules on updates', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    const order = { rule: 'self.low < self.high', message: 'low must be below high' }
    const growth = { rule: 'self.high >= oldSelf.high', message: 'high may only grow' }
    await cluster.apply(ruled([order, growth]))
    await expect(cluster.apply(gauge(5, 2))).rejects.toThrow(
      'Gauge.example.com "g" is invalid: spec: Invalid value: low must be below high',
    )
    await cluster.apply(gauge(1, 9))
    await expect(cluster.apply(gauge(1, 3))).rejects.toThrow('high may only grow')
    await cluster.apply(gauge(2, 9))
    expect(cluster.get('Gauge', 'g')?.spec).toEqual({ low: 2, high: 9 })
  })

  test('that do not compile are refused with the definition', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await expect(cluster.apply(ruled([{ rule: 'self.lower < 3' }]))).rejects.toThrow("undefined field 'lower'")
    expect(cluster.list('CustomResourceDefinition')).toEqual([])
  })
})
