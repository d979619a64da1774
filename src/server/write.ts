/** POST, PUT, PATCH and DELETE of objects and their subresources. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, Ref } from '../api/object.ts'
import { badRequest, methodNotAllowed, unknownMediaType } from '../api/status-error.ts'
import { scaleOf } from '../store/scale.ts'
import type { Delete, Outcome, Patch, Transition } from '../store/transition.ts'
import { type AnswerOptions, document, objectAnswer } from './answer.ts'
import { authorize } from './authorize.ts'
import {
  BodyFault,
  bytesOf,
  documentIn,
  emptyBody,
  jsonIn,
  mediaTypeOf,
  objectIn,
  patchRepeats,
  yamlIn,
  yamlRepeats,
} from './body.ts'
import type { Call } from './context.ts'
import { converted, convertedList } from './converting.ts'
import { listAnswer } from './list-answer.ts'
import { listOptions } from './list-options.ts'
import { objectForm } from './negotiate.ts'
import { baseOf, type DeleteOptions, deleteOptions, deletionOptions, writeOptions } from './options.ts'
import { pageOf } from './read.ts'

const patchTypes: Readonly<Record<string, Patch['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** Sends the transition; a refusal is thrown as its StatusError. */
export async function sent(call: Call, transition: Transition): Promise<Extract<Outcome, { ok: true }>> {
  const outcome = await call.cluster.dispatch(transition)
  if (!outcome.ok) throw outcome.error
  if (outcome.audit !== undefined) call.annotate?.(outcome.audit)
  call.acted()
  return outcome
}

function refOf(call: Call, kind: Kind): Ref {
  return { resource: kind.resource, namespace: kind.namespaced ? call.info.namespace : '', name: call.info.name }
}

async function answered(
  call: Call,
  asked: Kind,
  outcome: Extract<Outcome, { ok: true }>,
  options: AnswerOptions = {},
): Promise<Response> {
  const kind = await converted(call, asked, [outcome.object])
  const form = objectForm(call.request.headers.get('accept'))
  const object = call.info.subresource === 'scale' ? scaleOf(kind, outcome.object) : outcome.object
  const all = { warnings: outcome.warnings, ...options }
  return objectAnswer(kind, object, form, call.cluster.now.getTime(), call.info.query, all)
}

export async function createOne(call: Call, kind: Kind): Promise<Response> {
  const { object, repeats } = await sentObject(call, bodyKind(call, kind))
  const { namespace } = call.info
  if (object === undefined) throw emptyBody(kind.kind)
  const transition = {
    type: 'create',
    resource: kind.resource,
    namespace,
    object,
    ...repeats,
    ...writeOptions(call, kind),
  } as const
  return answered(call, kind, await sent(call, transition), { code: 201 })
}

export async function updateOne(call: Call, kind: Kind): Promise<Response> {
  const { object, repeats } = await sentObject(call, bodyKind(call, kind))
  if (object === undefined) throw emptyBody(bodyKind(call, kind))
  const { subresource } = call.info
  const ref = refOf(call, kind)
  const existed = call.cluster.view.get(kind, ref.namespace, ref.name) !== undefined
  if (!existed && kind.createOnUpdate === true && subresource === '') refuseCreation(call)
  const transition = { type: 'update', ref, object, subresource, ...repeats, ...writeOptions(call, kind) } as const
  return answered(call, kind, await sent(call, transition), { code: existed ? 200 : 201 })
}

/** Who creates by a PUT or an apply must be allowed to create. Throws 403. */
function refuseCreation(call: Call): void {
  authorize(call.cluster.view, call.user, { ...call.info, verb: 'create' })
}

