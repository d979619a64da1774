/**
 * What is owed by reconciles rather than by writes, over plain values: a Controller, a View, a Snapshot and `reduce`. Nothing
 * here needs an explorer; `check.controller` explores the same claims.
 * G1 (one worker for a key) holds by construction: a reconcile is a pure function, and an agent takes one turn at a time.
 * Sources: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md,
 * Sieve (OSDI 2022), Anvil (OSDI 2024)
 */
import { keyOf, objectKey } from '../../api/object.ts'
import type { Controller, Intent } from '../../controllers/controller.ts'
import { equal } from '../../lib/equal.ts'
import { reduce } from '../../store/commit.ts'
import type { CommitContext } from '../../store/plan.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Change, Delete, Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'

/** The writes among intents: neither wakes nor reports, which change no object that anybody reconciles. */
export function writesOf(intents: readonly Intent[]): readonly Transition[] {
  return intents.filter((intent): intent is Transition => intent.type !== 'wake' && intent.type !== 'report')
}

/**
 * G2. What the controller would still write, by key, though everything is as it should be: updates that change nothing are
 * none. With a context, neither is what the API refuses (a pod beyond the quota).
 */
export function writesWhenConverged(
  controller: Controller,
  view: View,
  keys: readonly string[] = view.list(controller.of).map(keyOf),
  context?: CommitContext,
): readonly Transition[] {
  const wouldWrite = (write: Transition) => changes(view, write) && (context === undefined || isTaken(context, write))
  return keys.flatMap((key) => writesOf(controller.reconcile(view, key)).filter(wouldWrite))
}

/** Whether the API would carry it out; leaves no trace. */
function isTaken(context: CommitContext, write: Transition): boolean {
  const before = context.prng.state
  const { snapshot } = reduce(context, write)
  context.prng.restore(before)
  return snapshot !== context.snapshot
}

function changes(view: View, write: Transition): boolean {
  if (write.type !== 'update') return true
  const { resource, namespace, name } = write.ref
  const stored = view.get(resource, namespace, name)
  if (stored === undefined) return true
  const { resourceVersion: _a, managedFields: _b, ...is } = stored.metadata
  const { resourceVersion: _c, managedFields: _d, ...wanted } = write.object.metadata
  if (write.subresource === 'status') return !equal(stored.status, write.object.status)
  return !equal({ ...stored, metadata: is, status: null }, { ...write.object, metadata: wanted, status: null })
}

/** G5. Deletions that name no uid: they would hit whoever has the name by then. */
export function unguardedDeletes(intents: readonly Intent[]): readonly Delete[] {
  return writesOf(intents).filter((write): write is Delete => write.type === 'delete' && (write.uid ?? '') === '')
}

/** G4. Every way a crash can cut the intents of one reconcile short: none of its writes, the first, … all. */
export function prefixes(intents: readonly Intent[]): readonly (readonly Transition[])[] {
  const writes = writesOf(intents)
  return Array.from({ length: writes.length + 1 }, (_, count) => writes.slice(0, count))
}

/** G4. The snapshots that a crash after each prefix leaves behind; a refused write ends the rest, as it does for controllers. */
export function crashPoints(context: CommitContext, intents: readonly Intent[]): readonly Snapshot[] {
  const points = [context.snapshot]
  for (const write of writesOf(intents)) {
    const { snapshot, outcome } = reduce({ ...context, snapshot: points.at(-1) as Snapshot }, write)
    if (!outcome.ok) break
    points.push(snapshot)
  }
  return points
}

/** G3. The changes with everything left out that a later one of the same object makes up for: what a slow watcher is told. */
export function coalesced(all: readonly Change[]): readonly Change[] {
  const last = new Map(all.map((change, i) => [`${change.resource} ${change.key}`, i]))
  return all.filter((change, i) => last.get(`${change.resource} ${change.key}`) === i)
}

/** G3. The keys a controller would be asked for by these changes, each once. Coalescing may leave none out. */
export function keysBy(controller: Controller, view: View, all: readonly Change[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const change of all) {
    if (change.resource === controller.of.resource) keys.add(change.key)
    for (const watch of controller.watches)
      if (watch.kind.resource === change.resource)
        for (const key of watch.keys(change.object, view, change)) keys.add(key)
    if (!controller.owns.some(({ resource }) => resource === change.resource)) continue
    const owner = change.object.metadata.ownerReferences?.find((one) => one.controller === true)
    if (owner?.kind === controller.of.kind) keys.add(objectKey(change.object.metadata.namespace ?? '', owner.name))
  }
  return keys
}

/** One reconcile: which key, when (ms), the revision of its view, and of the last write for that key before it. */
export interface Reconciled {
  readonly key: string
  readonly at: number
  readonly sees: number
  readonly wrote: number
}

/** G12. Reconciles that began before the view showed the last write for their key. Source: KEP-5647 */
export function staleReads(all: readonly Reconciled[]): readonly Reconciled[] {
  return all.filter(({ sees, wrote }) => sees < wrote)
}

/** G10. Keys that were reconciled more often than `limit` within one second of virtual time, with how often. */
export function hotKeys(all: readonly Pick<Reconciled, 'key' | 'at'>[], limit: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>()
  const hot = new Map<string, number>()
  for (const { key, at } of all) {
    const second = `${Math.floor(at / 1000)} ${key}`
    const count = (seconds.get(second) ?? 0) + 1
    seconds.set(second, count)
    if (count > limit) hot.set(key, Math.max(count, hot.get(key) ?? 0))
  }
  return hot
}

/** G9. How much each writer wrote after nobody outside did anything any more (ms): the most should be a few for each object. */
export function churn(all: readonly Change[], quietSince: number): ReadonlyMap<string, number> {
  const writes = new Map<string, number>()
  for (const { cause, time } of all)
    if (time > quietSince && cause.why !== 'request') writes.set(cause.by, (writes.get(cause.by) ?? 0) + 1)
  return writes
}
