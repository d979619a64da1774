/**
 * Acting as somebody else: what the headers ask for, and whether the caller may. The constrained modes are tried first,
 * the plain verb `impersonate` last; the first refusal is told.
 * A header sent several times comes as one text with commas, so groups and extra values cannot hold commas themselves.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/, https://kep.k8s.io/5284
 */
import { goQuote } from '../api/go-text.ts'
import { isDns1123Label, isDns1123Subdomain } from '../api/names.ts'
import type { Lookup } from '../api/rbac/resolve.ts'
import type { Action } from '../api/rbac/rules.ts'
import { badRequest } from '../api/status-error.ts'
import { decide, refusal } from './authorize.ts'
import { type User, userInfoOf } from './context.ts'

const extraPrefix = 'impersonate-extra-'
const anonymous = 'system:anonymous'
const ownGroup = 'authentication.k8s.io'
const [authenticated, unauthenticated] = ['system:authenticated', 'system:unauthenticated']

interface Asked {
  readonly name: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: ReadonlyMap<string, readonly string[]>
}

/** One way of impersonating; `constrained` ones ask first whether the request itself may be made so. */
interface Mode {
  readonly name: string
  readonly constrained: boolean
  readonly applies: (asked: Asked, caller: User) => boolean
}

const onlyName = ({ uid, groups, extra }: Asked): boolean => uid === '' && groups.length === 0 && extra.size === 0
const nodeKey = 'authentication.kubernetes.io/node-name'

const modes: readonly Mode[] = [
  {
    name: 'associated-node',
    constrained: true,
    applies: (asked, caller) => {
      const node = nodeOf(asked.name)
      const [own, ...others] = caller.extra?.[nodeKey] ?? []
      const isOwn = serviceAccountOf(caller.name) !== undefined && others.length === 0 && own === node
      return node !== undefined && onlyName(asked) && isOwn
    },
  },
  {
    name: 'arbitrary-node',
    constrained: true,
    applies: (asked) => onlyName(asked) && nodeOf(asked.name) !== undefined,
  },
  {
    name: 'serviceaccount',
    constrained: true,
    applies: (asked) => onlyName(asked) && serviceAccountOf(asked.name) !== undefined,
  },
  {
    name: 'user-info',
    constrained: true,
    applies: ({ name }) => nodeOf(name) === undefined && serviceAccountOf(name) === undefined,
  },
  { name: '', constrained: false, applies: () => true },
]

/** The user a request acts as: the caller, or who its headers name. Throws 400 for headers without a user, 403. */
export function impersonated(
  lookup: Lookup,
  caller: User,
  headers: Headers,
  request: Action,
): { readonly user: User; readonly constraint: string } {
  const asked = askedIn(headers)
  if (asked === undefined) return { user: caller, constraint: '' }
  let first: Error | undefined
  for (const mode of modes) {
    if (!mode.applies(asked, caller)) continue
    const refused = whyNot(lookup, caller, asked, mode, request)
    if (refused === undefined)
      return { user: actingAs(asked, mode), constraint: mode.constrained ? `impersonate:${mode.name}` : '' }
    first ??= refused
  }
  throw first
}

function whyNot(lookup: Lookup, caller: User, asked: Asked, mode: Mode, request: Action): Error | undefined {
  for (const [action, why] of actionsOf(asked, mode, request)) {
    if (why !== undefined) return refusal(caller.name, action, why)
    const { allowed, reason } = decide(lookup, userInfoOf(caller), action)
    if (!allowed) return refusal(caller.name, action, reason)
  }
  return undefined
}

/** What must be allowed, one after the other; with a text where nothing can allow it. */
function* actionsOf(asked: Asked, mode: Mode, request: Action): Generator<[Action, string?]> {
  const { name, uid, groups, extra } = asked
  const { constrained } = mode
  if (constrained) yield [{ ...request, verb: `impersonate-on:${mode.name}:${request.verb}` }]
  const verb = constrained ? `impersonate:${mode.name}` : 'impersonate'
  const own = { verb, group: ownGroup, namespace: '', subresource: '', path: '' }
  const act = { ...own, group: constrained ? ownGroup : '' }
  const node = constrained ? nodeOf(name) : undefined
  const account = serviceAccountOf(name)
  if (account !== undefined) yield [{ ...act, resource: 'serviceaccounts', ...account }]
  else if (node === undefined) yield [{ ...act, resource: 'users', name }]
  else yield [{ ...act, resource: 'nodes', name: mode.name === 'associated-node' ? '*' : node }]
  if (uid !== '') yield [{ ...own, resource: 'uids', name: uid }]
  for (const group of groups) {
    const masters = constrained && groups.includes('system:masters')
    const why = masters ? 'impersonating the system:masters group is not allowed' : undefined
    yield [{ ...act, resource: 'groups', name: masters ? 'system:masters' : group }, why]
  }
  for (const [subresource, values] of extra)
    for (const value of values) yield [{ ...own, resource: 'userextras', subresource, name: value }]
}

function actingAs({ name, uid, groups, extra }: Asked, { constrained }: Mode): User {
  const node = constrained && nodeOf(name) !== undefined ? ['system:nodes'] : []
  const own = groups.length > 0 ? groups : [...groupsOf(name), ...node]
  return {
    name,
    groups: withEverybody(name, own),
    ...(uid === '' ? {} : { uid }),
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}

function askedIn(headers: Headers): Asked | undefined {
  const name = headers.get('impersonate-user') ?? ''
  const uid = headers.get('impersonate-uid') ?? ''
  const groups = valuesOf(headers.get('impersonate-group'))
  const extra = new Map<string, readonly string[]>()
  for (const [header, value] of headers) {
    if (header.startsWith(extraPrefix)) extra.set(unescaped(header.slice(extraPrefix.length)), valuesOf(value))
  }
  const asked = { name, uid, groups, extra }
  if (name !== '') return asked
  if (onlyName(asked)) return undefined
  throw badRequest(`requested ${shown(asked)} without impersonating a user name`)
}

function valuesOf(header: string | null): string[] {
  return header === null ? [] : header.split(',').map((value) => value.trim())
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** What was asked as Go prints it. */
function shown({ uid, groups, extra }: Asked): string {
  const list = (values: readonly string[]): string => `[]string{${values.map(goQuote).join(', ')}}`
  const listed = groups.length === 0 ? '[]string(nil)' : list(groups)
  const entries = [...extra].map(([key, values]) => `${goQuote(key)}:${list(values)}`)
  const map = extra.size === 0 ? 'map[string][]string(nil)' : `map[string][]string{${entries.join(', ')}}`
  return `&user.DefaultInfo{Name:"", UID:${goQuote(uid)}, Groups:${listed}, Extra:${map}}`
}

/** namespace and name of `system:serviceaccount:<namespace>:<name>`. */
export function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  if (namespace === undefined || name === undefined) return undefined
  const valid = isDns1123Label(namespace).length === 0 && isDns1123Subdomain(name).length === 0
  return valid ? { namespace, name } : undefined
}

function nodeOf(user: string): string | undefined {
  const name = user.startsWith('system:node:') ? user.slice('system:node:'.length) : undefined
  return name !== undefined && isDns1123Subdomain(name).length === 0 ? name : undefined
}

function groupsOf(user: string): string[] {
  const account = serviceAccountOf(user)
  return account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
}

function withEverybody(user: string, groups: readonly string[]): readonly string[] {
  if (groups.includes(unauthenticated)) return groups
  if (user === anonymous) return [...groups, unauthenticated]
  return groups.includes(authenticated) ? groups : [...groups, authenticated]
}
