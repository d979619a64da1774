/** ReplicaSets and ReplicationControllers: how many pods, whose they are, and which go first. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { always, type Held, settled, step, type Write } from '../property.ts'
import { isPodActive, isPodFinished, isPodReady, matchesLabelSelector } from './documented.ts'
import { issue, kep, page, row } from './row.ts'
import {
  claims,
  eachOf,
  isBy,
  isDeletion,
  isGoing,
  keeperOf,
  named,
  orElse,
  replicaSets,
  replicasOf,
  timeOf,
  uidOf,
} from './words.ts'

const docs = page('concepts/workloads/controllers/replicaset/')
const design = 'https://github.com/kubernetes/design-proposals-archive/blob/main/api-machinery/controller-ref.md'
const both = [replicaSets, 'replicationcontrollers'] as const

/** A ReplicationController's selector is a map of labels. */
function selectsPod({ kind, spec }: KubeObject, pod: KubeObject): boolean {
  const { selector } = spec ?? {}
  return matchesLabelSelector(
    kind === 'ReplicationController' ? { matchLabels: selector } : selector,
    pod.metadata.labels,
  )
}

/** The ReplicaSet as its controller saw it when it wrote a pod. */
function keeperBehind(write: Write): KubeObject | undefined {
  if (write.resource !== 'pods') return undefined
  if (isBy(write, 'replicaset')) return write.believed.at(replicaSets, write.reconciled)
  if (isBy(write, 'replicationcontroller')) return write.believed.at('replicationcontrollers', write.reconciled)
  return undefined
}

/** The pods it controls, and those that it takes on when it looks: of its selector, and nobody's. */
const claimed = (s: Moment, keeper: KubeObject): readonly KubeObject[] =>
  s
    .list('pods', { namespace: keeper.metadata.namespace ?? '' })
    .filter((pod) => (keeperOf(pod) ?? uidOf(keeper)) === uidOf(keeper) && selectsPod(keeper, pod))

const activeOf = (s: Moment, keeper: KubeObject): readonly KubeObject[] =>
  s.ownedBy('pods', uidOf(keeper)).filter(isPodActive)

/** `□ |active(rs)| ≤ spec.replicas` when a pod is made. Best effort: it counts what it sees, its own writes included. */
export const noOvershoot = row(
  {
    id: 'R1',
    name: 'noOvershoot',
    says: 'No pod is made beyond spec.replicas, as long as the controller sees what it did itself.',
    class: 'B',
    source: issue(129795),
  },
  step((write, _before, after) => {
    const keeper = keeperBehind(write)
    if (keeper === undefined || write.type !== 'ADDED') return undefined
    const active = activeOf(after, keeper).length
    return orElse(
      active <= replicasOf(keeper),
      () => `${named(keeper)} wants ${replicasOf(keeper)} pods and has ${active}`,
    )
  }),
)

const saysFailure = ({ status }: KubeObject): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status: is }) => type === 'ReplicaFailure' && is === 'True',
  )

/** `□ spec = n ~> □ |active| = n`. Refusals (a quota) are said in a condition; failing pods are made again with patience. */
export const replicaSetConverges = row(
  {
    id: 'R2',
    name: 'replicaSetConverges',
    says: 'When nothing is left to do, a ReplicaSet has the pods it wants, or says what refuses them.',
    class: 'C',
    source: `${docs}#how-a-replicaset-works`,
  },
  settled((s) =>
    eachOf(both, (resource) =>
      eachOf(s.list(resource), (keeper) => {
        if (isGoing(keeper) || saysFailure(keeper)) return true
        const pods = s.ownedBy('pods', uidOf(keeper))
        const active = pods.filter(isPodActive).length
        const waits = active < replicasOf(keeper) && pods.some(isPodFinished)
        return orElse(
          waits || active === replicasOf(keeper),
          () => `${named(keeper)} wants ${replicasOf(keeper)} pods and has ${active}`,
        )
      }),
    ),
  ),
)

/** `[adopt(o, p) ⇒ sel ∧ ctrl(p) = ∅ ∧ dts = ∅ of both]`, of any controller, in the state the write meets. */
export const adoptsOrphansOnly = row(
  {
    id: 'R3',
    name: 'adoptsOrphansOnly',
    says: 'A controller takes on only what its selector selects, nobody controls and nobody deletes, in its own namespace, while it stays itself.',
    class: 'C',
    source: `${docs}#non-template-pod-acquisitions`,
  },
  step(({ type, by, object, previous, resource }, before) => {
    const reference = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    // Claims of StatefulSets are given to whom they go with (S6).
    if (type !== 'MODIFIED' || resource === claims || !by.startsWith('controller/') || reference === undefined)
      return undefined
    const was = previous?.metadata.ownerReferences?.find(({ controller }) => controller === true)
    if (was?.uid === reference.uid || previous === undefined) return undefined
    if (was !== undefined) return `${named(object)} was controlled by ${was.name}`
    const owner = before.ownerOf(reference, object.metadata.namespace)
    if (owner === undefined) return `${named(object)} was taken on by ${reference.name}, which is gone`
    if (isGoing(owner)) return `${named(owner)} took on ${named(object)} while it was being deleted`
    if (isGoing(previous)) return `${named(object)} was taken on while it was being deleted`
    return orElse(
      selectsPod(owner, previous),
      () => `${named(owner)} took on ${named(object)}, which it does not select`,
    )
  }),
)

