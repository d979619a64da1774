/**
 * Who set which field: a write by a named manager is recorded in metadata.managedFields. Built-in senders record nothing.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
import { type Kind, mergeSchemaOf } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { trackUpdate, type Writer } from '../api/patch/managed-fields.ts'
import { toRfc3339 } from '../api/time.ts'
import type { CommitContext } from './plan.ts'
import type { TransitionBase } from './transition.ts'

/** The stored object with its managedFields brought up to date for this write, made in the version of `kind`. */
export function managed(
  context: CommitContext,
  kind: Kind,
  before: KubeObject | undefined,
  after: KubeObject,
  subresource: string,
  options: TransitionBase,
): KubeObject {
  const { manager = '', trusted } = options
  if (manager === '' || trusted === true) return after
  const of = subresource === '' ? {} : { subresource }
  const when = subresource === 'scale' ? {} : { now: toRfc3339(context.now) }
  const writer = { manager, ...when, ...of, ...translator(context, kind) }
  const main = subresource === '' && kind.subresources.status === true
  const ownedOf = (object: KubeObject | undefined): KubeObject | undefined =>
    object === undefined ? undefined : (kind.owned?.(object, subresource) ?? (main ? withoutStatus(object) : object))
  const [old, sent] = [ownedOf(before), ownedOf(after)]
  const then = old === undefined ? undefined : kind.fromStorage(old)
  const managedFields = trackUpdate(
    mergeSchemaOf(kind),
    then as never,
    kind.fromStorage(sent as KubeObject) as never,
    writer,
  )
  const { managedFields: _old, ...metadata } = after.metadata
  return { ...after, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } }
}

/** Objects in the version of `kind` as those see them who wrote in another version. */
export function translator(context: CommitContext, kind: Kind): Pick<Writer, 'translate'> {
  return {
    translate: (object, apiVersion) => {
      const other = context.registry.at(kind.resource, apiVersion)
      if (other === undefined) return undefined
      return { name: mergeSchemaOf(other), object: other.fromStorage(kind.toStorage(object as never)) as never }
    },
  }
}

/** A write of the whole object never sets its status, so it owns none of it. */
function withoutStatus(object: KubeObject | undefined): KubeObject | undefined {
  if (object?.status === undefined) return object
  const { status: _status, ...main } = object
  return main as KubeObject
}
