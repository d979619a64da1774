/** DaemonSets: one on each node that they are for. */

import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step, type Write } from '../property.ts'
import {
  isPodActive,
  isPodFinished,
  podAvailableAt,
  scaledValue,
  type Toleration,
  tolerationMatches,
} from './documented.ts'
import { eligible, nodeOf } from './eligible.ts'
import { issue, page, row } from './row.ts'
import { daemonSets, eachOf, isBy, isDeletion, isGoing, named, orElse, uidOf } from './words.ts'

const docs = page('concepts/workloads/controllers/daemonset/')

const surges = ({ spec }: KubeObject): boolean =>
  scaledValue(spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0, 100, true) > 0

function daemonBehind(write: Write): KubeObject | undefined {
  if (write.resource !== 'pods' || !isBy(write, 'daemonset')) return undefined
  return write.believed.at(daemonSets, write.reconciled)
}

const podsOf = (s: Moment, daemonSet: KubeObject): readonly KubeObject[] => s.ownedBy('pods', uidOf(daemonSet))

/** `□ |active(ds, node)| ≤ 1` when a pod is made; two while surging. */
export const oneDaemonOnANode = row(
  {
    id: 'DS1',
    name: 'oneDaemonOnANode',
    says: 'No second daemon pod is made for a node that has one, not even while that ends, except while surging.',
    class: 'C',
    source: docs,
  },
  step((write, _before, after) => {
    const daemonSet = daemonBehind(write)
    if (daemonSet === undefined || write.type !== 'ADDED') return undefined
    const node = nodeOf(write.object)
    const active = podsOf(after, daemonSet).filter((pod) => isPodActive(pod) && nodeOf(pod) === node)
    if (active.length > (surges(daemonSet) ? 2 : 1))
      return `${node} has ${active.map(({ metadata }) => metadata.name).join(' and ')}`
    if (surges(daemonSet)) return true
    const before = podsOf(write.believed, daemonSet).find((pod) => nodeOf(pod) === node && !isPodFinished(pod))
    return orElse(before === undefined, () => `${node} had ${before?.metadata.name}`)
  }),
)

function daemonHeld(s: Moment, daemonSet: KubeObject, node: KubeObject, pods: readonly KubeObject[]): Held {
  const { run, stay } = eligible(daemonSet, node)
  const there = pods.filter((pod) => nodeOf(pod) === node.metadata.name)
  const active = there.filter(isPodActive)
  if (!stay)
    return orElse(active.length === 0, () => `${named(daemonSet)} is not for ${node.metadata.name} and has a pod there`)
  if (active.length > 1 && active.length === there.length && !surges(daemonSet))
    return `${named(daemonSet)} has ${active.length} pods on ${node.metadata.name}`
  // One that failed is made again with patience; one that is ending has to end first.
  if (!run || active.length > 0 || there.length > 0 || isGoing(node)) return true
  return `${named(daemonSet)} has no pod on ${node.metadata.name} (${s.nodes.length} nodes)`
}

/** `eligible(n) ~> one on n`, `ineligible(n) ~> none on n`. */
export const daemonsEverywhere = row(
  {
    id: 'DS2',
    name: 'daemonsEverywhere',
    says: 'When nothing is left to do, each node a DaemonSet is for has its pod, and no other node has one.',
    class: 'C',
    source: docs,
  },
  settled((s) =>
    eachOf(s.list(daemonSets), (daemonSet) => {
      if (isGoing(daemonSet)) return true
      const pods = podsOf(s, daemonSet)
      return eachOf(s.nodes, (node) => daemonHeld(s, daemonSet, node, pods))
    }),
  ),
)

/**
 * `[delete of an available pod ⇒ unavailable′ ≤ maxUnavailable]`. Best effort: what became unavailable while the controller
 * decided is not counted; nodes that the set is not for do not count either.
 */
