/** The OpenAPI v3 documents that kubectl reads. */
import { describe, expect, test } from 'vitest'
import { loadDescriptions } from '../../../src/api/schema/descriptions.ts'
import { openApiV3 } from '../../../src/api/schema/openapi.ts'

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document
type Document = any

const deployments = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  subresources: ['status', 'scale'],
}
const pods = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  subresources: ['eviction', 'log'],
}
const nodes = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false }
const widgets = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true }

const gvk = 'x-kubernetes-group-version-kind'
const named = (parameters: { name: string }[]) => parameters.map((parameter) => parameter.name)

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' ? [item as string] : references(item)))
}

describe('apps/v1', () => {
  const document: Document = openApiV3('apps/v1', [deployments, pods, nodes])

  test('PATCH of a kind says that fields are validated by the server', () => {
    const { patch } = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']
    expect(patch[gvk]).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' })
    expect(named(patch.parameters)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force'])
  })

  test('kubectl explain finds the kind by its path', () => {
    const { get } = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments']
    expect(get[gvk]).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' })
    expect(document.components.schemas['io.k8s.api.apps.v1.Deployment'][gvk]).toEqual([get[gvk]])
  })

  test('strategic merge patches find merge keys', () => {
    const { containers } = document.components.schemas['io.k8s.api.core.v1.PodSpec'].properties
    expect(containers).toEqual({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    })
  })

  test('scale is an autoscaling kind and only kinds of the group version are served', () => {
    const { patch } = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']
    expect(patch[gvk]).toEqual({ group: 'autoscaling', kind: 'Scale', version: 'v1' })
    expect(Object.keys(document.paths).filter((path) => path.includes('pods'))).toEqual([])
  })

  test('required fields are listed', () => {
    expect(document.components.schemas['io.k8s.api.apps.v1.DeploymentSpec'].required.sort()).toEqual([
      'selector',
      'template',
    ])
  })
})

test.each([
  ['apps/v1', [deployments]],
  ['v1', [pods, nodes]],
  ['example.com/v1', [widgets]],
])('every reference of %s leads to a schema', (groupVersion, kinds) => {
  const document: Document = openApiV3(groupVersion, kinds)
  const broken = references(document)
    .map((reference) => reference.slice('#/components/schemas/'.length))
    .filter((name) => document.components.schemas[name] === undefined)
  expect([...new Set(broken)]).toEqual([])
  expect(Object.keys(document.components.schemas).length).toBeGreaterThan(4)
})

test('cluster-scoped kinds have no namespace in their path', () => {
  const document: Document = openApiV3('v1', [nodes])
  expect(Object.keys(document.paths)).toEqual(['/api/v1/nodes', '/api/v1/nodes/{name}'])
})

test('a custom kind brings its schema and gets the metadata of every object', () => {
  const schema = { properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } }
  const document: Document = openApiV3('example.com/v1', [{ ...widgets, schema }])
  const widget = document.components.schemas['com.example.v1.Widget']
  expect(widget.properties.spec).toEqual(schema.properties.spec)
  expect(widget.properties.metadata.allOf[0].$ref).toContain('ObjectMeta')
  expect(widget[gvk]).toEqual([{ group: 'example.com', kind: 'Widget', version: 'v1' }])
})

test('descriptions are shown when there are any', async () => {
  const texts = { 'apps.v1.Deployment': 'Keeps Pods running.', 'apps.v1.DeploymentSpec.replicas': 'How many.' }
  const document: Document = openApiV3('apps/v1', [deployments], texts)
  expect(document.components.schemas['io.k8s.api.apps.v1.Deployment'].description).toBe('Keeps Pods running.')
  expect(document.components.schemas['io.k8s.api.apps.v1.DeploymentSpec'].properties.replicas).toEqual({
    description: 'How many.',
    type: 'integer',
    format: 'int32',
  })
  const loaded = await loadDescriptions()
  expect(Object.values(loaded).every((text) => typeof text === 'string')).toBe(true)
})
