/**
 * The only writer. `reduce` takes a context and one transition and answers the next snapshot, what changed and the
 * answer for the sender; it never throws for what a sender may do wrong.
 */
import { type KubeObject, objectKey } from '../api/object.ts'
import { badRequest, internal, StatusError } from '../api/status-error.ts'
import { prngOf } from '../lib/prng.ts'
import type { OutsideCall } from '../ports.ts'
import { planConnect } from './connect.ts'
import { registryWith } from './conversion.ts'
import { NeedsAnswers, type OutsideRecord } from './outside.ts'
import type { CommitContext, Plan, SideWrite } from './plan.ts'
import { frozen, type Snapshot, withObject } from './snapshot.ts'
import type { Cause, Change, Outcome, Transition } from './transition.ts'
import { planBind } from './write-bind.ts'
import { planCreate } from './write-create.ts'
import { planDelete } from './write-delete.ts'
import { planPatch } from './write-patch.ts'
import { planReport } from './write-report.ts'
import { planUpdate } from './write-update.ts'

/**
 * What one commit comes to. `snapshot` is the given one when nothing was written. With `pending` nothing is decided yet:
 * the calls are to be made and the transition in it sent again with their answers.
 */
export interface Reduced {
  readonly snapshot: Snapshot
  readonly outcome: Outcome
  readonly pending?: Pending
  /** Changes of other objects that were written with it, before its own. */
  readonly before?: readonly Change[]
}

/** A write that waits for answers from outside. */
export interface Pending {
  readonly transition: Transition
  readonly calls: readonly OutsideCall[]
}

const unknownCause: Cause = { why: 'request', by: 'unknown' }

/**
 * Pure but for the draws from `context.prng`; what writes nothing draws nothing. A write that has to wait draws the seed of
 * its own generator, so that every attempt at it draws the same.
 */
export function reduce(context: CommitContext, transition: Transition): Reduced {
  if (transition.outside !== undefined) return attempted(context, transition, planning(context, transition.outside))
  const before = context.prng.state
  const reduced = attempted(context, transition, context)
  if (reduced.snapshot === context.snapshot) context.prng.restore(before)
  if (reduced.pending === undefined) return reduced
  const outside = { seed: context.prng.below(2 ** 31), at: context.now, answers: [] }
  return attempted(context, { ...transition, outside }, planning(context, outside))
}

/** The context in which a write that waited is planned: its own generator, the time of its first attempt. */
function planning(context: CommitContext, { seed, at, answers }: OutsideRecord): CommitContext {
  return { ...context, now: at, prng: prngOf(seed), registry: registryWith(context.registry, answers) }
}

function attempted(context: CommitContext, transition: Transition, planned: CommitContext): Reduced {
  try {
    const plan = planOf(planned, transition)
    if (plan === undefined)
      return { snapshot: context.snapshot, outcome: unwritten((transition as { regarding: KubeObject }).regarding) }
    return carriedOut(context, transition, plan)
  } catch (error) {
    if (error instanceof NeedsAnswers) {
      const outcome = { ok: false, error: internal(error.message) } as const
      return { snapshot: context.snapshot, outcome, pending: { transition, calls: error.calls } }
    }
    const status =
      error instanceof StatusError ? error : internal(error instanceof Error ? error.message : String(error))
    return { snapshot: context.snapshot, outcome: { ok: false, error: status } }
  }
}

/**
 * What one transition comes to, or undefined when nothing is to be written; throws StatusError for what is refused. For
 * those who keep the state in another form than a Snapshot (the explorer): everybody else takes `reduce`.
 */
export function planOf(context: CommitContext, transition: Transition): Plan | undefined {
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
    case 'connect':
      return planConnect(context, transition)
    case 'report':
      return planReport(context, transition)
    default:
      throw badRequest(`"${(transition as { type?: unknown }).type}" is no type of transition`)
  }
}

function unwritten(object: KubeObject, said: Pick<Plan, 'warnings' | 'audit'> = { warnings: [] }): Outcome {
  return { ok: true, object, ...said }
}

function carriedOut(context: CommitContext, transition: Transition, plan: Plan): Reduced {
  const { now } = context
  const { kind, key, previous, next, last = previous } = plan
  const said = plan.audit === undefined ? { warnings: plan.warnings } : { warnings: plan.warnings, audit: plan.audit }
  if (next !== undefined && next === previous) return { snapshot: context.snapshot, outcome: unwritten(next, said) }
  const cause = transition.cause ?? unknownCause
  const dry = transition.dryRun === true
  const { snapshot, changes } = withSideWrites(context, dry ? [] : (plan.also ?? []), cause)
  const revision = snapshot.revision + 1
  const object = withVersion((next ?? last) as KubeObject, String(revision))
  if (dry) return { snapshot, outcome: unwritten(next === undefined ? object : next, said) }
  const after = withObject(snapshot, kind, next === undefined ? undefined : object, key, now)
  const type = previous === undefined ? 'ADDED' : next === undefined ? 'DELETED' : 'MODIFIED'
  const change: Change = { type, resource: kind.resource, key, object, previous, revision, time: now, cause }
  const outcome = { ok: true, object, change, ...said } as const
  return changes.length === 0 ? { snapshot: after, outcome } : { snapshot: after, outcome, before: changes }
}

/** The snapshot after the other objects that change with a write, each at a revision of its own. */
function withSideWrites({ snapshot, now }: CommitContext, writes: readonly SideWrite[], cause: Cause) {
  const changes: Change[] = []
  let after = snapshot
  for (const { kind, previous, next } of writes) {
    const revision = after.revision + 1
    const object = withVersion(next, String(revision))
    const key = objectKey(object.metadata.namespace ?? '', object.metadata.name)
    after = withObject(after, kind, object, key, now)
    changes.push({ type: 'MODIFIED', resource: kind.resource, key, object, previous, revision, time: now, cause })
  }
  return { snapshot: after, changes }
}

function withVersion(object: KubeObject, version: string): KubeObject {
  return frozen({ ...object, metadata: { ...object.metadata, resourceVersion: version } })
}
