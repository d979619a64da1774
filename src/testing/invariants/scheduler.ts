/** The scheduler: where pods may be bound, whom it sends away, and whom it must not forget. */
import { type KubeObject, objectKey } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import type { Moment } from '../moment.ts'
import { always, type Held, noOscillation, settled, step, type Write } from '../property.ts'
import { isPodFinished, matchesLabelSelector } from './documented.ts'
import {
  hardSpread,
  isWaiting,
  type Places,
  placeable,
  placeOf,
  skewOf,
  whyNoRoom,
  whyRefused,
  whySkewed,
  whyTooClose,
} from './placement.ts'
import { preemptors } from './preemption.ts'
import { issue, kep, page, row } from './row.ts'
import { budgets, deployments, eachOf, isGoing, named, orElse, priorityOf, uidOf } from './words.ts'

const eviction = page('concepts/scheduling-eviction/')
const preemption = `${eviction}pod-priority-preemption/`

/** `[nodeName: ∅ → n at most once per uid]`. */
export const boundOnce = row(
  {
    id: 'K1',
    name: 'boundOnce',
    says: 'A pod is bound once, and by nobody but the scheduler or who made it.',
    class: 'C',
    source: `${page('concepts/workloads/pods/pod-lifecycle/')} ("only scheduled once")`,
  },
  step(({ resource, verb, object, previous }) => {
    if (resource !== 'pods' || previous === undefined || object.spec?.nodeName === previous.spec?.nodeName)
      return undefined
    if (previous.spec?.nodeName)
      return `${named(object)} went from ${previous.spec.nodeName} to ${object.spec?.nodeName}`
    return orElse(verb === 'bind', () => `${named(object)} got its node by ${verb}`)
  }),
)

/**
 * What the scheduler knew when it bound a pod: the node and pods of its view, those that it bound since, and none that it
 * could not have seen.
 */
function placesOf(write: Write, after: Moment): Places | undefined {
  if (write.verb !== 'bind' || write.by !== 'scheduler') return undefined
  const node = write.believed.get('nodes', write.object.spec?.nodeName ?? '', '')
  if (node === undefined) return undefined
  const seen = new Map(write.believed.pods.map((pod) => [uidOf(pod), pod]))
  const pods = after.pods.filter((pod) => {
    const then = seen.get(uidOf(pod))
    return (
      pod.spec?.nodeName &&
      uidOf(pod) !== uidOf(write.object) &&
      then !== undefined &&
      !isPodFinished(then) &&
      !isPodFinished(pod)
    )
  })
  return { s: write.believed, node, pods }
}

const onNode = ({ node, pods }: Places): readonly KubeObject[] =>
  pods.filter((pod) => pod.spec?.nodeName === node.metadata.name)

const bindHeld = (why: (pod: KubeObject, places: Places) => string | undefined) =>
  step((write, _before, after) => {
    const places = placesOf(write, after)
    if (places === undefined) return undefined
    const wrong = why(write.object, places)
    return orElse(wrong === undefined, () => `${named(write.object)} was bound though ${wrong}`)
  })

/** `[bind(p, n) ⇒ Σ req(n) + req(p) ≤ alloc(n)]`, of a single scheduler. */
export const noOvercommit = row(
  {
    id: 'K2',
    name: 'noOvercommit',
    says: 'No pod is bound to a node that does not have what it and the others there request.',
    class: 'C',
    source: `${page('concepts/configuration/manage-resources-containers/')} (${issue(76772)})`,
  },
  bindHeld((pod, places) => whyNoRoom(places.node, [...onNode(places), pod])),
)

/** `[bind ⇒ filters(snapshot)]`: taints, cordon, node affinity, ports, gates. */
export const filtersHold = row(
  {
    id: 'K3',
    name: 'filtersHold',
    says: 'A pod is bound only where its tolerations, node affinity, host ports and gates allow.',
    class: 'C',
    source: `${eviction}assign-pod-node/`,
  },
  bindHeld(whyRefused),
)

