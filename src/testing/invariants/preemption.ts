/** Preemption of one scheduler: when pods are sent away at all, which of them, on which node, and for whom the room is kept. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { step, type Write } from '../property.ts'
import { isPodFinished, matchesLabelSelector } from './documented.ts'
import { hardSpread, isFeasible, type Places, whyNoRoom, whyRefused, whyTooClose } from './placement.ts'
import { page, row } from './row.ts'
import { budgets, isDeletion, isGoing, named, orElse, priorityOf, uidOf } from './words.ts'

const docs = page('concepts/scheduling-eviction/pod-priority-preemption/')

/** The pods that a victim of the scheduler makes room for: pending, nominated to its node. */
export function preemptors(write: Write, before: Moment): readonly KubeObject[] | undefined {
  if (write.by !== 'scheduler' || write.resource !== 'pods' || !isDeletion(write)) return undefined
  const node = write.object.spec?.nodeName
  return before.pods.filter(({ spec, status }) => !spec?.nodeName && status?.nominatedNodeName === node)
}

/** Pods on nodes as the scheduler counts them: those it saw there, and those it put there since. */
function counted(write: Write, before: Moment): readonly KubeObject[] {
  const seen = write.believed.pods.filter(({ spec }) => spec?.nodeName)
  const known = new Set(seen.map(uidOf))
  const since = before.pods.filter((pod) => pod.spec?.nodeName && !known.has(uidOf(pod)))
  return [...seen, ...since].filter((pod) => !isPodFinished(pod))
}

/** Pods of at least this priority that wait for the room that was made for them on a node. */
const promised = (s: Moment, node: string, priority: number, but: KubeObject): readonly KubeObject[] =>
  s.pods.filter(
    (pod) =>
      uidOf(pod) !== uidOf(but) &&
      !pod.spec?.nodeName &&
      !isGoing(pod) &&
      pod.status?.nominatedNodeName === node &&
      priorityOf(pod) >= priority,
  )

/** `[bind(p, n) ⇒ Σ req(n) + req(p) + Σ req(nominated to n, of higher priority) ≤ alloc(n)]`. */
export const nominationsAreKept = row(
  {
    id: 'K2b',
    name: 'nominationsAreKept',
    says: 'Room that was made by preemption is not given to a pod of lower priority than the one it was made for.',
    class: 'C',
    source: `${docs}#user-exposed-information`,
  },
  step((write, before, after) => {
    if (write.verb !== 'bind' || write.by !== 'scheduler') return undefined
    const name: string = write.object.spec?.nodeName ?? ''
    const ahead = promised(before, name, priorityOf(write.object) + 1, write.object)
    const node = write.believed.get('nodes', name, '')
    if (ahead.length === 0 || node === undefined) return undefined
    const there = counted(write, after).filter(({ spec }) => spec?.nodeName === name)
    const others = there.filter((pod) => uidOf(pod) !== uidOf(write.object))
    // The node may have become too small for them already.
    if (whyNoRoom(node, [...others, ...ahead]) !== undefined) return undefined
    const why = whyNoRoom(node, [...others, ...ahead, write.object])
    return orElse(
      why === undefined,
      () => `${named(write.object)} took the room of ${ahead.map(named).join(' and ')}: ${why}`,
    )
  }),
)

/** What is looked at when somebody is sent away for a single pod that only room, taints, ports and dislikes keep away. */
interface Case {
  readonly preemptor: KubeObject
  readonly pods: readonly KubeObject[]
}

function caseOf(write: Write, before: Moment): Case | undefined {
  const [preemptor, second] = preemptors(write, before) ?? []
  if (preemptor === undefined || second !== undefined || hardSpread(preemptor).length > 0) return undefined
  const seen = write.believed.at('pods', `${preemptor.metadata.namespace}/${preemptor.metadata.name}`)
  if (seen === undefined || uidOf(seen) !== uidOf(preemptor)) return undefined
  if (seen.spec?.affinity?.podAffinity !== undefined || seen.spec?.volumes?.some(isClaimed)) return undefined
  return { preemptor: seen, pods: counted(write, before) }
}

const isClaimed = (volume: object): boolean => 'persistentVolumeClaim' in volume || 'ephemeral' in volume

/** Does the pod fit with just these pods there, besides whoever the room on the node was promised to? */
function fits(pod: KubeObject, places: Places, kept: readonly KubeObject[], before: Moment): boolean {
  const { node } = places
  const others = places.pods.filter(({ spec }) => spec?.nodeName !== node.metadata.name)
  const ahead = promised(before, node.metadata.name, priorityOf(pod), pod)
  const there = { ...places, pods: [...others, ...kept] }
  return (
    whyNoRoom(node, [...kept, ...ahead, pod]) === undefined &&
    whyRefused(pod, there) === undefined &&
    whyTooClose(pod, there) === undefined
  )
}

