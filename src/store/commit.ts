/**
 * The only writer. `reduce` takes a context and one transition and answers the next snapshot, what changed and the
 * answer for the sender; it never throws for what a sender may do wrong.
 */
import type { KubeObject } from '../api/object.ts'
import { badRequest, internal, StatusError } from '../api/status-error.ts'
import type { CommitContext, Plan } from './plan.ts'
import { frozen, type Snapshot, withObject } from './snapshot.ts'
import type { Cause, Change, Outcome, Transition } from './transition.ts'
import { planBind } from './write-bind.ts'
import { planCreate } from './write-create.ts'
import { planDelete } from './write-delete.ts'
import { planPatch } from './write-patch.ts'
import { planReport } from './write-report.ts'
import { planUpdate } from './write-update.ts'

/** What one commit comes to. `snapshot` is the given one when nothing was written. */
export interface Reduced {
  readonly snapshot: Snapshot
  readonly outcome: Outcome
}

const unknownCause: Cause = { why: 'request', by: 'unknown' }

/** Pure but for the draws from `context.prng`; what writes nothing draws nothing. */
export function reduce(context: CommitContext, transition: Transition): Reduced {
  const before = context.prng.state
  const reduced = attempted(context, transition)
  if (reduced.snapshot === context.snapshot) context.prng.restore(before)
  return reduced
}

function attempted(context: CommitContext, transition: Transition): Reduced {
  try {
    const plan = planOf(context, transition)
    if (plan === undefined)
      return { snapshot: context.snapshot, outcome: unwritten((transition as { regarding: KubeObject }).regarding) }
    return carriedOut(context, transition, plan)
  } catch (error) {
    const status =
      error instanceof StatusError ? error : internal(error instanceof Error ? error.message : String(error))
    return { snapshot: context.snapshot, outcome: { ok: false, error: status } }
  }
}

function planOf(context: CommitContext, transition: Transition): Plan | undefined {
  switch (transition.type) {
    case 'create':
      return planCreate(context, transition)
    case 'update':
      return planUpdate(context, transition)
    case 'patch':
      return planPatch(context, transition)
    case 'delete':
      return planDelete(context, transition)
    case 'pod.bind':
      return planBind(context, transition)
    case 'report':
      return planReport(context, transition)
    default:
      throw badRequest(`"${(transition as { type?: unknown }).type}" is no type of transition`)
  }
}

function unwritten(object: KubeObject, warnings: readonly string[] = []): Outcome {
  return { ok: true, object, warnings }
}

function carriedOut(context: CommitContext, transition: Transition, plan: Plan): Reduced {
  const { snapshot, now } = context
  const { kind, key, previous, next, last = previous, warnings } = plan
  if (next !== undefined && next === previous) return { snapshot, outcome: unwritten(next, warnings) }
  const revision = snapshot.revision + 1
  const object = withVersion((next ?? last) as KubeObject, String(revision))
  if (transition.dryRun === true) return { snapshot, outcome: unwritten(next === undefined ? object : next, warnings) }
  const after = withObject(snapshot, kind, next === undefined ? undefined : object, key, now)
  const type = previous === undefined ? 'ADDED' : next === undefined ? 'DELETED' : 'MODIFIED'
  const cause = transition.cause ?? unknownCause
  const change: Change = { type, resource: kind.resource, key, object, previous, revision, time: now, cause }
  return { snapshot: after, outcome: { ok: true, object, change, warnings } }
}

function withVersion(object: KubeObject, version: string): KubeObject {
  return frozen({ ...object, metadata: { ...object.metadata, resourceVersion: version } })
}