/** `[bind ⇒ skew′ ≤ maxSkew]`, among eligible domains; terminating pods do not count. */
export const spreadHolds = row(
  {
    id: 'K4',
    name: 'spreadHolds',
    says: 'After a binding no DoNotSchedule constraint of the pod is skewed beyond maxSkew.',
    class: 'C',
    source: `${eviction}topology-spread-constraints/`,
  },
  step((write, _before, after) => {
    const places = placesOf(write, after)
    if (places === undefined || hardSpread(write.object).length === 0) return undefined
    // Others of the same turn may be thought to be placed though their bindings are to come, or were refused.
    const others = write.believed.pods.filter(
      (pod) =>
        isWaiting(pod) &&
        uidOf(pod) !== uidOf(write.object) &&
        isWaiting(after.at('pods', objectKey(pod.metadata.namespace ?? '', pod.metadata.name)) ?? pod),
    )
    const why = whySkewed(write.object, places, others)
    return orElse(why === undefined, () => `${named(write.object)} was bound though ${why}`)
  }),
)

/** `□ skew ≤ maxSkew`, as many believe. */
export const alwaysSpread = row(
  {
    id: "K4'",
    name: 'alwaysSpread',
    says: 'Pods with a DoNotSchedule constraint are always spread. Scaling down and rollouts take pods from anywhere.',
    class: 'F',
    source: `${eviction}topology-spread-constraints/#known-limitations (${issue(98215)}, ${issue(105661)})`,
  },
  always((s) =>
    eachOf(s.list(deployments), (deployment) => {
      const template: KubeObject | undefined = deployment.spec?.template
      if (template === undefined || hardSpread(template).length === 0) return true
      const namespace = deployment.metadata.namespace ?? ''
      const all = s
        .list('pods', { namespace })
        .filter((pod) => !isGoing(pod) && !isPodFinished(pod) && pod.spec?.nodeName)
      const own = all.filter((pod) => matchesLabelSelector(deployment.spec?.selector, pod.metadata.labels))
      return eachOf(own, (pod) => skewHeld(s, pod, own))
    }),
  ),
)

function skewHeld(s: Moment, pod: KubeObject, own: readonly KubeObject[]): Held {
  const node = s.get('nodes', pod.spec?.nodeName, '')
  if (node === undefined) return true
  const pods = own.filter((one) => one !== pod)
  return eachOf(hardSpread(pod), (one) => {
    const skew = skewOf(one, pod, { s, node, pods })
    return orElse(skew === undefined || skew <= one.maxSkew, () => `the skew over ${one.topologyKey} is ${skew}`)
  })
}

/** `[bind ⇒ no conflict]`, of the pod's own terms and of those that are there. */
export const apartIsSymmetric = row(
  {
    id: 'K5',
    name: 'apartIsSymmetric',
    says: 'Required anti-affinity holds at a binding in both directions: of the new pod and of those that are there.',
    class: 'C',
    source: `${eviction}assign-pod-node/#inter-pod-affinity-and-anti-affinity`,
  },
  bindHeld(whyTooClose),
)

/** `[preempt ⇒ prio(v) < prio(p)]`. */
export const victimsAreLower = row(
  {
    id: 'K6',
    name: 'victimsAreLower',
    says: 'The scheduler sends only pods away that are of lower priority than the one it makes room for, and for none of policy Never.',
    class: 'C',
    source: `${preemption}#preemption`,
  },
  step((write, before) => {
    const waiting = preemptors(write, before)
    if (waiting === undefined) return undefined
    // Its nomination may have been refused: then it is one of those that wait.
    const some = waiting.length > 0 ? waiting : before.pods.filter(isWaiting)
    const may = some.filter(({ spec }) => spec?.preemptionPolicy !== 'Never')
    const highest = Math.max(Number.NEGATIVE_INFINITY, ...may.map(priorityOf))
    return orElse(
      priorityOf(write.object) < highest,
      () => `${named(write.object)} of priority ${priorityOf(write.object)} was sent away for ${highest}`,
    )
  }),
)