export async function patchOne(call: Call, kind: Kind): Promise<Response> {
  const type = mediaTypeOf(call.request)
  const patchType = patchTypes[type]
  if (patchType === undefined) throw unknownMediaType()
  const bytes = await bytesOf(call.request)
  const patch = patchIn(bytes, patchType)
  const repeats = patchType === 'apply' ? yamlRepeats(bytes) : patchRepeats(bytes, patchType === 'json')
  const force = call.info.query.get('force') === 'true'
  const { subresource } = call.info
  const existed = call.cluster.view.get(kind, kind.namespaced ? call.info.namespace : '', call.info.name) !== undefined
  if (!existed && patchType === 'apply' && subresource === '') refuseCreation(call)
  const transition = {
    type: 'patch',
    ref: refOf(call, kind),
    patchType,
    patch,
    subresource,
    force,
    ...(repeats === undefined ? {} : { repeats }),
    ...writeOptions(call, kind, { apply: patchType === 'apply' }),
  } as const
  return answered(call, kind, await sent(call, transition), { code: existed ? 200 : 201 })
}

/** The object of a write, and what its text says twice. */
async function sentObject(
  call: Call,
  kind: string,
): Promise<{ object?: KubeObject; repeats: Pick<Transition, 'repeats'> }> {
  const { object, repeats } = await documentIn(call.request, kind)
  const found = repeats === undefined ? {} : { repeats }
  return object === undefined ? { repeats: found } : { object: object as KubeObject, repeats: found }
}

/** What a body must be: of a scale subresource a Scale. */
function bodyKind(call: Call, kind: Kind): string {
  return call.info.subresource === 'scale' ? 'Scale' : kind.kind
}

function patchIn(bytes: Uint8Array, type: Patch['patchType']): unknown {
  try {
    return type === 'apply' ? yamlIn(bytes) : jsonIn(bytes)
  } catch (error) {
    if (!(error instanceof BodyFault)) throw error
    throw badRequest(
      type === 'apply'
        ? `error decoding YAML: error converting YAML to JSON: ${error.message}`
        : `error decoding patch: ${error.message}`,
    )
  }
}

function deletion(call: Call, kind: Kind, ref: Ref, options: DeleteOptions): Delete {
  const base = baseOf(call, kind)
  return {
    type: 'delete',
    ref,
    ...base,
    dryRun: base.dryRun === true || options.dryRun?.includes('All') === true,
    ...deletionOptions(options),
  }
}

/** 200 with a Status when the object is gone, 200 with the object while it waits. */
export async function deleteOne(call: Call, kind: Kind): Promise<Response> {
  const options = deleteOptions(call, (await objectIn(call.request, 'DeleteOptions')) as DeleteOptions | undefined)
  const outcome = await sent(call, deletion(call, kind, refOf(call, kind), options))
  const waits = outcome.change === undefined || outcome.change.type !== 'DELETED'
  const named = options.propagationPolicy !== undefined || options.orphanDependents !== undefined
  const warnings = kind.warnsOfOrphans === undefined || named ? [] : [kind.warnsOfOrphans]
  if (waits || kind.answersDeleted === true)
    return answered(call, kind, outcome, { warnings: [...outcome.warnings, ...warnings] })
  const { name, uid } = outcome.object.metadata
  const group = kind.group === '' ? {} : { group: kind.group }
  return document(call.request, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: kind.plural, uid },
  })
}

export async function deleteMany(call: Call, to: Kind): Promise<Response> {
  const kind = await convertedList(call, to)
  const form = objectForm(call.request.headers.get('accept'))
  const asked = listOptions(call.info.query, false)
  const options = deleteOptions(call, (await objectIn(call.request, 'DeleteOptions')) as DeleteOptions | undefined)
  const { page, meta } = pageOf(call, kind, asked)
  for (const object of page) {
    const { namespace, name } = splitRef(object)
    const ref = { resource: kind.resource, namespace, name }
    const outcome = await call.cluster.dispatch({ ...deletion(call, kind, ref, options), collection: true })
    if (!outcome.ok && outcome.error.code !== 404) throw outcome.error
  }
  call.acted()
  return listAnswer(kind, page, meta, form, call.cluster.view.now, call.info.query)
}

function splitRef(object: KubeObject): { namespace: string; name: string } {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

/** 405 of a method nobody serves here. */
export function refused(kind: Kind, verb: string): never {
  throw methodNotAllowed(kind.groupResource, verb)
}
