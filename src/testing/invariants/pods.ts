/** Pods on their nodes: phases, containers, probes and restarts as kubelets tell them. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step, type Write } from '../property.ts'
import { isPodFinished } from './documented.ts'
import { type Container, containersOf, isPlain, isSidecar, isWell, restarts, type Told, toldOf } from './pod-words.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, orElse, timeOf, uidOf } from './words.ts'

const docs = page('concepts/workloads/pods/pod-lifecycle/')
const initDocs = page('concepts/workloads/pods/init-containers/')
const sidecarDocs = page('concepts/workloads/pods/sidecar-containers/')

const rank: Readonly<Record<string, number>> = { Pending: 0, Running: 1, Succeeded: 2, Failed: 2 }
const phaseOf = (pod: KubeObject | undefined): string => pod?.status?.phase ?? 'Pending'

/** A status that a kubelet wrote over an earlier one of the same pod. */
const byKubelet = ({ resource, type, by, previous }: Write): boolean =>
  resource === 'pods' && type === 'MODIFIED' && by.startsWith('kubelet') && previous !== undefined

/** `[phase = p ⇒ phase′ ≥ p]`, and of its two ends the one that was said. */
export const phasesMoveOn = row(
  {
    id: 'L1',
    name: 'phasesMoveOn',
    says: 'A phase goes from Pending by Running to its end and not back, unless init containers run again; an end stays as it was said.',
    class: 'C',
    source: `${docs}#pod-phase`,
  },
  step(({ resource, type, by, object, previous }) => {
    if (resource !== 'pods' || type !== 'MODIFIED' || by === 'user') return undefined
    const [was, is] = [phaseOf(previous), phaseOf(object)]
    const [from, to] = [rank[was], rank[is]]
    if (from === undefined || to === undefined || was === is) return undefined
    if (was === 'Running' && containersOf(object, 'initContainers').length > 0) return undefined
    return orElse(from < to, () => `${named(object)} was ${was} and is said to be ${is}`)
  }),
)

const ends = ({ state }: Told): number | undefined => state?.terminated?.exitCode

/** `[phase′ = Succeeded ⇒ ∀c exit(c) = 0] ∧ [phase′ = Failed ⇒ no c runs ∧ some exit(c) ≠ 0]`. */
export const endsAsItsContainers = row(
  {
    id: 'L2',
    name: 'endsAsItsContainers',
    says: 'A kubelet says Succeeded when all containers ended with 0, and Failed when none runs any more and one ended otherwise, or with a reason.',
    class: 'C',
    source: `${docs}#pod-phase`,
  },
  step((write) => {
    if (!byKubelet(write) || rank[phaseOf(write.previous)] === 2 || rank[phaseOf(write.object)] !== 2) return undefined
    const { object } = write
    const main = toldOf(object, 'containers')
    if (phaseOf(object) === 'Succeeded')
      return orElse(
        main.every((one) => ends(one) === 0),
        () => `${named(object)} is Succeeded, and not all of its containers ended well`,
      )
    const all = [...main, ...toldOf(object, 'initContainers')]
    const alive = all.find(({ state }) => state?.running !== undefined)
    if (alive !== undefined) return `${named(object)} is Failed, and ${alive.name} runs`
    const why = (object.status?.reason ?? '') !== '' || all.some((one) => (ends(one) ?? 0) !== 0)
    return orElse(why, () => `${named(object)} is Failed, and none of its containers failed`)
  }),
)

/** What a status said of the same container before. */
const before = (previous: KubeObject, list: 'containers' | 'initContainers', name: string): Told | undefined =>
  toldOf(previous, list).find((one) => one.name === name)

/** Each container of the write that began another run since the last status, with what was said of it. */
function begun(write: Write): readonly { spec: Container; told: Told; was: Told; isInit: boolean }[] {
  const { object, previous } = write
  if (!byKubelet(write) || previous === undefined) return []
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    toldOf(object, list).flatMap((told) => {
      const was = before(previous, list, told.name)
      const spec = containersOf(object, list).find(({ name }) => name === told.name)
      const isMore = was !== undefined && (told.restartCount ?? 0) > (was.restartCount ?? 0)
      return spec === undefined || was === undefined || !isMore
        ? []
        : [{ spec, told, was, isInit: list === 'initContainers' }]
    }),
  )
}

