/**
 * GET of one object, a list, a subresource. Pages of a list are of one revision.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import {
  badRequest,
  expired,
  inconsistentContinue as inconsistent,
  methodNotAllowed,
  notFound,
  tooLargeVersion,
} from '../api/status-error.ts'
import { listAt } from '../store/history.ts'
import { scaleOf } from '../store/scale.ts'
import { objectAnswer } from './answer.ts'
import type { Call } from './context.ts'
import { converted, convertedList } from './converting.ts'
import { listAnswer } from './list-answer.ts'
import { type Continue, continueToken, type ListOptions, listOptions, whyNotVersion } from './list-options.ts'
import { type Accepted, objectForm, watchForm } from './negotiate.ts'
import { predicateOf } from './select.ts'
import { seenObject, seenUpTo } from './stale.ts'
import { watchAnswer } from './watch-stream.ts'

/** The stored object a request names, or 404. */
export function storedObject(call: Call, kind: Kind): KubeObject {
  const { name } = call.info
  const namespace = kind.namespaced ? call.info.namespace : ''
  const object = seenObject(call, kind, namespace, name)
  if (object === undefined) throw notFound(kind.groupResource, name)
  return object
}

export async function getOne(call: Call, asked: Kind): Promise<Response> {
  const form = objectForm(call.request.headers.get('accept'))
  refuseInclude(call, form)
  versionOf(call.info.query.get('resourceVersion') ?? '', call.cluster.view.revision)
  const stored = storedObject(call, asked)
  const kind = await converted(call, asked, [stored])
  const { subresource, query } = call.info
  if (subresource !== '' && kind.subresources[subresource] === undefined)
    throw notFound(kind.groupResource, call.info.name)
  const object = subresource === 'scale' ? scaleOf(kind, stored) : stored
  return objectAnswer(kind, object, form, call.cluster.now.getTime(), query)
}

/** A list or, with `watch`, a stream. */
export function getMany(call: Call, kind: Kind): Response | Promise<Response> {
  const accept = call.request.headers.get('accept')
  const isWatch = call.info.verb === 'watch'
  const form = isWatch ? watchForm(accept) : objectForm(accept)
  const options = listOptions(call.info.query, isWatch)
  if (isWatch) return watchAnswer(call, kind, form, options)
  refuseInclude(call, form)
  return listed(call, kind, form, options)
}

async function listed(call: Call, asked: Kind, form: Accepted, options: ListOptions): Promise<Response> {
  const kind = await convertedList(call, asked)
  const { page, meta } = pageOf(call, kind, options)
  return listAnswer(kind, page, meta, form, call.cluster.view.now, call.info.query)
}

/** The objects a list request selects, of one page, and the metadata of their list. */
export function pageOf(
  call: Call,
  kind: Kind,
  options: ListOptions,
): { page: readonly KubeObject[]; meta: Record<string, unknown> } {
  const { info, cluster } = call
  const { view } = cluster
  const { limit, token } = options
  const revision = revisionOf(options, seenUpTo(call, kind.resource) ?? view.revision)
  const all = objectsAt(call, kind, revision, token)
  const selects = predicateOf(kind, info)
  const rest = token === undefined ? all : all.filter((object) => keyOf(object) > token.start)
  const selected = rest.filter(selects)
  const page = limit > 0 && selected.length > limit ? selected.slice(0, limit) : selected
  const more = selected.length - page.length
  const meta: Record<string, unknown> = { resourceVersion: String(revision) }
  if (more > 0) {
    meta.continue = continueToken({ rv: revision, start: keyOf(page.at(-1) as KubeObject) })
    // With a selector nobody knows how many are left without looking at them.
    if (!info.query.get('labelSelector') && !info.query.get('fieldSelector')) meta.remainingItemCount = more
  }
  return { page, meta }
}

/** The revision a list shows: the newest, or the one asked for by a page, an exact match or a limit with a version. */
function revisionOf({ token, version, match, limit }: ListOptions, current: number): number {
  if (token !== undefined) return token.rv < 0 ? current : token.rv
  const wanted = versionOf(version, current)
  const exact = match === 'Exact' || (match === '' && limit > 0)
  return exact && wanted > 0 ? wanted : current
}

/** The objects at the revision, or 410; of a page that is too old the message carries a token to go on with. */
function objectsAt(call: Call, kind: Kind, revision: number, token: Continue | undefined): readonly KubeObject[] {
  const { view, plane } = call.cluster
  const namespace = kind.namespaced && call.info.namespace !== '' ? call.info.namespace : undefined
  const found = listAt(view, plane.api.store.log, kind, namespace, revision)
  if (found !== undefined) return found
  if (token === undefined) throw expired('The resourceVersion for the provided list is too old.')
  throw inconsistent(continueToken({ rv: -1, start: token.start }))
}

/** The version as a number. Throws 400 for what is none and 504 for one of the future. */
export function versionOf(text: string, current: number): number {
  if (text === '' || text === '0') return 0
  const why = whyNotVersion(text)
  if (why !== undefined) throw badRequest(`invalid resource version: ${why}`)
  const version = Number(text)
  if (version > current) throw tooLargeVersion(version, current)
  return version
}

function refuseInclude(call: Call, form: Accepted): void {
  const include = call.info.query.get('includeObject') ?? ''
  if (form.as !== 'Table' || ['', 'Metadata', 'Object', 'None'].includes(include)) return
  const must = "must be 'Metadata', 'Object', 'None', or empty"
  throw badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: "${include}": ${must}`)
}

/** 405 for a verb the kind does not have. */
export function refuseVerb(kind: Kind, verb: string): void {
  if (!kind.verbs.includes(verb)) throw methodNotAllowed(kind.groupResource, verb)
}