/** `[preempt for p ⇒ ¬∃n feasible(p, n)]`. */
export const noNeedlessPreemption = row(
  {
    id: 'K6b',
    name: 'noNeedlessPreemption',
    says: 'Nobody is sent away for a pod that has room on a node as it is.',
    class: 'C',
    source: `${docs}#preemption`,
  },
  step((write, before) => {
    const it = caseOf(write, before)
    if (it === undefined) return undefined
    const { preemptor, pods } = it
    const s = write.believed
    const free = s.nodes.find(
      (node) =>
        !isGoing(node) &&
        promised(before, node.metadata.name, priorityOf(preemptor), preemptor).length === 0 &&
        isFeasible(preemptor, { s, node, pods }) === true,
    )
    return orElse(
      free === undefined,
      () => `${named(write.object)} was sent away for ${named(preemptor)}, which has room on ${free?.metadata.name}`,
    )
  }),
)

/** The scheduler has sent it away, now or a moment ago. */
const isVictim = ({ status }: KubeObject): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string; reason?: string }[]).some(
    ({ type, status: is, reason }) =>
      type === 'DisruptionTarget' && is === 'True' && reason === 'PreemptionByScheduler',
  )

/** Are there budgets that have a say about pods of this node? Which pods go first is then another matter. */
const isProtected = (s: Moment, pods: readonly KubeObject[]): boolean =>
  s
    .list(budgets)
    .some(({ metadata, spec }) =>
      pods.some(
        (pod) =>
          pod.metadata.namespace === metadata.namespace && matchesLabelSelector(spec?.selector, pod.metadata.labels),
      ),
    )

/** `[preempt v ⇒ ¬fits(p, n) with v kept beside all that stay]`, and nobody lower could have gone instead. */
export const victimsAreNeeded = row(
  {
    id: 'K6c',
    name: 'victimsAreNeeded',
    says: 'No pod is sent away that could have stayed beside all that stay, or in place of pods of lower priority. Pods under budgets are not judged.',
    class: 'C',
    source: `${docs}#preemption`,
  },
  step((write, before) => {
    const it = caseOf(write, before)
    const victim = write.object
    const node = write.believed.get('nodes', victim.spec?.nodeName ?? '', '')
    if (it === undefined || node === undefined) return undefined
    const there = it.pods.filter(({ spec }) => spec?.nodeName === node.metadata.name)
    if (isProtected(write.believed, there)) return undefined
    const others = there.filter((pod) => uidOf(pod) !== uidOf(victim))
    const now = (pod: KubeObject) => before.at('pods', `${pod.metadata.namespace}/${pod.metadata.name}`) ?? pod
    const stay = others.filter((pod) => !(isVictim(now(pod)) && !isVictim(pod)))
    const higher = others.filter((pod) => priorityOf(pod) >= priorityOf(victim))
    const places = { s: write.believed, node, pods: it.pods }
    if (fits(it.preemptor, places, [...stay, victim], before))
      return `${named(victim)} was sent away for ${named(it.preemptor)}, which fits beside it`
    return orElse(
      !fits(it.preemptor, places, [...higher, victim], before),
      () => `${named(victim)} was sent away for ${named(it.preemptor)} where pods of lower priority would do`,
    )
  }),
)

/** `[preempt v on n ⇒ no node where only lower ones than v have to go]`. */
export const lowestVictimsGo = row(
  {
    id: 'K6d',
    name: 'lowestVictimsGo',
    says: 'No pod is sent away while on another node only pods of lower priority than it would have to go. Where budgets speak they come first.',
    class: 'B',
    source: `${docs}#preemption`,
  },
  step((write, before) => {
    const it = caseOf(write, before)
    if (it === undefined || write.believed.list(budgets).length > 0) return undefined
    const priority = priorityOf(write.object)
    const s = write.believed
    const better = s.nodes.find((node) => {
      if (isGoing(node) || node.metadata.name === write.object.spec?.nodeName) return false
      const there = it.pods.filter(({ spec }) => spec?.nodeName === node.metadata.name)
      const kept = there.filter((pod) => priorityOf(pod) >= priority)
      return fits(it.preemptor, { s, node, pods: it.pods }, kept, before)
    })
    return orElse(
      better === undefined,
      () => `${named(write.object)} was sent away though pods of lower priority are on ${better?.metadata.name}`,
    )
  }),
)
