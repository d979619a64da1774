/** What statuses and specs say of time and order: transitions, starts, taints, generations seen. */
import type { KubeObject } from '../../api/object.ts'
import { type Held, step, type Write } from '../property.ts'
import type { Taint } from './documented.ts'
import { page, row } from './row.ts'
import { eachOf, isByPlane, named, orElse, timeOf, uidOf } from './words.ts'

const conventions =
  'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md'

interface Said {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly observedGeneration?: number
}

const conditionsOf = ({ status }: KubeObject): readonly Said[] =>
  Array.isArray(status?.conditions) ? status.conditions : []

/** The writer's changes to an object of that uid; undefined for any other write. */
const changed = ({ type, object, previous }: Write): KubeObject | undefined =>
  type === 'MODIFIED' && previous !== undefined && uidOf(previous) === uidOf(object) ? previous : undefined

/** Times are stored in whole seconds, and a write may be a turn late. */
const roundingMs = 2000

function timedHeld(write: Write, was: Said | undefined, is: Said, now: number): Held {
  const [before, after] = [timeOf(was?.lastTransitionTime), timeOf(is.lastTransitionTime)]
  if (was?.status === is.status)
    return orElse(before === undefined || before === after, () => {
      const said = `${is.type} of ${named(write.object)} is ${is.status} as before`
      return `${said}, and its transition went from ${was.lastTransitionTime} to ${is.lastTransitionTime}`
    })
  if (was === undefined) return true
  return orElse(
    after !== undefined && Math.abs(now - after) <= roundingMs,
    () => `${is.type} of ${named(write.object)} became ${is.status}, and says that it did at ${is.lastTransitionTime}`,
  )
}

/** `[status′(c) ≠ status(c) ⇔ transition′(c) = now]`, of what the control plane writes. */
export const transitionsAreTimed = row(
  {
    id: 'G14',
    name: 'transitionsAreTimed',
    says: 'The lastTransitionTime of a condition changes when its status does, to the time at which it does, and never otherwise.',
    class: 'C',
    source: `${conventions}#typical-status-properties`,
  },
  step((write, _before, after) => {
    const previous = changed(write)
    if (previous === undefined || !isByPlane(write)) return undefined
    const told = conditionsOf(write.object)
    if (told.length === 0) return undefined
    const known = conditionsOf(previous)
    return eachOf(told, (is) =>
      timedHeld(
        write,
        known.find(({ type }) => type === is.type),
        is,
        after.now,
      ),
    )
  }),
)

/** `[observed′ ≤ generation]`, of statuses and of each condition. */
export const nothingIsSeenBeforehand = row(
  {
    id: 'G7b',
    name: 'nothingIsSeenBeforehand',
    says: 'No status and no condition is of a generation that there has not been yet, and none is of an older one than was said before.',
    class: 'C',
    source: `${conventions}#metadata`,
  },
  step((write) => {
    const previous = changed(write)
    if (previous === undefined || !isByPlane(write)) return undefined
    const generation = write.object.metadata.generation ?? Number.POSITIVE_INFINITY
    const all = [write.object.status as Said | undefined, ...conditionsOf(write.object)]
    const early = all.find((one) => (one?.observedGeneration ?? 0) > generation)
    if (early !== undefined)
      return `${named(write.object)} is of generation ${generation}, and ${early.observedGeneration} was observed`
    const [was, is] = [
      previous.status?.observedGeneration ?? 0,
      write.object.status?.observedGeneration ?? Number.POSITIVE_INFINITY,
    ]
    return orElse(is >= was, () => `${named(write.object)} was observed at ${was}, and now at ${is}`)
  }),
)

/** `[start(p) ≠ ∅ ⇒ start′(p) = start(p)]`. */
export const startsStay = row(
  {
    id: 'L12',
    name: 'startsStay',
    says: 'When a pod was taken on by its kubelet is said once and does not change, whatever restarts.',
    class: 'C',
    source: page('reference/kubernetes-api/workload-resources/pod-v1/#PodStatus'),
  },
  step((write) => {
    const previous = changed(write)
    const was: string | undefined = previous?.status?.startTime
    if (write.resource !== 'pods' || was === undefined || write.by === 'user') return undefined
    const is: string | undefined = write.object.status?.startTime
    return orElse(was === is, () => `${named(write.object)} was started at ${was}, and now at ${is}`)
  }),
)

/** `[t ∈ taints ∧ t ∈ taints′ ⇒ added′(t) = added(t)]`. */
export const taintsKeepTheirTime = row(
  {
    id: 'N9',
    name: 'taintsKeepTheirTime',
    says: 'While a taint stays on a node nobody but a user changes when it was added: what pods stand for a while runs from there.',
    class: 'C',
    source: page('reference/kubernetes-api/cluster-resources/node-v1/#NodeSpec'),
  },
  step((write) => {
    const previous = changed(write)
    if (write.resource !== 'nodes' || previous === undefined || !isByPlane(write)) return undefined
    const before: readonly Taint[] = previous.spec?.taints ?? []
    const moved = ((write.object.spec?.taints ?? []) as readonly Taint[]).find((one) => {
      const was = before.find(({ key, effect }) => key === one.key && effect === one.effect)
      return was !== undefined && was.timeAdded !== one.timeAdded
    })
    return orElse(moved === undefined, () => `${moved?.key} of ${named(write.object)} is said to be of another time`)
  }),
)
