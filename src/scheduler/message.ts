/**
 * Why a pod could not be placed, worded as Kubernetes words it, byte for byte (1.36).
 * Source: k8s.io/kubernetes pkg/scheduler/framework FitError
 */
import type { Columns } from './columns.ts'
import type { Judge } from './judge.ts'
import type { Verdict } from './node-program.ts'

/** What came of looking at all nodes in vain. */
export interface Failure {
  readonly nodes: number
  /** Set when the pod was refused before any node was looked at. */
  readonly nowhere: Verdict | undefined
  /** The first verdict on every slot that has a node. */
  readonly verdicts: ReadonlyMap<number, Verdict>
  /** The plugins that refused anything; what they look at is what could cure it. */
  readonly plugins: readonly string[]
}

/** The name under which a pod waits when there is no node at all. */
export const noNodes = 'NoNodes'

/** Collects the verdicts; `overruled` are slots that only the pods nominated there keep taken. */
export function failureOf(columns: Columns, judge: Judge, overruled: ReadonlyMap<number, Verdict>): Failure {
  const { nowhere } = judge
  if (columns.nodeCount === 0) return { nodes: 0, nowhere, verdicts: new Map(), plugins: [noNodes] }
  if (nowhere !== undefined)
    return { nodes: columns.nodeCount, nowhere, verdicts: new Map(), plugins: [nowhere.plugin] }
  const verdicts = new Map<number, Verdict>()
  const plugins = new Set<string>()
  for (let slot = 0; slot < columns.size; slot++) {
    if (columns.nodes[slot] === undefined) continue
    const code = judge.check(slot)
    const verdict = code === 0 ? overruled.get(slot) : judge.verdict(code)
    if (verdict === undefined) continue
    verdicts.set(slot, verdict)
    plugins.add(verdict.plugin)
  }
  return { nodes: columns.nodeCount, nowhere, verdicts, plugins: [...plugins].sort() }
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …` */
export function failureMessage(failure: Failure, preemption: string): string {
  if (failure.nodes === 0) return 'no nodes available to schedule pods'
  const after = preemption === '' ? '' : ` preemption: ${preemption}`
  if (failure.nowhere !== undefined)
    return `${availability(failure.nodes)} ${failure.nowhere.refusal.reasons.join(', ')}.${after}`
  const reasons = [...failure.verdicts.values()].flatMap((verdict) => verdict.refusal.reasons)
  return `${availability(failure.nodes)}${histogram(reasons)}${after}`
}

/** The sentence about preemption: what stands against it on each node. */
export function preemptionMessage(nodes: number, reasons: readonly string[], hopeless: number): string {
  const rest = new Array<string>(hopeless).fill('Preemption is not helpful for scheduling')
  return `${availability(nodes)}${histogram([...reasons, ...rest])}`
}

function availability(nodes: number): string {
  return `0/${nodes} nodes are available:`
}

/** Reasons with their counts, sorted as texts. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(byText)
  return texts.length === 0 ? '' : ` ${texts.join(', ')}.`
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
