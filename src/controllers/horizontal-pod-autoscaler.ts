/**
 * A HorizontalPodAutoscaler sets the size of its target so that what the pods use comes near what is wanted.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
import { type Condition, setCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { splitKey } from '../api/object.ts'
import { parseQuantity, quantityToNumber } from '../api/quantity.ts'
import { matchesRequirements, parseLabelSelector } from '../api/selector.ts'
import { toRfc3339 } from '../api/time.ts'
import { HorizontalPodAutoscaler, kinds, Pod } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import { scaleOf } from '../store/scale.ts'
import type { Transition, Update } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { type Behavior, limited, type Rules, type Situation, stabilized } from './horizontal-pod-autoscaler/limits.ts'
import {
  type Memory,
  memoryAnnotation,
  memoryOf,
  memoryText,
  syncMs,
  withRecommendation,
  withScaling,
} from './horizontal-pod-autoscaler/memory.ts'
import { type Combined, type Reading, readMetrics } from './horizontal-pod-autoscaler/metrics.ts'
import { refOf, reportOf, statusOf } from './writes.ts'

const component = 'horizontal-pod-autoscaler'
const defaultTolerance = 0.1

/** The target, as its scale subresource shows it. */
interface Target {
  readonly object: KubeObject
  readonly scale: KubeObject
  readonly update: (replicas: number) => Update
}

/** What a look leads to. `desired` undefined: it stays as the status has it. */
interface Look {
  readonly conditions: readonly Condition[]
  readonly desired: number | undefined
  readonly metrics: readonly object[] | undefined
  readonly memory: Memory
  readonly reports: readonly Transition[]
  /** Why the size changes; absent when it does not. */
  readonly rescaled?: string
}

export function reconcile(view: View, key: string): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const autoscaler = view.get(HorizontalPodAutoscaler, namespace, name)
  if (autoscaler === undefined || autoscaler.metadata.deletionTimestamp !== undefined) return []
  const again: Intent = { type: 'wake', at: view.now + syncMs, background: true }
  const target = targetOf(view, autoscaler)
  if (typeof target === 'string') return [...withoutTarget(view, autoscaler, target), again]
  const current: number = target.scale.spec.replicas
  const look = lookAt(view, autoscaler, target, current)
  return [
    ...scaling(autoscaler, target, look),
    ...statusWrites(view, autoscaler, current, look),
    ...look.reports,
    again,
  ]
}

/** The target with its scale, or why there is none. */
function targetOf(view: View, autoscaler: KubeObject): Target | string {
  const { apiVersion, kind: kindName, name } = autoscaler.spec.scaleTargetRef
  const namespace = autoscaler.metadata.namespace ?? ''
  const object = view.owner({ apiVersion, kind: kindName, name, uid: '' }, namespace)
  const kind = object && view.kindOf(object)
  if (object === undefined || kind === undefined) return `${resourceWord(apiVersion, kindName)} "${name}" not found`
  if (kind.subresources.scale === undefined) return 'the server could not find the requested resource'
  const scale = scaleOf(kind, object)
  const update = (replicas: number): Update => ({
    type: 'update',
    ref: refOf(kind, object),
    object: { ...scale, spec: { replicas } },
    subresource: 'scale',
    uid: object.metadata.uid,
    trusted: true,
  })
  return { object, scale, update }
}

function resourceWord(apiVersion: string, kindName: string): string {
  const kind = kinds.find((one) => one.apiVersion === apiVersion && one.kind === kindName)
  if (kind === undefined) return `${kindName.toLowerCase()}s`
  return kind.group === '' ? `${kind.plural}/scale` : `${kind.plural}/scale.${kind.group}`
}

type Said = Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string }

function say(view: View, conditions: readonly Condition[], condition: Said): readonly Condition[] {
  return setCondition(conditions, condition, toRfc3339(view.now))
}

