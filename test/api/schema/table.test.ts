/**
 * The schema table against the OpenAPI document that the release publishes. Set KYBERN_SWAGGER to its path
 * (`swagger.json` or `swagger.json.gz` of Kubernetes 1.36); without it the comparison is skipped, and says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { table } from '../../../src/api/schema/data/table.ts'
import { generate } from '../../../src/api/schema/generate/generate.ts'
import type { Field, FieldType } from '../../../src/api/schema/schema.ts'
import { definition, definitionNames, definitionOf } from '../../../src/api/schema/schema.ts'

interface Schema {
  type?: string
  format?: string
  $ref?: string
  items?: Schema
  additionalProperties?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  [extension: `x-kubernetes-${string}`]: unknown
}

const path = process.env.KYBERN_SWAGGER ?? ''
const present = path !== '' && existsSync(path)
if (!present)
  console.warn('SKIPPED: set KYBERN_SWAGGER to the swagger.json of Kubernetes 1.36 to compare the schema table')

const aliases: Readonly<Record<string, string>> = {
  Quantity: 'quantity',
  Time: 'time',
  MicroTime: 'micro-time',
  IntOrString: 'int-or-string',
  RawExtension: 'object',
  FieldsV1: 'object',
  JSON: 'json',
  JSONSchemaPropsOrArray: 'json',
  JSONSchemaPropsOrBool: 'json',
  JSONSchemaPropsOrStringArray: 'json',
  CustomResourceSubresourceStatus: 'json',
}

function typeOfSchema(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice('#/definitions/'.length)
    return aliases[name.slice(name.lastIndexOf('.') + 1)] ?? name
  }
  if (schema.type === 'array') return `[]${typeOfSchema(schema.items ?? {})}`
  if (schema.type === 'object') return `{}${typeOfSchema(schema.additionalProperties ?? {})}`
  if (schema.format === 'byte') return 'bytes'
  return schema.type === 'integer' ? (schema.format ?? '') : (schema.type ?? 'json')
}

function typeOfField(type: FieldType): string {
  if (type.kind === 'list') return `[]${typeOfField(type.items)}`
  if (type.kind === 'map') return `{}${typeOfField(type.values)}`
  return type.kind === 'ref' ? type.name : type.kind
}

function mergeFacts(schema: Schema): object {
  const list = schema.type === 'array' ? (schema['x-kubernetes-list-type'] ?? 'atomic') : undefined
  return {
    key: schema['x-kubernetes-patch-merge-key'],
    strategy: schema['x-kubernetes-patch-strategy'] ?? '',
    list,
    keys: list === 'map' ? (schema['x-kubernetes-list-map-keys'] as string[]).join() : undefined,
    map: schema['x-kubernetes-map-type'],
  }
}

function ownFacts(field: Field): object {
  return {
    key: field.mergeKey,
    strategy: field.patchStrategy.join(),
    list: field.listType,
    keys: field.mapKeys?.join(),
    map: field.mapType,
  }
}

describe.skipIf(!present)('against the published document', () => {
  const bytes = present ? readFileSync(path) : Buffer.from('{}')
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  const published = ((JSON.parse(text) as { definitions?: Record<string, Schema> }).definitions ?? {}) as Record<
    string,
    Schema
  >
  const stable = Object.entries(published).filter(([name, schema]) => {
    return !/\.v\d+(alpha|beta)\d+\./.test(name) && schema.properties !== undefined
  })

  test('every definition of a stable group is there, apart from the server version', () => {
    const missing = stable.map(([name]) => name).filter((name) => definition(name) === undefined)
    expect(missing).toEqual(['io.k8s.apimachinery.pkg.version.Info'])
    expect(definitionNames().filter((name) => published[name] === undefined)).toEqual([])
  })

  test('fields, required fields, types and merge facts agree', () => {
    const wrong: string[] = []
    let fields = 0
    for (const [name, schema] of stable) {
      const ours = definition(name)
      if (ours === undefined) continue
      if (ours.atomic !== (schema['x-kubernetes-map-type'] === 'atomic')) wrong.push(`${name} atomic`)
      const required = Object.values(ours.fields).flatMap((field) => (field.required ? [field.name] : []))
      if (required.sort().join() !== [...(schema.required ?? [])].sort().join()) wrong.push(`${name} required`)
      if (
        Object.keys(ours.fields).sort().join() !==
        Object.keys(schema.properties ?? {})
          .sort()
          .join()
      )
        wrong.push(`${name} fields`)
      for (const [key, property] of Object.entries(schema.properties ?? {})) {
        fields++
        const field = ours.fields[key]
        if (field === undefined) continue
        if (typeOfField(field.type) !== typeOfSchema(property))
          wrong.push(`${name}.${key} type ${typeOfSchema(property)}`)
        if (JSON.stringify(ownFacts(field)) !== JSON.stringify(mergeFacts(property))) wrong.push(`${name}.${key} merge`)
      }
    }
    expect(wrong).toEqual([])
    expect(fields).toBeGreaterThan(2400)
  })
})

test('lookups by name and by kind', () => {
  expect(Object.keys(table).length).toBe(definitionNames().length)
  expect(definitionOf('apps/v1', 'Deployment')?.fields.spec?.type).toEqual({
    kind: 'ref',
    name: 'io.k8s.api.apps.v1.DeploymentSpec',
  })
  expect(definitionOf('rbac.authorization.k8s.io/v1', 'Role')?.name).toBe('io.k8s.api.rbac.v1.Role')
  expect(definitionOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition')?.name).toBe(
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  )
  expect(definitionOf('v1', 'Status')?.name).toBe('io.k8s.apimachinery.pkg.apis.meta.v1.Status')
  expect(definitionOf('apps/v1', 'Nothing')).toBeUndefined()
  expect(definition('constructor')).toBeUndefined()
})

test('every reference leads to a definition', () => {
  const target = (type: FieldType): string | undefined => {
    if (type.kind === 'list') return target(type.items)
    return type.kind === 'map' ? target(type.values) : type.kind === 'ref' ? type.name : undefined
  }
  const broken = definitionNames()
    .flatMap((name) => Object.values(definition(name)?.fields ?? {}))
    .map((field) => target(field.type))
    .filter((name) => name !== undefined && definition(name) === undefined)
  expect(broken).toEqual([])
})

test('the committed table is what the generator writes', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const generated = generate(`${root}node_modules/kubernetes-models-text/dist/gen`)
  expect(generated.table).toBe(readFileSync(`${root}src/api/schema/data/table.ts`, 'utf8'))
  expect(generated.definitions).toBe(definitionNames().length)
})