export const daemonsKeepServing = row(
  {
    id: 'DS3',
    name: 'daemonsKeepServing',
    says: 'Replacing an available daemon pod leaves at most maxUnavailable nodes without one, as far as the controller sees.',
    class: 'B',
    source: `${issue(123232)}, ${page('tasks/manage-daemon/update-daemon-set/')}`,
  },
  step((write, _before, after) => {
    const daemonSet = daemonBehind(write)
    const { believed } = write
    const seen = believed.at('pods', write.key)
    if (daemonSet === undefined || seen === undefined || !isDeletion(write) || surges(daemonSet)) return undefined
    const isUp = (pod: KubeObject): boolean => {
      const at = podAvailableAt(pod, daemonSet.spec?.minReadySeconds ?? 0)
      return isPodActive(pod) && at !== undefined && at <= believed.now
    }
    const nodes = believed.nodes.filter((node) => eligible(daemonSet, node).run)
    if (!isUp(seen) || isPodFinished(seen) || !nodes.some(({ metadata }) => metadata.name === nodeOf(seen)))
      return undefined
    const up = new Set(
      podsOf(believed, daemonSet)
        .filter((pod) => isUp(pod) && staysIn(after, pod))
        .map(nodeOf),
    )
    const down = nodes.filter(({ metadata }) => !up.has(metadata.name)).length
    const most = Math.max(
      1,
      scaledValue(daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, nodes.length, true),
    )
    return orElse(down <= most, () => `${down} nodes are left without an available pod; ${most} may be`)
  }),
)

/** Is it there after the write too, and not going? */
function staysIn(after: Moment, pod: KubeObject): boolean {
  const now = after.get('pods', pod.metadata.name, pod.metadata.namespace)
  return now !== undefined && uidOf(now) === uidOf(pod) && !isGoing(now)
}

const trouble = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
] as const

/** `[create p ⇒ p stands not-ready, unreachable, pressures and cordons]`. */
export const daemonsStandTrouble = row(
  {
    id: 'DS5',
    name: 'daemonsStandTrouble',
    says: 'Daemon pods are made with tolerations, without an end, of what says that their node is in trouble.',
    class: 'C',
    source: `${docs}#taints-and-tolerations`,
  },
  step((write) => {
    if (daemonBehind(write) === undefined || write.type !== 'ADDED') return undefined
    const own = (write.object.spec?.tolerations ?? []) as Toleration[]
    const lacking = trouble.find(
      ([key, effect]) =>
        !own.some(
          (one) => tolerationMatches(one, { key: `node.kubernetes.io/${key}`, effect }) && !one.tolerationSeconds,
        ),
    )
    return orElse(lacking === undefined, () => `${named(write.object)} does not stand ${lacking?.join(':')}`)
  }),
)

function rolledOut(s: Moment, daemonSet: KubeObject): Held {
  if (isGoing(daemonSet) || daemonSet.spec?.updateStrategy?.type === 'OnDelete') return true
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0 } = daemonSet.status ?? {}
  const pods = podsOf(s, daemonSet)
  const isUp = (pod: KubeObject): boolean =>
    isPodActive(pod) && (podAvailableAt(pod, daemonSet.spec?.minReadySeconds ?? 0) ?? s.now + 1) <= s.now
  const nodes = s.nodes.filter((node) => eligible(daemonSet, node).run).map(({ metadata }) => metadata.name)
  const places = new Set([...nodes, ...pods.map(nodeOf)])
  const down = [...places].filter((node) => !pods.some((pod) => nodeOf(pod) === node && isUp(pod))).length
  const most = scaledValue(daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, places.size, true)
  // Who is down holds the others up: that is what maxUnavailable is for.
  if ((down > 0 && down >= most) || (surges(daemonSet) && !pods.every(isUp))) return true
  return orElse(
    updatedNumberScheduled === desiredNumberScheduled,
    () => `${named(daemonSet)} updated ${updatedNumberScheduled} of ${desiredNumberScheduled} nodes`,
  )
}

/** `settled ∧ unavailable < maxUnavailable ⇒ all updated`. */
export const daemonsRollOut = row(
  {
    id: 'DS4',
    name: 'daemonsRollOut',
    says: 'A rollout of a DaemonSet goes on to its end as long as fewer than maxUnavailable nodes lack an available pod.',
    class: 'C',
    source: `${issue(63465)}, ${page('tasks/manage-daemon/update-daemon-set/')}`,
  },
  settled((s) => eachOf(s.list(daemonSets), (daemonSet) => rolledOut(s, daemonSet))),
)
