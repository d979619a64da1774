/** Patching: the stored object with the patch applied goes the way of an update; apply may also create. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { jsonPatch } from '../api/patch/json.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { PatchError } from '../api/patch/patch-error.ts'
import { strategicMergePatch } from '../api/patch/strategic.ts'
import { badRequest, notImplemented, unprocessable, unsupportedMediaType } from '../api/status-error.ts'
import { type CommitContext, kindFor, lookUp, type Plan, storedFor } from './plan.ts'
import { scaleOf } from './scale.ts'
import type { Patch } from './transition.ts'
import { planCreate } from './write-create.ts'
import { planReplacement, planUpdate } from './write-update.ts'

/** The patch types of kinds without a built-in schema: there is nothing to say how lists merge. */
const schemaless = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']

/** The plan of a patch, or a StatusError: 400, 404, 409, 415, 422. */
export function planPatch(context: CommitContext, transition: Patch): Plan {
  const kind = kindFor(context, transition.ref.resource)
  if (transition.patchType === 'apply') return planApply(context, kind, transition)
  const stored = storedFor(context, kind, transition.ref, transition.uid)
  const subresource = transition.subresource ?? ''
  const target = subresource === 'scale' ? scaleOf(kind, stored) : stored
  const object = patched(kind, target, transition)
  if (subresource === 'scale') return planUpdate(context, { ...transition, type: 'update', object })
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
    throw badRequest(error.message)
  }
}

/** Server-side apply of a whole object: creates when absent. */
function planApply(context: CommitContext, kind: Kind, transition: Patch): Plan {
  const { ref } = transition
  const applied = transition.patch as KubeObject
  const stored = lookUp(context, kind.resource, objectKey(ref.namespace, ref.name))
  if (stored === undefined) {
    const object = { ...applied, metadata: { ...applied.metadata, name: ref.name } }
    return planCreate(context, {
      ...transition,
      type: 'create',
      resource: ref.resource,
      namespace: ref.namespace,
      object,
    })
  }
  throw notImplemented('KYB-APPLY-EXISTING', 'server-side apply to an object that exists is not served')
}