function withoutTarget(view: View, autoscaler: KubeObject, error: string): readonly Transition[] {
  const message = `the HPA controller was unable to get the target's current scale: ${error}`
  const conditions = say(view, autoscaler.status?.conditions ?? [], {
    type: 'AbleToScale',
    status: 'False',
    reason: 'FailedGetScale',
    message,
  })
  const status = { desiredReplicas: 0, ...autoscaler.status, conditions }
  return [
    reportOf(component, autoscaler, 'Warning', 'FailedGetScale', error),
    ...(equal(status, autoscaler.status) ? [] : [statusOf(HorizontalPodAutoscaler, { ...autoscaler, status })]),
  ]
}

function lookAt(view: View, autoscaler: KubeObject, target: Target, current: number): Look {
  const { minReplicas: least = 1, maxReplicas: most } = autoscaler.spec
  const able = say(view, autoscaler.status?.conditions ?? [], {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  })
  const memory = memoryOf(autoscaler, current, view.now)
  const base = { conditions: able, metrics: undefined, memory, reports: [] }
  if (current === 0 && least !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    const off: Said = { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message }
    return { ...base, conditions: say(view, able, off), desired: 0 }
  }
  if (current > most)
    return rescaled(view, base, current, most, 'Current number of replicas above Spec.MaxReplicas', autoscaler)
  if (current < least)
    return rescaled(view, base, current, least, 'Current number of replicas below Spec.MinReplicas', autoscaler)
  return measured(view, autoscaler, target, current, base)
}

/** The look by the metrics: what they ask for, stabilized and limited. */
function measured(
  view: View,
  autoscaler: KubeObject,
  target: Target,
  current: number,
  base: Omit<Look, 'desired'>,
): Look {
  const reading = readingOf(view, autoscaler, target, current)
  if (reading === undefined) return unselected(view, autoscaler, base)
  const combined = readMetrics(reading, autoscaler.spec.metrics ?? [])
  const { found, statuses } = combined
  if (found === undefined) return unmeasured(view, autoscaler, base, combined)
  const active = say(view, base.conditions, {
    type: 'ScalingActive',
    status: 'True',
    reason: 'ValidMetricFound',
    message: `the HPA was able to successfully calculate a replica count from ${found.name}`,
  })
  const { minReplicas: least = 1, maxReplicas: most, behavior } = autoscaler.spec
  const wanted = found.replicas
  const situation: Situation = { behavior, memory: base.memory, current, wanted, least, most, now: view.now }
  const stable = stabilized(situation)
  const ready: Said = { type: 'AbleToScale', status: 'True', reason: stable.reason, message: stable.message }
  const choice = limited(situation, stable.replicas)
  const limitedBy: Said = {
    type: 'ScalingLimited',
    status: choice.replicas === stable.replicas ? 'False' : 'True',
    reason: choice.reason,
    message: choice.message,
  }
  const next = {
    ...base,
    conditions: say(view, say(view, active, ready), limitedBy),
    metrics: statuses,
    memory: withRecommendation(base.memory, wanted, view.now),
    reports: failureReports(autoscaler, combined),
  }
  if (choice.replicas === current) return { ...next, desired: current }
  const why = wanted > current ? `${found.name} above target` : 'All metrics below target'
  return rescaled(view, next, current, choice.replicas, why, autoscaler)
}

function readingOf(view: View, autoscaler: KubeObject, target: Target, current: number): Reading | undefined {
  const selector: string | undefined = target.scale.status?.selector
  if (!selector) return undefined
  const namespace = autoscaler.metadata.namespace ?? ''
  const requirements = parseLabelSelector(selector)
  const pods = view.list(Pod, namespace).filter((pod) => matchesRequirements(requirements, pod.metadata.labels))
  const behavior: Behavior = autoscaler.spec.behavior ?? {}
  const tolerance = { up: toleranceOf(behavior.scaleUp), down: toleranceOf(behavior.scaleDown) }
  return { view, namespace, pods, current, tolerance }
}

function toleranceOf(rules: Rules | undefined): number {
  return rules?.tolerance === undefined ? defaultTolerance : quantityToNumber(parseQuantity(rules.tolerance))
}

