/** Collecting further: whom an owner waits for, how deep a deletion goes, what is left of references; and how namespaces end. */
import type { KubeObject, OwnerReference } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step } from '../property.ts'
import { kep, page, row } from './row.ts'
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
  statefulSets,
  uidOf,
} from './words.ts'

const docs = page('concepts/architecture/garbage-collection/')
const foreground = 'foregroundDeletion'

/** Kinds that are owned in a usual cluster. */
const owned = [
  'pods',
  replicaSets,
  'controllerrevisions.apps',
  deployments,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  claims,
  'configmaps',
  'secrets',
]
const known = new Set(['Pod', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ConfigMap'])

const dependentsOf = (s: Moment, owner: KubeObject): readonly KubeObject[] =>
  owned
    .flatMap((resource) => s.ownedBy(resource, uidOf(owner)))
    .filter(({ metadata }) => metadata.namespace === owner.metadata.namespace)

const blocks = (dependent: KubeObject, owner: KubeObject): boolean =>
  dependent.metadata.ownerReferences?.some(
    ({ uid, blockOwnerDeletion }) => uid === uidOf(owner) && blockOwnerDeletion === true,
  ) === true

const waits = (object: KubeObject): boolean =>
  isGoing(object) && object.metadata.finalizers?.includes(foreground) === true

/** `settled ∧ waits(o) ⇒ ∃ d: d blocks o`. */
export const onlyBlockersAreWaitedFor = row(
  {
    id: 'GC7',
    name: 'onlyBlockersAreWaitedFor',
    says: 'When nothing is left to do, what is deleted in the foreground waits only for dependents that say that they block it.',
    class: 'C',
    source: `${docs}#foreground-deletion`,
  },
  settled((s) =>
    eachOf(owned, (resource) => {
      const idle = s
        .list(resource)
        .find((object) => waits(object) && !dependentsOf(s, object).some((one) => blocks(one, object)))
      return orElse(idle === undefined, () => `${named(idle as KubeObject)} waits, and nobody blocks it`)
    }),
  ),
)

/** `[collect o for an owner that waits ∧ o has dependents ⇒ o waits too]`. */
export const foregroundGoesDeep = row(
  {
    id: 'GC8',
    name: 'foregroundGoesDeep',
    says: 'What is collected for an owner that waits for it, and has dependents of its own, waits for those.',
    class: 'C',
    source: `${docs}#foreground-deletion`,
  },
  step((write) => {
    const { object, believed } = write
    if (!isBy(write, 'garbage-collector') || !isDeletion(write)) return undefined
    const isAwaited = (object.metadata.ownerReferences ?? []).some((reference) => {
      const owner = believed.ownerOf(reference, object.metadata.namespace)
      return owner !== undefined && waits(owner)
    })
    const [first] = isAwaited ? dependentsOf(believed, object) : []
    return orElse(
      first === undefined || object.metadata.finalizers?.includes(foreground) === true,
      () => `${named(object)} was collected before ${first === undefined ? '' : named(first)}, for an owner that waits`,
    )
  }),
)

/** `settled ∧ some owner of o keeps it ⇒ no reference of o is to nobody`. */
export const referencesAreTidied = row(
  {
    id: 'GC9',
    name: 'referencesAreTidied',
    says: 'When nothing is left to do, what is kept by one of its owners names none that is gone.',
    class: 'C',
    source: `${docs}#owners-dependents`,
  },
  settled((s) =>
    eachOf(owned, (resource) =>
      eachOf(s.list(resource), (object) => {
        const references: readonly OwnerReference[] = object.metadata.ownerReferences ?? []
        if (references.length < 2 || isGoing(object)) return true
        const ownerOf = (one: OwnerReference) => s.ownerOf(one, object.metadata.namespace)
        const isKept = references.some((one) => known.has(one.kind) && ownerOf(one) !== undefined)
        const lost = references.find((one) => known.has(one.kind) && ownerOf(one) === undefined)
        return orElse(!isKept || lost === undefined, () => `${named(object)} still names ${lost?.name}, which is gone`)
      }),
    ),
  ),
)

/** `[the namespace's end takes o ⇒ o is a pod ∨ no pods are left]`. */
export const podsGoFirst = row(
  {
    id: 'A13d',
    name: 'podsGoFirst',
    says: 'When a namespace ends its pods go first, and everything else only when none is left.',
    class: 'C',
    source: kep(5080),
  },
  step((write) => {
    const { resource, object } = write
    if (!isBy(write, 'namespace') || !isDeletion(write) || resource === 'pods') return undefined
    const [pod] = write.believed.list('pods', { namespace: object.metadata.namespace ?? '' })
    return orElse(pod === undefined, () => `${named(object)} was deleted while ${pod?.metadata.name} was there`)
  }),
)

const inside = [...owned, 'services', 'serviceaccounts', 'events', 'resourcequotas', 'endpoints']

function remainsHeld(s: Moment, namespace: KubeObject): Held {
  const { name } = namespace.metadata
  const phase: string | undefined = namespace.status?.phase
  if (isGoing(namespace) !== (phase === 'Terminating'))
    return `${named(namespace)} is ${isGoing(namespace) ? '' : 'not '}being deleted and says ${phase}`
  if (!isGoing(namespace)) return true
  const left = inside.flatMap((resource) => s.list(resource, { namespace: name }))
  const told = (type: string): boolean =>
    ((namespace.status?.conditions ?? []) as { type: string; status: string }[]).find((one) => one.type === type)
      ?.status === 'True'
  if (left.length > 0 && !told('NamespaceContentRemaining'))
    return `${named(namespace)} does not say what is left in it`
  const isHeld = left.some(({ metadata }) => (metadata.finalizers?.length ?? 0) > 0)
  return orElse(left.length === 0 || isHeld === told('NamespaceFinalizersRemaining'), () =>
    isHeld ? `${named(namespace)} does not say that finalizers hold it` : `${named(namespace)} tells of finalizers`,
  )
}

/** `settled ⇒ (going(ns) ⇔ phase = Terminating) ∧ conditions = what is left`. */
export const whatRemainsIsSaid = row(
  {
    id: 'A13e',
    name: 'whatRemainsIsSaid',
    says: 'When nothing is left to do, a namespace says Terminating exactly when it is deleted, and then whether anything is left in it and whether finalizers hold that.',
    class: 'C',
    source: page('reference/kubernetes-api/cluster-resources/namespace-v1/#NamespaceStatus'),
  },
  settled((s) => eachOf(s.list('namespaces'), (namespace) => remainsHeld(s, namespace))),
)
