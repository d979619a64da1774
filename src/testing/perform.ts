/** Operations on a live cluster. */
import type { Cluster } from '../cluster/cluster.ts'
import type { Outcome } from '../store/transition.ts'
import { Moment } from './moment.ts'
import { evictable } from './operation/drain.ts'
import { type Operation, type Request, transitionsOf } from './operation.ts'

/** What came of an operation: one outcome for each write, refused ones included. */
export interface Performed {
  readonly operation: Operation
  readonly outcomes: readonly Outcome[]
}

/** How often a drain that had to leave pods asks again, as kubectl does. */
const drainAgainMs = 5000

/** A live cluster at this moment, as formulas and operations read it. */
export function momentOf(cluster: Cluster): Moment {
  const { registry } = cluster
  return new Moment(cluster.view, (kind) => registry.find(kind)?.resource)
}

/**
 * Does the operation on a live cluster. What the API refuses is an outcome, not an error. Throws KYB-KIND for a kind that
 * nobody serves and KYB-FAULT for a fault that cannot be. Only `wait` and a drain with a timeout move the clock.
 */
export async function perform(cluster: Cluster, operation: Operation): Promise<Performed> {
  if ('wait' in operation) await cluster.advance(operation.wait)
  else if ('fault' in operation) cluster.fault(operation.fault)
  else return { operation, outcomes: await asked(cluster, operation) }
  return { operation, outcomes: [] }
}

async function asked(cluster: Cluster, request: Request): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const patienceMs = request.op === 'drain' ? (request.timeoutSeconds ?? 0) * 1000 : 0
  for (let waited = 0; ; waited += drainAgainMs) {
    if (request.op === 'drain') outcomes.push(...(await drained(cluster, request)))
    else
      for (const transition of transitionsOf(request, momentOf(cluster), cluster.registry))
        outcomes.push(await cluster.dispatch(transition))
    if (waited + drainAgainMs > patienceMs || isDone(cluster, request)) return outcomes
    await cluster.advance(drainAgainMs)
  }
}

/** One eviction after the other, each asked for when what the one before led to has been seen. */
async function drained(cluster: Cluster, request: Request): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let evicted = true; evicted; ) {
    evicted = false
    for (const transition of transitionsOf(request, momentOf(cluster), cluster.registry)) {
      const outcome = await cluster.dispatch(transition)
      outcomes.push(outcome)
      evicted = transition.type === 'delete' && outcome.ok
      if (evicted || (transition.type === 'patch' && !outcome.ok)) break
    }
  }
  return outcomes
}

/** Nothing is left to ask, and what was asked to go has gone. */
function isDone(cluster: Cluster, request: Request): boolean {
  return request.op !== 'drain' || evictable(momentOf(cluster), request.node).length === 0
}
