/** Label and field selectors of list, watch and deletecollection requests as one predicate. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesFields, matchesRequirements, parseFieldSelector, parseLabelSelector } from '../api/selector.ts'
import { badRequest } from '../api/status-error.ts'
import type { RequestInfo } from './request-info.ts'

export type Predicate = (object: KubeObject) => boolean

/** The predicate of a request: namespace, name, labels and fields. Throws 400 for selectors that cannot be read. */
export function predicateOf(kind: Kind, info: RequestInfo): Predicate {
  const labels = parsed(() => parseLabelSelector(info.query.get('labelSelector') ?? ''))
  const fields = parsed(() => parseFieldSelector(info.query.get('fieldSelector') ?? ''))
  for (const { field } of fields) if (!isSelectable(kind, field)) throw badRequest(whyNotSelectable(kind, field))
  const { namespace, name } = info
  const own = fields.filter(({ field, op }) => field === 'metadata.name' && op === '=')
  if (name !== '' && fields.length > 0 && !own.some(({ value }) => value === name))
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  return (object) =>
    (namespace === '' || !kind.namespaced || object.metadata.namespace === namespace) &&
    (name === '' || object.metadata.name === name) &&
    matchesRequirements(labels, object.metadata.labels) &&
    matchesFields(fields, (field) => fieldValue(kind, object, field))
}

/** Kinds without fields of their own are asked by the store's own rule, which names what there is. */
function whyNotSelectable(kind: Kind, field: string): string {
  if (kind.fields !== undefined) return `field label not supported: ${field}`
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
}

function isSelectable(kind: Kind, field: string): boolean {
  if (field === 'metadata.name') return true
  if (field === 'metadata.namespace') return kind.namespaced
  return kind.fields?.[field] !== undefined
}

function fieldValue(kind: Kind, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return kind.fields?.[field]?.(object) ?? ''
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}
