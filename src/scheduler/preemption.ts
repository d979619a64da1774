/**
 * Preemption: which pods of lower priority would have to go so that a pod fits, and on which node that hurts least.
 * Victims are taken off the columns, put back as long as the pod still fits, and the columns are left as they were.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { KubeObject } from '../api/object.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { parseTime } from '../api/time.ts'
import type { Placed } from './column-parts.ts'
import type { Desk, Nominated } from './desk.ts'
import type { PodFacts } from './facts.ts'
import { judgeOf } from './judge.ts'
import { type Failure, preemptionMessage } from './message.ts'
import { amountOf, roomOn } from './room.ts'
import { isEmptySelector } from './terms.ts'

/** The node and its victims (highest priority first), or what is said when there is no such node. */
export type Preemption =
  | { readonly node: string; readonly victims: readonly Placed[] }
  | { readonly message: string; readonly keepsNomination: boolean }

interface Candidate {
  readonly slot: number
  readonly victims: readonly Placed[]
  readonly violations: number
}

const none = 'No preemption victims found for incoming pod'

/** How many nodes with a way out are enough: a tenth, at least a hundred. */
function enough(nodes: number): number {
  return Math.max(100, Math.trunc(nodes / 10))
}

/** Looks for room for a pod that failed. */
export function preempt(desk: Desk, facts: PodFacts, failure: Failure): Preemption {
  if (facts.pod.spec?.preemptionPolicy === 'Never')
    return { message: 'not eligible due to preemptionPolicy=Never.', keepsNomination: true }
  if (isWaiting(desk, facts, failure))
    return { message: 'not eligible due to a terminating pod on the nominated node.', keepsNomination: true }
  const lower = [...desk.columns.priorities.keys()].some((priority) => priority < facts.priority)
  const against = new Map<string, number>()
  const candidates: Candidate[] = []
  if (!lower && failure.nodes > failure.hopeless) against.set(none, failure.nodes - failure.hopeless)
  const budgets = lower ? desk.view.list('poddisruptionbudgets.policy') : []
  const nominated = desk.ahead(facts)
  for (const slot of lower ? desk.shuffled(facts) : []) {
    if (failure.verdicts.get(slot)?.refusal.unresolvable !== false) continue
    const found = tryNode(desk, facts, slot, budgets, nominated.get(desk.columns.names[slot] as string) ?? [])
    if (Array.isArray(found)) for (const reason of found) against.set(reason, (against.get(reason) ?? 0) + 1)
    else candidates.push(found)
    const harmless = candidates.some((one) => one.violations === 0)
    if (harmless && candidates.length >= enough(failure.nodes)) break
  }
  const best = leastHarm(desk, candidates)
  if (best === undefined)
    return { message: preemptionMessage(failure.nodes, against, failure.hopeless), keepsNomination: false }
  return { node: desk.columns.names[best.slot] as string, victims: best.victims }
}

