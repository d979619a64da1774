/** Disruption budgets: what an eviction may take, and what no budget prevents. */

import type { KubeObject } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import type { Moment } from '../moment.ts'
import { always, type Held, settled, step, type Write } from '../property.ts'
import { isPodFinished, isPodReady, matchesLabelSelector, scaledValue } from './documented.ts'
import { issue, page, row } from './row.ts'
import { budgets, eachOf, isBy, isGoing, named, orElse, timeOf } from './words.ts'

const docs = page('concepts/workloads/pods/disruptions/')

const covers = (budget: KubeObject, pod: KubeObject): boolean =>
  budget.metadata.namespace === pod.metadata.namespace &&
  matchesLabelSelector(budget.spec?.selector, pod.metadata.labels)

const allowed = (budget: KubeObject | undefined): number => budget?.status?.disruptionsAllowed ?? 0
const takenBy = (budget: KubeObject | undefined): readonly string[] => Object.keys(budget?.status?.disruptedPods ?? {})

/** Pods that are on their way out already, or have not begun, take nothing from a budget. */
const isFree = (pod: KubeObject): boolean => isGoing(pod) || isPodFinished(pod) || pod.status?.phase === 'Pending'

/** unhealthyPodEvictionPolicy: pods that are not ready, where that is allowed. */
function isUnhealthyAndFree(budget: KubeObject, pod: KubeObject): boolean {
  if (isPodReady(pod)) return false
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

function evictionHeld(write: Write, before: Moment): Held {
  const { object: pod, previous = pod } = write
  if (isFree(previous)) return true
  const namespace = pod.metadata.namespace ?? ''
  return eachOf(before.list(budgets, { namespace }), (budget) => {
    if (!covers(budget, pod) || isUnhealthyAndFree(budget, previous)) return true
    return orElse(
      takenBy(budget).includes(pod.metadata.name),
      () => `${named(pod)} was evicted and ${named(budget)} was not asked`,
    )
  })
}

/** What the controller writes allows no more than is healthy beyond what must be, evictions under way counted. */
function allowanceHeld(write: Write): Held | undefined {
  const { object: budget, previous } = write
  const { desiredHealthy = 0 } = budget.status ?? {}
  const leaving = new Set(takenBy(previous))
  const pods = write.believed.list('pods', { namespace: budget.metadata.namespace ?? '' })
  const dropped = [...leaving].filter((name) => !takenBy(budget).includes(name))
  const well = pods.filter(
    (pod) =>
      covers(budget, pod) &&
      isPodReady(pod) &&
      !isGoing(pod) &&
      (!leaving.has(pod.metadata.name) || dropped.includes(pod.metadata.name)),
  ).length
  return orElse(
    allowed(budget) <= Math.max(0, well - desiredHealthy),
    () => `${named(budget)} allows ${allowed(budget)} of ${well} healthy pods where ${desiredHealthy} must stay`,
  )
}

/**
 * `[evict ok ⇒ healthy − 1 ≥ desiredHealthy ∨ policy]`: each eviction takes one disruption that the budget's status allows, no
 * write gives out what was taken, and the controller never allows more than is healthy and not being evicted.
 */
export const evictionsKeepBudgets = row(
  {
    id: 'P1',
    name: 'evictionsKeepBudgets',
    says: 'No eviction, however many come at once, takes a pod that its budget could not spare by its status.',
    class: 'C',
    source: `${docs}#pod-disruption-budgets (${issue(82149)}, ${issue(105326)}, ${issue(36196)})`,
  },
  step((write, before) => {
    if (write.verb === 'evict' && write.resource === 'pods') return evictionHeld(write, before)
    if (write.resource !== budgets || write.type !== 'MODIFIED') return undefined
    if (isBy(write, 'pod-disruption-budget')) return allowanceHeld(write)
    const more = takenBy(write.object).length - takenBy(write.previous).length
    if (more <= 0) return undefined
    if ((write.previous?.status?.observedGeneration ?? 0) < (write.object.metadata.generation ?? 0))
      return `${named(write.object)} was changed, and gave disruptions that were computed before`
    const left = allowed(write.previous) - more
    if (left < 0) return `${named(write.object)} had ${allowed(write.previous)} disruptions to give and gave ${more}`
    return orElse(
      allowed(write.object) <= left,
      () => `${named(write.object)} gave ${more} disruptions and still allows ${allowed(write.object)}`,
    )
  }),
)

/** How many of its pods must be healthy, by the budget's own words; undefined when that cannot be told. */
function mustBeHealthy(s: Moment, { metadata, spec }: KubeObject, pods: readonly KubeObject[]): number | undefined {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (typeof minAvailable === 'number') return minAvailable
  const sizes = new Map<string, number>()
  for (const pod of pods) {
    const reference = controllerOf(pod)
    const owner = reference && s.ownerOf(reference, metadata.namespace)
    if (owner === undefined) return undefined
    const above = controllerOf(owner)
    const top = (above && s.ownerOf(above, metadata.namespace)) ?? owner
    if (top.spec?.replicas === undefined) return undefined
    sizes.set(top.metadata.uid ?? '', top.spec.replicas)
  }
  const wanted = [...sizes.values()].reduce((sum, one) => sum + one, 0)
  if (minAvailable !== undefined) return scaledValue(minAvailable, wanted, true)
  return Math.max(0, wanted - scaledValue(maxUnavailable ?? 0, wanted, true))
}

/** `[status′ ⇒ allowed ≤ healthy − must(spec)]`, of what the controller sees. */
export const budgetsAreComputed = row(
  {
    id: 'P1b',
    name: 'budgetsAreComputed',
    says: 'The controller lets a budget allow no more than its healthy pods beyond those that its spec asks for.',
    class: 'C',
    source: `${page('tasks/run-application/configure-pdb/')}#think-about-how-your-application-reacts-to-disruptions`,
  },
  step((write) => {
    const { object: budget, believed } = write
    if (write.resource !== budgets || write.type !== 'MODIFIED' || !isBy(write, 'pod-disruption-budget'))
      return undefined
    if (budget.status?.observedGeneration !== budget.metadata.generation) return undefined
    const pods = believed
      .list('pods', { namespace: budget.metadata.namespace ?? '' })
      .filter((pod) => covers(budget, pod) && !isPodFinished(pod))
    const least = mustBeHealthy(believed, budget, pods)
    if (least === undefined) return undefined
    const leaving = takenBy(budget)
    const well = pods.filter((pod) => isPodReady(pod) && !isGoing(pod) && !leaving.includes(pod.metadata.name)).length
    return orElse(
      allowed(budget) <= Math.max(0, well - least),
      () => `${named(budget)} allows ${allowed(budget)}: ${well} are healthy, ${least} must be`,
    )
  }),
)

/** A pod that was let go and is still there two minutes later has been kept after all. */
const graceMs = 120_000

/** `[p ∈ disrupted ∧ p ∉ disrupted′ ⇒ p is gone or going, or it was long ago]`. */
export const grantsAreKept = row(
  {
    id: 'P1c',
    name: 'grantsAreKept',
    says: 'The controller forgets no eviction that was granted until it sees the pod go or two minutes are over.',
    class: 'C',
    source: `${docs}#pod-disruption-budgets (${issue(82149)})`,
  },
  step((write, _before, after) => {
    const { object: budget, previous } = write
    if (write.resource !== budgets || write.type !== 'MODIFIED' || !isBy(write, 'pod-disruption-budget'))
      return undefined
    const granted = (previous?.status?.disruptedPods ?? {}) as Readonly<Record<string, string>>
    const lost = Object.keys(granted).find((name) => {
      const pod = write.believed.get('pods', name, budget.metadata.namespace)
      const isDue = after.now >= (timeOf(granted[name]) ?? 0) + graceMs
      return !takenBy(budget).includes(name) && pod !== undefined && !isGoing(pod) && !isDue
    })
    return orElse(lost === undefined, () => `${lost} was granted its eviction, is there, and is not counted`)
  }),
)

/** `□ healthy ≥ desiredHealthy`, as many believe. */
export const budgetsProtectAll = row(
  {
    id: 'P2',
    name: 'budgetsProtectAll',
    says: 'A budget whose pods were healthy never has fewer healthy pods than it asks for. Deletions, node loss and preemption do not ask it.',
    class: 'F',
    source: docs,
  },
  always((s) =>
    eachOf(s.list(budgets), (budget) => {
      const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
      return orElse(
        currentHealthy >= desiredHealthy,
        () => `${named(budget)} has ${currentHealthy} healthy pods of ${desiredHealthy}`,
      )
    }),
  ),
)

const isDaemon = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true

/** `◇ node empty`, as many believe. */
export const drainsEnd = row(
  {
    id: 'P3',
    name: 'drainsEnd',
    says: 'A node that is drained becomes empty. A pod that is not ready can hold its own eviction up when its budget is not met.',
    class: 'F',
    source: `${page('tasks/run-application/configure-pdb/')}#unhealthy-pod-eviction-policy (${issue(72320)}, ${issue(80389)})`,
  },
  settled((s) =>
    eachOf(s.nodes, (node) => {
      if (node.spec?.unschedulable !== true) return true
      const left = s.indexed('pods', 'node', node.metadata.name).find((pod) => !isDaemon(pod) && !isPodFinished(pod))
      return orElse(left === undefined, () => `${named(node)} is cordoned and ${left?.metadata.name} is still there`)
    }),
  ),
)
