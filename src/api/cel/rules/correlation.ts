/**
 * Values beside their old values, as far as these can be told: fields and entries by name, elements of lists with keys by
 * key. Errors of values that did not change are tolerated ("ratcheting", KEP-4008).
 */

import { semanticEqual } from '../../semantic-equal.ts'
import { type CelSchema, valueSchema } from '../schema.ts'
import { listKeyOf } from '../schema-values.ts'

type Json = Readonly<Record<string, unknown>>

const isMap = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json)

/** The old element that belongs to an element of a list with keys. */
export function oldElement(schema: CelSchema, old: unknown, element: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || !Array.isArray(old)) return undefined
  const key = listKeyOf(element, keys)
  return key === undefined ? undefined : old.find((each) => listKeyOf(each, keys) === key)
}

export class Correlation {
  private readonly value: unknown
  private readonly old: unknown
  private readonly schema: CelSchema
  private same: boolean | undefined

  constructor(value: unknown, old: unknown, schema: CelSchema) {
    this.value = value
    this.old = old
    this.schema = schema
  }

  key(name: string): Correlation | undefined {
    const { value, old, schema } = this
    if (!isMap(value) || !isMap(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined
    const own = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    const inner = own ?? valueSchema(schema)
    return inner && new Correlation(value[name], old[name], inner)
  }

  index(at: number): Correlation | undefined {
    const { value, old, schema } = this
    if (!Array.isArray(value) || !schema.items) return undefined
    const before = oldElement(schema, old, value[at])
    return before === undefined || before === null ? undefined : new Correlation(value[at], before, schema.items)
  }

  /** Whether the value is as it was. */
  get unchanged(): boolean {
    this.same ??= this.compare()
    return this.same
  }

  private compare(): boolean {
    const { value, old } = this
    if (value === old) return true
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false
      if (this.schema['x-kubernetes-list-type'] !== 'map') return semanticEqual(value, old)
      return value.every((_, at) => this.index(at)?.unchanged ?? false)
    }
    if (!isMap(value) || !isMap(old)) return false
    const names = Object.keys(value)
    return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.unchanged ?? false)
  }
}

/** Where a walk is: beside the old value, or beneath the last place that was. */
export interface Ratchet {
  readonly current: Correlation | undefined
  readonly parent: Correlation | undefined
}

/** One step down; `undefined` stays outside. */
export function ratchetStep(at: Ratchet, step: string | number): Ratchet {
  if (!at.current) return at
  if (!at.parent && (step === 'apiVersion' || step === 'kind')) return { current: undefined, parent: undefined }
  const current = typeof step === 'string' ? at.current.key(step) : at.current.index(step)
  return { current, parent: at.current }
}

export function isUnchanged(at: Ratchet): boolean {
  return (at.current ?? at.parent)?.unchanged ?? false
}
