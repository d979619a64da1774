/**
 * Audit: the events that tell what was asked of the API server and by whom, and the policy that says how much of it.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ (audit.k8s.io/v1)
 */
import type { Action } from './rbac/rules.ts'
import type { UserInfo } from './user-info.ts'

export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse'
export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic'

/** One event of audit.k8s.io/v1. Times are the cluster's, with microseconds. */
export interface AuditEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'audit.k8s.io/v1'
  readonly level: AuditLevel
  readonly auditID: string
  readonly stage: AuditStage
  readonly requestURI: string
  readonly verb: string
  readonly user: Partial<UserInfo>
  readonly impersonatedUser?: UserInfo
  readonly authenticationMetadata?: { readonly impersonationConstraint: string }
  readonly sourceIPs?: readonly string[]
  readonly userAgent?: string
  readonly objectRef?: Readonly<Record<string, string>>
  readonly responseStatus?: Readonly<Record<string, unknown>>
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** One rule of a policy; what is absent or empty matches everything. */
export interface AuditRule {
  readonly level: AuditLevel
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly {
    readonly group?: string
    readonly resources?: readonly string[]
    readonly resourceNames?: readonly string[]
  }[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly AuditStage[]
  readonly omitManagedFields?: boolean
}

/** A Policy of audit.k8s.io/v1: the first rule that matches decides, without one nothing is told. */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[]
  readonly omitStages?: readonly AuditStage[]
  readonly omitManagedFields?: boolean
}

/** What a policy decides of one request. */
export interface AuditDecision {
  readonly level: AuditLevel
  readonly omitStages: readonly AuditStage[]
  readonly omitManagedFields: boolean
}

/** Everything at level Metadata: what is told when nobody says otherwise. */
export const metadataPolicy: AuditPolicy = { rules: [{ level: 'Metadata' }] }

/** What the policy says of a request. */
export function auditDecision(policy: AuditPolicy, user: Partial<UserInfo>, action: Action): AuditDecision {
  const rule = policy.rules.find((one) => matches(one, user, action))
  return {
    level: rule?.level ?? 'None',
    omitStages: [...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])],
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
  }
}

const filled = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0

function matches(rule: AuditRule, user: Partial<UserInfo>, action: Action): boolean {
  const { users, userGroups, verbs, resources, namespaces, nonResourceURLs } = rule
  if (filled(users) && !users?.includes(user.username ?? '')) return false
  if (filled(userGroups) && !userGroups?.some((group) => user.groups?.includes(group))) return false
  if (filled(verbs) && !verbs?.includes(action.verb)) return false
  if (!filled(namespaces) && !filled(resources) && !filled(nonResourceURLs)) return true
  if (action.resource === '') return nonResourceURLs?.some((url) => isPath(url, action.path)) === true
  if (filled(nonResourceURLs) && !filled(namespaces) && !filled(resources)) return false
  if (filled(namespaces) && !namespaces?.includes(action.namespace)) return false
  return !filled(resources) || resources?.some((one) => isResource(one, action)) === true
}

function isPath(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))
}

function isResource(one: NonNullable<AuditRule['resources']>[number], action: Action): boolean {
  if ((one.group ?? '') !== action.group) return false
  if (!filled(one.resources)) return true
  const { resource, subresource, name } = action
  if (filled(one.resourceNames) && one.resourceNames?.includes(name) !== true) return false
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  return (
    one.resources?.some((word) =>
      word === '*'
        ? true
        : word === whole || word === `${resource}/*` || (subresource !== '' && word === `*/${subresource}`),
    ) === true
  )
}