/** The room it was promised is still being made: a victim on its node has not gone yet. */
function isWaiting(desk: Desk, facts: PodFacts, failure: Failure): boolean {
  const node = desk.nominated.get(facts.key)?.node
  const slot = node === undefined ? undefined : desk.columns.slotOf.get(node)
  if (slot === undefined || failure.verdicts.get(slot)?.refusal.unresolvable === true) return false
  return [...(desk.columns.podsOn[slot] as Set<Placed>)].some(
    (placed) => placed.facts.priority < facts.priority && isPreempted(placed.facts.pod),
  )
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

/** True for a pod that ends because the scheduler removed it. */
function isPreempted(pod: KubeObject): boolean {
  const conditions: readonly Condition[] = pod.status?.conditions ?? []
  const target = conditions.find((one) => one.type === 'DisruptionTarget')
  return (
    pod.metadata.deletionTimestamp !== undefined &&
    target?.status === 'True' &&
    target.reason === 'PreemptionByScheduler'
  )
}

/** The victims on one node, or the reasons why removing pods there does not help. */
function tryNode(
  desk: Desk,
  facts: PodFacts,
  slot: number,
  budgets: readonly KubeObject[],
  ahead: readonly Nominated[],
): Candidate | string[] {
  const node = desk.columns.names[slot] as string
  const lower = [...(desk.columns.podsOn[slot] as Set<Placed>)].filter(
    (placed) => placed.facts.priority < facts.priority,
  )
  if (lower.length === 0) return [none]
  const order = byImportance(desk)
  const { violating, harmless } = byBudget(lower.sort(order), budgets)
  const trial =
    isPlain(facts, desk) && ahead.length === 0 ? amountsTrial(desk, facts, slot) : columnsTrial(desk, facts, slot)
  for (const one of ahead) desk.columns.addPod(one.facts, node)
  for (const placed of lower) trial.remove(placed)
  const against = trial.against()
  const victims: Placed[] = []
  let violations = 0
  for (const placed of [...violating, ...harmless]) {
    trial.put(placed)
    if (against !== undefined || trial.against() === undefined) continue
    trial.remove(placed)
    victims.push(placed)
    if (violating.includes(placed)) violations++
  }
  for (const placed of victims) trial.put(placed)
  for (const one of ahead) desk.columns.removePod(one.facts.key)
  return against ?? { slot, victims: victims.sort(order), violations }
}

/** A node on trial: pods are taken off and put back. `against` says why the pod does not fit now. */
interface Trial {
  remove(placed: Placed): void
  put(placed: Placed): void
  against(): string[] | undefined
}

/** True when nothing but amounts can change by removing pods. */
function isPlain(facts: PodFacts, desk: Desk): boolean {
  return facts.ports.length === 0 && !judgeOf(desk.columns, facts, desk.tools).global
}

function columnsTrial({ columns, tools }: Desk, facts: PodFacts, slot: number): Trial {
  return {
    remove: (placed) => columns.removePod(placed.facts.key),
    put: (placed) => columns.addPod(placed.facts, placed.node),
    against() {
      const judge = judgeOf(columns, facts, tools)
      const code = judge.check(slot)
      return code === 0 ? undefined : [...judge.verdict(code).refusal.reasons]
    },
  }
}

/** The same by arithmetic alone. */
function amountsTrial({ columns }: Desk, facts: PodFacts, slot: number): Trial {
  const free = roomOn(columns, facts, slot)
  const change = ({ facts: { requests } }: Placed, sign: 1 | -1) => {
    for (const one of free) one.left += sign * (one.name === 'pods' ? 1 : amountOf(requests, one.name))
  }
  return {
    remove: (placed) => change(placed, 1),
    put: (placed) => change(placed, -1),
    against() {
      const short = free.filter((one) => one.asked > one.left)
      if (short.length === 0) return undefined
      return short.map(({ name }) => (name === 'pods' ? 'Too many pods' : `Insufficient ${name}`))
    },
  }
}

/** Higher priority first; among equals the one that has run for longer, then the name. */
function byImportance(desk: Desk) {
  const starts = new Map<Placed, string>()
  const startOf = (placed: Placed): string => {
    const known = starts.get(placed) ?? startText(desk, placed)
    starts.set(placed, known)
    return known
  }
  return (a: Placed, b: Placed): number => {
    if (a.facts.priority !== b.facts.priority) return b.facts.priority - a.facts.priority
    const [first, second] = [startOf(a), startOf(b)]
    if (first !== second) return first < second ? -1 : 1
    return a.facts.key < b.facts.key ? -1 : 1
  }
}

/** When the pod began, as the view has it; one that has not begun comes last. */
function startText(desk: Desk, { facts }: Placed): string {
  const pod = desk.view.get('pods', facts.namespace, facts.pod.metadata.name)
  return pod?.status?.startTime ?? '\uffff'
}

function startOf(desk: Desk, placed: Placed): number {
  const text = startText(desk, placed)
  return text === '\uffff' ? Number.MAX_SAFE_INTEGER : parseTime(text)
}

/** Parts the pods into those whose removal would break a disruption budget and the others, most important first. */
function byBudget(pods: readonly Placed[], budgets: readonly KubeObject[]) {
  const left = budgets.map((budget) => (budget.status?.disruptionsAllowed ?? 0) as number)
  const [violating, harmless]: [Placed[], Placed[]] = [[], []]
  for (const placed of pods) {
    let breaks = false
    for (const [i, budget] of budgets.entries()) {
      if (!protects(budget, placed.facts)) continue
      left[i] = (left[i] as number) - 1
      if ((left[i] as number) < 0) breaks = true
    }
    if (breaks) violating.push(placed)
    else harmless.push(placed)
  }
  return { violating, harmless }
}

function protects(budget: KubeObject, { pod, namespace, labels }: PodFacts): boolean {
  const selector = budget.spec?.selector ?? undefined
  if (budget.metadata.namespace !== namespace || Object.keys(labels).length === 0) return false
  if (selector === undefined || isEmptySelector(selector) || !matchesLabelSelector(selector, labels)) return false
  return budget.status?.disruptedPods?.[pod.metadata.name] === undefined
}

/** Fewest budgets broken, lowest highest victim, lowest sum of priorities, fewest victims, latest start; else the first. */
function leastHarm(desk: Desk, candidates: readonly Candidate[]): Candidate | undefined {
  const harms: ((one: Candidate) => number)[] = [
    (one) => one.violations,
    (one) => one.victims[0]?.facts.priority ?? 0,
    (one) => one.victims.reduce((sum, victim) => sum + victim.facts.priority + 2 ** 31, 0),
    (one) => one.victims.length,
    (one) => -earliestStart(desk, one),
  ]
  let left = candidates
  for (const harm of harms) {
    const least = Math.min(...left.map(harm))
    left = left.filter((one) => harm(one) === least)
    if (left.length <= 1) break
  }
  return left[0]
}

/** The earliest start among the victims of the highest priority. */
function earliestStart(desk: Desk, { victims }: Candidate): number {
  const highest = victims[0]?.facts.priority
  return Math.min(...victims.filter((one) => one.facts.priority === highest).map((one) => startOf(desk, one)))
}
