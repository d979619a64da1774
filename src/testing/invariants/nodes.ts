/** Nodes: taints that expel, silence, and the end of a pod. */
import type { KubeObject } from '../../api/object.ts'
import { always, settled, step } from '../property.ts'
import { isPodFinished, isPodReady, type Taint, type Toleration, tolerationMatches } from './documented.ts'
import { issue, page, row } from './row.ts'
import { eachOf, isBy, isDeletion, isGoing, named, orElse, timeOf } from './words.ts'

const taintsPage = page('concepts/scheduling-eviction/taint-and-toleration/')
const nodesPage = page('concepts/architecture/nodes/')

const expels = (node: KubeObject | undefined): readonly Taint[] =>
  ((node?.spec?.taints ?? []) as readonly Taint[]).filter(({ effect }) => effect === 'NoExecute')

/** When (ms) the pod has to leave for a taint; undefined when it may stay for good. */
function leavesAt(pod: KubeObject, taint: Taint): number | undefined {
  const own = ((pod.spec?.tolerations ?? []) as readonly Toleration[]).find((one) => tolerationMatches(one, taint))
  const since = Math.max(timeOf(taint.timeAdded) ?? 0, timeOf(pod.metadata.creationTimestamp) ?? 0)
  if (own === undefined) return since
  return own.tolerationSeconds === undefined ? undefined : since + Math.max(0, own.tolerationSeconds) * 1000
}

const boundAt = ({ status }: KubeObject): number | undefined =>
  timeOf(
    ((status?.conditions ?? []) as { type: string; lastTransitionTime?: string }[]).find(
      ({ type }) => type === 'PodScheduled',
    )?.lastTransitionTime,
  )

/** Later than this after its time a pod that has to leave has been forgotten. */
const patienceMs = 60_000

/** `NoExecute ∧ ¬tolerated ~> deleted`. */
export const expelledInTime = row(
  {
    id: 'N1',
    name: 'expelledInTime',
    says: 'A pod that does not stand a NoExecute taint of its node is being deleted within a minute of when it has to leave.',
    class: 'C',
    source: taintsPage,
  },
  always((s) =>
    eachOf(s.nodes, (node) => {
      const taints = expels(node)
      if (taints.length === 0) return true
      return eachOf(s.indexed('pods', 'node', node.metadata.name), (pod) => {
        if (isGoing(pod) || isPodFinished(pod)) return true
        const times = taints.map((taint) => leavesAt(pod, taint)).filter((at) => at !== undefined)
        const at = Math.min(...times, Number.POSITIVE_INFINITY)
        const came = Math.max(timeOf(pod.status?.startTime) ?? 0, boundAt(pod) ?? 0)
        return orElse(s.now <= Math.max(at, came) + patienceMs, () => `${named(pod)} is still on ${node.metadata.name}`)
      })
    }),
  ),
)

/** `[expel(p) ⇒ a taint of its node is not stood, or no longer]`: not before its time, and not for a taint that went. */
export const expelledForCause = row(
  {
    id: 'N1b',
    name: 'expelledForCause',
    says: 'Taint eviction deletes a pod only for a taint that its node has, and not before its tolerationSeconds are over.',
    class: 'C',
    source: `${taintsPage}#taint-based-evictions (${issue(90794)}, ${issue(119862)})`,
  },
  step((write) => {
    if (!isBy(write, 'taint-eviction') || write.resource !== 'pods' || !isDeletion(write)) return undefined
    const seen = write.believed.at('pods', write.key)
    const node = write.believed.get('nodes', seen?.spec?.nodeName ?? '', '')
    const times = expels(node).map((taint) => (seen === undefined ? undefined : leavesAt(seen, taint)))
    const at = Math.min(...times.filter((one) => one !== undefined), Number.POSITIVE_INFINITY)
    // Times are stored in whole seconds.
    return orElse(at <= write.believed.now + 1000, () => `${named(write.object)} was deleted and did not have to leave`)
  }),
)

const readyOf = (node: KubeObject | undefined): string | undefined =>
  ((node?.status?.conditions ?? []) as { type: string; status: string }[]).find(({ type }) => type === 'Ready')?.status

const silenceMs = 40_000

/** `[mark ⇒ etcd.lease stale]`, in the state the write meets. */
export const lostMeansSilent = row(
  {
    id: 'N2',
    name: 'lostMeansSilent',
    says: 'A node is marked Unknown only when its lease in the store has not been renewed for 40 s.',
    class: 'C',
    source: `${nodesPage}#node-controller (${issue(85221)})`,
  },
  step((write, before, after) => {
    if (write.resource !== 'nodes' || !isBy(write, 'node-lifecycle')) return undefined
    if (readyOf(write.object) !== 'Unknown' || readyOf(write.previous) === 'Unknown') return undefined
    const lease = before.get('leases.coordination.k8s.io', write.object.metadata.name, 'kube-node-lease')
    const renewed = timeOf(lease?.spec?.renewTime)
    return orElse(
      renewed === undefined || after.now - renewed >= silenceMs,
      () => `${named(write.object)} renewed its lease ${after.now - (renewed ?? 0)} ms ago`,
    )
  }),
)