function unselected(view: View, autoscaler: KubeObject, base: Omit<Look, 'desired'>): Look {
  const message = "the HPA target's scale is missing a selector"
  const off: Said = { type: 'ScalingActive', status: 'False', reason: 'InvalidSelector', message }
  const report = reportOf(component, autoscaler, 'Warning', 'SelectorRequired', 'selector is required')
  return { ...base, conditions: say(view, base.conditions, off), desired: undefined, reports: [report] }
}

/** Nothing can be said, or only a part of the metrics speaks and asks for less: the size stays. */
function unmeasured(view: View, autoscaler: KubeObject, base: Omit<Look, 'desired'>, combined: Combined): Look {
  const { failures, statuses } = combined
  const first = failures[0]
  const reason = first?.reason ?? 'InvalidMetricSourceType'
  const message = `the HPA was unable to compute the replica count: ${first?.error ?? 'no metrics are given'}`
  const off: Said = { type: 'ScalingActive', status: 'False', reason, message }
  const count = `${failures.length} invalid out of ${statuses.length}`
  const summary = `invalid metrics (${count}), first error is: ${first?.error ?? 'no metrics are given'}`
  const failed = reportOf(component, autoscaler, 'Warning', 'FailedComputeMetricsReplicas', summary)
  return {
    ...base,
    conditions: say(view, base.conditions, off),
    desired: undefined,
    metrics: statuses,
    reports: [...failureReports(autoscaler, combined), failed],
  }
}

function failureReports(autoscaler: KubeObject, { failures }: Combined): readonly Transition[] {
  return failures.map(({ reason, error }) => reportOf(component, autoscaler, 'Warning', reason, error))
}

/** The look with a change of size. */
function rescaled(
  view: View,
  base: Omit<Look, 'desired'>,
  from: number,
  to: number,
  why: string,
  autoscaler: KubeObject,
): Look {
  const message = `the HPA controller was able to update the target scale to ${to}`
  const done: Said = { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message }
  const memory = autoscaler.spec.behavior === undefined ? base.memory : withScaling(base.memory, from, to, view.now)
  return { ...base, conditions: say(view, base.conditions, done), memory, desired: to, rescaled: why }
}

function scaling(autoscaler: KubeObject, target: Target, look: Look): readonly Transition[] {
  if (look.rescaled === undefined || look.desired === undefined) return []
  const message = `New size: ${look.desired}; reason: ${look.rescaled}`
  return [target.update(look.desired), reportOf(component, autoscaler, 'Normal', 'SuccessfulRescale', message)]
}

function statusWrites(view: View, autoscaler: KubeObject, current: number, look: Look): readonly Transition[] {
  const before = autoscaler.status ?? {}
  const { metrics, rescaled: why } = look
  const { generation } = autoscaler.metadata
  const lastScaleTime = why === undefined ? before.lastScaleTime : toRfc3339(view.now)
  const status = {
    currentReplicas: current,
    desiredReplicas: look.desired ?? before.desiredReplicas ?? 0,
    ...(lastScaleTime !== undefined && { lastScaleTime }),
    ...(metrics !== undefined && { currentMetrics: metrics }),
    conditions: look.conditions,
    ...(generation !== undefined && { observedGeneration: generation }),
  }
  const annotations = { ...autoscaler.metadata.annotations, [memoryAnnotation]: memoryText(look.memory) }
  if (equal(status, autoscaler.status) && equal(annotations, autoscaler.metadata.annotations)) return []
  const metadata = { ...autoscaler.metadata, annotations }
  return [statusOf(HorizontalPodAutoscaler, { ...autoscaler, metadata, status })]
}

export const horizontalPodAutoscalerController = controller({
  name: 'horizontal-pod-autoscaler',
  of: HorizontalPodAutoscaler,
  matters: ({ previous, object }) => previous === undefined || !equal(previous.spec, object.spec),
  reconcile,
})
