/** Deployments: how far a rollout may go, by the controller's own writes, and how it ends. */

import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Moment } from '../moment.ts'
import { always, type Held, settled, step, type Write } from '../property.ts'
import { isPodFinished, scaledValue } from './documented.ts'
import { issue, kep, page, row } from './row.ts'
import {
  deployments,
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

const docs = page('concepts/workloads/controllers/deployment/')
const revisionKey = 'deployment.kubernetes.io/revision'
const desiredKey = 'deployment.kubernetes.io/desired-replicas'
const hashLabel = 'pod-template-hash'

const isRolling = ({ spec }: KubeObject): boolean => (spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'

/** Pods a rollout may have beyond spec.replicas. */
function surgeOf(deployment: KubeObject): number {
  if (!isRolling(deployment)) return 0
  return scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%', replicasOf(deployment), true)
}

/** The pods a rollout leaves available at least. */
function floorOf(deployment: KubeObject): number {
  const replicas = replicasOf(deployment)
  if (!isRolling(deployment) || replicas === 0) return replicas
  const said = scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, false)
  return Math.max(0, replicas - (said === 0 && surgeOf(deployment) === 0 ? 1 : said))
}

const wanted = (sets: readonly KubeObject[]): number => sets.reduce((sum, one) => sum + replicasOf(one), 0)

const availableOf = (set: KubeObject): number => Math.min(replicasOf(set), set.status?.availableReplicas ?? 0)

const revisionOf = (set: KubeObject): number => Number(set.metadata.annotations?.[revisionKey] ?? 0)

const setsOf = (s: Moment, deployment: KubeObject): readonly KubeObject[] => s.ownedBy(replicaSets, uidOf(deployment))

/** Is it being resized rather than rolled: was one of its sets told another size of the Deployment? */
const isResized = (deployment: KubeObject, sets: readonly KubeObject[]): boolean =>
  sets.some(({ metadata, spec }) => {
    const told = metadata.annotations?.[desiredKey]
    return (spec?.replicas ?? 0) > 0 && told !== undefined && Number(told) !== replicasOf(deployment)
  })

/** The Deployment as its controller saw it when it wrote one of its ReplicaSets. */
function deploymentBehind(write: Write): KubeObject | undefined {
  if (write.resource !== replicaSets || !isBy(write, 'deployment')) return undefined
  return write.believed.at(deployments, write.reconciled)
}

const sizeBefore = ({ previous }: Write): number => (previous === undefined ? 0 : replicasOf(previous))

/**
 * `[scaleDown_dc ⇒ avail′ ≥ replicas − maxUnavailable]`, of what its ReplicaSets' statuses say is available; when it was
 * fewer already, a step of the rollout takes none of those away. Resizing in the middle of a rollout is no step of it,
 * and one that is paused is only ever resized.
 */
export const rolloutKeepsEnough = row(
  {
    id: 'D1',
    name: 'rolloutKeepsEnough',
    says: "The controller's own scaling down never leaves fewer than replicas − maxUnavailable pods available.",
    class: 'C',
    source: `${docs}#max-unavailable`,
  },
  step((write) => {
    const deployment = deploymentBehind(write)
    if (deployment === undefined || !isRolling(deployment) || deployment.spec?.paused === true) return undefined
    if (replicasOf(write.object) >= sizeBefore(write)) return undefined
    const sets = setsOf(write.believed, deployment)
    if (isResized(deployment, sets)) return undefined
    const before = sets.reduce((sum, one) => sum + availableOf(one), 0)
    const seen = sets.find((one) => uidOf(one) === uidOf(write.object))
    if (seen === undefined) return undefined
    const left = before - availableOf(seen) + Math.min(replicasOf(write.object), seen.status?.availableReplicas ?? 0)
    const floor = floorOf(deployment)
    return orElse(left >= Math.min(floor, before), () => `it leaves ${left} available where ${floor} are promised`)
  }),
)

/** `□ avail ≥ replicas − maxUnavailable`, as many believe. */
export const alwaysEnough = row(
  {
    id: "D1'",
    name: 'alwaysEnough',
    says: 'A Deployment that was complete always has replicas − maxUnavailable pods available. Nodes die; evictions without a budget and new sizes do not ask.',
    class: 'F',
    source: `${docs}#max-unavailable`,
  },
  always((s) =>
    eachOf(s.list(deployments), (one) => {
      const { status } = one
      const hasBeenComplete = ((status?.conditions ?? []) as { type: string; reason?: string }[]).some(
        ({ type, reason }) => type === 'Progressing' && reason === 'NewReplicaSetAvailable',
      )
      const available: number = status?.availableReplicas ?? 0
      return orElse(
        !hasBeenComplete || isGoing(one) || available >= floorOf(one),
        () => `${named(one)} has ${available} available`,
      )
    }),
  ),
)

/** `[write_dc ⇒ Σ rs.spec.replicas ≤ replicas + maxSurge]`, for every write that makes a ReplicaSet larger. */
export const rolloutWantsNoMore = row(
  {
    id: 'D2',
    name: 'rolloutWantsNoMore',
    says: 'The controller never makes its ReplicaSets want more than replicas + maxSurge pods together.',
    class: 'C',
    source: `${docs}#max-surge (${kep(3973)})`,
  },
  step((write, _before, after) => {
    const deployment = deploymentBehind(write)
    if (deployment === undefined || replicasOf(write.object) <= sizeBefore(write)) return undefined
    const most = replicasOf(deployment) + surgeOf(deployment)
    const all = wanted(setsOf(after, deployment))
    return orElse(all <= most, () => `its ReplicaSets want ${all} pods where ${most} are allowed`)
  }),
)

/** `□ |pods, terminating ones included| ≤ replicas + maxSurge`, as many believe. */
export const neverMorePods = row(
  {
    id: "D2'",
    name: 'neverMorePods',
    says: 'A Deployment never has more than replicas + maxSurge pods. Terminating pods are not waited for.',
    class: 'F',
    source: `${issue(95498)}, ${kep(3973)}`,
  },
  always((s) =>
    eachOf(s.list(deployments), (one) => {
      const pods = setsOf(s, one).flatMap((set) => s.ownedBy('pods', uidOf(set)).filter((pod) => !isPodFinished(pod)))
      const most = replicasOf(one) + surgeOf(one)
      return orElse(pods.length <= most, () => `${named(one)} has ${pods.length} pods; ${most} were expected`)
    }),
  ),
)

/** `□ ∀h |rs(h)| ≤ 1`. */
export const oneSetForATemplate = row(
  {
    id: 'D3',
    name: 'oneSetForATemplate',
    says: 'A Deployment has one ReplicaSet for each template.',
    class: 'C',
    source: `${docs}#pod-template-hash-label`,
  },
  step((write, _before, after) => {
    if (write.resource !== replicaSets || write.type !== 'ADDED' || !isBy(write, 'deployment')) return undefined
    const [owner, hash] = [keeperOf(write.object), write.object.metadata.labels?.[hashLabel]]
    const alike = after
      .ownedBy(replicaSets, owner ?? '')
      .filter((one) => one.metadata.labels?.[hashLabel] === hash && !isGoing(one))
    return orElse(alike.length <= 1, () => `${alike.length} ReplicaSets have the hash ${hash}`)
  }),
)

function withoutHash(template: KubeObject['spec']): unknown {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

/** `settled ⇒ ∀t |rs(t)| ≤ 1`, by the templates themselves. */
export const oneSetAtLast = row(
  {
    id: 'D3b',
    name: 'oneSetAtLast',
    says: 'When nothing is left to do, no two ReplicaSets of a Deployment have the same template, whatever their hashes.',
    class: 'C',
    source: `${docs}#pod-template-hash-label`,
  },
  settled((s) =>
    eachOf(s.list(deployments), (one) => {
      const sets = setsOf(s, one).filter((set) => !isGoing(set))
      const twin = sets.find((set, i) =>
        sets.some((other, j) => j < i && equal(withoutHash(set.spec?.template), withoutHash(other.spec?.template))),
      )
      return orElse(twin === undefined, () => `${named(one)} has ${twin?.metadata.name} and another of its template`)
    }),
  ),
)

/** `[create(new) ⇒ old = ∅]`: when a set is taken up from nothing, no pod of another set is left. */
export const recreateWaits = row(
  {
    id: 'D4',
    name: 'recreateWaits',
    says: 'With the strategy Recreate no pod of a new revision is asked for while one of an old revision may run.',
    class: 'C',
    source: `${docs}#recreate-deployment`,
  },
  step((write) => {
    const deployment = deploymentBehind(write)
    if (deployment === undefined || isRolling(deployment) || deployment.spec?.paused === true) return undefined
    if (sizeBefore(write) > 0 || replicasOf(write.object) === 0) return undefined
    const others = setsOf(write.believed, deployment).filter((one) => uidOf(one) !== uidOf(write.object))
    const old = others.flatMap((one) => write.believed.ownedBy('pods', uidOf(one)).filter((pod) => !isPodFinished(pod)))
    return orElse(old.length === 0, () => `${old.map(named).join(', ')} of an older revision may still run`)
  }),
)

/** `□ paused ⇒ no new template is rolled out`. A paused Deployment is still resized. */
export const pausedRollsNothing = row(
  {
    id: 'D5',
    name: 'pausedRollsNothing',
    says: 'A paused Deployment makes no ReplicaSet.',
    class: 'C',
    source: `${docs}#pausing-and-resuming-a-deployment`,
  },
  step((write) => {
    const deployment = deploymentBehind(write)
    if (deployment === undefined || deployment.spec?.paused !== true) return undefined
    return orElse(write.type !== 'ADDED', () => `${named(write.object)} was made for a paused Deployment`)
  }),
)

/** Revision numbers are given out in order: who is newest has the highest. */
export const revisionsRise = row(
  {
    id: 'D6',
    name: 'revisionsRise',
    says: 'A ReplicaSet that becomes the newest gets a higher revision than any other of its Deployment.',
    class: 'C',
    source: `${docs}#checking-rollout-history-of-a-deployment`,
  },
  step((write) => {
    const deployment = deploymentBehind(write)
    const is = revisionOf(write.object)
    if (deployment === undefined || write.type === 'DELETED' || isGoing(write.object)) return undefined
    if (write.previous !== undefined && revisionOf(write.previous) === is) return undefined
    const others = setsOf(write.believed, deployment).filter((one) => uidOf(one) !== uidOf(write.object))
    const highest = Math.max(0, ...others.map(revisionOf))
    return orElse(is > highest, () => `${named(write.object)} got revision ${is}; another has ${highest}`)
  }),
)

/** `[clean up rs ⇒ rs is empty]`. */
export const onlyEmptyOnesGo = row(
  {
    id: 'D6c',
    name: 'onlyEmptyOnesGo',
    says: 'The controller deletes a ReplicaSet of its history only when that wants no pods and has none.',
    class: 'C',
    source: `${docs}#clean-up-policy`,
  },
  step((write) => {
    if (write.resource !== replicaSets || !isBy(write, 'deployment') || !isDeletion(write)) return undefined
    const seen = write.believed.at(replicaSets, write.key) ?? write.object
    const count: number = seen.status?.replicas ?? 0
    return orElse(replicasOf(seen) === 0 && count === 0, () => `${named(seen)} was deleted with ${count} pods`)
  }),
)

/** `◇ |history| ≤ revisionHistoryLimit`. */
export const historyIsShort = row(
  {
    id: 'D6b',
    name: 'historyIsShort',
    says: 'When nothing is left to do, a complete Deployment keeps at most revisionHistoryLimit empty old ReplicaSets.',
    class: 'C',
    source: `${docs}#clean-up-policy`,
  },
  settled((s) =>
    eachOf(s.list(deployments), (one) => {
      if (isGoing(one) || !isComplete(one)) return true
      const sets = setsOf(s, one)
      const newest = Math.max(0, ...sets.map(revisionOf))
      const old = sets.filter((set) => revisionOf(set) < newest && replicasOf(set) === 0 && !isGoing(set))
      const limit: number = one.spec?.revisionHistoryLimit ?? 10
      return orElse(old.length <= limit, () => `${named(one)} keeps ${old.length} old ReplicaSets`)
    }),
  ),
)

function isComplete({ metadata, spec, status }: KubeObject): boolean {
  const replicas: number = spec?.replicas ?? 1
  return (
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.replicas ?? 0) === replicas &&
    (status?.availableReplicas ?? 0) === replicas &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  )
}

function whyIncomplete(s: Moment, deployment: KubeObject): Held {
  if (isGoing(deployment) || deployment.spec?.paused === true || isComplete(deployment)) return true
  const sets = setsOf(s, deployment).filter((one) => !isGoing(one))
  const newest = sets.reduce<KubeObject | undefined>(
    (best, one) => (best === undefined || revisionOf(one) > revisionOf(best) ? one : best),
    undefined,
  )
  if (newest === undefined) return `${named(deployment)} has no ReplicaSet`
  // Recreate waits for the last old pod, which may be on a node that is lost.
  const isRecreate = deployment.spec?.strategy?.type === 'Recreate'
  if (isRecreate && sets.some((one) => s.ownedBy('pods', uidOf(one)).some(isGoing))) return true
  // With Recreate several sets with pods are never resized together: what was scaled in the middle of a rollout and became
  // Recreate before the controller looked stays as it is (scale() of kube-controller-manager 1.36).
  if (isRecreate && sets.filter((one) => replicasOf(one) > 0).length > 1 && isResized(deployment, sets)) return true
  // A revision whose pods do not become available holds its rollout up: that is what maxUnavailable is for.
  const isWell = (newest.status?.availableReplicas ?? 0) === replicasOf(newest)
  return orElse(
    !isWell,
    () => `${named(deployment)} is not complete though all pods of ${newest.metadata.name} are available`,
  )
}

/** `readyable(template) ~> updated = replicas ∧ old = 0`. */
export const rolloutsComplete = row(
  {
    id: 'D7',
    name: 'rolloutsComplete',
    says: 'A rollout whose new pods all become available completes. One that becomes Recreate and is scaled before its controller looks does not.',
    class: 'C',
    source: `${docs}#complete-deployment`,
  },
  settled((s) => eachOf(s.list(deployments), (one) => whyIncomplete(s, one))),
)

/** How much later than its deadline a stuck rollout may be called stuck, for clocks that count in seconds. */
const patienceMs = 60_000

/** `stuck ≥ T ~> Progressing = False`. */
export const stuckIsSaid = row(
  {
    id: 'D8',
    name: 'stuckIsSaid',
    says: 'When nothing is left to do, a rollout that made no progress for progressDeadlineSeconds says Progressing=False.',
    class: 'C',
    source: `${docs}#failed-deployment`,
  },
  settled((s) =>
    eachOf(s.list(deployments), (one) => {
      const seconds: number = one.spec?.progressDeadlineSeconds ?? 600
      if (isGoing(one) || one.spec?.paused === true || isComplete(one) || seconds >= 2_147_483_647) return true
      const conditions = (one.status?.conditions ?? []) as Readonly<Record<string, string>>[]
      const said = conditions.find(({ type }) => type === 'Progressing')
      if (said?.status !== 'True' || said.reason === 'NewReplicaSetAvailable') return true
      const since = timeOf(said.lastUpdateTime) ?? s.now
      return orElse(
        s.now <= since + seconds * 1000 + patienceMs,
        () => `${named(one)} has been stuck since ${said.lastUpdateTime}`,
      )
    }),
  ),
)
