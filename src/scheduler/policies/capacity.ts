/**
 * YARN's capacity scheduler, for pods with schedulerName `capacity`: every queue is promised a share of the cluster, and the
 * one that has least of its promise is served next; what others leave idle may be borrowed up to `maximum-capacity`.
 * The queues stand in the ConfigMap kube-system/capacity-scheduler under YARN's own names:
 *
 *     yarn.scheduler.capacity.root.queues: prod,dev
 *     yarn.scheduler.capacity.root.prod.capacity: "70"
 *     yarn.scheduler.capacity.root.dev.capacity: "30"
 *     yarn.scheduler.capacity.root.dev.maximum-capacity: "50"
 *
 * Without it there is one queue, `default`. Shares are of the dominant resource. Preemption, limits of users and node
 * labels are not built: a property that is not known holds all pods, and the message says so.
 * Source: https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/CapacityScheduler.html
 */
import type { Desk } from '../desk.ts'
import type { PodFacts } from '../facts.ts'
import type { Policy } from './policy.ts'
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

/** One queue's promise and bound as shares of the cluster, 0 to 1. */
interface Capacity {
  readonly promised: number
  readonly most: number
  readonly stopped: boolean
}

/** The ConfigMap of the queues, in kube-system. */
export const capacityConfig = 'capacity-scheduler'

const prefix = 'yarn.scheduler.capacity.'
const known = new Set(['queues', 'capacity', 'maximum-capacity', 'state'])

export const capacityPolicy: Policy = {
  name: 'capacity',
  claims: (pod) => pod.spec?.schedulerName === 'capacity',
  *order(pods, desk) {
    if (pods.length === 0) return
    const root = configured(desk)
    if (typeof root === 'string') {
      for (const pending of pods) yield { ...pending, held: root }
      return
    }
    const total = totalOf(desk.columns)
    for (const { facts } of desk.columns.pods.values())
      if (capacityPolicy.claims(facts.pod)) charge(leafOf(root, queueNameOf(facts)), facts)
    const filled = ({ used, settings }: Queue<Capacity>): number => dominantShare(used, total) / settings.promised
    yield* walk(root, pods, desk, {
      before: (a, b) => filled(a) - filled(b),
      next: ({ waiting }) => waiting[0] as (typeof waiting)[number],
      limit: (leaf, facts) => limitOf(leaf, facts, total),
    })
  },
  place: placeAnywhere,
}

function limitOf(leaf: Queue<Capacity>, facts: PodFacts, total: Amounts): string | undefined {
  for (let queue: Queue<Capacity> | undefined = leaf; queue !== undefined; queue = queue.parent) {
    const { path, used, settings } = queue
    if (settings.stopped) return `queue ${path} is STOPPED`
    const over = requestOf(facts).find(
      ([name, amount]) => (used.get(name) ?? 0) + amount > settings.most * (total.get(name) ?? 0) * (1 + 1e-9),
    )
    if (over !== undefined && queue.parent !== undefined)
      return `queue ${path} would exceed its maximum capacity of ${percent(settings.most)} of ${over[0]}`
  }
  return undefined
}

/** The tree of queues, or what is wrong with its configuration. */
function configured({ view }: Desk): Queue<Capacity> | string {
  const data: Readonly<Record<string, string>> = view.get('configmaps', 'kube-system', capacityConfig)?.data ?? {
    [`${prefix}root.queues`]: 'default',
    [`${prefix}root.default.capacity`]: '100',
  }
  const root = queueOf<Capacity>('root', { promised: 1, most: 1, stopped: false })
  const paths = new Set(['root'])
  const wrong = grown(root, data, paths)
  if (wrong !== undefined) return wrong
  const stray = Object.keys(data).find((key) => {
    const [, path = '', word = ''] = /^yarn\.scheduler\.capacity\.(.+)\.([\w-]+)$/.exec(key) ?? []
    return !known.has(word) || !paths.has(path)
  })
  return stray === undefined ? root : `the property ${stray} of ConfigMap ${capacityConfig} is not known`
}

function grown(
  parent: Queue<Capacity>,
  data: Readonly<Record<string, string>>,
  paths: Set<string>,
): string | undefined {
  const names = (data[`${prefix}${parent.path}.queues`] ?? '').split(',').map((name) => name.trim())
  let sum = 0
  for (const name of names.filter((one) => one !== '')) {
    const of = (word: string): string | undefined => data[`${prefix}${parent.path}.${name}.${word}`]
    const [share, most] = [Number(of('capacity') ?? 'x'), Number(of('maximum-capacity') ?? 100)]
    if (!(share >= 0 && share <= 100) || !(most >= share && most <= 100))
      return `queue ${parent.path}.${name} has no capacity from 0 to 100, or a maximum-capacity below it`
    sum += share
    const { promised, most: bound } = parent.settings
    const settings = {
      promised: (promised * share) / 100,
      most: (bound * most) / 100,
      stopped: of('state') === 'STOPPED',
    }
    const queue = queueOf(name, settings, parent)
    paths.add(queue.path)
    const wrong = grown(queue, data, paths)
    if (wrong !== undefined) return wrong
  }
  if (parent.children.length === 0 || Math.abs(sum - 100) < 1e-6) return undefined
  return `the capacities of the queues below ${parent.path} add up to ${sum}, not to 100`
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