/** `[run(c, n + 1) ⇒ policy(c) restarts after exit(c, n)]`. A container with another image is made anew whatever its policy. */
export const restartsByPolicy = row(
  {
    id: 'L3',
    name: 'restartsByPolicy',
    says: 'A container is started again only when its restart policy says so: after a failure, or always.',
    class: 'C',
    source: `${docs}#restart-policy`,
  },
  step((write) => {
    const all = begun(write)
    if (all.length === 0) return undefined
    return eachOf(all, ({ spec, told, was, isInit }) => {
      const last = told.lastState?.terminated
      if (last === undefined || was.image !== told.image) return true
      return orElse(
        restarts(write.object, spec, last.exitCode, isInit),
        () => `${told.name} of ${named(write.object)} ended with ${last.exitCode} and was started again`,
      )
    })
  }),
)

/** Within this time from a pod's start no run was long enough for the waits to begin anew. */
const steadyMs = 600_000
/** A kubelet that was away for less than its lease, or was not heard of as lost, may be late by as much again. */
const longestWaitMs = 300_000
/** What the waits before so many restarts add up to: none, 10 s, 20 s, 40 s …, at most five minutes each. */
const waitsMs = (restarted: number): number =>
  Array.from({ length: Math.max(0, restarted - 1) }, (_, i) => Math.min(10_000 * 2 ** i, longestWaitMs)).reduce(
    (sum, one) => sum + one,
    0,
  )

/** `[run(c, n + 1) ⇒ waited 10 s · 2ⁿ⁻¹, at most 300 s]`. */
export const crashesAreNotRushed = row(
  {
    id: 'L4',
    name: 'crashesAreNotRushed',
    says: 'A container that ends again and again is started again at once, then after 10 s, 20 s, 40 s and so on, and after no more than five minutes.',
    class: 'C',
    source: `${docs}#how-pods-handle-problems-with-containers`,
  },
  step((write) => {
    const all = begun(write)
    const start = timeOf(write.object.status?.startTime)
    if (all.length === 0 || start === undefined || (write.object.metadata.generation ?? 1) > 1) return undefined
    const node = write.believed.get('nodes', write.object.spec?.nodeName ?? '', '')
    return eachOf(all, ({ told }) => {
      const [at, last] = [timeOf(told.state?.running?.startedAt), timeOf(told.lastState?.terminated?.finishedAt)]
      if (at === undefined || last === undefined) return true
      const count = told.restartCount ?? 0
      if (at - start < steadyMs && at - start < waitsMs(count) - 1000)
        return `${told.name} of ${named(write.object)} was restarted ${count} times in ${(at - start) / 1000} s`
      return orElse(
        at - last <= 2 * longestWaitMs || !isWell(node, last),
        () => `${told.name} of ${named(write.object)} waited ${(at - last) / 1000} s for its restart`,
      )
    })
  }),
)

/** `[count′ ≥ count]`, and another run is counted. */
export const restartsAreCounted = row(
  {
    id: 'L5',
    name: 'restartsAreCounted',
    says: 'The count of restarts never falls, and another run of a container raises it.',
    class: 'C',
    source: `${docs}#container-states`,
  },
  step((write) => {
    const { object, previous } = write
    if (!byKubelet(write) || previous === undefined || uidOf(previous) !== uidOf(object)) return undefined
    return eachOf(['containers', 'initContainers'] as const, (list) =>
      eachOf(toldOf(object, list), (told) => {
        const was = before(previous, list, told.name)
        const [from, to] = [was?.restartCount ?? 0, told.restartCount ?? 0]
        const [first, second] = [was?.state?.running?.startedAt, told.state?.running?.startedAt]
        const isOther = first !== undefined && second !== undefined && first !== second
        return orElse(
          to >= from && (!isOther || to > from),
          () => `${told.name} of ${named(object)} runs again and had ${from} restarts, and has ${to}`,
        )
      }),
    )
  }),
)

/** Pods of nodes that are well, in their place and not going. */
const eachAtHome = (held: (pod: KubeObject, s: Moment) => Held) =>
  settled((s) =>
    eachOf(s.pods, (pod) =>
      isGoing(pod) || !isWell(s.get('nodes', pod.spec?.nodeName ?? '', ''), s.now) ? true : held(pod, s),
    ),
  )

