/**
 * YARN's fair scheduler, for pods with schedulerName `fair`: queues of one parent have shares by weight; one that is below its
 * `minResources` comes first, then the one that has least for its weight. Within a queue applications share alike
 * (`fifo`: the oldest pod first); an application is the pods of one controller. The queues stand in the ConfigMap
 * kube-system/fair-scheduler, with the words of YARN's allocation file:
 *
 *     root.queues: prod,dev
 *     root.prod.weight: "2"
 *     root.prod.minResources: cpu=4,memory=8Gi
 *     root.dev.maxResources: cpu=2
 *     root.dev.schedulingPolicy: fifo
 *
 * Without it there is one queue, `default`. `fair` compares what queues have of memory, `drf` of their dominant resource;
 * a queue says how those below it are compared. Preemption and limits of running applications are not built: a word that is
 * not known holds all pods, and the message says so.
 * Source: https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/FairScheduler.html
 */
import { isQuantity } from '../../api/quantity.ts'
import type { Desk } from '../desk.ts'
import type { PodFacts } from '../facts.ts'
import { amountsOf } from '../requests.ts'
import type { Pending, Policy } from './policy.ts'
import {
  type Amounts,
  charge,
  dominantShare,
  leafOf,
  placeAnywhere,
  type Queue,
  queueNameOf,
  queueOf,
  requestOf,
  totalOf,
  walk,
} from './queues.ts'

const policies = ['fair', 'fifo', 'drf'] as const

interface Share {
  readonly weight: number
  readonly least: Amounts
  readonly most: Amounts | undefined
  readonly policy: (typeof policies)[number]
  /** What each application of the queue has. */
  readonly applications: Map<string, Map<string, number>>
}

/** The ConfigMap of the queues, in kube-system. */
export const fairConfig = 'fair-scheduler'

export const fairPolicy: Policy = {
  name: 'fair',
  claims: (pod) => pod.spec?.schedulerName === 'fair',
  *order(pods, desk) {
    if (pods.length === 0) return
    const root = configured(desk)
    if (typeof root === 'string') {
      for (const pending of pods) yield { ...pending, held: root }
      return
    }
    const total = totalOf(desk.columns)
    const placed = (facts: PodFacts): void => {
      const leaf = leafOf(root, queueNameOf(facts))
      if (leaf !== undefined) chargeApplication(leaf, facts)
    }
    for (const { facts } of desk.columns.pods.values()) {
      if (!fairPolicy.claims(facts.pod)) continue
      charge(leafOf(root, queueNameOf(facts)), facts)
      placed(facts)
    }
    const by = {
      before: (a: Queue<Share>, b: Queue<Share>) => compared(a, b, total),
      next: (leaf: Queue<Share>) => nextOf(leaf, total),
      limit: limitOf,
    }
    for (const pending of walk(root, pods, desk, by)) {
      yield pending
      if (desk.columns.pods.has(pending.facts.key)) placed(pending.facts)
    }
  },
  place: placeAnywhere,
}

/** The application a pod belongs to: its controller, or the pod itself. */
function applicationOf({ pod, key }: PodFacts): string {
  const owner = (pod.metadata.ownerReferences ?? []).find((one) => one.controller === true)
  return owner === undefined ? key : owner.uid
}

function chargeApplication({ settings: { applications } }: Queue<Share>, facts: PodFacts): void {
  const name = applicationOf(facts)
  const used = applications.get(name) ?? new Map<string, number>()
  for (const [resource, amount] of requestOf(facts)) used.set(resource, (used.get(resource) ?? 0) + amount)
  applications.set(name, used)
}

function measured(used: Amounts, total: Amounts, policy: Share['policy']): number {
  if (policy === 'drf') return dominantShare(used, total)
  return (used.get('memory') ?? 0) / (total.get('memory') ?? Number.POSITIVE_INFINITY)
}

