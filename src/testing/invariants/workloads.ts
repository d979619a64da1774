/** What controllers of workloads have in common: numbers that are earned, histories that are kept, and pods that go for a cause. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, step, type Write } from '../property.ts'
import { isPodFinished, podAvailableAt } from './documented.ts'
import { eligible, nodeOf } from './eligible.ts'
import { page, row } from './row.ts'
import {
  daemonSets,
  deployments,
  isBy,
  isByPlane,
  isDeletion,
  isGoing,
  keeperOf,
  named,
  orElse,
  replicaSets,
  statefulSets,
  uidOf,
} from './words.ts'

const conventions =
  'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties'
const histories = 'controllerrevisions.apps'

/** `[status′ by the plane ⇒ ∀ numbers ≥ 0]`. */
export const numbersAreNotNegative = row(
  {
    id: 'G13d',
    name: 'numbersAreNotNegative',
    says: 'No number that a component writes into a status is negative.',
    class: 'C',
    source: conventions,
  },
  step((write) => {
    const { object, previous, type } = write
    if (type === 'DELETED' || !isByPlane(write) || object.status === previous?.status) return undefined
    const wrong = Object.entries(object.status ?? {}).find(([, is]) => typeof is === 'number' && is < 0)
    return orElse(wrong === undefined, () => `${named(object)} says ${wrong?.join(' ')}`)
  }),
)

/** The field that counts available pods, by resource. */
const availableIn: Readonly<Record<string, string>> = {
  [replicaSets]: 'availableReplicas',
  replicationcontrollers: 'availableReplicas',
  [statefulSets]: 'availableReplicas',
  [daemonSets]: 'numberAvailable',
}

/** `[status′ ⇒ available ≤ |{p: ready for minReadySeconds}|]`, of the pods the writer saw. */
export const availableIsEarned = row(
  {
    id: 'R8',
    name: 'availableIsEarned',
    says: 'A controller counts no pod as available that it has not seen ready for minReadySeconds.',
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#min-ready-seconds'),
  },
  step((write) => {
    const field = availableIn[write.resource]
    if (field === undefined || write.type !== 'MODIFIED' || !write.by.startsWith('controller/')) return undefined
    const said: number = write.object.status?.[field] ?? 0
    if (said <= (write.previous?.status?.[field] ?? 0)) return undefined
    const { believed, object } = write
    const seconds: number = believed.at(write.resource, write.key)?.spec?.minReadySeconds ?? 0
    // Those that it takes on in the same look are counted too.
    const own = believed
      .list('pods', { namespace: object.metadata.namespace ?? '' })
      .filter((pod) => (keeperOf(pod) ?? uidOf(object)) === uidOf(object))
    const well = own.filter(
      (pod) => !isPodFinished(pod) && (podAvailableAt(pod, seconds) ?? believed.now + 1) <= believed.now,
    ).length
    return orElse(said <= well, () => `${named(object)} counts ${said} as available, and ${well} are`)
  }),
)

const cuts: Readonly<Record<string, string>> = {
  'controller/deployment': deployments,
  'controller/daemonset': daemonSets,
  'controller/statefulset': statefulSets,
}

/** `[cut r ⇒ |old revisions| > revisionHistoryLimit]`. */
export const historyIsKept = row(
  {
    id: 'D6f',
    name: 'historyIsKept',
    says: 'A Deployment, DaemonSet or StatefulSet that has no more old revisions than revisionHistoryLimit, as it sees, keeps them.',
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#clean-up-policy'),
  },
  step((write) => {
    const of = cuts[write.by]
    if (of === undefined || !isDeletion(write)) return undefined
    if (write.resource !== replicaSets && write.resource !== histories) return undefined
    const owner = write.believed.at(of, write.reconciled)
    if (owner === undefined || uidOf(owner) !== keeperOf(write.object)) return undefined
    const all = write.believed.ownedBy(write.resource, uidOf(owner)).filter((one) => !isGoing(one))
    const limit: number = owner.spec?.revisionHistoryLimit ?? 10
    // What a paused Deployment has now been told may be in none of them.
    const old = owner.spec?.paused === true ? all.length : all.length - 1
    return orElse(
      old > limit,
      () => `${named(write.object)} went though ${named(owner)} has ${old} old revisions and keeps ${limit}`,
    )
  }),
)

