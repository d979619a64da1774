/** The columns of `kubectl get hpa`. Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
import { isSet, listOf, type Part } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import type { KubeObject } from '../../api/object.ts'
import { formatQuantity, isQuantity } from '../../api/quantity.ts'
import { ageColumn, type Column, nameColumn } from '../../api/table.ts'

const shown = 2
const fieldOf: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

function targetsText(autoscaler: KubeObject): string {
  const metrics = listOf(autoscaler.spec?.metrics)
  const current = listOf(autoscaler.status?.currentMetrics)
  if (metrics.length === 0) return '<none>'
  const texts = metrics.map((metric, index) => metricText(metric, current[index]))
  const first = texts.slice(0, shown).join(', ')
  return texts.length > shown ? `${first} + ${texts.length - shown} more...` : first
}

function metricText(metric: Part, status: Part): string {
  const field = fieldOf[metric.type]
  if (field === undefined) return '<unknown type>'
  const source = metric[field] ?? {}
  const target = source.target ?? {}
  const now = status?.[field]?.current
  if (field === 'resource' || field === 'containerResource') return `${source.name}: ${resourceText(target, now)}`
  if (field === 'pods') return `${amount(now?.averageValue)}/${amount(target.averageValue)}`
  if (isSet(target.averageValue)) return `${amount(now?.averageValue)}/${amount(target.averageValue)} (avg)`
  return `${amount(now?.value)}/${amount(target.value)}`
}

function resourceText(target: Part, now: Part): string {
  if (isSet(target.averageValue)) return `${amount(now?.averageValue)}/${amount(target.averageValue)}`
  const used = isSet(now?.averageUtilization) ? `${now.averageUtilization}%` : '<unknown>'
  return `${used}/${isSet(target.averageUtilization) ? `${target.averageUtilization}%` : '<auto>'}`
}

function amount(value: unknown): string {
  return isQuantity(value) ? formatQuantity(value) : '<unknown>'
}

export const horizontalPodAutoscalerColumns: readonly Column[] = [
  nameColumn,
  column('Reference', ({ spec }) => `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`),
  column('Targets', targetsText),
  column('MinPods', ({ spec }) => (isSet(spec?.minReplicas) ? String(spec.minReplicas) : '<unset>')),
  column('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn,
]
