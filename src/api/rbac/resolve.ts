/**
 * Which rules apply to somebody: the bindings that name him, and the roles they point at.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
 */
import { goQuote } from '../go-text.ts'
import type { KubeObject, ResourceKey } from '../object.ts'
import { notFound } from '../status-error.ts'
import type { UserInfo } from '../user-info.ts'
import { type Action, type PolicyRule, ruleAllows } from './rules.ts'

/** What the authorizers read: a view of the cluster, or anything that can look objects up. */
export interface Lookup {
  get(resource: ResourceKey, namespace: string, name: string): KubeObject | undefined
  list(resource: ResourceKey, namespace?: string): readonly KubeObject[]
  by(resource: ResourceKey, index: string, value: string): readonly KubeObject[]
}

export const rbacGroup = 'rbac.authorization.k8s.io'
const resourceOf = (plural: string): ResourceKey => `${plural}.${rbacGroup}`

export interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  readonly namespace?: string
}

export interface RoleRef {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

/** What an authorizer says. `allowed: false` leaves it to the next one. */
export interface Decision {
  readonly allowed: boolean
  readonly reason: string
}

/** The rules of a role, or what is wrong with the reference. */
export function rulesOf(lookup: Lookup, ref: RoleRef, namespace: string): readonly PolicyRule[] | Error {
  if (ref.kind !== 'Role' && ref.kind !== 'ClusterRole')
    return new Error(`unsupported role reference kind: ${goQuote(ref.kind)}`)
  const resource = resourceOf(ref.kind === 'Role' ? 'roles' : 'clusterroles')
  const role = lookup.get(resource, ref.kind === 'Role' ? namespace : '', ref.name)
  return role === undefined ? notFound(resource, ref.name) : (role.rules ?? [])
}

/** One binding that names the user, with its rules. */
interface Grant {
  readonly binding: KubeObject
  readonly subject: Subject
  readonly rules: readonly PolicyRule[] | Error
}

/** The bindings that name the user: those of the cluster, then those of the namespace, in order of names. */
function* grantsOf(lookup: Lookup, user: UserInfo, namespace: string): Generator<Grant> {
  for (const binding of lookup.list(resourceOf('clusterrolebindings'))) yield* grantOf(lookup, user, binding, '')
  if (namespace === '') return
  for (const binding of lookup.list(resourceOf('rolebindings'), namespace))
    yield* grantOf(lookup, user, binding, namespace)
}

function* grantOf(lookup: Lookup, user: UserInfo, binding: KubeObject, namespace: string): Generator<Grant> {
  const subjects = (binding.subjects ?? []) as readonly Subject[]
  const subject = subjects.find((one) => isSubject(one, user, namespace))
  if (subject !== undefined) yield { binding, subject, rules: rulesOf(lookup, binding.roleRef, namespace) }
}

function isSubject(subject: Subject, user: UserInfo, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) === true
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace
      return namespace !== '' && user.username === `system:serviceaccount:${namespace}:${subject.name}`
    }
    default:
      return false
  }
}

/** Every rule that applies to the user in the namespace ('' for the whole cluster), and what could not be resolved. */
export function rulesFor(lookup: Lookup, user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: Error[] } {
  const rules: PolicyRule[] = []
  const errors: Error[] = []
  for (const grant of grantsOf(lookup, user, namespace)) {
    if (grant.rules instanceof Error) errors.push(grant.rules)
    else rules.push(...grant.rules)
  }
  return { rules, errors }
}

/** The RBAC authorizer. Pure; the reason is what Kubernetes puts into audit annotations, reviews and refusals. */
export function rbacDecision(lookup: Lookup, user: UserInfo, action: Action): Decision {
  const errors: Error[] = []
  for (const { binding, subject, rules } of grantsOf(lookup, user, action.namespace)) {
    if (rules instanceof Error) errors.push(rules)
    else if (rules.some((rule) => ruleAllows(rule, action)))
      return { allowed: true, reason: `RBAC: allowed by ${described(binding, subject)}` }
  }
  return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${errorText(errors)}` }
}

/** Errors as Go joins them: one as it is, several in brackets, equal ones once. */
export function errorText(errors: readonly Error[]): string {
  const texts = [...new Set(errors.map((error) => error.message))]
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}

function described(binding: KubeObject, subject: Subject): string {
  const { name, namespace } = binding.metadata
  const { kind, name: role } = binding.roleRef as RoleRef
  const own = namespace === undefined ? goQuote(name) : goQuote(`${name}/${namespace}`)
  const type = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding'
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || (namespace ?? '')}` : subject.name
  return `${type} ${own} of ${kind} ${goQuote(role)} to ${subject.kind} ${goQuote(who)}`
}
