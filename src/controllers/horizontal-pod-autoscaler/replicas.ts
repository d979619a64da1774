/**
 * How many replicas one metric asks for: the ratio of what is used to what is wanted, with the pods nobody can speak
 * for counted so that they make the change smaller, never larger.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
import type { Groups, Samples } from './pod-metrics.ts'

/** How far from 1 a ratio may be without leading to a change, below and above. */
export interface Tolerance {
  readonly down: number
  readonly up: number
}

/** Usage against the target. `percent` is absent for targets that are amounts. Amounts are in thousandths. */
export interface Ratio {
  readonly ratio: number
  readonly percent?: number
  readonly average: number
}

/** How a kind of target works: its ratio over pods, and what a pod without a sample is taken to use. */
export interface Target {
  readonly ratioOf: (used: ReadonlyMap<string, number>) => Ratio | string
  readonly assumed: (pod: string) => number
}

export interface Proposal {
  readonly replicas: number
  readonly usage: Ratio
}

/** The proposal, or the words of why there is none. */
export function proposed(
  target: Target,
  samples: Samples,
  groups: Groups,
  current: number,
  tolerance: Tolerance,
): Proposal | string {
  const used = new Map([...samples].map(([pod, sample]) => [pod, sample.milli]))
  for (const pod of [...groups.ignored, ...groups.unready]) used.delete(pod)
  if (used.size === 0) return 'did not receive metrics for targeted pods (pods might be unready)'
  const usage = target.ratioOf(used)
  if (typeof usage === 'string') return usage
  const upward = usage.ratio > 1
  const countUnready = groups.unready.length > 0 && upward
  if (!countUnready && groups.missing.length === 0) {
    const replicas = isWithin(tolerance, usage.ratio) ? current : roundedUp(usage.ratio * groups.ready)
    return { replicas, usage }
  }
  if (usage.ratio !== 1) for (const pod of groups.missing) used.set(pod, upward ? 0 : target.assumed(pod))
  if (countUnready) for (const pod of groups.unready) used.set(pod, 0)
  const careful = target.ratioOf(used)
  if (typeof careful === 'string') return careful
  const replicas = roundedUp(careful.ratio * used.size)
  const turned = careful.ratio > 1 !== upward && careful.ratio !== 1 && usage.ratio !== 1
  const against = (careful.ratio < 1 && replicas > current) || (careful.ratio > 1 && replicas < current)
  return { replicas: isWithin(tolerance, careful.ratio) || turned || against ? current : replicas, usage }
}

function isWithin(tolerance: Tolerance, ratio: number): boolean {
  return 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up
}

function roundedUp(replicas: number): number {
  return Math.ceil(replicas)
}

/** A target in percent of what the pods request. Pods above it that are not heard of count as at their request. */
export function utilizationTarget(percent: number, requests: ReadonlyMap<string, number>): Target {
  const atLeast = Math.max(100, percent)
  return {
    ratioOf: (used) => {
      let [usedTotal, requestedTotal, pods] = [0, 0, 0]
      for (const [pod, milli] of used) {
        const request = requests.get(pod)
        if (request === undefined) continue
        usedTotal += milli
        requestedTotal += request
        pods++
      }
      if (requestedTotal === 0) return 'no metrics returned matched known pods'
      const actual = Math.trunc((usedTotal * 100) / requestedTotal)
      return { ratio: actual / percent, percent: actual, average: Math.trunc(usedTotal / pods) }
    },
    assumed: (pod) => Math.trunc(((requests.get(pod) ?? 0) * atLeast) / 100),
  }
}

/** A target that is an amount for each pod, in thousandths. */
export function averageTarget(milli: number): Target {
  return {
    ratioOf: (used) => {
      const total = [...used.values()].reduce((sum, one) => sum + one, 0)
      const average = Math.trunc(total / used.size)
      return { ratio: average / milli, average }
    },
    assumed: () => milli,
  }
}
