/** Patching: the stored object with the patch applied goes the way of an update; apply may also create. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { type Applier, apply, type Conflict, conflictMessage } from '../api/patch/apply.ts'
import { jsonPatch } from '../api/patch/json.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { PatchError } from '../api/patch/patch-error.ts'
import { strategicMergePatch } from '../api/patch/strategic.ts'
import {
  applyConflict,
  badRequest,
  internal,
  notFound,
  tooLarge,
  unprocessable,
  unsupportedMediaType,
} from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { checked } from './decode.ts'
import { translator } from './managed.ts'
import { type CommitContext, kindFor, lookUp, type Plan, storedFor } from './plan.ts'
import { scaleOf } from './scale.ts'
import type { Patch } from './transition.ts'
import { planCreate } from './write-create.ts'
import { planReplacement, planUpdate } from './write-update.ts'

/** The patch types of kinds without a built-in schema: there is nothing to say how lists merge. */
const schemaless = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']

const strategicType = 'application/strategic-merge-patch+json'
const patchTypes: readonly string[] = ['json', 'merge', 'strategic', 'apply'] satisfies Patch['patchType'][]

/** The plan of a patch, or a StatusError: 400, 404, 409, 415, 422. */
export function planPatch(context: CommitContext, transition: Patch): Plan {
  const kind = kindFor(context, transition.ref.resource, transition.apiVersion)
  if (!patchTypes.includes(transition.patchType)) throw unsupportedMediaType([...schemaless, strategicType])
  if (transition.patchType === 'apply') return planApply(context, kind, transition)
  const stored = storedFor(context, kind, transition.ref, transition.uid)
  const subresource = transition.subresource ?? ''
  const target = subresource === 'scale' ? scaleOf(kind, stored) : kind.fromStorage(stored)
  const object = patched(kind, target, transition)
  if (subresource === 'scale')
    return planUpdate(context, { ...transition, type: 'update', apiVersion: kind.apiVersion, object })
  return planReplacement(context, kind, stored, object, subresource, transition)
}

function patched(kind: Kind, target: KubeObject, transition: Patch): KubeObject {
  try {
    if (transition.patchType === 'json') return jsonPatch(target, transition.patch) as KubeObject
    if (transition.patchType === 'merge') return mergePatch(target, transition.patch) as KubeObject
    if (kind.schema === undefined) throw unsupportedMediaType(schemaless)
    const definition = transition.subresource === 'scale' ? 'io.k8s.api.autoscaling.v1.Scale' : kind.schema
    return strategicMergePatch(definition, target, transition.patch) as KubeObject
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    if (error.reason === 'Invalid') throw unprocessable()
    if (error.reason === 'TooLarge') throw tooLarge(error.message)
    if (error.reason === 'InternalError') throw internal(error.message)
    throw badRequest(error.message)
  }
}

/**
 * Server-side apply: what the applier says joins what others own; a conflict is a 409 that names them all. Creates when
 * absent. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
function planApply(context: CommitContext, kind: Kind, transition: Patch): Plan {
  const { ref, subresource = '', manager = '', force = false } = transition
  const stored = lookUp(context, kind.resource, objectKey(ref.namespace, ref.name))
  if (stored === undefined && subresource !== '') throw notFound(kind.groupResource, ref.name)
  const sent = transition.patch as KubeObject
  const { object: config } = checked(kind, { ...sent, metadata: { ...sent.metadata, name: ref.name } }, transition)
  const applier = { manager, force, now: toRfc3339(context.now), ...(subresource === '' ? {} : { subresource }) }
  const live = stored === undefined ? undefined : kind.fromStorage(stored)
  const { object, conflicts } = applied(kind, live, config, { ...applier, ...translator(context, kind) })
  if (conflicts.length > 0) throw applyConflict(causesOf(conflicts), conflictMessage(conflicts))
  const options = { ...transition, manager: '', apiVersion: kind.apiVersion }
  if (stored !== undefined) return planReplacement(context, kind, stored, object, subresource, options)
  return planCreate(context, { ...options, type: 'create', resource: ref.resource, namespace: ref.namespace, object })
}

function applied(kind: Kind, stored: KubeObject | undefined, config: KubeObject, applier: Applier) {
  try {
    const { object, conflicts } = apply(kind.schema, stored as never, config as never, applier)
    return { object: object as unknown as KubeObject, conflicts }
  } catch (error) {
    if (error instanceof PatchError) throw badRequest(error.message)
    throw error
  }
}

function causesOf(conflicts: readonly Conflict[]) {
  return conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }))
}
