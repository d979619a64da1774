/**
 * A structural schema in the form that merging reads: which lists are sets or keyed, which parts are owned as a whole.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#custom-resources-and-server-side-apply
 */
import type { Definition, Field, FieldType } from '../schema/schema.ts'
import type { Structural } from './schema.ts'

const objectMeta: FieldType = { kind: 'ref', name: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
const text: FieldType = { kind: 'string' }

/** The definition of a whole custom resource. */
export function definitionOf(name: string, schema: Structural): Definition {
  const struct = structOf(name, schema)
  const root = {
    apiVersion: plain('apiVersion', text),
    kind: plain('kind', text),
    metadata: plain('metadata', objectMeta),
  }
  return { ...struct, fields: { ...struct.fields, ...root }, atomic: false }
}

function plain(name: string, type: FieldType): Field {
  return { name, type, required: false, patchStrategy: [] }
}

function structOf(name: string, schema: Structural): Definition {
  const fields = Object.entries(schema.properties ?? {}).map(
    ([key, below]) => [key, fieldOf(`${name}.${key}`, key, below)] as const,
  )
  return {
    name,
    fields: Object.fromEntries(fields),
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    ...(schema['x-kubernetes-preserve-unknown-fields'] === true ? { open: true } : {}),
  }
}

function fieldOf(name: string, key: string, schema: Structural): Field {
  const list = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  const map = schema['x-kubernetes-map-type']
  return {
    ...plain(key, typeOf(name, schema)),
    ...(list === undefined ? {} : { listType: list }),
    ...(keys === undefined ? {} : { mapKeys: keys }),
    ...(map === undefined ? {} : { mapType: map }),
  }
}

function typeOf(name: string, schema: Structural): FieldType {
  if (schema.type === 'array')
    return { kind: 'list', items: schema.items === undefined ? { kind: 'json' } : typeOf(`${name}[]`, schema.items) }
  if (schema.type === 'object' || schema.properties !== undefined) {
    const more = schema.additionalProperties
    if (typeof more === 'object') return { kind: 'map', values: typeOf(`${name}{}`, more) }
    const isOpen = schema.properties === undefined
    return isOpen ? { kind: 'open' } : { kind: 'struct', definition: structOf(name, schema) }
  }
  if (schema.type === 'string') return text
  if (schema.type === 'boolean') return { kind: 'boolean' }
  if (schema.type === 'integer') return { kind: 'int64' }
  if (schema.type === 'number') return { kind: 'number' }
  return schema['x-kubernetes-int-or-string'] === true ? { kind: 'int-or-string' } : { kind: 'json' }
}
