/** POST, PUT, PATCH and DELETE of objects and their subresources. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, Ref } from '../api/object.ts'
import { badRequest, methodNotAllowed, unsupportedMediaType } from '../api/status-error.ts'
import { scaleOf } from '../store/scale.ts'
import type { Outcome, Patch, Transition, TransitionBase } from '../store/transition.ts'
import { type AnswerOptions, json, listAnswer, objectAnswer } from './answer.ts'
import { bytesOf, jsonIn, mediaTypeOf, objectIn, yamlIn } from './body.ts'
import type { Call } from './context.ts'
import { objectForm } from './negotiate.ts'
import { predicateOf } from './select.ts'

const patchTypes: Readonly<Record<string, Patch['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** What query parameters say of any write. Throws 400 for values that do not exist. */
function writeOptions(call: Call, kind: Kind): TransitionBase {
  const { query } = call.info
  const dryRun = query.get('dryRun')
  if (dryRun !== null && dryRun !== '' && dryRun !== 'All')
    throw badRequest(`invalid dryRun value "${dryRun}": only "All" is supported`)
  const validation = query.get('fieldValidation') ?? ''
  if (!['', 'Strict', 'Warn', 'Ignore'].includes(validation)) {
    throw badRequest(
      `fieldValidation: Unsupported value: "${validation}": supported values: "Ignore", "Strict", "Warn"`,
    )
  }
  return {
    dryRun: dryRun === 'All',
    fieldValidation: validation === '' ? 'Warn' : (validation as 'Strict'),
    manager: query.get('fieldManager') ?? (call.request.headers.get('user-agent') ?? 'unknown').split('/')[0] ?? '',
    user: call.user.name,
    apiVersion: kind.apiVersion,
    cause: { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` },
  }
}

/** Sends the transition; a refusal is thrown as its StatusError. */
export async function sent(call: Call, transition: Transition): Promise<Extract<Outcome, { ok: true }>> {
  const outcome = await call.cluster.dispatch(transition)
  if (!outcome.ok) throw outcome.error
  call.acted()
  return outcome
}

function refOf(call: Call, kind: Kind): Ref {
  return { resource: kind.resource, namespace: kind.namespaced ? call.info.namespace : '', name: call.info.name }
}

function answered(
  call: Call,
  kind: Kind,
  outcome: Extract<Outcome, { ok: true }>,
  options: AnswerOptions = {},
): Response {
  const form = objectForm(call.request.headers.get('accept'))
  const object = call.info.subresource === 'scale' ? scaleOf(kind, outcome.object) : outcome.object
  const all = { warnings: outcome.warnings, ...options }
  return objectAnswer(kind, object, form, call.cluster.now.getTime(), call.info.query, all)
}

export async function createOne(call: Call, kind: Kind): Promise<Response> {
  const object = (await objectIn(call.request)) as KubeObject | undefined
  const { namespace } = call.info
  if (object === undefined)
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): the request body is empty`)
  const transition = {
    type: 'create',
    resource: kind.resource,
    namespace,
    object,
    ...writeOptions(call, kind),
  } as const
  return answered(call, kind, await sent(call, transition), { code: 201 })
}

export async function updateOne(call: Call, kind: Kind): Promise<Response> {
  const object = (await objectIn(call.request)) as KubeObject | undefined
  if (object === undefined) throw badRequest('the request body is empty')
  const { subresource } = call.info
  const ref = refOf(call, kind)
  const existed = call.cluster.view.get(kind, ref.namespace, ref.name) !== undefined
  const transition = { type: 'update', ref, object, subresource, ...writeOptions(call, kind) } as const
  return answered(call, kind, await sent(call, transition), { code: existed ? 200 : 201 })
}

export async function patchOne(call: Call, kind: Kind): Promise<Response> {
  const type = mediaTypeOf(call.request)
  const patchType = patchTypes[type]
  if (patchType === undefined) throw unsupportedMediaType(Object.keys(patchTypes))
  const bytes = await bytesOf(call.request)
  const patch = patchType === 'apply' ? yamlIn(bytes) : jsonIn(bytes)
  if (patchType === 'apply' && !call.info.query.get('fieldManager')) {
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  }
  const force = call.info.query.get('force') === 'true'
  const { subresource } = call.info
  const existed = call.cluster.view.get(kind, kind.namespaced ? call.info.namespace : '', call.info.name) !== undefined
  const transition = {
    type: 'patch',
    ref: refOf(call, kind),
    patchType,
    patch,
    subresource,
    force,
    ...writeOptions(call, kind),
  } as const
  return answered(call, kind, await sent(call, transition), { code: existed ? 200 : 201 })
}

interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** Delete options come in the body or the query; the body wins. Throws 422-like 400s for policies that do not exist. */
async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const body = ((await objectIn(call.request)) ?? {}) as DeleteOptions
  const { query } = call.info
  const grace = query.get('gracePeriodSeconds')
  const policy = body.propagationPolicy ?? query.get('propagationPolicy') ?? undefined
  if (policy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(policy)) {
    throw badRequest(`invalid propagationPolicy "${policy}": supported values: "Background", "Foreground", "Orphan"`)
  }
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...body,
    ...(policy === undefined ? {} : { propagationPolicy: policy as 'Background' }),
  }
}

function deletion(call: Call, kind: Kind, ref: Ref, options: DeleteOptions): Transition {
  const propagation = options.propagationPolicy ?? (options.orphanDependents === true ? 'Orphan' : undefined)
  const base = writeOptions(call, kind)
  return {
    type: 'delete',
    ref,
    ...base,
    dryRun: base.dryRun === true || options.dryRun?.includes('All') === true,
    ...(options.preconditions?.uid ? { uid: options.preconditions.uid } : {}),
    ...(options.preconditions?.resourceVersion ? { resourceVersion: options.preconditions.resourceVersion } : {}),
    ...(options.gracePeriodSeconds === undefined ? {} : { graceSeconds: options.gracePeriodSeconds }),
    ...(propagation === undefined ? {} : { propagation }),
  }
}

/** 200 with a Status when the object is gone, 200 with the object while it waits. */
export async function deleteOne(call: Call, kind: Kind): Promise<Response> {
  const options = await deleteOptions(call)
  const outcome = await sent(call, deletion(call, kind, refOf(call, kind), options))
  const waits = outcome.change === undefined || outcome.change.type !== 'DELETED'
  if (waits || kind.answersDeleted === true) return answered(call, kind, outcome)
  const { name, uid } = outcome.object.metadata
  const group = kind.group === '' ? {} : { group: kind.group }
  return json({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: kind.plural, uid },
  })
}

export async function deleteMany(call: Call, kind: Kind): Promise<Response> {
  const options = await deleteOptions(call)
  const selects = predicateOf(kind, call.info)
  const found = call.cluster.view.list(kind).filter(selects)
  for (const object of found) {
    const { namespace, name } = splitRef(object)
    const ref = { resource: kind.resource, namespace, name }
    const outcome = await call.cluster.dispatch(deletion(call, kind, ref, options))
    if (!outcome.ok && outcome.error.code !== 404) throw outcome.error
  }
  call.acted()
  const { view } = call.cluster
  const form = objectForm(call.request.headers.get('accept'))
  return listAnswer(kind, found, { resourceVersion: String(view.revision) }, form, view.now, call.info.query)
}

function splitRef(object: KubeObject): { namespace: string; name: string } {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

/** 405 of a method nobody serves here. */
export function refused(kind: Kind, verb: string): never {
  throw methodNotAllowed(kind.groupResource, verb)
}
