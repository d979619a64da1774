/**
 * The rules of a ClusterRole that is put together from others by their labels.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
import { equal } from '../../lib/equal.ts'
import type { KubeObject } from '../object.ts'
import { type LabelSelector, matchesLabelSelector } from '../selector.ts'
import type { PolicyRule } from './rules.ts'

/** The rules of all ClusterRoles that a selector of the aggregation rule selects, in order of names, each once. */
export function aggregatedRules(role: KubeObject, all: readonly KubeObject[]): PolicyRule[] {
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []) as readonly LabelSelector[]
  const rules: PolicyRule[] = []
  for (const selector of selectors) {
    for (const other of all) {
      if (other.metadata.name === role.metadata.name) continue
      if (!matchesLabelSelector(selector, other.metadata.labels)) continue
      for (const rule of (other.rules ?? []) as readonly PolicyRule[])
        if (!rules.some((one) => equal(one, rule))) rules.push(rule)
    }
  }
  return rules
}
