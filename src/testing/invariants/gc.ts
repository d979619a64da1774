/** The garbage collector: who goes with whom, and in which order. */
import type { KubeObject, OwnerReference } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { settled, step } from '../property.ts'
import { issue, page, row } from './row.ts'
import {
  claims,
  cronJobs,
  daemonSets,
  deployments,
  eachOf,
  isBy,
  isDeletion,
  isGoing,
  jobs,
  named,
  orElse,
  replicaSets,
  slices,
  statefulSets,
  uidOf,
} from './words.ts'

const docs = page('concepts/architecture/garbage-collection/')
const foreground = 'foregroundDeletion'
const orphan = 'orphan'

/** Kinds that are owned in a usual cluster: what is looked through for dependents. */
const owned = [
  'pods',
  replicaSets,
  'controllerrevisions.apps',
  deployments,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  slices,
  claims,
  'configmaps',
  'secrets',
]

/** Kinds whose objects are in namespaces and are well known to be. */
const namespaced = new Set([
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ConfigMap',
  'Secret',
  'Service',
])

const has = ({ metadata }: KubeObject | { metadata: KubeObject['metadata'] }, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) === true

const dependentsOf = (s: Moment, owner: KubeObject): readonly KubeObject[] =>
  owned.flatMap((resource) => s.ownedBy(resource, uidOf(owner)))

/** An owner that keeps its dependents: it is there, and does not wait for them to go. */
function keeps(s: Moment, reference: OwnerReference, object: KubeObject): boolean {
  const owner = s.ownerOf(reference, object.metadata.namespace)
  return owner !== undefined && !(isGoing(owner) && has(owner, foreground))
}

/** `[gcDelete(o) ⇒ ∀ref ∈ owners(o): uid absent in etcd]`, in the state the write meets; or deleted in the foreground. */
export const ownersAreGone = row(
  {
    id: 'GC1',
    name: 'ownersAreGone',
    says: 'The collector deletes an object only when all its owners are gone, or wait for it to go.',
    class: 'C',
    source: `${docs}#owners-dependents (${issue(65200)}, ${issue(88097)})`,
  },
  step((write, before) => {
    if (!isBy(write, 'garbage-collector') || !isDeletion(write)) return undefined
    const references = write.previous?.metadata.ownerReferences ?? []
    if (references.length === 0) return `${named(write.object)} has no owners and was collected`
    const kept = references.find((reference) => keeps(before, reference, write.object))
    return orElse(
      kept === undefined,
      () => `${named(write.object)} was collected and ${kept?.kind} ${kept?.name} is there`,
    )
  }),
)

/** Every owner is of a kind that is looked up, and none is there. */
function isGarbage(s: Moment, object: KubeObject): boolean {
  const references = object.metadata.ownerReferences ?? []
  if (references.length === 0 || isGoing(object)) return false
  return references.every(
    (reference) => namespaced.has(reference.kind) && s.ownerOf(reference, object.metadata.namespace) === undefined,
  )
}

/** `owners all gone ∧ ¬orphan ~> o gone`. */
export const garbageGoes = row(
  {
    id: 'GC2',
    name: 'garbageGoes',
    says: 'When nothing is left to do, nothing is left whose owners are all gone.',
    class: 'C',
    source: docs,
  },
  settled((s) =>
    eachOf(owned, (resource) => {
      const left = s.list(resource).find((object) => isGarbage(s, object))
      return orElse(left === undefined, () => `${left === undefined ? '' : named(left)} is left without its owners`)
    }),
  ),
)

/** `[remove owner ⇒ ¬∃ dep.blockOwnerDeletion]`. */
export const blockersGoFirst = row(
  {
    id: 'GC3',
    name: 'blockersGoFirst',
    says: 'What is deleted in the foreground is let go only when nobody is left who blocks it.',
    class: 'C',
    source: `${docs}#foreground-deletion`,
  },
  step((write, before) => {
    const { previous, object } = write
    if (!isBy(write, 'garbage-collector') || previous === undefined || !isGoing(previous)) return undefined
    if (!has(previous, foreground) || has(object, foreground)) return undefined
    const blocker = dependentsOf(before, object).find(
      ({ metadata }) =>
        metadata.namespace === object.metadata.namespace &&
        metadata.ownerReferences?.some(
          ({ uid, blockOwnerDeletion }) => uid === uidOf(object) && blockOwnerDeletion === true,
        ),
    )
    return orElse(
      blocker === undefined,
      () => `${named(object)} was let go while ${blocker === undefined ? '' : named(blocker)} was there`,
    )
  }),
)

/** `[let go of an orphaning owner ⇒ no dependent names it]`. */
export const orphansAreFreed = row(
  {
    id: 'GC4',
    name: 'orphansAreFreed',
    says: 'What is deleted with Orphan is let go only when its dependents do not name it any more; they stay.',
    class: 'C',
    source: `${docs}#orphan-dependents (${issue(108372)})`,
  },
  step((write, before) => {
    const { previous, object } = write
    if (!isBy(write, 'garbage-collector') || previous === undefined || !isGoing(previous)) return undefined
    if (!has(previous, orphan) || has(object, orphan)) return undefined
    const left = dependentsOf(before, object).find(({ metadata }) => metadata.namespace === object.metadata.namespace)
    return orElse(
      left === undefined,
      () => `${named(object)} was let go and ${left === undefined ? '' : named(left)} still names it`,
    )
  }),
)

/** `□ owner in the same namespace or cluster-scoped`, else it counts as absent; an object of no namespace with such an owner is kept. */
export const ownersAreNear = row(
  {
    id: 'GC5',
    name: 'ownersAreNear',
    says: 'A cluster-scoped object that names a namespaced owner is never collected; an owner in another namespace keeps nobody.',
    class: 'C',
    source: `${page('concepts/overview/working-with-objects/owners-dependents/')}#owner-references-in-object-specifications`,
  },
  step((write) => {
    if (!isBy(write, 'garbage-collector') || !isDeletion(write) || write.object.metadata.namespace !== undefined)
      return undefined
    const wrong = write.previous?.metadata.ownerReferences?.find(({ kind }) => namespaced.has(kind))
    return orElse(
      wrong === undefined,
      () => `${named(write.object)} was collected for the namespaced ${wrong?.kind} ${wrong?.name}`,
    )
  }),
)

const isOwn = (finalizer: string): boolean => finalizer === foreground || finalizer === orphan

/** `settled ∧ going(o) ∧ finalizers(o) ⊆ {orphan, foreground} ⇒ somebody it waits for is there`. */
export const nobodyWaitsForNobody = row(
  {
    id: 'GC6',
    name: 'nobodyWaitsForNobody',
    says: "When nothing is left to do, nothing is held by the collector's finalizers alone that has no dependents.",
    class: 'C',
    source: `${docs}#foreground-deletion`,
  },
  settled((s) =>
    eachOf(owned, (resource) => {
      const waits = s
        .list(resource)
        .find(
          (object) =>
            isGoing(object) &&
            (object.metadata.finalizers?.length ?? 0) > 0 &&
            object.metadata.finalizers?.every(isOwn) === true &&
            !dependentsOf(s, object).some(({ metadata }) => metadata.namespace === object.metadata.namespace),
        )
      return orElse(waits === undefined, () => `${waits === undefined ? '' : named(waits)} waits for nobody`)
    }),
  ),
)
