/**
 * Who may do what: members of `system:masters` everything, nodes what belongs to them, anybody what roles grant.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
 */
import { goQuote } from '../api/go-text.ts'
import { nodeDecision } from '../api/rbac/node.ts'
import { type Decision, type Lookup, rbacDecision } from '../api/rbac/resolve.ts'
import type { Action } from '../api/rbac/rules.ts'
import { parseFieldSelector } from '../api/selector.ts'
import { forbidden } from '../api/status-error.ts'
import type { UserInfo } from '../api/user-info.ts'
import { type User, userInfoOf } from './context.ts'
import type { RequestInfo } from './request-info.ts'

const masters = 'system:masters'
/** Paths that ask for no permission. */
const openPaths = ['/healthz', '/livez', '/readyz']
const yes: Decision = { allowed: true, reason: '' }

/** The authorizers, one after the other: the first that allows decides, the reasons of the others are joined. */
export function decide(lookup: Lookup, user: UserInfo, action: Action): Decision {
  if (user.groups?.includes(masters) === true) return yes
  const node = nodeDecision(lookup, user, action)
  if (node.allowed) return node
  const roles = rbacDecision(lookup, user, action)
  if (roles.allowed || node.reason === '') return roles
  return { allowed: false, reason: [node.reason, roles.reason].filter((reason) => reason !== '').join('\n') }
}

/** Whether a caller may make a request, and why. */
export function authorizationOf(lookup: Lookup, user: User, info: RequestInfo): Decision {
  if (info.resource === '' && openPaths.includes(info.path)) return yes
  return decide(lookup, userInfoOf(user), actionOf(info))
}

/** Throws 403 when the caller may not do this. */
export function authorize(lookup: Lookup, user: User, info: RequestInfo): void {
  const { allowed, reason } = authorizationOf(lookup, user, info)
  if (!allowed) throw refusal(user.name, actionOf(info), reason)
}

/** The action a request is. Lists and watches of one object by its name count as that object's. */
export function actionOf(info: RequestInfo): Action {
  const { verb, namespace, group, resource, path } = info
  const [subresource = ''] = info.subresource.split('/')
  const selected = selectedBy(info)
  const named = selected.find((term) => term.field === 'metadata.name' && term.op === '=')?.value ?? ''
  return { verb, namespace, group, resource, subresource, name: info.name || named, path, selected }
}

function selectedBy({ verb, query }: RequestInfo): NonNullable<Action['selected']> {
  if (!['list', 'watch', 'deletecollection'].includes(verb)) return []
  try {
    return parseFieldSelector(query.get('fieldSelector') ?? '')
  } catch {
    return []
  }
}

/** The 403 of an action. */
export function refusal(user: string, action: Action, reason: string): Error {
  const what = escaped(`User ${goQuote(user)} cannot ${described(action)}`)
  const { group, resource, name } = action
  return forbidden({ group, resource }, resource === '' ? '' : name, reason === '' ? what : `${what}: ${reason}`)
}

function described({ verb, namespace, group, resource, subresource, path }: Action): string {
  if (resource === '') return `${verb} path ${goQuote(path)}`
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`
  return `${verb} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}`
}

/** Nothing that looks like HTML. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
