/**
 * Dominant resource fairness among frameworks, as Mesos shares a cluster: the framework whose largest share of any
 * resource is smallest is offered the nodes next. For pods with schedulerName `drf`; the framework is the value of the
 * label kybern.dev/framework, or the namespace.
 * Source: Ghodsi et al., Dominant Resource Fairness, NSDI 2011
 */
import type { Columns } from '../columns.ts'
import type { PodFacts } from '../facts.ts'
import { byPriority, type Pending, type Policy } from './policy.ts'
import { dominantShare, placeAnywhere, requestOf, totalOf } from './queues.ts'

const frameworkLabel = 'kybern.dev/framework'

type Amounts = Map<string, number>

/** The framework a pod belongs to. */
export function frameworkOf({ labels, namespace }: PodFacts): string {
  return labels[frameworkLabel] ?? namespace
}

export const drfPolicy: Policy = {
  name: 'drf',
  claims: (pod) => pod.spec?.schedulerName === 'drf',
  *order(queue, { columns }) {
    const total = totalOf(columns)
    const used = usageOf(columns)
    const waiting = byFramework(queue)
    while (waiting.size > 0) {
      const [framework, pods] = poorest(waiting, used, total)
      const next = pods.shift() as Pending
      if (pods.length === 0) waiting.delete(framework)
      yield next
      if (columns.pods.has(next.facts.key)) charge(used, next.facts)
    }
  },
  place: placeAnywhere,
}

function byFramework(queue: readonly Pending[]): Map<string, Pending[]> {
  const waiting = new Map<string, Pending[]>()
  for (const one of [...queue].sort(byPriority)) {
    const framework = frameworkOf(one.facts)
    const list = waiting.get(framework)
    if (list === undefined) waiting.set(framework, [one])
    else list.push(one)
  }
  return waiting
}

function poorest(
  waiting: ReadonlyMap<string, Pending[]>,
  used: ReadonlyMap<string, Amounts>,
  total: Amounts,
): [string, Pending[]] {
  let best: [string, Pending[]] | undefined
  let least = Number.POSITIVE_INFINITY
  for (const entry of waiting) {
    const share = dominantShare(used.get(entry[0]) ?? new Map(), total)
    if (best !== undefined && (share > least || (share === least && entry[0] > best[0]))) continue
    best = entry
    least = share
  }
  return best as [string, Pending[]]
}

function usageOf(columns: Columns): Map<string, Amounts> {
  const used = new Map<string, Amounts>()
  for (const { facts } of columns.pods.values()) if (drfPolicy.claims(facts.pod)) charge(used, facts)
  return used
}

function charge(used: Map<string, Amounts>, facts: PodFacts): void {
  const framework = frameworkOf(facts)
  const amounts: Amounts = used.get(framework) ?? new Map()
  for (const [name, amount] of requestOf(facts)) amounts.set(name, (amounts.get(name) ?? 0) + amount)
  used.set(framework, amounts)
}