/** `[…⇒ ¬delete]`: a pod that is no longer selected is let go, not deleted. */
export const releasesNotDeletes = row(
  {
    id: 'R4',
    name: 'releasesNotDeletes',
    says: 'A pod that its ReplicaSet no longer selects is let go and not deleted.',
    class: 'C',
    source: `${docs}#isolating-pods-from-a-replicaset`,
  },
  step((write) => {
    const keeper = keeperBehind(write)
    if (keeper === undefined || !isDeletion(write)) return undefined
    const seen = write.believed.at('pods', write.key)
    return orElse(
      seen === undefined || selectsPod(keeper, seen),
      () => `${named(keeper)} deleted ${named(write.object)}, which it does not select`,
    )
  }),
)

/** `¬match(p) ~> owner(p) ≠ rs`. */
export const releasesAtLast = row(
  {
    id: 'R4b',
    name: 'releasesAtLast',
    says: 'When nothing is left to do, no ReplicaSet controls a pod that it does not select and that has not ended.',
    class: 'C',
    source: `${docs}#isolating-pods-from-a-replicaset`,
  },
  settled((s) =>
    eachOf(both, (resource) =>
      eachOf(s.list(resource), (keeper) => {
        if (isGoing(keeper)) return true
        const strange = s.ownedBy('pods', uidOf(keeper)).find((pod) => !selectsPod(keeper, pod) && isPodActive(pod))
        return orElse(strange === undefined, () => `${named(keeper)} controls ${strange?.metadata.name}`)
      }),
    ),
  ),
)

/** `□ |controllers(o)| ≤ 1`. */
export const oneController = row(
  {
    id: 'R5',
    name: 'oneController',
    says: 'No object has two controllers.',
    class: 'C',
    source: design,
  },
  step(({ object }) => {
    const references = object.metadata.ownerReferences
    if (references === undefined || references.length < 2) return undefined
    const controllers = references.filter(({ controller }) => controller === true)
    return orElse(
      controllers.length <= 1,
      () => `${named(object)} is controlled by ${controllers.map(({ name }) => name).join(' and ')}`,
    )
  }),
)

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** How many pods of the ReplicaSets of one owner share the pod's node; those of a ReplicaSet of nobody are not counted. */
function crowdOf(s: Moment, keeper: KubeObject, pod: KubeObject): number {
  const above = keeperOf(keeper)
  if (above === undefined) return 0
  const near = s.ownedBy(replicaSets, above).flatMap((one) => activeOf(s, one))
  return near.filter(({ spec }) => (spec?.nodeName ?? '') === (pod.spec?.nodeName ?? '')).length
}

/** What decides first: assigned, phase, ready, cost, how crowded its node is. Lower goes sooner. */
function rankOf(s: Moment, keeper: KubeObject, pod: KubeObject): readonly number[] {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  const phase = phases[pod.status?.phase ?? 'Pending'] ?? 0
  return [pod.spec?.nodeName ? 1 : 0, phase, isPodReady(pod) ? 1 : 0, cost, -crowdOf(s, keeper, pod)]
}

function goesSooner(first: readonly number[], second: readonly number[]): boolean {
  const at = first.findIndex((number, i) => number !== second[i])
  return at >= 0 && (first[at] as number) < (second[at] as number)
}

/** `[scaleDown ⇒ ranked]`: fewer pods than there are to go would have had to go before this one. */
export const victimsAreRanked = row(
  {
    id: 'R6',
    name: 'victimsAreRanked',
    says: 'Scaling down takes unassigned before assigned, pending before running, unready before ready, cheap before dear pods, and of a Deployment those on a node with more of its pods before others.',
    class: 'C',
    source: `${docs}#scaling-a-replicaset (${kep(2255)})`,
  },
  step((write) => {
    const keeper = keeperBehind(write)
    if (keeper === undefined || !isDeletion(write)) return undefined
    const active = claimed(write.believed, keeper).filter(isPodActive)
    const victim = active.find((pod) => uidOf(pod) === uidOf(write.object))
    if (victim === undefined) return undefined
    const rank = rankOf(write.believed, keeper, victim)
    const sooner = active.filter((pod) => goesSooner(rankOf(write.believed, keeper, pod), rank)).length
    const surplus = active.length - replicasOf(keeper)
    return orElse(sooner < surplus, () => `${named(victim)} went though ${sooner} others should have gone before it`)
  }),
)

/** Creations a minute that a back-off would allow. */
const creationsAMinute = 12

/**
 * `creates/min ≤ limiter`, as many believe: a ReplicaSet whose pods are refused by their node waits. The real controller does
 * not wait at all (kubernetes#72593); this one lets every replica fail once before it does, so a large one still makes many.
 */
export const refusedPodsAreNotRushed = row(
  {
    id: 'R7',
    name: 'refusedPodsAreNotRushed',
    says: 'A ReplicaSet whose pods fail makes few new ones in a minute. Nothing promises that.',
    class: 'F',
    source: issue(72593),
  },
  always((s) => eachOf(s.list(replicaSets), (keeper) => rushed(s, keeper))),
)

function rushed(s: Moment, keeper: KubeObject): Held {
  const recent = s
    .ownedBy('pods', uidOf(keeper))
    .filter((pod) => pod.status?.phase === 'Failed' && (timeOf(pod.metadata.creationTimestamp) ?? 0) > s.now - 60_000)
  return orElse(recent.length <= creationsAMinute, () => `${named(keeper)} had ${recent.length} pods fail in a minute`)
}
