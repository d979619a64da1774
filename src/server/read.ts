/** GET of one object, a list, a subresource. */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import { badRequest, expired, methodNotAllowed, notFound } from '../api/status-error.ts'
import { scaleOf } from '../store/scale.ts'
import { listAnswer, objectAnswer } from './answer.ts'
import type { Call } from './context.ts'
import { type Accepted, objectForm } from './negotiate.ts'
import { predicateOf } from './select.ts'
import { watchAnswer } from './watch-stream.ts'

/** The stored object a request names, or 404. */
export function storedObject(call: Call, kind: Kind): KubeObject {
  const { name } = call.info
  const namespace = kind.namespaced ? call.info.namespace : ''
  const object = call.cluster.view.get(kind, namespace, name)
  if (object === undefined) throw notFound(kind.groupResource, name)
  return object
}

export function getOne(call: Call, kind: Kind): Response {
  const form = objectForm(call.request.headers.get('accept'))
  const stored = storedObject(call, kind)
  const { subresource, query } = call.info
  if (subresource !== '' && kind.subresources[subresource] === undefined)
    throw notFound(kind.groupResource, call.info.name)
  const object = subresource === 'scale' ? scaleOf(kind, stored) : stored
  return objectAnswer(kind, object, form, call.cluster.now.getTime(), query)
}

/** A list or, with `watch`, a stream. */
export function getMany(call: Call, kind: Kind): Response {
  const form = objectForm(call.request.headers.get('accept'))
  if (call.info.verb === 'watch') return watchAnswer(call, kind, form)
  return listed(call, kind, form)
}

interface Continue {
  readonly rv: number
  readonly start: string
}

function listed(call: Call, kind: Kind, form: Accepted): Response {
  const { info, cluster } = call
  const { view } = cluster
  const limit = limitOf(info.query.get('limit'))
  const token = continueOf(info.query.get('continue'))
  if (token !== undefined && token.rv < cluster.plane.api.store.log.oldest - 1) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  }
  refuseFutureVersion(info.query.get('resourceVersion'), view.revision)
  const all = view.list(kind, kind.namespaced && info.namespace !== '' ? info.namespace : undefined)
  const rest = token === undefined ? all : all.filter((object) => keyOf(object) > token.start)
  const selected = rest.filter(predicateOf(kind, info))
  const page = limit > 0 && selected.length > limit ? selected.slice(0, limit) : selected
  const more = selected.length - page.length
  const meta: Record<string, unknown> = { resourceVersion: String(view.revision) }
  if (more > 0) {
    meta.continue = btoa(JSON.stringify({ rv: view.revision, start: keyOf(page.at(-1) as KubeObject) }))
    meta.remainingItemCount = more
  }
  return listAnswer(kind, page, meta, form, view.now, info.query)
}

function limitOf(text: string | null): number {
  if (text === null || text === '') return 0
  const limit = Number(text)
  if (!Number.isInteger(limit)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
  return Math.max(0, limit)
}

function continueOf(text: string | null): Continue | undefined {
  if (text === null || text === '') return undefined
  try {
    const token = JSON.parse(atob(text)) as Continue
    if (typeof token.start === 'string' && typeof token.rv === 'number') return token
  } catch {
    // Answered below.
  }
  throw badRequest('continue key is not valid: illegal base64 data')
}

function refuseFutureVersion(text: string | null, current: number): void {
  if (text === null || text === '' || text === '0') return
  if (!/^\d+$/.test(text))
    throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`)
  if (Number(text) <= current) return
  throw badRequest(`Too large resource version: ${text}, current: ${current}`)
}

/** 405 for a verb the kind does not have. */
export function refuseVerb(kind: Kind, verb: string): void {
  if (!kind.verbs.includes(verb)) throw methodNotAllowed(kind.groupResource, verb)
}