/** `settled ∧ ended(c) ⇒ policy(c) leaves it so`, and a pod all of whose containers ended is over. */
export const podsGoOn = row(
  {
    id: 'L6',
    name: 'podsGoOn',
    says: 'When nothing is left to do, no container has ended that its policy restarts, and no pod is active whose containers have all ended.',
    class: 'C',
    source: `${docs}#restart-policy`,
  },
  eachAtHome((pod) => {
    if (isPodFinished(pod)) return true
    const main = toldOf(pod, 'containers')
    const over = main.filter((one) => one.state?.terminated !== undefined)
    if (main.length > 0 && over.length === main.length) return `${named(pod)} is active, and all its containers ended`
    return eachOf(over, (told) => {
      const spec = containersOf(pod, 'containers').find(({ name }) => name === told.name)
      return orElse(
        spec === undefined || !restarts(pod, spec, ends(told) ?? 0, false),
        () => `${told.name} of ${named(pod)} has ended and is not started again`,
      )
    })
  }),
)

/** `settled ⇒ status(p) says something`. */
export const kubeletsTell = row(
  {
    id: 'L6b',
    name: 'kubeletsTell',
    says: 'When nothing is left to do, the kubelet of a node that is well has said something of every pod there.',
    class: 'C',
    source: docs,
  },
  eachAtHome((pod) =>
    orElse(
      isPodFinished(pod) || toldOf(pod, 'containers').length > 0,
      () => `${named(pod)} is on ${pod.spec?.nodeName} and nothing is said of it`,
    ),
  ),
)

/** `settled ⇒ now ≤ start + activeDeadlineSeconds`. */
export const deadlinesEndPods = row(
  {
    id: 'L7',
    name: 'deadlinesEndPods',
    says: 'When nothing is left to do, no pod has been active for longer than its activeDeadlineSeconds.',
    class: 'C',
    source: page('reference/kubernetes-api/workload-resources/pod-v1/#lifecycle'),
  },
  eachAtHome((pod, s) => {
    const seconds: number | undefined = pod.spec?.activeDeadlineSeconds
    const start = timeOf(pod.status?.startTime)
    if (seconds === undefined || start === undefined || isPodFinished(pod)) return true
    return orElse(s.now <= start + seconds * 1000 + 5000, () => `${named(pod)} has been active for too long`)
  }),
)

const conditionOf = (pod: KubeObject, type: string): string | undefined =>
  ((pod.status?.conditions ?? []) as { type: string; status: string }[]).find((one) => one.type === type)?.status

/** The first of what has to be ready and is not. */
function unready(pod: KubeObject): string | undefined {
  const sidecars = containersOf(pod, 'initContainers').filter(isSidecar)
  const needed = [...containersOf(pod, 'containers'), ...sidecars].map(({ name }) => name)
  const told = [...toldOf(pod, 'containers'), ...toldOf(pod, 'initContainers')]
  const name = needed.find((one) => told.find((status) => status.name === one)?.ready !== true)
  const gates = ((pod.spec?.readinessGates ?? []) as { conditionType: string }[]).map((one) => one.conditionType)
  return name ?? gates.find((type) => conditionOf(pod, type) !== 'True')
}

/** `[Ready′ ⇒ ∀c ready(c) ∧ gates open]`. */
export const readyMeansAll = row(
  {
    id: 'L8',
    name: 'readyMeansAll',
    says: 'A kubelet says that a pod is ready only when all its containers and sidecars are and its readiness gates are open.',
    class: 'C',
    source: `${docs}#pod-conditions`,
  },
  step((write) => {
    if (!byKubelet(write) || conditionOf(write.object, 'Ready') !== 'True') return undefined
    const name = unready(write.object)
    return orElse(name === undefined, () => `${named(write.object)} is said to be ready, and ${name} is not`)
  }),
)

/** `settled ∧ ∀c ready(c) ⇒ Ready`. */
export const readyAtLast = row(
  {
    id: 'L8b',
    name: 'readyAtLast',
    says: 'When nothing is left to do, a pod all of whose containers are ready on a node that is well is ready.',
    class: 'C',
    source: `${docs}#pod-conditions`,
  },
  eachAtHome((pod) => {
    if (isPodFinished(pod) || toldOf(pod, 'containers').length === 0 || unready(pod) !== undefined) return true
    return orElse(conditionOf(pod, 'Ready') === 'True', () => `${named(pod)} is not ready, and all of it is`)
  }),
)