/** Queues below their least come first, the one that lacks most of it before others; then by what they have for their weight. */
function compared(a: Queue<Share>, b: Queue<Share>, total: Amounts): number {
  const policy = a.parent?.settings.policy ?? 'fair'
  const lacks = ({ used, settings: { least } }: Queue<Share>): number =>
    Math.min(1, ...[...least].map(([name, amount]) => (used.get(name) ?? 0) / amount))
  const [first, second] = [lacks(a), lacks(b)]
  if (first < 1 || second < 1) return first - second
  const has = ({ used, settings: { weight } }: Queue<Share>): number => measured(used, total, policy) / weight
  return has(a) - has(b)
}

function nextOf({ waiting, settings: { policy, applications } }: Queue<Share>, total: Amounts): Pending {
  const first = waiting[0] as Pending
  if (policy === 'fifo') return first
  const has = (pending: Pending): number =>
    measured(applications.get(applicationOf(pending.facts)) ?? new Map(), total, policy)
  return waiting.reduce((best, one) => (has(one) < has(best) ? one : best), first)
}

function limitOf(leaf: Queue<Share>, facts: PodFacts): string | undefined {
  for (let queue: Queue<Share> | undefined = leaf; queue !== undefined; queue = queue.parent) {
    const { path, used, settings } = queue
    const over = requestOf(facts).find(
      ([name, amount]) => (used.get(name) ?? 0) + amount > (settings.most?.get(name) ?? Number.POSITIVE_INFINITY),
    )
    if (over !== undefined) return `queue ${path} would exceed its maxResources of ${over[0]}`
  }
  return undefined
}

type Data = Readonly<Record<string, string>>

/** The tree of queues, or what is wrong with its configuration. */
function configured({ view }: Desk): Queue<Share> | string {
  const data: Data = view.get('configmaps', 'kube-system', fairConfig)?.data ?? { 'root.queues': 'default' }
  const seen = new Set<string>()
  try {
    const root = grown('root', undefined, data, seen)
    const stray = Object.keys(data).find((key) => !seen.has(key))
    return stray === undefined ? root : `the word ${stray} of ConfigMap ${fairConfig} is not known`
  } catch (error) {
    if (error instanceof Wrong) return error.message
    throw error
  }
}

class Wrong extends Error {}

function grown(name: string, parent: Queue<Share> | undefined, data: Data, seen: Set<string>): Queue<Share> {
  const path = parent === undefined ? name : `${parent.path}.${name}`
  const of = (word: string): string | undefined => {
    seen.add(`${path}.${word}`)
    return data[`${path}.${word}`]
  }
  const weight = Number(of('weight') ?? 1)
  if (!(weight > 0)) throw new Wrong(`the weight of queue ${path} is not above 0`)
  const policy = of('schedulingPolicy') ?? parent?.settings.policy ?? 'fair'
  if (!(policies as readonly string[]).includes(policy))
    throw new Wrong(`the schedulingPolicy "${policy}" of queue ${path} is none of ${policies.join(', ')}`)
  const most = of('maxResources')
  const settings: Share = {
    weight,
    least: resources(path, of('minResources') ?? ''),
    most: most === undefined ? undefined : resources(path, most),
    policy: policy as Share['policy'],
    applications: new Map(),
  }
  const queue = queueOf(name, settings, parent)
  for (const child of (of('queues') ?? '').split(',').map((one) => one.trim()))
    if (child !== '') grown(child, queue, data, seen)
  return queue
}

/** `cpu=4,memory=8Gi`. */
function resources(path: string, text: string): Map<string, number> {
  const pairs = text.split(',').filter((part) => part.trim() !== '')
  const list = pairs.map((part): [string, string] => {
    const [name = '', amount = ''] = part.split('=').map((one) => one.trim())
    if (name === '' || !isQuantity(amount)) throw new Wrong(`"${part}" of queue ${path} is not like cpu=4`)
    return [name, amount]
  })
  return new Map(Object.entries(amountsOf(Object.fromEntries(list))))
}