/** Who takes pods on and lets them go. */
const claimers: readonly string[] = [
  'replicaset',
  'replicationcontroller',
  'statefulset',
  'daemonset',
  'job',
  'deployment',
]

/** `[write p by c ⇒ ∀ references of others kept]`. */
export const othersReferencesStay = row(
  {
    id: 'R4c',
    name: 'othersReferencesStay',
    says: 'Who takes an object on or lets it go leaves the references of its other owners alone.',
    class: 'C',
    source: page('concepts/overview/working-with-objects/owners-dependents/'),
  },
  step((write) => {
    const { object, previous, type } = write
    if (type !== 'MODIFIED' || previous === undefined || !claimers.some((one) => isBy(write, one))) return undefined
    const [was, is] = [previous, object].map(({ metadata }) => metadata.ownerReferences ?? [])
    if (was === undefined || is === undefined || was.length < 2) return undefined
    const lost = was.filter(({ uid }) => !is.some((one) => one.uid === uid))
    return orElse(lost.length <= 1, () => `${named(object)} lost ${lost.map(({ name }) => name).join(' and ')}`)
  }),
)

const newestOf = (s: Moment, set: KubeObject): KubeObject | undefined =>
  s
    .ownedBy(histories, uidOf(set))
    .reduce<KubeObject | undefined>(
      (best, one) => (best === undefined || Number(one.revision) > Number(best.revision) ? one : best),
      undefined,
    )

/** Is the pod of the set's newest revision, as far as anybody can tell? */
function isCurrent(s: Moment, set: KubeObject, pod: KubeObject): boolean {
  const hash = pod.metadata.labels?.['controller-revision-hash']
  const newest = newestOf(s, set)
  return newest === undefined || hash === undefined || newest.metadata.name.endsWith(`-${hash}`)
}

/** A daemon is deleted where it may not be, beside another, when it is over, or for a rolling update. */
function causeOf(write: Write, before: Moment, set: KubeObject, pod: KubeObject): Held {
  const s = write.believed
  const node = s.get('nodes', nodeOf(pod) ?? '', '')
  if (node === undefined || isPodFinished(pod) || isGoing(pod)) return true
  if (!eligible(set, node).stay) return true
  const others = s
    .ownedBy('pods', uidOf(set))
    .filter((one) => uidOf(one) !== uidOf(pod) && nodeOf(one) === node.metadata.name && !isGoing(one))
  if (others.length > 0) return true
  const rolls = (set.spec?.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
  // Its own revision it may have written a moment ago.
  if (rolls && !isCurrent(before, set, pod)) return true
  return `${named(pod)} was deleted from ${node.metadata.name}, where it belongs, as ${rolls ? 'it is of the newest revision' : 'nobody replaces it but users'}`
}

/** `[delete daemon p ⇒ ¬stay(n) ∨ over(p) ∨ twin(p) ∨ rolling ∧ old(p)]`. */
export const daemonsGoForCause = row(
  {
    id: 'DS6',
    name: 'daemonsGoForCause',
    says: 'A daemon pod is deleted only where it may not stay, beside another one, when it has ended, or as an old one in a rolling update.',
    class: 'C',
    source: page('tasks/manage-daemon/update-daemon-set/#daemonset-update-strategy'),
  },
  step((write, before) => {
    if (write.resource !== 'pods' || !isBy(write, 'daemonset') || !isDeletion(write)) return undefined
    const set = write.believed.at(daemonSets, write.reconciled)
    const pod = write.believed.at('pods', write.key)
    if (set === undefined || pod === undefined || isGoing(set)) return undefined
    return causeOf(write, before, set, pod)
  }),
)