const hasBegun = ({ state, lastState, restartCount = 0 }: Told): boolean =>
  restartCount > 0 ||
  state?.running !== undefined ||
  state?.terminated !== undefined ||
  lastState?.terminated !== undefined

/** `[run(init i) ⇒ ∀ j < i done(j)] ∧ [run(main) ⇒ ∀ i done(i)]`. */
export const initsComeFirst = row(
  {
    id: 'L9',
    name: 'initsComeFirst',
    says: 'Init containers run one after the other, each when the ones before it ended well or, as sidecars, have begun; the others run after all of them.',
    class: 'C',
    source: `${initDocs}#understanding-init-containers`,
  },
  step((write) => {
    const inits = containersOf(write.object, 'initContainers')
    if (!byKubelet(write) || inits.length === 0) return undefined
    const told = toldOf(write.object, 'initContainers')
    const statusOf = (name: string): Told => told.find((one) => one.name === name) ?? { name }
    const isDone = (spec: Container): boolean =>
      isPlain(spec) ? ends(statusOf(spec.name)) === 0 : hasBegun(statusOf(spec.name))
    const main = toldOf(write.object, 'containers').some(({ state }) => state?.running !== undefined)
    const running = inits.findLastIndex((spec) => isPlain(spec) && statusOf(spec.name).state?.running !== undefined)
    const first = main ? inits.length : running
    const early = inits.slice(0, Math.max(0, first)).find((spec) => !isDone(spec))
    return orElse(early === undefined, () => `${named(write.object)} has gone on before ${early?.name} was done`)
  }),
)

/** `[stop(sidecar) ⇒ no main container runs]`, of pods that are going. Best effort: a sidecar may end by itself. */
export const sidecarsEndLast = row(
  {
    id: 'L9b',
    name: 'sidecarsEndLast',
    says: 'In a pod that is being deleted sidecars are stopped when its other containers have ended, unless they end by themselves.',
    class: 'B',
    source: `${sidecarDocs}#sidecar-containers-and-pod-lifecycle`,
  },
  step((write) => {
    const { object, previous } = write
    if (!byKubelet(write) || previous === undefined || !isGoing(previous)) return undefined
    const main = toldOf(object, 'containers').find(({ state }) => state?.running !== undefined)
    const stopped = containersOf(object, 'initContainers')
      .filter(isSidecar)
      .find(({ name }) => {
        const [was, is] = [before(previous, 'initContainers', name), before(object, 'initContainers', name)]
        return was?.state?.running !== undefined && [0, 137, 143].includes((is && ends(is)) ?? -1)
      })
    return orElse(
      main === undefined || stopped === undefined,
      () => `${stopped?.name} of ${named(object)} was stopped while ${main?.name} ran`,
    )
  }),
)

/** `settled ⇒ no p is going whose node is well and whom no finalizer holds`. */
export const goingPodsGo = row(
  {
    id: 'L10',
    name: 'goingPodsGo',
    says: 'When nothing is left to do, no pod is being deleted whose node is well and whom no finalizer holds.',
    class: 'C',
    source: `${docs}#pod-termination`,
  },
  settled((s) =>
    eachOf(s.pods, (pod) => {
      if (!isGoing(pod) || (pod.metadata.finalizers?.length ?? 0) > 0) return true
      const node = s.get('nodes', pod.spec?.nodeName ?? '', '')
      return orElse(!isWell(node, s.now), () => `${named(pod)} is deleted, and ${node?.metadata.name} does not end it`)
    }),
  ),
)

const hasAddress = (pod: KubeObject): boolean =>
  Boolean(pod.status?.podIP) && pod.spec?.hostNetwork !== true && !isPodFinished(pod)

/** `settled ⇒ ip(p) = ip(q) ⇒ p = q`. */
export const addressesAreOnes = row(
  {
    id: 'L11',
    name: 'addressesAreOnes',
    says: 'When nothing is left to do, no two pods that have not ended have one address, but for those on the network of their host.',
    class: 'C',
    source: page('concepts/cluster-administration/networking/'),
  },
  settled((s) => {
    const owners = new Map<string, KubeObject>()
    return eachOf(s.pods.filter(hasAddress), (pod) => {
      const ip: string = pod.status?.podIP
      const other = owners.get(ip)
      owners.set(ip, pod)
      return orElse(other === undefined, () => `${named(pod)} and ${other?.metadata.name} have the address ${ip}`)
    })
  }),
)
