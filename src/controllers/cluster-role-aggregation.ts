/**
 * Puts the rules of aggregated ClusterRoles together from the roles they select.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
import { aggregatedRules } from '../api/rbac/aggregate.ts'
import { ClusterRole } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'

const manager = 'clusterrole-aggregation-controller'

/** The rules as they should be, applied by the controller, which owns them. */
export function reconcile(view: View, name: string): Transition[] {
  const role = view.get(ClusterRole, '', name)
  if (role?.aggregationRule === undefined) return []
  const rules = aggregatedRules(role, view.list(ClusterRole))
  if (equal(rules, role.rules ?? [])) return []
  const ref = { resource: ClusterRole.resource, namespace: '', name }
  const { apiVersion, kind } = ClusterRole
  const patch = { apiVersion, kind, metadata: { name }, rules }
  return [{ type: 'patch', ref, patchType: 'apply', patch, force: true, manager }]
}

export const clusterRoleAggregationController = controller({
  name: 'clusterrole-aggregation',
  of: ClusterRole,
  matters: ({ object }) => object.aggregationRule !== undefined,
  watches: [
    {
      kind: ClusterRole,
      keys: (_role, view) =>
        view
          .list(ClusterRole)
          .filter((one) => one.aggregationRule !== undefined)
          .map((one) => one.metadata.name),
    },
  ],
  reconcile,
})
