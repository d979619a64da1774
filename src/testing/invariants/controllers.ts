/**
 * What holds of every controller's writes, whatever it is for. What speaks of reconciles rather than of writes (G1, G3, G4, G6,
 * G10, G12) is in meta.ts and elsewhere.ts.
 */
import type { KubeObject } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import type { Moment } from '../moment.ts'
import { idempotent, noOscillation, rests, settled, step, type Write } from '../property.ts'
import { page, row } from './row.ts'
import {
  claims,
  cronJobs,
  daemonSets,
  deployments,
  eachOf,
  isDeletion,
  isGoing,
  jobs,
  keeperOf,
  named,
  orElse,
  replicaSets,
  replicasOf,
  statefulSets,
} from './words.ts'

const guide = 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md'

/** `converged(S) ∧ reconcile(S) ⇒ writes = ∅`, of every key of every controller. */
export const nothingLeftToWrite = row(
  {
    id: 'G2',
    name: 'nothingLeftToWrite',
    says: 'When nothing is left to do, reconciling any key once more writes nothing.',
    class: 'C',
    source: guide,
  },
  idempotent(),
)

/** `#writes after quiet ≤ B`: best effort, for bounds that are not known; no run goes on for ever. */
export const everythingRests = row(
  {
    id: 'G9',
    name: 'everythingRests',
    says: 'When nobody outside does anything any more, the writing comes to an end.',
    class: 'B',
    source: 'https://www.usenix.org/conference/osdi22/presentation/sun (Sieve)',
  },
  rests(),
)

/** `[delete_c(o) ⇒ view_c(o).uid = etcd(o).uid]`. */
export const deletesWhatItMeant = row(
  {
    id: 'G5',
    name: 'deletesWhatItMeant',
    says: 'What a controller deletes is the object it looked at, not another that has its name by now.',
    class: 'C',
    source: guide,
  },
  step((write) => {
    if (!write.by.startsWith('controller/') || !isDeletion(write) || write.asked?.type === 'update') return undefined
    const seen = write.believed.at(write.resource, write.key)
    const { uid } = write.object.metadata
    return orElse(seen?.metadata.uid === uid, () =>
      seen === undefined
        ? `${write.by} deleted ${named(write.object)}, which it did not see`
        : `${write.by} looked at ${named(seen)} of uid ${seen.metadata.uid} and deleted the one of uid ${uid}`,
    )
  }),
)

const workloads = [deployments, replicaSets, statefulSets, daemonSets, 'replicationcontrollers']

/** `□ desired(o) ~> □ matches(o)`, as far as statuses say it: when nothing is left to do, each speaks of the present spec. */
export const statusesCatchUp = row(
  {
    id: 'G7',
    name: 'statusesCatchUp',
    says: "When nothing is left to do, every workload's status speaks of its present generation.",
    class: 'C',
    source: 'https://www.usenix.org/conference/osdi24/presentation/sun-xudong (eventually stable reconciliation)',
  },
  settled((s) =>
    eachOf(workloads, (resource) =>
      eachOf(s.list(resource), (object) => {
        const { generation } = object.metadata
        const observed: number | undefined = object.status?.observedGeneration
        return orElse(
          isGoing(object) || observed === generation,
          () => `the status of ${named(object)} is of generation ${observed ?? 'none'}; it is of ${generation}`,
        )
      }),
    ),
  ),
)

const revisions = ['pod-template-hash', 'controller-revision-hash']

/** Who has how many pods where and of which revision. Pods of Jobs come and go by themselves. */
function placesOf(pods: readonly KubeObject[]): readonly string[] {
  const places = new Map<string, number>()
  for (const pod of pods) {
    const keeper = controllerOf(pod)
    if (keeper === undefined || keeper.kind === 'Job') continue
    const revision = revisions.map((label) => pod.metadata.labels?.[label] ?? '').join('')
    const place = `${keeper.uid} ${revision}@${pod.spec?.nodeName ?? ''}`
    places.set(place, (places.get(place) ?? 0) + 1)
  }
  return [...places].map(([place, count]) => `${place}*${count}`).sort()
}

