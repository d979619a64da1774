/** Patching: the stored object with the patch applied goes the way of an update; apply may also create. */
import { type Kind, mergeSchemaOf, type ScalePaths } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { type Applier, apply, type Conflict, conflictMessage } from '../api/patch/apply.ts'
import { jsonPatch } from '../api/patch/json.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { goValue, PatchError } from '../api/patch/patch-error.ts'
import { strategicMergePatch } from '../api/patch/strategic.ts'
import { whyUntyped } from '../api/patch/typed.ts'
import { check } from '../api/schema/check.ts'
import {
  applyConflict,
  badRequest,
  invalidPatch,
  notFound,
  plainError,
  tooLarge,
  unprocessable,
  unsupportedMediaType,
} from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { checked, strictFaults } from './decode.ts'
import { translator } from './managed.ts'
import { type CommitContext, kindFor, lookUp, type Plan, storedFor } from './plan.ts'
import { atPath, scaleOf, withPath } from './scale.ts'
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
  refuseUnreadable(kind, object, transition)
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
    if (error.reason === 'InternalError') throw plainError(error.message)
    throw badRequest(error.message)
  }
}

/** A patch whose result cannot be read is the patch's fault: 422, with the patch (strategic) or the result shown. */
function refuseUnreadable(kind: Kind, object: KubeObject, transition: Patch): void {
  if (kind.schema === undefined || transition.subresource === 'scale' || transition.trusted === true) return
  const found = check(kind.schema, object)
  const [first] = found.errors
  const unknown = found.unknown.map((field) => field.path)
  const odd = transition.fieldValidation === 'Strict' ? strictFaults(unknown, transition.repeats) : []
  if (first === undefined && odd.length === 0) return
  const why = first?.message ?? `strict decoding error: ${odd.join(', ')}`
  if (transition.patchType !== 'strategic') throw invalidPatch(JSON.stringify(object), why)
  throw invalidPatch(goValue(transition.patch), first?.conversion ?? why)
}

/**
 * Server-side apply: what the applier says joins what others own; a conflict is a 409 that names them all. Creates when
 * absent. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
function planApply(context: CommitContext, kind: Kind, transition: Patch): Plan {
  const { ref, subresource = '', manager = '', force = false } = transition
  const stored = lookUp(context, kind.resource, objectKey(ref.namespace, ref.name))
  if (stored === undefined && subresource !== '') throw notFound(kind.groupResource, ref.name)
  const said = transition.patch as KubeObject
  const sent = subresource === 'scale' ? fromScale(kind, said, ref.name) : said
  refuseUntyped(kind, sent, ref.name)
  const config = { ...sent, metadata: { ...sent.metadata, name: ref.name } }
  // Judged as every body is; what is owned is what was said, nulls included.
  checked(kind, config, transition)
  const applier = { manager, force, now: toRfc3339(context.now), ...(subresource === '' ? {} : { subresource }) }
  const live = stored === undefined ? undefined : kind.fromStorage(stored)
  const { object, conflicts } = applied(kind, live, config, { ...applier, ...translator(context, kind) })
  if (conflicts.length > 0) throw applyConflict(causesOf(conflicts), conflictMessage(conflicts))
  const options = { ...transition, manager: '', apiVersion: kind.apiVersion }
  if (stored !== undefined) return planReplacement(context, kind, stored, object, subresource, options)
  return planCreate(context, { ...options, type: 'create', resource: ref.resource, namespace: ref.namespace, object })
}

/** A Scale that is applied speaks of one field of the object. */
function fromScale(kind: Kind, scale: KubeObject, name: string): KubeObject {
  const paths = kind.subresources.scale as ScalePaths
  if (scale.apiVersion !== 'autoscaling/v1' || scale.kind !== 'Scale')
    throw badRequest(`invalid object type: ${scale.apiVersion}, Kind=${scale.kind}`)
  const bare = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } } as KubeObject
  const replicas = atPath(scale, '.spec.replicas')
  return replicas === undefined ? bare : withPath(bare, paths.spec, replicas)
}

/** What an applier may not say, in the order and words of a real server. */
function refuseUntyped(kind: Kind, sent: KubeObject, name: string): void {
  const { apiVersion = '', kind: said = '', metadata } = sent
  if (metadata?.name !== undefined && metadata.name !== '' && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  if (apiVersion !== kind.apiVersion || said !== kind.kind)
    throw badRequest(`invalid object type: ${apiVersion === '' ? '/' : apiVersion}, Kind=${said}`)
  if (metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const schema = mergeSchemaOf(kind)
  const why = schema === undefined ? undefined : whyUntyped(schema, sent)
  if (why === undefined) return
  const subject = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${apiVersion}, Kind=${said}`
  throw plainError(`failed to create typed patch object (${subject}): ${why}`)
}

function applied(kind: Kind, stored: KubeObject | undefined, config: KubeObject, applier: Applier) {
  try {
    const { object, conflicts } = apply(mergeSchemaOf(kind), stored as never, config as never, applier)
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
