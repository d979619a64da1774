/**
 * HorizontalPodAutoscaler in autoscaling/v1: one CPU target; all that version 2 says beyond it is kept in annotations.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v1/
 */
import { isFilled, listOf, type Part } from '../../api/checks.ts'
import type { VersionSpec } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import {
  metricSpecsIn,
  metricSpecsOut,
  metricStatusesIn,
  metricStatusesOut,
} from './horizontal-pod-autoscaler-v1-metrics.ts'

const prefix = 'autoscaling.alpha.kubernetes.io/'
const kept = ['behavior', 'conditions', 'current-metrics', 'metrics', 'scale-down-tolerance', 'scale-up-tolerance']
const usualUtilization = 80

export const autoscalingV1: VersionSpec = {
  version: 'v1',
  schema: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  toStorage: fromV1,
  fromStorage: toV1,
}

const isCpuTarget = (metric: Part): boolean =>
  metric?.type === 'Resource' &&
  metric.resource?.name === 'cpu' &&
  (metric.resource.target?.averageUtilization ?? undefined) !== undefined

function toV1(object: KubeObject): KubeObject {
  const { metrics, behavior, ...spec } = object.spec ?? {}
  const { currentMetrics, conditions, ...status } = object.status ?? {}
  const target = listOf(metrics).find(isCpuTarget)?.resource.target.averageUtilization
  const current = listOf(currentMetrics)
    .filter((one) => one?.type === 'Resource' && one.resource?.name === 'cpu')
    .flatMap((one) => one.resource.current?.averageUtilization ?? [])
    .at(-1)
  const written = {
    behavior: isFilled(behavior) ? renamedBehavior(behavior, upperFirst, goRules) : undefined,
    conditions: isFilled(conditions) ? conditions : undefined,
    'current-metrics': isFilled(currentMetrics) ? metricStatusesOut(currentMetrics) : undefined,
    metrics: nonEmpty(metricSpecsOut(listOf(metrics).filter((one) => !isCpuTarget(one)))),
  }
  return {
    ...object,
    metadata: withAnnotations(object.metadata, written),
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...(object.status === undefined
      ? {}
      : { status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) } }),
  }
}

function fromV1(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = object.spec ?? {}
  const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? {}
  const read = (name: string): Part => parsed(object.metadata?.annotations?.[prefix + name])
  const others = read('metrics')
  const metrics = [
    ...(Array.isArray(others) ? metricSpecsIn(others) : []),
    ...((target ?? undefined) === undefined ? [] : [cpuTarget(target)]),
  ]
  const behavior = read('behavior')
  const statuses = read('current-metrics')
  const conditions = read('conditions')
  const shown = (current ?? undefined) === undefined ? undefined : [cpuStatus(current)]
  const currentMetrics = Array.isArray(statuses) ? metricStatusesIn(statuses) : shown
  const more = {
    ...(currentMetrics === undefined ? {} : { currentMetrics }),
    ...(Array.isArray(conditions) ? { conditions } : {}),
  }
  return {
    ...object,
    metadata: withAnnotations(object.metadata, {}),
    spec: {
      ...spec,
      metrics: metrics.length > 0 ? metrics : [cpuTarget(usualUtilization)],
      ...(isFilled(behavior) ? { behavior: renamedBehavior(behavior, lowerFirst, jsonRules) } : {}),
    },
    ...(object.status === undefined && Object.keys(more).length === 0 ? {} : { status: { ...status, ...more } }),
  }
}

function cpuTarget(averageUtilization: number): Part {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

function cpuStatus(averageUtilization: number): Part {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }
}

function parsed(text: string | undefined): Part {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const nonEmpty = (list: readonly Part[]): readonly Part[] | undefined => (list.length > 0 ? list : undefined)
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** The annotation holds Go's own field names; both directions go through the same walk. */
function renamedBehavior(behavior: Part, rename: (name: string) => string, rules: (rules: Part) => Part): Part {
  const both = ['scaleUp', 'scaleDown'].map((name): [string, Part] => {
    const found = behavior?.[name] ?? behavior?.[upperFirst(name)] ?? null
    return [rename(name), found === null ? null : rules(found)]
  })
  return Object.fromEntries(both.filter(([, value]) => value !== null || rename === upperFirst))
}

function goRules(rules: Part): Part {
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies: rules.policies === undefined ? null : listOf(rules.policies).map((one) => renamed(one, upperFirst)),
    Tolerance: rules.tolerance ?? null,
  }
}

function jsonRules(rules: Part): Part {
  const { Policies, ...rest } = rules
  const policies = Array.isArray(Policies) ? { policies: Policies.map((one) => renamed(one, lowerFirst)) } : {}
  return { ...renamed(rest, lowerFirst), ...policies }
}

function renamed(part: Part, rename: (name: string) => string): Part {
  const entries = Object.entries(part ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [rename(name), value]))
}

/** metadata with exactly these of the annotations that carry what version 1 has no fields for. */
function withAnnotations(metadata: KubeObject['metadata'], written: Readonly<Record<string, Part>>) {
  const { annotations, ...rest } = metadata ?? ({} as KubeObject['metadata'])
  const others = Object.entries(annotations ?? {}).filter(([key]) => !kept.some((name) => key === prefix + name))
  const ours = Object.entries(written).flatMap(([name, value]) =>
    value === undefined ? [] : [[prefix + name, JSON.stringify(value)]],
  )
  const all = [...others, ...ours]
  return all.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(all) }
}
