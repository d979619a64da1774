/**
 * Who set which field: a write by a named manager is recorded in metadata.managedFields. Built-in senders record nothing.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { trackUpdate } from '../api/patch/managed-fields.ts'
import { toRfc3339 } from '../api/time.ts'
import type { TransitionBase } from './transition.ts'

/** The object with its managedFields brought up to date for this write. */
export function managed(
  kind: Kind,
  before: KubeObject | undefined,
  after: KubeObject,
  subresource: string,
  options: TransitionBase,
  now: number,
): KubeObject {
  const { manager = '', trusted } = options
  if (manager === '' || trusted === true) return after
  const writer = { manager, now: toRfc3339(now), ...(subresource === '' ? {} : { subresource }) }
  const managedFields = trackUpdate(kind.schema, before as never, after as never, writer)
  const { managedFields: _old, ...metadata } = after.metadata
  return { ...after, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } }
}