const lostKeys = ['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready']
const givenUp = (node: KubeObject): readonly Taint[] => expels(node).filter(({ key }) => lostKeys.includes(key))
const zoneOf = ({ metadata }: KubeObject): string =>
  ['region', 'zone'].map((word) => metadata.labels?.[`topology.kubernetes.io/${word}`] ?? '').join(':')
/** One node in ten seconds. */
const intervalMs = 10_000

/** `[expel(n) ⇒ rate ≤ limit ∧ ¬(all nodes lost)]`. */
export const evictionsAreLimited = row(
  {
    id: 'N3',
    name: 'evictionsAreLimited',
    says: 'Nodes of a zone are given up one in ten seconds, and none while every node of the cluster is lost.',
    class: 'C',
    source: `${nodesPage}#rate-limits-on-eviction`,
  },
  step((write) => {
    if (write.resource !== 'nodes' || !isBy(write, 'node-lifecycle') || write.previous === undefined) return undefined
    const [added] = givenUp(write.object)
    if (added === undefined || givenUp(write.previous).length > 0) return undefined
    const nodes = write.believed.nodes
    if (nodes.every((node) => readyOf(node) !== 'True'))
      return `${named(write.object)} was given up while all nodes are lost`
    const at = timeOf(added.timeAdded) ?? write.believed.now
    const others = nodes.filter(
      (node) => node.metadata.name !== write.object.metadata.name && zoneOf(node) === zoneOf(write.object),
    )
    const close = others.find((node) =>
      givenUp(node).some(({ timeAdded }) => Math.abs(at - (timeOf(timeAdded) ?? 0)) < intervalMs - 1000),
    )
    return orElse(close === undefined, () => `${named(write.object)} was given up right after ${close?.metadata.name}`)
  }),
)

/** `[bind ⇒ ¬unschedulable(n)]`. */
export const cordonHolds = row(
  {
    id: 'N4',
    name: 'cordonHolds',
    says: 'No pod is bound to a cordoned node but those that stand it, as daemons do.',
    class: 'C',
    source: `${nodesPage}#manual-node-administration`,
  },
  step((write) => {
    if (write.verb !== 'bind' || write.by !== 'scheduler') return undefined
    const node = write.believed.get('nodes', write.object.spec?.nodeName ?? '', '')
    const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
    const stands = ((write.object.spec?.tolerations ?? []) as Toleration[]).some((one) =>
      tolerationMatches(one, cordon),
    )
    return orElse(
      node?.spec?.unschedulable !== true || stands,
      () => `${named(write.object)} was bound to ${node?.metadata.name}, which is cordoned`,
    )
  }),
)

interface Terminated {
  readonly exitCode: number
  readonly reason?: string
  readonly finishedAt?: string
}

/** SIGKILL, and not for memory; a container that nobody knows anything of never ran. */
const wasKilled = ({ exitCode, reason }: Terminated): boolean =>
  exitCode === 137 && reason !== 'OOMKilled' && reason !== 'ContainerStatusUnknown'

interface Ended {
  readonly name: string
  readonly image?: string
  readonly state?: { readonly terminated?: Terminated }
}

/** A container that is stopped to be begun anew has its own grace, which began before the pod's. */
function mayHaveBeenRestarting({ spec }: KubeObject, { name, image = '' }: Ended): boolean {
  const containers = (spec?.containers ?? []) as {
    name: string
    image?: string
    livenessProbe?: object
    startupProbe?: object
  }[]
  const own = containers.find((one) => one.name === name)
  return own?.livenessProbe !== undefined || own?.startupProbe !== undefined || !image.endsWith(own?.image ?? image)
}

