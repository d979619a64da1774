/**
 * Faults as clients over HTTP meet them: reads that fail, and watches, lists and gets that are behind. A client is known
 * by its user and by its user agent.
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { badRequest, type StatusError } from '../api/status-error.ts'
import { type Asked, counted, lateBy, refusalOf, struck, timedOut } from '../store/faults.ts'
import { listAt } from '../store/history.ts'
import type { Change } from '../store/transition.ts'
import type { Call } from './context.ts'

/** Everything a client is called. */
export function callerOf({ user, request }: Pick<Call, 'user' | 'request'>): string[] {
  const agent = request.headers.get('user-agent')
  return agent === null ? [user.name] : [user.name, agent, agent.split('/')[0] as string]
}

/** Throws what a fault makes of a read; writes meet their faults where they are committed. */
export function refuseFaulty(call: Call, kind: Kind): void {
  const { api, world } = call.cluster.plane
  const { verb, name, namespace, subresource } = call.info
  if (world.store.faults.armed.length === 0 || !['get', 'list', 'watch'].includes(verb)) return
  const resource = subresource === '' ? kind.resource : `${kind.resource}/${subresource}`
  const asked: Asked = { verb, resource, name, namespace, by: callerOf(call) }
  const { strike, state } = struck(world.store.faults, asked, world.seed)
  api.store.faults = state
  const error = strike === undefined ? undefined : errorOf(strike.how === 'status' ? strike.code : strike.how, asked)
  if (error !== undefined) throw error
}

function errorOf(how: number | string, asked: Asked): StatusError {
  if (typeof how === 'number') return refusalOf(how, asked)
  if (how === 'lost' || how === 'drop') return timedOut()
  return badRequest(`KYB-FAULT: "${how}" is no fault of a read`)
}

/** The revision up to which the client sees a collection; undefined when it sees everything. */
export function seenUpTo(call: Pick<Call, 'cluster' | 'user' | 'request'>, resource: string): number | undefined {
  const { store } = call.cluster.plane.world
  const armed = lateBy(store.faults, resource, callerOf(call))
  if (armed === undefined || armed.rule.drop !== undefined) return undefined
  if (armed.rule.lag === 'hold') return armed.since
  const changes = (store.log.since(Math.max(armed.since + 1, store.log.oldest)) ?? []).filter(
    (one) => one.resource === resource,
  )
  return changes.length <= armed.rule.lag ? armed.since : changes[changes.length - 1 - armed.rule.lag]?.revision
}

/** All objects of a kind as the client sees them. */
export function seenList(call: Call, kind: Kind): readonly KubeObject[] {
  const { view, plane } = call.cluster
  const revision = seenUpTo(call, kind.resource)
  const then = revision === undefined ? undefined : listAt(view, plane.world.store.log, kind, undefined, revision)
  return then ?? view.list(kind)
}

/** Keeps changes from a client whose watch is late, in order, until it may see them; lost ones for ever. */
export function lateness(call: Call, kind: Kind, pass: (change: Change) => void) {
  const waiting: Change[] = []
  const flush = (): void => {
    const upTo = seenUpTo(call, kind.resource) ?? Number.POSITIVE_INFINITY
    for (let next = waiting[0]; next !== undefined && next.revision <= upTo; next = waiting[0]) {
      waiting.shift()
      pass(next)
    }
  }
  const offer = (change: Change): void => {
    const { store } = call.cluster.plane.world
    if (store.faults.armed.length > 0 && change.resource === kind.resource) {
      const armed = lateBy(store.faults, change.resource, callerOf(call))
      if (armed?.rule.drop !== undefined && armed.hits < armed.rule.drop) {
        store.faults = counted(store.faults, armed.id)
        return
      }
      waiting.push(change)
      return flush()
    }
    flush()
    pass(change)
  }
  const faults = call.cluster.plane.api.faults$.subscribe(flush)
  return { offer, stop: () => faults.unsubscribe() }
}

/** The object as the client sees it. */
export function seenObject(call: Call, kind: Kind, namespace: string, name: string): KubeObject | undefined {
  const { view, plane } = call.cluster
  const revision = seenUpTo(call, kind.resource)
  if (revision === undefined) return view.get(kind, namespace, name)
  const then = listAt(view, plane.world.store.log, kind, namespace, revision) ?? view.list(kind, namespace)
  return then.find((one) => objectKey(one.metadata.namespace ?? '', one.metadata.name) === objectKey(namespace, name))
}