/** The sizes that are wanted and where each owner's pods are, as one text. */
function shapeOf(s: Moment): string {
  const sizes = [deployments, replicaSets, statefulSets].flatMap((resource) =>
    s.list(resource).map((one) => `${one.metadata.uid}=${replicasOf(one)}`),
  )
  return [...sizes, ...placesOf(s.activePods.filter(({ spec }) => spec?.nodeName))].join(' ')
}

/** `no reachable fair cycle, nobody outside doing anything, that contains a spec write, a bind or an eviction`. */
export const nothingGoesRound = row(
  {
    id: 'G8',
    name: 'nothingGoesRound',
    says: 'While nobody outside does anything, sizes and places of pods do not go round in a circle.',
    class: 'C',
    source: 'https://www.usenix.org/conference/atc24/presentation/liu-bingzhe (Kivi)',
  },
  noOscillation(shapeOf),
)

/** Whose objects a controller works on: its own kind, and what of others an object of that kind controls. */
const keepers: Readonly<Record<string, string>> = {
  'controller/deployment': deployments,
  'controller/replicaset': replicaSets,
  'controller/replicationcontroller': 'replicationcontrollers',
  'controller/statefulset': statefulSets,
  'controller/daemonset': daemonSets,
  'controller/job': jobs,
  'controller/cronjob': cronJobs,
}

/**
 * Claims of StatefulSets and pods of Jobs that are gone belong to their controllers by name and finalizer; what admission
 * changes with a write (a quota) belongs to nobody.
 */
function isExcepted({ by, verb, resource }: Write): boolean {
  return (
    verb.startsWith('also ') ||
    (by === 'controller/statefulset' && resource === claims) ||
    (by === 'controller/job' && resource === 'pods')
  )
}

const ownsIt = (object: KubeObject | undefined, uid: string | undefined): boolean =>
  object !== undefined && uid !== undefined && keeperOf(object) === uid

/** `[write_c(o) ⇒ owner(o) = c ∨ claim(o)]`, for the controllers of workloads. */
export const writesItsOwn = row(
  {
    id: 'G11',
    name: 'writesItsOwn',
    says: 'A controller of workloads writes only the object it reconciles and what that object controls or takes on.',
    class: 'C',
    source: page('concepts/architecture/controller/'),
  },
  step((write) => {
    const kind = keepers[write.by]
    if (kind === undefined || write.resource === 'events') return undefined
    if (write.resource === kind)
      return orElse(write.key === write.reconciled, () => `${write.by} wrote ${write.key} for ${write.reconciled}`)
    if (isExcepted(write)) return undefined
    const uid = write.believed.at(kind, write.reconciled)?.metadata.uid
    const own = ownsIt(write.object, uid) || ownsIt(write.previous, uid)
    return orElse(own, () => `${write.by} wrote ${named(write.object)}, which ${write.reconciled} does not control`)
  }),
)

/** `status.observedGeneration = g ⇒ status computed from spec@g`. */
export const statusesAreHonest = row(
  {
    id: 'G13',
    name: 'statusesAreHonest',
    says: 'A controller says that it observed a generation only when it looked at that generation.',
    class: 'C',
    source:
      'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties',
  },
  step((write) => {
    const is: number | undefined = write.object.status?.observedGeneration
    if (!write.by.startsWith('controller/') || is === undefined || write.type !== 'MODIFIED') return undefined
    if (write.previous?.status?.observedGeneration === is) return undefined
    const seen = write.believed.at(write.resource, write.key)?.metadata.generation
    return orElse(
      seen === undefined || is <= seen,
      () => `${write.by} looked at generation ${seen} of ${named(write.object)} and says it observed ${is}`,
    )
  }),
)
