/** What managers own of an object, by managedFields, and what of it changed. */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'

interface ManagedFields {
  readonly manager: string
  readonly subresource?: string
  readonly fieldsV1?: Readonly<Record<string, unknown>>
}

/**
 * The first field that somebody else than `manager` owns and whose value differs, as `manager owns path`; undefined when there
 * is none. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function lostField(before: KubeObject, after: KubeObject, manager: string): string | undefined {
  const all = (before.metadata.managedFields ?? []) as readonly ManagedFields[]
  for (const { manager: other, subresource, fieldsV1 } of all) {
    if (other === manager || subresource !== undefined || fieldsV1 === undefined) continue
    const path = changedAt(fieldsV1, before, after, '')
    if (path !== undefined) return `${other} owns ${path}`
  }
  return undefined
}

function changedAt(
  fields: Readonly<Record<string, unknown>>,
  before: unknown,
  after: unknown,
  path: string,
): string | undefined {
  for (const [key, below] of Object.entries(fields)) {
    if (key === '.') continue
    const [was, is] = [member(before, key), member(after, key)]
    if (was === undefined) continue
    const here = `${path}.${key.slice(2)}`
    const children = below as Readonly<Record<string, unknown>>
    const found =
      Object.keys(children).length === 0 ? (equal(was, is) ? undefined : here) : changedAt(children, was, is, here)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a step of a path leads to: `f:name` a field, `k:{…}` the item of a list with these keys, `v:…` a member of a set. */
function member(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  const rest = key.slice(2)
  if (key.startsWith('f:')) return (value as Readonly<Record<string, unknown>>)[rest]
  if (!Array.isArray(value)) return undefined
  const wanted: unknown = JSON.parse(rest)
  if (key.startsWith('v:')) return value.find((one) => equal(one, wanted))
  const keys = Object.entries(wanted as Readonly<Record<string, unknown>>)
  return value.find((one) => keys.every(([name, is]) => equal(one[name], is)))
}
