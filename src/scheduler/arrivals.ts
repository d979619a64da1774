/** What happened since the last turn, brought into the columns and the queues. */
import type { Answer } from '../actors/agent.ts'
import { keyOf } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import { equal } from '../lib/equal.ts'
import type { Change } from '../store/transition.ts'
import { factsAfterBinding, factsOf } from './facts.ts'
import { hints, mayCure } from './hints.ts'
import { causeOf, gatedIntents } from './intents.ts'
import { backoffMs } from './queue.ts'
import type { Queued } from './state.ts'
import { isGated, isPending, type Turn } from './turn.ts'

/** Every pod that waits, as if it had just been seen; what is known of its attempts is kept. */
export function relist(turn: Turn): void {
  const seen = new Set<string>()
  for (const pod of turn.input.view.list('pods')) {
    const key = keyOf(pod)
    const known = turn.queue.get(key)
    if (!isPending(pod) || turn.policyOf(pod) === undefined) continue
    if (known?.place === 'reserved' && turn.assumed.has(key)) {
      seen.add(key)
      continue
    }
    seen.add(key)
    const revision = Number(pod.metadata.resourceVersion ?? 0)
    const same = known?.uid === pod.metadata.uid ? known : undefined
    enter(turn, pod, same ?? fresh(pod, revision, turn.now), revision)
  }
  for (const queued of turn.queue.all()) if (!seen.has(queued.key)) turn.queue.remove(queued.key)
}

function fresh(pod: Change['object'], revision: number, now: number): Queued {
  return {
    key: keyOf(pod),
    uid: pod.metadata.uid ?? '',
    place: 'active',
    attempts: 0,
    order: revision,
    since: now,
    until: now,
    plugins: [],
    because: revision,
  }
}

function enter(turn: Turn, pod: Change['object'], queued: Queued, because: number): void {
  const gated = isGated(pod)
  turn.queue.put({ ...queued, place: gated ? 'gated' : 'active', because })
  if (gated) turn.intents.push(...gatedIntents(pod, turn.now, causeOf(queued.key, because)))
  const node: string = pod.status?.nominatedNodeName ?? ''
  if (node !== '') turn.nominate(factsOf(pod), node)
}

/** The columns after a change. */
export function advance(turn: Turn, { type, resource, object, previous, cause, key }: Change): void {
  const { columns } = turn
  if (resource === 'nodes') {
    if (type === 'DELETED') columns.removeNode(object.metadata.name)
    else columns.setNode(object)
  } else if (resource === 'pods') {
    const placed = columns.pods.get(key)
    const node: string = object.spec?.nodeName ?? ''
    if (type === 'DELETED' || isPodFinished(object)) {
      if (placed?.facts.uid === object.metadata.uid) columns.removePod(key)
    } else if (node !== '') {
      const bound = cause.by === 'scheduler' && previous !== undefined && placed?.node === node
      columns.addPod(bound ? factsAfterBinding(previous, object) : factsOf(object), node)
    }
  }
}

/** The queues after a change of a pod. */
export function enqueue(turn: Turn, { type, object, previous, revision, key }: Change): void {
  const known = turn.queue.get(key)
  const gone = type === 'DELETED' || !isPending(object)
  if (gone) {
    if (known?.uid === object.metadata.uid) turn.queue.remove(key)
    const assumed = turn.assumed.get(key)
    if (assumed?.uid === object.metadata.uid) {
      turn.assumed.delete(key)
      if (!object.spec?.nodeName || type === 'DELETED' || isPodFinished(object)) turn.columns.removePod(key)
    }
    if (turn.nominated.get(key)?.facts.uid === object.metadata.uid) turn.nominate(factsOf(object), '')
    return
  }
  if (turn.policyOf(object) === undefined) {
    turn.queue.remove(key)
    return
  }
  if (known === undefined || known.uid !== object.metadata.uid) {
    if (turn.assumed.get(key)?.uid === object.metadata.uid) return
    enter(turn, object, fresh(object, revision, turn.now), revision)
    return
  }
  const changed = previous === undefined || looksNew(previous, object)
  if (known.place === 'gated' || (changed && known.place !== 'reserved')) enter(turn, object, known, revision)
  else if (turn.nominated.has(key)) turn.nominate(factsOf(object), turn.nominated.get(key)?.node ?? '')
}

function looksNew(previous: Change['object'], object: Change['object']): boolean {
  return !equal(previous.spec, object.spec) || !equal(previous.metadata.labels, object.metadata.labels)
}

/** Wakes the refused pods that these changes could help. */
export function cure(turn: Turn, changes: readonly Change[]): void {
  const useful = changes.filter(mayCure)
  if (useful.length === 0) return
  for (const [plugin, hint] of hints)
    for (const queued of turn.queue.refusedBy(plugin)) {
      if (turn.queue.get(queued.key)?.place !== 'unschedulable') continue
      const pod = turn.podAt(queued.key)
      if (pod === undefined) continue
      const facts = factsOf(pod)
      const because = useful.find((change) => hint(change, facts))
      if (because !== undefined) turn.queue.wake({ ...queued, because: because.revision })
    }
}

/** Refused transitions: what was assumed is taken back, and the pod waits before it is tried again. */
export function digest(turn: Turn, answers: readonly Answer[]): void {
  for (const { transition, outcome } of answers) {
    const key = transition.cause?.key
    if (outcome.ok || key === undefined || transition.type === 'report') continue
    const assumed = turn.forget(key)
    const known = turn.queue.get(key)
    turn.queue.remove(key)
    const pod = turn.podAt(key)
    if (pod === undefined || !isPending(pod) || turn.policyOf(pod) === undefined) continue
    const revision = Number(pod.metadata.resourceVersion ?? 0)
    const base = known ?? { ...fresh(pod, assumed?.order ?? revision, turn.now), attempts: assumed?.attempts ?? 1 }
    const until = turn.now + backoffMs(Math.max(1, base.attempts))
    const place = isGated(pod) ? 'gated' : 'backoff'
    turn.queue.put({ ...base, uid: pod.metadata.uid ?? '', place, since: turn.now, until })
  }
}

/** True for changes that cannot matter to a scheduler: heartbeats of nodes, progress of containers. */
export function isNoise({ type, resource, object, previous }: Change): boolean {
  if (type !== 'MODIFIED' || previous === undefined) return false
  if (resource === 'nodes')
    return (
      equal(previous.spec, object.spec) &&
      equal(previous.metadata.labels, object.metadata.labels) &&
      equal(previous.status?.allocatable, object.status?.allocatable) &&
      equal(previous.status?.images, object.status?.images)
    )
  if (resource !== 'pods' || !previous.spec?.nodeName) return false
  return (
    equal(previous.spec, object.spec) &&
    equal(previous.metadata.labels, object.metadata.labels) &&
    previous.metadata.deletionTimestamp === object.metadata.deletionTimestamp &&
    isPodFinished(previous) === isPodFinished(object)
  )
}

/** Whether the labels of a namespace changed: terms with a namespace selector must be counted anew. */
export function renamesNamespaces(change: Change): boolean {
  if (change.resource !== 'namespaces' || change.type !== 'MODIFIED') return false
  return !equal(change.previous?.metadata.labels, change.object.metadata.labels)
}
