/** StatefulSets: identities, order, revisions and claims. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { settled, step, type Write } from '../property.ts'
import { isPodFinished, isPodReady, podAvailableAt } from './documented.ts'
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
  replicasOf,
  selects,
  statefulSets,
  uidOf,
} from './words.ts'

const docs = page('concepts/workloads/controllers/statefulset/')
const revisionLabel = 'controller-revision-hash'

/** The ordinal at the end of a pod's name. */
const ordinalOf = ({ metadata }: KubeObject): number => Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? Number.NaN)

const firstOf = ({ spec }: KubeObject): number => spec?.ordinals?.start ?? 0
const endOf = (set: KubeObject): number => firstOf(set) + replicasOf(set)
const isOrdered = ({ spec }: KubeObject): boolean => spec?.podManagementPolicy !== 'Parallel'
const partitionOf = (set: KubeObject): number =>
  firstOf(set) + (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0)
const revisionOf = ({ metadata }: KubeObject): string => metadata.labels?.[revisionLabel] ?? ''
const isRolling = ({ spec }: KubeObject): boolean => (spec?.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'

function isUp(s: Moment, set: KubeObject, pod: KubeObject): boolean {
  const at = podAvailableAt(pod, set.spec?.minReadySeconds ?? 0)
  return !isGoing(pod) && pod.status?.phase === 'Running' && isPodReady(pod) && at !== undefined && at <= s.now
}

/** The set as its controller saw it when it wrote a pod. */
function setBehind(write: Write): KubeObject | undefined {
  if (write.resource !== 'pods' || !isBy(write, 'statefulset')) return undefined
  return write.believed.at(statefulSets, write.reconciled)
}

const podsOf = (s: Moment, set: KubeObject): readonly KubeObject[] => s.ownedBy('pods', uidOf(set))

/** Its pods when it has looked: of its selector and its names, its own or nobody's. What it no longer selects it lets go. */
const claimed = (s: Moment, set: KubeObject): readonly KubeObject[] =>
  s
    .list('pods', { namespace: set.metadata.namespace ?? '' })
    .filter(
      (pod) =>
        (keeperOf(pod) ?? uidOf(set)) === uidOf(set) &&
        selects(set, pod) &&
        pod.metadata.name.startsWith(`${set.metadata.name}-`),
    )

/** Who may say that a pod's containers have stopped, or that nobody will ever know. */
const mayRemove = (by: string): boolean =>
  by === 'user' || by.startsWith('kubelet') || by === 'controller/pod-garbage-collector'

/**
 * `□ ∀(sts, i) |{n: running(n, sts-i)}| ≤ 1`. A name is free only once its pod has left the store; so a pod that is on a node
 * leaves it only when its kubelet says that it has stopped, its node is gone, or somebody forces it.
 */
export const oneForEachIdentity = row(
  {
    id: 'S1',
    name: 'oneForEachIdentity',
    says: 'A pod of a StatefulSet that was on a node leaves the store only when it has stopped, unless it is forced.',
    class: 'C',
    source: page('tasks/run-application/force-delete-stateful-set-pod/'),
  },
  step(({ type, resource, by, object }) => {
    if (type !== 'DELETED' || resource !== 'pods' || !object.spec?.nodeName || isPodFinished(object)) return undefined
    if (object.metadata.ownerReferences?.some(({ kind }) => kind === 'StatefulSet') !== true) return undefined
    if (!mayRemove(by)) return `${by} removed ${named(object)}, which may still run on ${object.spec.nodeName}`
    const statuses = (object.status?.containerStatuses ?? []) as { state?: { running?: object } }[]
    const isRunning = by.startsWith('kubelet') && statuses.some(({ state }) => state?.running !== undefined)
    return orElse(!isRunning, () => `${named(object)} was removed while it ran`)
  }),
)

/** `[create i ⇒ ∀j < i Running ∧ Ready]` (OrderedReady). */
export const createdInOrder = row(
  {
    id: 'S2',
    name: 'createdInOrder',
    says: 'With OrderedReady a pod is made only when all pods of lower ordinals are running and ready.',
    class: 'C',
    source: `${docs}#deployment-and-scaling-guarantees`,
  },
  step((write) => {
    const set = setBehind(write)
    if (set === undefined || write.type !== 'ADDED' || !isOrdered(set)) return undefined
    const own = claimed(write.believed, set)
    const ordinal = ordinalOf(write.object)
    for (let i = firstOf(set); i < ordinal; i++) {
      const pod = own.find((one) => ordinalOf(one) === i)
      if (pod === undefined || !isUp(write.believed, set, pod))
        return `${named(write.object)} was made before pod ${i} was ready`
    }
    return true
  }),
)

/** `[delete i (scale) ⇒ ∀j > i gone]`, of the pods that are to go. */
export const endedInReverse = row(
  {
    id: 'S3',
    name: 'endedInReverse',
    says: 'With OrderedReady scaling down ends a pod only when all of higher ordinals that are to go are gone.',
    class: 'C',
    source: `${docs}#deployment-and-scaling-guarantees`,
  },
  step((write) => {
    const set = setBehind(write)
    if (set === undefined || !isDeletion(write) || !isOrdered(set)) return undefined
    const surplus = (pod: KubeObject): boolean => ordinalOf(pod) < firstOf(set) || ordinalOf(pod) >= endOf(set)
    if (!surplus(write.object)) return undefined
    const later = claimed(write.believed, set).find((pod) => surplus(pod) && ordinalOf(pod) > ordinalOf(write.object))
    return orElse(later === undefined, () => `${named(write.object)} was ended while ${later?.metadata.name} was there`)
  }),
)

/** The pods of a set's rolling update when one of them is deleted for it; undefined when it is for something else. */
function updateOf(write: Write, before: Moment) {
  const set = setBehind(write)
  const now = before.at(statefulSets, write.reconciled)
  const seen = write.believed.at('pods', write.key)
  if (set === undefined || now === undefined || seen === undefined || !isDeletion(write) || isPodFinished(seen))
    return undefined
  const ordinal = ordinalOf(seen)
  if (ordinal < firstOf(set) || ordinal >= endOf(set)) return undefined
  const inSet = podsOf(write.believed, set).filter(
    (pod) => ordinalOf(pod) >= firstOf(set) && ordinalOf(pod) < endOf(set),
  )
  return { set, seen, ordinal, pods: inSet, revision: (now.status?.updateRevision ?? '') as string }
}

/** `[update i ⇒ ∀j > i updated ∧ Ready]`, or as many short of that as maxUnavailable lets be. */
export const updatedFromTheLast = row(
  {
    id: 'S4',
    name: 'updatedFromTheLast',
    says: 'A rolling update replaces pods from the highest ordinal down, one (or maxUnavailable) at a time, each when those above it are up.',
    class: 'C',
    source: `${docs}#rolling-updates (${kep(961)})`,
  },
  step((write, before, after) => {
    const update = updateOf(write, before)
    if (update === undefined) return undefined
    const { set, seen, ordinal, pods, revision } = update
    if (!isRolling(set)) return `${named(seen)} was replaced though the strategy is OnDelete`
    const most = Math.max(1, Number(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1) || 1)
    const old = pods.find(
      (pod) =>
        ordinalOf(pod) > ordinal &&
        revisionOf(pod) !== revision &&
        !isGoing(
          after.at('pods', `${pod.metadata.namespace}/${pod.metadata.name}`) ?? {
            ...pod,
            metadata: { ...pod.metadata, deletionTimestamp: '' },
          },
        ),
    )
    if (old !== undefined) return `${named(seen)} was replaced before ${old.metadata.name}`
    const counts = (pod: KubeObject): boolean =>
      ordinalOf(pod) > ordinal || (ordinalOf(pod) < ordinal && isOrdered(set))
    const isDown = (pod: KubeObject): boolean =>
      !isUp(write.believed, set, pod) ||
      isGoing(before.at('pods', `${pod.metadata.namespace}/${pod.metadata.name}`) ?? pod)
    const others = pods.filter((pod) => counts(pod) && isDown(pod)).length
    return orElse(others < most, () => `${named(seen)} was replaced while ${others} others were not ready`)
  }),
)

/** Ordinals below the partition keep the current revision, even when they are made again. */
export const partitionKeepsOld = row(
  {
    id: 'S5',
    name: 'partitionKeepsOld',
    says: 'Pods of ordinals below the partition are not replaced, and are made of the current revision.',
    class: 'C',
    source: `${docs}#partitions`,
  },
  step((write, before) => {
    const set = setBehind(write)
    if (set === undefined || !isRolling(set) || !(ordinalOf(write.object) < partitionOf(set))) return undefined
    if (write.type === 'ADDED') {
      const current: string = before.at(statefulSets, write.reconciled)?.status?.currentRevision ?? ''
      if (ordinalOf(write.object) < firstOf(set) || current === '') return undefined
      return orElse(
        revisionOf(write.object) === current,
        () => `${named(write.object)} was made of ${revisionOf(write.object)} and not of ${current}`,
      )
    }
    const update = updateOf(write, before)
    return update === undefined ? undefined : `${named(update.seen)} is below the partition and was replaced`
  }),
)

/** `[delete pvc ⇒ policy]`: the set's controller deletes no claim; it gives one away only where the retention policy says so. */
export const claimsSurvive = row(
  {
    id: 'S6',
    name: 'claimsSurvive',
    says: "The claim of an ordinal survives its pod; it goes only where the set's retention policy says Delete.",
    class: 'C',
    source: `${docs}#persistentvolumeclaim-retention (${kep(1847)})`,
  },
  step((write) => {
    if (write.resource !== claims || !isBy(write, 'statefulset')) return undefined
    if (isDeletion(write)) return `the controller deleted ${named(write.object)}`
    const set = write.believed.at(statefulSets, write.reconciled)
    const policy = set?.spec?.persistentVolumeClaimRetentionPolicy
    const owners = write.object.metadata.ownerReferences ?? []
    const wrong = owners.find(
      ({ kind }) =>
        (kind === 'StatefulSet' && policy?.whenDeleted !== 'Delete') ||
        (kind === 'Pod' && policy?.whenScaled !== 'Delete'),
    )
    const isNew =
      wrong !== undefined && write.previous?.metadata.ownerReferences?.some(({ uid }) => uid === wrong.uid) !== true
    return orElse(
      !isNew,
      () => `${named(write.object)} would go with ${wrong?.kind} ${wrong?.name}, which no policy says`,
    )
  }),
)

/** Every pod has its claims. */
export const claimsAreThere = row(
  {
    id: 'S6b',
    name: 'claimsAreThere',
    says: 'When nothing is left to do, every pod of a StatefulSet has the claims its template asks for.',
    class: 'C',
    source: issue(93457),
  },
  settled((s) =>
    eachOf(s.list(statefulSets), (set) => {
      const templates = (set.spec?.volumeClaimTemplates ?? []) as KubeObject[]
      if (templates.length === 0 || isGoing(set)) return true
      const { namespace } = set.metadata
      return eachOf(podsOf(s, set), (pod) => {
        const missing = templates
          .map(({ metadata }) => `${metadata.name}-${pod.metadata.name}`)
          .find((name) => s.get(claims, name, namespace) === undefined)
        return orElse(
          missing === undefined || isGoing(pod) || ordinalOf(pod) >= endOf(set),
          () => `${named(pod)} has no claim ${missing}`,
        )
      })
    }),
  ),
)

function whyNotThere(s: Moment, set: KubeObject): string | undefined {
  const { status = {}, metadata } = set
  const pods = podsOf(s, set)
  // One that never becomes ready holds up those after it, and the rollout.
  const isHeldUp = pods.some((pod) => isPodFinished(pod) || isGoing(pod) || !isUp(s, set, pod))
  const ordinals = Array.from({ length: replicasOf(set) }, (_, i) => firstOf(set) + i)
  // So does somebody else's pod of one of the names.
  const isTaken = ordinals.some((i) => {
    const pod = s.get('pods', `${metadata.name}-${i}`, metadata.namespace)
    return pod !== undefined && keeperOf(pod) !== uidOf(set)
  })
  if (isGoing(set) || isHeldUp || isTaken) return undefined
  const within = pods.filter((pod) => ordinalOf(pod) >= firstOf(set) && ordinalOf(pod) < endOf(set))
  if (pods.length > within.length) return `${named(set)} has ${pods.length} pods and wants ${replicasOf(set)}`
  const missing = ordinals.find((i) => !within.some((pod) => ordinalOf(pod) === i))
  if (missing !== undefined) return `${named(set)} has no pod ${missing}`
  if (!isRolling(set)) return undefined
  const old = within.find((pod) => ordinalOf(pod) >= partitionOf(set) && revisionOf(pod) !== status.updateRevision)
  return old === undefined ? undefined : `${named(old)} stays at an old revision`
}

/** `settled ∧ all pods ready ⇒ pods = ordinals ∧ pods from the partition on are of the update revision`. */
export const setsConverge = row(
  {
    id: 'S8',
    name: 'setsConverge',
    says: 'When nothing is left to do and all its pods are ready, a StatefulSet has the pods and the revision it wants.',
    class: 'C',
    source: docs,
  },
  settled((s) =>
    eachOf(s.list(statefulSets), (set) => {
      const why = whyNotThere(s, set)
      return orElse(why === undefined, () => why ?? '')
    }),
  ),
)

/** `◇ every pod is of the update revision`, as many believe. */
export const setsRollOut = row(
  {
    id: 'S7',
    name: 'setsRollOut',
    says: 'A rollout or rollback of a StatefulSet completes. With OrderedReady a pod that never becomes ready holds even its own repair up, until somebody deletes it.',
    class: 'F',
    source: `${docs}#forced-rollback (${issue(67250)})`,
  },
  settled((s) =>
    eachOf(s.list(statefulSets), (set) => {
      if (isGoing(set) || !isRolling(set)) return true
      const update: string = set.status?.updateRevision ?? ''
      const old = podsOf(s, set).find(
        (pod) => revisionOf(pod) !== update && ordinalOf(pod) >= partitionOf(set) && ordinalOf(pod) < endOf(set),
      )
      return orElse(old === undefined, () => `${named(set)} is at rest and ${old?.metadata.name} is of an old revision`)
    }),
  ),
)

/** `Parallel ⇒ □ the highest pod that is not up is of the update revision`, at rest: what is broken is repaired by a rollout. */
export const parallelSetsRollOut = row(
  {
    id: 'S7b',
    name: 'parallelSetsRollOut',
    says: 'When nothing is left to do, no pod of a Parallel set waits for its new revision while all pods above it are up, not even a broken one.',
    class: 'C',
    source: `${docs}#parallel-pod-management (${issue(67250)})`,
  },
  settled((s) =>
    eachOf(s.list(statefulSets), (set) => {
      if (isGoing(set) || !isRolling(set) || isOrdered(set)) return true
      const update: string = set.status?.updateRevision ?? ''
      const own = podsOf(s, set)
        .filter((pod) => ordinalOf(pod) >= partitionOf(set) && ordinalOf(pod) < endOf(set))
        .sort((a, b) => ordinalOf(b) - ordinalOf(a))
      const first = own.find((pod) => revisionOf(pod) !== update || !isUp(s, set, pod))
      return orElse(
        first === undefined || isGoing(first) || revisionOf(first) === update,
        () => `${named(first as KubeObject)} is of an old revision, and all above it are up`,
      )
    }),
  ),
)
