/** What follows from a policy's decision: placements are counted at once and asked for, refusals are written down. */
import { factsOf, type PodFacts } from './facts.ts'
import { type ClaimPlan, claimsOf, planFor } from './filters/volume-binding.ts'
import { bindIntents, causeOf, refusedIntents, statusIntents, victimIntents, volumeIntents } from './intents.ts'
import type { Decision, Pending } from './policies/policy.ts'
import type { Queued } from './state.ts'
import { isPending, type Turn } from './turn.ts'

/** How long a pod waits for its volumes before another node is tried. */
const volumesMs = 600_000

/** Carries out a decision. */
export function settle(turn: Turn, pending: Pending, decision: Decision, policy: string): void {
  const { queued, facts } = pending
  turn.queue.remove(facts.key)
  if (decision.type === 'refuse') {
    refuse(turn, pending, decision, policy)
    return
  }
  const { node } = decision
  turn.assume(facts, node, queued)
  turn.nominate(facts, '')
  const plans = facts.claims ? plansOf(turn, facts, node) : []
  if (plans.length === 0) turn.intents.push(...bindIntents(facts, node, policy, causeOf(facts.key, queued.because)))
  else reserve(turn, pending, node, plans)
}

function plansOf(turn: Turn, facts: PodFacts, node: string): readonly ClaimPlan[] {
  const claims = claimsOf(facts, turn.input.view)
  const object = turn.input.view.get('nodes', '', node)
  if ('reasons' in claims || object === undefined) return []
  return planFor(claims.waiting, object, turn.input.view) ?? []
}

/** The pod keeps its place on the node while its claims are bound. */
function reserve(turn: Turn, { queued, facts }: Pending, node: string, plans: readonly ClaimPlan[]): void {
  const until = turn.now + volumesMs
  turn.queue.put({ ...queued, place: 'reserved', attempts: queued.attempts + 1, since: turn.now, until, plugins: [] })
  turn.intents.push(...volumeIntents(plans, node, causeOf(facts.key, queued.because)))
}

/** Binds pods whose claims are all bound now; those whose claims went another way, or took too long, start again. */
export function settleReserved(turn: Turn): void {
  for (const queued of reserved(turn)) {
    const pod = turn.podAt(queued.key)
    const node = turn.assumed.get(queued.key)?.node
    if (pod === undefined || node === undefined || !isPending(pod)) {
      turn.queue.remove(queued.key)
      continue
    }
    const facts = factsOf(pod)
    const claims = claimsOf(facts, turn.input.view)
    const object = turn.input.view.get('nodes', '', node)
    const fits = object !== undefined && !('reasons' in claims) && planFor(claims.waiting, object, turn.input.view)
    if (!fits || queued.until <= turn.now) again(turn, queued)
    else if (claims.waiting.length === 0) bindReserved(turn, facts, queued, node)
  }
}

/** Pods that keep a place on a node while their claims are bound; all of them are assumed. */
function reserved(turn: Turn): Queued[] {
  if (turn.assumed.size === 0) return []
  return turn.assumed.keysArray().flatMap((key) => {
    const queued = turn.queue.get(key)
    return queued?.place === 'reserved' ? [queued] : []
  })
}

/** When the first of them has waited for too long. */
export function firstTimeout(turn: Turn): number | undefined {
  const times = reserved(turn).map((queued) => queued.until)
  return times.length === 0 ? undefined : Math.min(...times)
}

function bindReserved(turn: Turn, facts: PodFacts, queued: Queued, node: string): void {
  turn.queue.remove(facts.key)
  const from = turn.policyOf(facts.pod)?.name ?? ''
  turn.intents.push(...bindIntents(facts, node, from, causeOf(facts.key, queued.because)))
}

function again(turn: Turn, queued: Queued): void {
  turn.forget(queued.key)
  turn.queue.wake({ ...queued, since: turn.now })
}

function refuse(
  turn: Turn,
  { queued, facts }: Pending,
  decision: Extract<Decision, { type: 'refuse' }>,
  policy: string,
): void {
  const { message, plugins, victims, nominate } = decision
  const { now } = turn
  const cause = causeOf(facts.key, queued.because)
  const attempts = queued.attempts + 1
  turn.queue.put({ ...queued, place: 'unschedulable', attempts, since: now, plugins })
  if (nominate) makeRoom(turn, facts, nominate)
  if (nominate !== undefined) turn.nominate(facts, nominate)
  turn.intents.push(...refusedIntents(facts.pod, message, nominate, now, policy, cause))
  for (const { facts: placed } of victims) {
    const victim = turn.podAt(placed.key)
    if (victim === undefined) continue
    turn.intents.push(...victimIntents(factsOf(victim), facts, nominate ?? '', now, queued.because))
  }
}

/** Pods of lower priority that were to have the node are told to look elsewhere. */
function makeRoom(turn: Turn, facts: PodFacts, node: string): void {
  for (const [key, other] of [...turn.nominated]) {
    if (other.node !== node || other.facts.priority >= facts.priority) continue
    turn.nominate(other.facts, '')
    const queued = turn.queue.get(key)
    if (queued === undefined) continue
    turn.intents.push(...statusIntents(other.facts.pod, undefined, '', turn.now, causeOf(key, queued.because)))
    if (queued.place === 'unschedulable') turn.queue.wake(queued)
  }
}
