/**
 * Nobody grants what he does not hold: who makes a role must hold its rules or the verb `escalate`, who binds one must
 * hold its rules or the verb `bind`. A real server asks this where it stores roles, after mutating admission.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
import { goQuote } from '../../api/go-text.ts'
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { errorText, type RoleRef, rbacDecision, rbacGroup, rulesFor, rulesOf } from '../../api/rbac/resolve.ts'
import { compacted, type PolicyRule, uncovered } from '../../api/rbac/rules.ts'
import { forbidden, notFound, StatusError } from '../../api/status-error.ts'
import type { UserInfo } from '../../api/user-info.ts'
import { equal } from '../../lib/equal.ts'
import type { AdmissionRequest, AdmissionStep } from '../admission-step.ts'
import type { View } from '../view.ts'

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

export const rbacEscalation: AdmissionStep = (request, view) => {
  const { kind, operation, user, object } = request
  if (kind.group !== rbacGroup || (operation !== 'CREATE' && operation !== 'UPDATE')) return object
  if (user === undefined || user.groups?.includes('system:masters') === true) return object
  if (onlyForCollection(object, request.previous)) return object
  if (kind.kind.endsWith('Binding')) refuseBinding(request, user, view)
  else refuseRole(request, user, view)
  return object
}

/** Whether only owners and finalizers change, as the garbage collector does it. */
function onlyForCollection(object: KubeObject, previous: KubeObject | undefined): boolean {
  if (previous === undefined) return false
  const { ownerReferences, finalizers, managedFields } = previous.metadata
  const kept = Object.entries({ ownerReferences, finalizers, managedFields }).filter(([, value]) => value !== undefined)
  const { ownerReferences: _o, finalizers: _f, managedFields: _m, ...rest } = object.metadata
  return equal({ ...object, metadata: { ...rest, ...Object.fromEntries(kept) } }, previous)
}

function refuseRole(request: AdmissionRequest, user: UserInfo, view: View): void {
  const { kind, object, previous, namespace, name } = request
  const asked = {
    verb: 'escalate',
    group: rbacGroup,
    resource: kind.plural,
    subresource: '',
    namespace,
    name,
    path: '',
  }
  if (rbacDecision(view, user, asked).allowed) return
  const why = whyNotHeld(view, user, namespace, object.rules ?? [])
  if (why !== undefined) throw forbidden(kind.groupResource, object.metadata.name ?? '', why)
  if (!aggregates(object) && !aggregates(previous)) return
  if (whyNotHeld(view, user, namespace, everything) === undefined) return
  const text = 'must have cluster-admin privileges to use the aggregationRule'
  throw forbidden(kind.groupResource, object.metadata.name ?? '', text)
}

function aggregates(role: KubeObject | undefined): boolean {
  return (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0
}

function refuseBinding(request: AdmissionRequest, user: UserInfo, view: View): void {
  const { kind, object, namespace } = request
  const ref = (object.roleRef ?? { apiGroup: '', kind: '', name: '' }) as RoleRef
  const resource = ref.kind === 'Role' ? 'roles' : 'clusterroles'
  const asked = { verb: 'bind', group: ref.apiGroup, resource, subresource: '', namespace, name: ref.name, path: '' }
  if ((ref.kind === 'Role' || ref.kind === 'ClusterRole') && rbacDecision(view, user, asked).allowed) return
  const rules = rulesOf(view, ref, namespace)
  if (rules instanceof Error) throw unresolved(kind, ref, rules)
  const why = whyNotHeld(view, user, namespace, rules)
  if (why !== undefined) throw forbidden(kind.groupResource, object.metadata.name ?? '', why)
}

/** A real server says the bindings' collection where it means the roles', and wraps nothing. */
function unresolved(kind: Kind, ref: RoleRef, error: Error): StatusError {
  if (error instanceof StatusError) return notFound(kind.groupResource, ref.name)
  return new StatusError({ code: 500, reason: '', message: error.message })
}

function whyNotHeld(view: View, user: UserInfo, namespace: string, rules: readonly PolicyRule[]): string | undefined {
  const { rules: held, errors } = rulesFor(view, user, namespace)
  const missing = uncovered(held, rules)
  if (missing.length === 0) return undefined
  const lines = [...new Set(compacted(missing).map(shown))].sort()
  const groups = quoted(user.groups ?? [])
  const text = `user ${goQuote(user.username)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`
  return errors.length === 0 ? text : `${text}; resolution errors: ${errorText(errors)}`
}

function shown({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = Object.entries({
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  })
  const filled = parts.filter(([, words]) => (words?.length ?? 0) > 0)
  return `{${filled.map(([name, words]) => `${name}:${quoted(words ?? [])}`).join(', ')}}`
}

/** A list of texts as Go's %q writes it. */
function quoted(words: readonly string[]): string {
  return `[${words.map(goQuote).join(' ')}]`
}