/** `[kill(c) ⇒ now ≥ start + grace ∨ exited]`. Whether preStop ran first is not in the object. */
export const graceIsGiven = row(
  {
    id: 'N5',
    name: 'graceIsGiven',
    says: 'A kubelet kills a container of a pod that is being deleted only when its grace is over, unless it has ended by itself.',
    class: 'C',
    source: `${page('concepts/workloads/pods/pod-lifecycle/')}#pod-termination`,
  },
  step((write, before, after) => {
    if (write.resource !== 'pods' || !write.by.startsWith('kubelet')) return undefined
    const due = timeOf(write.object.metadata.deletionTimestamp)
    const grace = (write.object.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    if (due === undefined || !isGoing(before.at('pods', write.key) ?? write.object)) return undefined
    const statuses = (write.object.status?.containerStatuses ?? []) as Ended[]
    const early = statuses.find((one) => {
      const at = timeOf(one.state?.terminated?.finishedAt)
      return (
        one.state?.terminated !== undefined &&
        wasKilled(one.state.terminated) &&
        at !== undefined &&
        at > due - grace &&
        at < due - 1000 &&
        !mayHaveBeenRestarting(write.object, one)
      )
    })
    if (early !== undefined) return `${early.name} of ${named(write.object)} was killed before its time`
    return orElse(
      write.type !== 'DELETED' || after.now >= due || hasStopped(write.object),
      () => `${named(write.object)} was removed ${due - after.now} ms before its time`,
    )
  }),
)

function hasStopped({ status }: KubeObject): boolean {
  const statuses = (status?.containerStatuses ?? []) as { state?: { running?: object } }[]
  return statuses.every(({ state }) => state?.running === undefined)
}

/** Who may say that a pod has ended: its kubelet, a user who forces it, and the collector of pods whose node is gone. */
const mayEnd = (by: string): boolean =>
  by === 'user' || by.startsWith('kubelet') || by === 'controller/pod-garbage-collector'

/** `[remove p ⇒ p has no node, has ended, or its kubelet, a user or the pod collector removed it]`. */
export const endedByItsKubelet = row(
  {
    id: 'N5b',
    name: 'endedByItsKubelet',
    says: 'A pod that runs on a node leaves the store only when its kubelet says so, somebody forces it, or the node is gone.',
    class: 'C',
    source: `${page('concepts/workloads/pods/pod-lifecycle/')}#pod-termination`,
  },
  step(({ type, resource, by, object, previous = object }, before) => {
    const node: string | undefined = previous.spec?.nodeName
    if (type !== 'DELETED' || resource !== 'pods' || mayEnd(by) || !node || isPodFinished(previous)) return undefined
    // Its kubelet has said so, and finalizers held it; or it asks for no time at all.
    if (previous.metadata.deletionGracePeriodSeconds === 0 || previous.spec?.terminationGracePeriodSeconds === 0)
      return undefined
    return orElse(
      before.get('nodes', node, '') === undefined,
      () => `${by} removed ${named(previous)}, which runs on ${node}`,
    )
  }),
)

/** `settled ⇒ (ready(n) ⇔ n has no taint that says it is lost)`. */
export const taintsSayHowItIs = row(
  {
    id: 'N6',
    name: 'taintsSayHowItIs',
    says: 'When nothing is left to do, a node that is not ready has a taint that says so, and one that is ready has none.',
    class: 'C',
    source: `${taintsPage}#taint-based-evictions`,
  },
  settled((s) =>
    eachOf(s.nodes, (node) => {
      const lost = ((node.spec?.taints ?? []) as Taint[]).some(({ key }) => lostKeys.includes(key))
      const isWell = readyOf(node) === 'True'
      return orElse(isGoing(node) || lost !== isWell, () =>
        isWell ? `${named(node)} is ready and has a taint` : `${named(node)} is lost and has no taint`,
      )
    }),
  ),
)

/** `settled ∧ lost(n) ⇒ no pod of n is ready`. */
export const lostPodsAreNotReady = row(
  {
    id: 'N7',
    name: 'lostPodsAreNotReady',
    says: 'When nothing is left to do, no pod of a node that is not heard of is said to be ready.',
    class: 'C',
    source: `${nodesPage}#node-controller (${issue(50067)})`,
  },
  settled((s) =>
    eachOf(s.nodes, (node) => {
      if (readyOf(node) !== 'Unknown') return true
      const ready = s.indexed('pods', 'node', node.metadata.name).find((pod) => isPodReady(pod) && !isPodFinished(pod))
      return orElse(
        ready === undefined,
        () => `${ready?.metadata.name} is ready on ${node.metadata.name}, which is lost`,
      )
    }),
  ),
)

/** `settled ∧ going(p) ∧ (no node, or its node is gone) ∧ finalizers = ∅ ⇒ false`. */
export const nobodyIsLeftBehind = row(
  {
    id: 'N8',
    name: 'nobodyIsLeftBehind',
    says: 'When nothing is left to do, no pod is left that is deleted and has no node, or that runs on a node that is gone.',
    class: 'C',
    source: page('concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection'),
  },
  settled((s) =>
    eachOf(s.pods, (pod) => {
      const node: string | undefined = pod.spec?.nodeName
      if ((pod.metadata.finalizers?.length ?? 0) > 0) return true
      if (!node) return orElse(!isGoing(pod), () => `${named(pod)} has no node, is deleted and does not go`)
      return orElse(
        isPodFinished(pod) || s.get('nodes', node, '') !== undefined,
        () => `${named(pod)} is on ${node}, which is gone`,
      )
    }),
  ),
)
