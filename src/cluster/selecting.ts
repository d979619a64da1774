/** Narrowing a list of stored objects by the selectors a program gives. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { matchesFields, matchesRequirements, parseFieldSelector, parseLabelSelector } from '../api/selector.ts'
import { KybernError } from '../lib/coded-error.ts'

/** Narrows a list. `namespace: '*'` is all of them. */
export interface ListOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** The stored objects that both selectors match. Throws KYB-FIELD for a field the kind does not select by. */
export function selectedFrom(kind: Kind, objects: readonly KubeObject[], options: ListOptions): KubeObject[] {
  const labels = parseLabelSelector(options.labelSelector ?? '')
  const fields = parseFieldSelector(options.fieldSelector ?? '')
  for (const { field } of fields) readerOf(kind, field)
  return objects.filter(
    (object) =>
      matchesRequirements(labels, object.metadata.labels) &&
      matchesFields(fields, (path) => readerOf(kind, path)(object)),
  )
}

function readerOf(kind: Kind, path: string): (object: KubeObject) => string {
  if (path === 'metadata.name') return (object) => object.metadata.name
  if (path === 'metadata.namespace') return (object) => object.metadata.namespace ?? ''
  const read = kind.fields?.[path]
  if (read === undefined) throw new KybernError('KYB-FIELD', `field label not supported: ${path}`)
  return read
}

/** An object in the version of the kind; in its stored one where only a webhook knows how to convert it. */
export function shownFrom(kind: Kind, object: KubeObject): KubeObject {
  return kind.custom?.conversion === undefined ? kind.fromStorage(object) : object
}
