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
  /** How many nodes the removal of pods could not help. */
  readonly hopeless: number
  /** The reasons with their counts. */
  readonly reasons: string
}

/** The name under which a pod waits when there is no node at all. */
export const noNodes = 'NoNodes'

/** Collects the verdicts; `overruled` are slots that only the pods nominated there keep taken. */
export function failureOf(columns: Columns, judge: Judge, overruled: ReadonlyMap<number, Verdict>): Failure {
  const { nowhere } = judge
  const { nodeCount: nodes } = columns
  const none = { nodes, nowhere, verdicts: new Map(), hopeless: nodes }
  if (nodes === 0) return { ...none, plugins: [noNodes], reasons: '' }
  if (nowhere !== undefined)
    return { ...none, plugins: [nowhere.plugin], reasons: ` ${nowhere.refusal.reasons.join(', ')}.` }
  const verdicts = new Map<number, Verdict>()
  const plugins = new Set<string>()
  const counts = new Map<string, number>()
  let hopeless = 0
  for (let slot = 0; slot < columns.size; slot++) {
    if (columns.nodes[slot] === undefined) continue
    const code = judge.check(slot)
    const verdict = code === 0 ? overruled.get(slot) : judge.verdict(code)
    if (verdict === undefined) continue
    verdicts.set(slot, verdict)
    plugins.add(verdict.plugin)
    if (verdict.refusal.unresolvable) hopeless++
    for (const reason of verdict.refusal.reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return { nodes, nowhere, verdicts, plugins: [...plugins].sort(), hopeless, reasons: histogram(counts) }
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …` */
export function failureMessage({ nodes, reasons }: Failure, preemption: string): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const after = preemption === '' ? '' : ` preemption: ${preemption}`
  return `${availability(nodes)}${reasons}${after}`
}

/** The sentence about preemption: what stands against it on each node. */
export function preemptionMessage(nodes: number, counts: ReadonlyMap<string, number>, hopeless: number): string {
  const all = new Map(counts)
  if (hopeless > 0) all.set('Preemption is not helpful for scheduling', hopeless)
  return `${availability(nodes)}${histogram(all)}`
}

function availability(nodes: number): string {
  return `0/${nodes} nodes are available:`
}

/** Reasons with their counts, sorted as texts. */
export function histogram(counts: ReadonlyMap<string, number>): string {
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(byText)
  return texts.length === 0 ? '' : ` ${texts.join(', ')}.`
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
