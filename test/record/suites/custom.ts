/** CustomResourceDefinitions and the objects of their kinds. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-custom'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const name = 'widgets.custom.example.com'
const widgets = `/apis/custom.example.com/v1/namespaces/${namespace}/widgets`
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const merge = 'application/merge-patch+json'
const applied = 'application/apply-patch+yaml'

const specSchema = {
  type: 'object',
  required: ['mode'],
  properties: {
    mode: { type: 'string', enum: ['fast', 'slow'] },
    size: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
    ratio: { type: 'number', exclusiveMinimum: true, minimum: 0, multipleOf: 0.5 },
    text: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    when: { type: 'string', format: 'date-time' },
    address: { type: 'string', format: 'ipv4' },
    tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 3 },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port'],
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { type: 'integer' }, name: { type: 'string', default: 'http' } },
      },
    },
    either: { 'x-kubernetes-int-or-string': true },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    map: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 2 },
    maybe: { type: 'string', nullable: true },
    enabled: { type: 'boolean' },
    one: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    never: { type: 'string', not: { enum: ['no'] } },
  },
}
const version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: specSchema,
        status: {
          type: 'object',
          properties: { size: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string' } },
        },
      },
    },
  },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.size',
      statusReplicasPath: '.status.size',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [
    { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Tags', type: 'string', jsonPath: '.spec.tags', priority: 1 },
  ],
  selectableFields: [{ jsonPath: '.spec.mode' }],
}
const beta = { ...version, name: 'v1beta1', storage: false, deprecated: true }
const names = { plural: 'widgets', kind: 'Widget', shortNames: ['wi'], categories: ['all'] }
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: { group: 'custom.example.com', scope: 'Namespaced', names, versions: [version, beta] },
}
const bad = (what: string, change: (spec: Record<string, unknown>) => unknown): Step => {
  const copy = JSON.parse(JSON.stringify(definition.spec)) as Record<string, unknown>
  return {
    name: `refused definition: ${what}`,
    path: `${definitions}?dryRun=All`,
    body: { ...definition, spec: change(copy) },
  }
}
const withSchema = (openAPIV3Schema: unknown) => (spec: Record<string, unknown>) => ({
  ...spec,
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
})
const withSpec = (property: unknown) =>
  withSchema({ type: 'object', properties: { spec: { type: 'object', properties: { x: property } } } })

const widget = (n: string, spec: unknown, more: object = {}): object => ({
  apiVersion: 'custom.example.com/v1',
  kind: 'Widget',
  metadata: { name: n },
  spec,
  ...more,
})
const create = (what: string, spec: unknown, query = ''): Step => ({
  name: `create: ${what}`,
  path: `${widgets}?fieldManager=maker&dryRun=All${query}`,
  body: widget('w', spec),
})
const patch = (what: string, body: unknown, type = merge, query = ''): Step => ({
  name: `patch: ${what}`,
  method: 'PATCH',
  path: `${widgets}/w?fieldManager=patcher${query}`,
  type,
  body: JSON.stringify(body),
})

export const custom: Suite = {
  name: 'custom',
  namespaces: [namespace],
  steps: [
    bad('name', (spec) => ({ ...spec, names: { ...names, plural: 'things' } })),
    bad('no versions', (spec) => ({ ...spec, versions: [] })),
    bad(
      'two storage versions',
      (spec) => ({ ...spec, versions: [{ ...version }, { ...version, name: 'v2' }] }) as never,
    ),
    bad('scope', (spec) => ({ ...spec, scope: 'Sometimes' })),
    bad('no schema', (spec) => ({ ...spec, versions: [{ name: 'v1', served: true, storage: true }] })),
    bad('no type', withSchema({ properties: { spec: { type: 'object' } } })),
    bad('no type below', withSchema({ type: 'object', properties: { spec: { properties: {} } } })),
    bad('an array without items', withSpec({ type: 'array' })),
    bad('a bad default', withSpec({ type: 'integer', default: 'x' })),
    bad('a bad pattern', withSpec({ type: 'string', pattern: '(' })),
    bad('unique items', withSpec({ type: 'array', uniqueItems: true, items: { type: 'string' } })),
    bad(
      'properties and more',
      withSpec({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } }),
    ),
    bad(
      'a keyed list without keys',
      withSpec({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } }),
    ),
    bad('an unknown type', withSpec({ type: 'text' })),
    bad('conversion', (spec) => ({ ...spec, conversion: { strategy: 'Magic' } })),
    bad('conversion by a webhook without one', (spec) => ({ ...spec, conversion: { strategy: 'Webhook' } })),
    { name: 'define', path: definitions, body: definition },
    { name: 'define again', path: definitions, body: definition },
    { name: 'wait', path: `${definitions}/${name}` },
    { name: 'wait more', path: `${definitions}?labelSelector=nothing` },
    { name: 'discovery', path: '/apis/custom.example.com/v1' },
    { name: 'the group', path: '/apis/custom.example.com' },
    { name: 'the definition as a table', path: `${definitions}/${name}`, accept: table },
    create('good', { mode: 'fast' }),
    create('nothing', undefined),
    create('no mode', {}),
    create('a bad mode', { mode: 'x' }),
    create('too small', { mode: 'fast', size: 0 }),
    create('too big', { mode: 'fast', size: 11 }),
    create('text for a number', { mode: 'fast', size: 'x' }),
    create('a fraction for a whole number', { mode: 'fast', size: 1.5 }),
    create('no multiple', { mode: 'fast', ratio: 0.7 }),
    create('not above', { mode: 'fast', ratio: 0 }),
    create('too short', { mode: 'fast', text: 'a' }),
    create('too long', { mode: 'fast', text: 'abcdef' }),
    create('no match', { mode: 'fast', text: 'A1' }),
    create('no time', { mode: 'fast', when: 'soon' }),
    create('no address', { mode: 'fast', address: '1.2.3' }),
    create('the same tag twice', { mode: 'fast', tags: ['a', 'a'] }),
    create('too many tags', { mode: 'fast', tags: ['a', 'b', 'c', 'd'] }),
    create('the same port twice', { mode: 'fast', ports: [{ port: 1 }, { port: 1 }] }),
    create('a port without its key', { mode: 'fast', ports: [{ name: 'x' }] }),
    create('a default in a list', { mode: 'fast', ports: [{ port: 1 }] }),
    create('either a number', { mode: 'fast', either: 1 }),
    create('either text', { mode: 'fast', either: 'x' }),
    create('either a list', { mode: 'fast', either: [] }),
    create('anything', { mode: 'fast', free: { a: { b: [1] } } }),
    create('a map', { mode: 'fast', map: { a: 1, b: 2 } }),
    create('a bad map', { mode: 'fast', map: { a: 'x' } }),
    create('too big a map', { mode: 'fast', map: { a: 1, b: 2, c: 3 } }),
    create('null', { mode: 'fast', maybe: null }),
    create('null where none may be', { mode: 'fast', text: null }),
    create('null with a default', { mode: 'fast', size: null }),
    create('no boolean', { mode: 'fast', enabled: 'yes' }),
    create('neither', { mode: 'fast', one: {} }),
    create('both', { mode: 'fast', one: { a: 'x', b: 'y' } }),
    create('never', { mode: 'fast', never: 'no' }),
    create('an unknown field', { mode: 'fast', unheardOf: 1 }),
    create(
      'an unknown field, strictly',
      { mode: 'fast', unheardOf: 1, ports: [{ port: 1, x: 2 }] },
      '&fieldValidation=Strict',
    ),
    create('an unknown field, ignored', { mode: 'fast', unheardOf: 1 }, '&fieldValidation=Ignore'),
    create('many faults', { mode: 'x', size: 0, text: 'A' }),
    { name: 'a bad name', path: widgets, body: widget('Bad_Name', { mode: 'fast' }) },
    { name: 'another kind', path: widgets, body: { ...widget('w', { mode: 'fast' }), kind: 'Gadget' } },
    {
      name: 'another version',
      path: widgets,
      body: { ...widget('w', { mode: 'fast' }), apiVersion: 'custom.example.com/v9' },
    },
    {
      name: 'make',
      path: `${widgets}?fieldManager=maker`,
      body: widget('w', { mode: 'fast', tags: ['a'], ports: [{ port: 80 }] }, { status: { phase: 'x' } }),
    },
    { name: 'make again', path: widgets, body: widget('w', { mode: 'fast' }) },
    { name: 'get', path: `${widgets}/w` },
    { name: 'get the beta', path: `/apis/custom.example.com/v1beta1/namespaces/${namespace}/widgets/w` },
    { name: 'as a table', path: `${widgets}/w`, accept: table },
    { name: 'list', path: widgets },
    { name: 'list everywhere', path: '/apis/custom.example.com/v1/widgets' },
    { name: 'by a field', path: `${widgets}?fieldSelector=spec.mode%3Dfast` },
    { name: 'by another field', path: `${widgets}?fieldSelector=spec.mode%3Dslow` },
    { name: 'by a field that is not selectable', path: `${widgets}?fieldSelector=spec.size%3D3` },
    patch('a good one', { spec: { size: 5 } }),
    patch('a bad one', { spec: { size: 50 } }),
    patch('strategic', { spec: { size: 5 } }, 'application/strategic-merge-patch+json'),
    patch('json', [{ op: 'replace', path: '/spec/size', value: 6 }], 'application/json-patch+json'),
    patch('the status through the object', { status: { phase: 'y' } }),
    {
      name: 'the status',
      method: 'PATCH',
      path: `${widgets}/w/status?fieldManager=reporter`,
      type: merge,
      body: { status: { phase: 'Ready', size: 2, selector: 'a=b' }, spec: { size: 9 } },
    },
    {
      name: 'a bad status',
      method: 'PATCH',
      path: `${widgets}/w/status`,
      type: merge,
      body: { status: { size: 'x' } },
    },
    { name: 'the scale', path: `${widgets}/w/scale` },
    {
      name: 'scale',
      method: 'PATCH',
      path: `${widgets}/w/scale?fieldManager=scaler`,
      type: merge,
      body: { spec: { replicas: 4 } },
    },
    {
      name: 'scale too far',
      method: 'PATCH',
      path: `${widgets}/w/scale`,
      type: merge,
      body: { spec: { replicas: 40 } },
    },
    {
      name: 'apply',
      method: 'PATCH',
      path: `${widgets}/w?fieldManager=applier`,
      type: applied,
      body: widget('w', { tags: ['b'], ports: [{ port: 81, name: 'x' }] }),
    },
    {
      name: 'apply in conflict',
      method: 'PATCH',
      path: `${widgets}/w?fieldManager=applier`,
      type: applied,
      body: widget('w', { mode: 'slow', ports: [{ port: 80, name: 'y' }] }),
    },
    {
      name: 'apply what is unknown',
      method: 'PATCH',
      path: `${widgets}/w?fieldManager=applier`,
      type: applied,
      body: widget('w', { unheardOf: 1 }),
    },
    {
      name: 'apply a new one',
      method: 'PATCH',
      path: `${widgets}/v?fieldManager=applier`,
      type: applied,
      body: widget('v', { mode: 'slow' }),
    },
    { name: 'put', method: 'PUT', path: `${widgets}/v`, body: widget('v', { mode: 'fast' }) },
    {
      name: 'put with its version',
      method: 'PUT',
      path: `${widgets}/v`,
      body: {
        ...widget('v', { mode: 'fast' }),
        metadata: { name: 'v', resourceVersion: '{{apply a new one:metadata.resourceVersion}}' },
      },
    },
    {
      name: 'change the scope',
      method: 'PATCH',
      path: `${definitions}/${name}`,
      type: merge,
      body: { spec: { scope: 'Cluster' } },
    },
    { name: 'delete', method: 'DELETE', path: `${widgets}/v` },
    { name: 'delete all', method: 'DELETE', path: widgets },
    { name: 'undefine', method: 'DELETE', path: `${definitions}/${name}` },
  ],
}