/** `[preempt v, protected ⇒ the node has no room with all protected pods kept]`. Best effort, of the node that was chosen. */
export const budgetsIfPossible = row(
  {
    id: 'K7',
    name: 'budgetsIfPossible',
    says: 'Preemption takes a pod that a budget protects only when the node has no room with all protected pods kept.',
    class: 'B',
    source: `${preemption}#poddisruptionbudget-is-supported-but-not-guaranteed`,
  },
  step((write, before) => {
    const waiting = preemptors(write, before)
    const [preemptor] = waiting ?? []
    const { believed, object } = write
    if (preemptor === undefined || waiting?.length !== 1) return undefined
    const spent = believed
      .list(budgets, { namespace: object.metadata.namespace ?? '' })
      .filter(({ status }) => (status?.disruptionsAllowed ?? 0) <= 0)
    const isKept = (pod: KubeObject): boolean =>
      pod.metadata.namespace === object.metadata.namespace &&
      spent.some(({ spec }) => matchesLabelSelector(spec?.selector, pod.metadata.labels))
    const node = believed.get('nodes', object.spec?.nodeName, '')
    if (!isKept(object) || node === undefined) return undefined
    const kept = believed
      .indexed('pods', 'node', node.metadata.name)
      .filter((pod) => !isPodFinished(pod) && (isKept(pod) || priorityOf(pod) >= priorityOf(preemptor)))
    return orElse(
      whyNoRoom(node, [...kept, preemptor]) !== undefined,
      () => `${named(object)} is protected and there was room without it`,
    )
  }),
)

/** Who has how many pods bound, by owner and node, with pods that are ending; pods of Jobs come and go by themselves. */
const bindings = (s: Moment): readonly string[] => {
  const found = new Map<string, number>()
  for (const pod of s.pods) {
    const keeper = controllerOf(pod)
    if (isPodFinished(pod) || keeper?.kind === 'Job') continue
    const revision = pod.metadata.labels?.['controller-revision-hash'] ?? ''
    const key = `${keeper?.uid ?? pod.metadata.name}${revision}@${pod.spec?.nodeName ?? ''}${isGoing(pod) ? '-' : ''}`
    found.set(key, (found.get(key) ?? 0) + 1)
  }
  return [...found].map(([key, count]) => `${key}*${count}`).sort()
}

/** `no fair cycle of preempt(v) and recreate(v)`, of one scheduler. */
export const preemptionEnds = row(
  {
    id: 'K8',
    name: 'preemptionEnds',
    says: 'With one scheduler preemption gets somewhere: pods are not sent away and placed again in a circle.',
    class: 'C',
    source: preemption,
  },
  noOscillation(bindings),
)

/** The same with two schedulers, as many believe. */
export const preemptionEndsForTwo = row(
  {
    id: "K8'",
    name: 'preemptionEndsForTwo',
    says: 'Preemption gets somewhere with two schedulers too. One may give the room away that the other has made.',
    class: 'F',
    source: issue(130429),
  },
  noOscillation(bindings),
)

/** `□ feasible(p) ~> bound(p)`. */
export const nobodyIsForgotten = row(
  {
    id: 'K9',
    name: 'nobodyIsForgotten',
    says: 'When nothing is left to do, no pod waits that could be placed. Pods with claims or affinity to others are not judged.',
    class: 'C',
    source: `${kep(4247)}, ${issue(72122)}, ${issue(127290)}`,
  },
  settled((s) => {
    const [pod] = placeable(s)
    return orElse(
      pod === undefined,
      () => `${named(pod as KubeObject)} waits and could be on ${placeOf(s, pod as KubeObject)}`,
    )
  }),
)

/** `pending ~> bound`: what a user may want of a cluster with room enough. */
export const everybodyIsPlaced = row(
  {
    id: 'K10',
    name: 'everybodyIsPlaced',
    says: 'When nothing is left to do, no pod waits for a node.',
    class: 'user',
    source: 'https://www.usenix.org/conference/atc24/presentation/liu-bingzhe (Kivi, case C3)',
  },
  settled((s) => eachOf(s.pods, (pod) => orElse(!isWaiting(pod), () => `${named(pod)} waits for a node`))),
)
