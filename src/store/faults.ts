/**
 * Faults as rules, plain data in the store: which requests fail and how, and whose watches are behind. A fork has them
 * too. The rules count for everybody who asks: controllers, kubelets, the scheduler, clients over HTTP.
 */
import type { KubeObject, ResourceKey } from '../api/object.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  expired,
  forbidden,
  internal,
  invalid,
  notFound,
  type StatusError,
  serviceUnavailable,
  timeout,
  tooManyRequests,
  unauthorized,
} from '../api/status-error.ts'
import { chanceOf } from '../lib/digest.ts'
import { requesterOf } from './requester.ts'
import type { Transition } from './transition.ts'

/** What happens to a request. `status`: refused with this code. `lost`: done, but the sender is told 504. */
export type Strike =
  | { readonly how: 'status'; readonly code: number }
  | { readonly how: 'lost' | 'drop' | 'duplicate' | 'crash' }
  | { readonly how: 'delay'; readonly ms: number }

/** Which requests: a verb and a resource with `/subresource`, `*` for any; whose, of what. */
export interface RequestRule {
  readonly type: 'request'
  readonly verb: string
  readonly resource: string
  readonly from?: string
  readonly name?: string
  readonly namespace?: string
  /** How many requests are struck; all when absent. */
  readonly times?: number
  /** How many that match are let through first. */
  readonly after?: number
  /** 0 to 1: how likely each is struck; from the seed. */
  readonly chance?: number
  readonly strike: Strike
}

/** Whose watch of what is behind, and how far: `hold`, at most so many changes, or some changes lost. */
export interface WatchRule {
  readonly type: 'watch'
  readonly resource: string
  readonly from?: string
  readonly lag: 'hold' | number
  /** How many changes are never told. */
  readonly drop?: number
}

/** A rule in force. `since` is the revision at which it came. */
export interface Armed {
  readonly id: number
  readonly rule: RequestRule | WatchRule
  readonly since: number
  /** How many requests or changes matched, and how many were struck. */
  readonly matched: number
  readonly hits: number
}

export interface FaultState {
  readonly next: number
  readonly armed: readonly Armed[]
}

export const noFaults: FaultState = { next: 1, armed: [] }

/** With one more rule in force. */
export function withFault({ next, armed }: FaultState, rule: Armed['rule'], since: number): FaultState {
  return { next: next + 1, armed: [...armed, { id: next, rule, since, matched: 0, hits: 0 }] }
}

export function withoutFault(state: FaultState, id: number): FaultState {
  return { ...state, armed: state.armed.filter((one) => one.id !== id) }
}

/** A request as rules see it. */
export interface Asked {
  readonly verb: string
  /** With its subresource: `deployments.apps/status`. */
  readonly resource: string
  readonly name: string
  readonly namespace: string
  /** Everything the sender is called: `controller/deployment`, a user's name, its user agent. */
  readonly by: readonly string[]
}

/** The request a transition is; undefined for reports. */
export function askedBy(transition: Transition): Asked | undefined {
  if (transition.type === 'report') return undefined
  const by = sendersOf(transition)
  if (transition.type === 'create') {
    const { resource, namespace, object } = transition
    return { verb: 'create', resource, namespace, name: object?.metadata?.name ?? '', by }
  }
  const { resource, namespace, name } = transition.ref
  if (transition.type === 'pod.bind') return { verb: 'create', resource: 'pods/binding', namespace, name, by }
  const subresource = 'subresource' in transition && transition.subresource ? `/${transition.subresource}` : ''
  const verb = transition.type === 'connect' ? 'create' : transition.type
  return { verb, resource: resource + subresource, namespace, name, by }
}

/** Everything the sender of a write is called; components also by the user they are in a Kubernetes cluster. */
function sendersOf(transition: Exclude<Transition, { type: 'report' }>): string[] {
  const { cause, user, agent } = transition
  const object: KubeObject =
    'object' in transition ? transition.object : { apiVersion: '', kind: '', metadata: { name: transition.ref.name } }
  const component = cause?.why === 'request' ? undefined : requesterOf(transition, object).username
  return [cause?.by, user, component, agent].filter((one) => one !== undefined)
}

