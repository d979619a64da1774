/**
 * From what the metrics ask for to what is done: stabilization over time, then the limits on how far and how fast.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior,
 * KEP-853
 */
import { changedAfter, type Mark, type Memory, recommendedAfter } from './memory.ts'

/** Seconds during which a scale-down waits for a higher recommendation, when nobody says otherwise. */
const downWindowSeconds = 300

interface Policy {
  readonly type: string
  readonly value: number
  readonly periodSeconds: number
}

/** spec.behavior.scaleUp or scaleDown. */
export interface Rules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: readonly Policy[]
  readonly tolerance?: string
}

export interface Behavior {
  readonly scaleUp?: Rules
  readonly scaleDown?: Rules
}

/** What is known when a size is chosen. */
export interface Situation {
  readonly behavior: Behavior | undefined
  readonly memory: Memory
  readonly current: number
  /** What the metrics ask for. */
  readonly wanted: number
  readonly least: number
  readonly most: number
  readonly now: number
}

/** A number with why it is what it is, as a condition's reason and message. */
export interface Choice {
  readonly replicas: number
  readonly reason: string
  readonly message: string
}

const defaultUp: readonly Policy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]
const defaultDown: readonly Policy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }]

const settled = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const lowered = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const raised = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}

/** The size after looking back over the stabilization windows: the lowest on the way up, the highest on the way down. */
export function stabilized(situation: Situation): Choice {
  const { behavior, memory, wanted, current, now } = situation
  const recent = (seconds: number) => recommendedAfter(memory, now - seconds * 1000, now)
  const downSeconds = behavior?.scaleDown?.stabilizationWindowSeconds ?? downWindowSeconds
  if (behavior === undefined) return chosen(Math.max(wanted, ...recent(downSeconds)), wanted, raised)
  const lowest = Math.min(wanted, ...recent(behavior.scaleUp?.stabilizationWindowSeconds ?? 0))
  const highest = Math.max(wanted, ...recent(downSeconds))
  const replicas = Math.min(Math.max(current, lowest), highest)
  return chosen(replicas, wanted, wanted >= current ? lowered : raised)
}

function chosen(replicas: number, wanted: number, why: { reason: string; message: string }): Choice {
  return { replicas, ...(replicas === wanted ? settled : why) }
}

const within: Omit<Choice, 'replicas'> = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
}
const tooMany: Omit<Choice, 'replicas'> = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
}
const tooFew: Omit<Choice, 'replicas'> = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
}
const tooFast: Omit<Choice, 'replicas'> = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const tooFastDown: Omit<Choice, 'replicas'> = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}

/** The stabilized size within minReplicas, maxReplicas and the rate the policies allow. */
export function limited(situation: Situation, stable: number): Choice {
  const { behavior, current, least, most } = situation
  if (behavior === undefined) return clamped(stable, least, tooFew, most, Math.max(2 * current, 4))
  if (stable > current) return clamped(stable, 0, tooFew, most, Math.max(current, upLimit(situation)))
  if (stable === current) return { replicas: stable, ...within }
  const slowest = Math.min(current, downLimit(situation))
  const floor = Math.max(least, slowest)
  return clamped(stable, floor, slowest > least ? tooFastDown : tooFew, most, Number.POSITIVE_INFINITY)
}

function clamped(
  replicas: number,
  floor: number,
  below: Omit<Choice, 'replicas'>,
  most: number,
  fastest: number,
): Choice {
  if (replicas < floor) return { replicas: floor, ...below }
  const ceiling = Math.min(most, fastest)
  if (replicas > ceiling) return { replicas: ceiling, ...(most > fastest ? tooFast : tooMany) }
  return { replicas, ...within }
}

/** The size at the start of a policy's period: what was done since, undone. */
function atStart({ current, memory, now }: Situation, seconds: number): number {
  const since = (marks: readonly Mark[]) => changedAfter(marks, now - seconds * 1000)
  return current - since(memory.up) + since(memory.down)
}

function upLimit(situation: Situation): number {
  const { policies = defaultUp, selectPolicy = 'Max' } = situation.behavior?.scaleUp ?? {}
  if (selectPolicy === 'Disabled') return situation.current
  const allowed = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(situation, periodSeconds)
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100))
  })
  return selectPolicy === 'Min' ? Math.min(...allowed) : Math.max(...allowed)
}

function downLimit(situation: Situation): number {
  const { policies = defaultDown, selectPolicy = 'Max' } = situation.behavior?.scaleDown ?? {}
  if (selectPolicy === 'Disabled') return situation.current
  const allowed = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(situation, periodSeconds)
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100))
  })
  return selectPolicy === 'Min' ? Math.max(...allowed) : Math.min(...allowed)
}
