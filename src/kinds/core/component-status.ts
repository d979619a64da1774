/**
 * ComponentStatus: core/v1, whether the parts of the control plane answer. Nobody writes it.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/component-status-v1/
 */
import { listOf, type Part } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { nameColumn } from '../../api/table.ts'

const healthy = ({ conditions }: KubeObject): Part => listOf(conditions).find((one) => one.type === 'Healthy')

export const ComponentStatus = defineKind({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.ComponentStatus',
  hasGeneration: false,
  verbs: ['get', 'list'],
  deprecated: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    column('Status', (object) => {
      const condition = healthy(object)
      return condition === undefined ? 'Unknown' : condition.status === 'True' ? 'Healthy' : 'Unhealthy'
    }),
    column('Message', (object) => healthy(object)?.message ?? ''),
    column('Error', (object) => healthy(object)?.error ?? ''),
  ],
})

/** The components of a cluster whose whole control plane is this program: they answer as long as it does. */
export function componentStatuses(): KubeObject[] {
  const messages = { 'controller-manager': 'ok', 'etcd-0': 'ok', scheduler: 'ok' }
  return Object.entries(messages).map(([name, message]) => ({
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message }],
  }))
}