/** The rule that strikes a request, if one does, and the rules with their counts after it. */
export function struck(
  state: FaultState,
  asked: Asked,
  seed: number,
): { strike: Strike | undefined; state: FaultState } {
  let strike: Strike | undefined
  const armed = state.armed.map((one): Armed => {
    const { rule } = one
    if (rule.type !== 'request' || !concerns(rule, asked)) return one
    const matched = one.matched + 1
    const isDue = matched > (rule.after ?? 0) && one.hits < (rule.times ?? Number.POSITIVE_INFINITY)
    const isMeant = rule.chance === undefined || chanceOf(seed, `fault ${one.id} ${matched}`) < rule.chance
    if (strike !== undefined || !isDue || !isMeant) return { ...one, matched }
    strike = rule.strike
    return { ...one, matched, hits: one.hits + 1 }
  })
  return { strike, state: { ...state, armed } }
}

/** `deployments` stands for `deployments.apps` too. */
export function namesResource(rule: string, resource: ResourceKey): boolean {
  if (rule === '*' || rule === resource) return true
  const [plural = '', ...more] = resource.split('/')
  const subresource = more.length === 0 ? '' : `/${more.join('/')}`
  if (rule === plural.split('.')[0] + subresource || rule === `*${subresource}`) return true
  const [of, any] = rule.split('/')
  return any === '*' && subresource !== '' && (of === plural || of === plural.split('.')[0])
}

/** `replicaset` stands for `controller/replicaset`. */
export function namesSender(rule: string | undefined, by: readonly string[]): boolean {
  if (rule === undefined) return true
  return by.some((one) => one === rule || one === `controller/${rule}` || one.startsWith(`${rule}/`))
}

function concerns(rule: RequestRule, { verb, resource, name, namespace, by }: Asked): boolean {
  if (rule.verb !== '*' && rule.verb !== verb) return false
  if (rule.name !== undefined && rule.name !== name) return false
  if (rule.namespace !== undefined && rule.namespace !== namespace) return false
  return namesResource(rule.resource, resource) && namesSender(rule.from, by)
}

const said = 'a fault of this cluster says so'

const refusals: Readonly<Record<number, (verb: string, resource: ResourceKey, name: string) => StatusError>> = {
  400: () => badRequest(said),
  401: () => unauthorized('Unauthorized'),
  403: (_verb, resource, name) => forbidden(resource, name, said),
  404: (_verb, resource, name) => notFound(resource, name),
  409: (verb, resource, name) => (verb === 'create' ? alreadyExists : conflict)(resource, name),
  410: () => expired(said),
  422: (_verb, resource, name) => {
    const [kind = '', ...group] = resource.split('.')
    return invalid({ kind, group: group.join('.') }, name, [])
  },
  429: () => tooManyRequests('the server has received too many requests and has asked us to try again later'),
  500: () => internal(said),
  503: () => serviceUnavailable('the server is currently unable to handle the request'),
  504: () => timedOut(),
}

/** The codes a request may be refused with. */
export const refusalCodes: readonly number[] = Object.keys(refusals).map(Number)

/** The refusal with a code, as Kubernetes words it. A subresource is refused in the name of its resource. */
export function refusalOf(code: number, { verb, resource, name }: Asked): StatusError {
  const plain = resource.split('/')[0] as string
  const isCreation = verb === 'create' && plain === resource
  return refusals[code]?.(isCreation ? verb : '', plain, name) ?? internal(said)
}

/** What the sender of a request is told that never came to an end for it. */
export function timedOut(): StatusError {
  return timeout('request did not complete within the allotted timeout')
}

/** The rule that makes this watcher late, if one does. */
export function lateBy(
  { armed }: FaultState,
  resource: ResourceKey,
  by: readonly string[],
): (Armed & { rule: WatchRule }) | undefined {
  if (armed.length === 0) return undefined
  return armed.find(
    (one): one is Armed & { rule: WatchRule } =>
      one.rule.type === 'watch' && namesResource(one.rule.resource, resource) && namesSender(one.rule.from, by),
  )
}

/** With one more hit of a rule. */
export function counted({ next, armed }: FaultState, id: number): FaultState {
  return { next, armed: armed.map((one) => (one.id === id ? { ...one, hits: one.hits + 1 } : one)) }
}
