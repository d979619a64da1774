/**
 * Writing in an exploration: the same plans as everywhere (admission, strategies, validation, conflicts), kept in cells
 * instead of a Snapshot. Names and uids are drawn from a count of what was created under a name, so that they do not
 * depend on what happened elsewhere.
 */
import { type KubeObject, keyOf, objectKey, type ResourceKey } from '../../api/object.ts'
import { conflict, internal, StatusError } from '../../api/status-error.ts'
import { fnv32 } from '../../lib/digest.ts'
import { type Prng, prngOf } from '../../lib/prng.ts'
import type { AdmissionPlugin } from '../../store/admission-step.ts'
import { planOf } from '../../store/commit.ts'
import { timedOut } from '../../store/faults.ts'
import type { Latest } from '../../store/latest.ts'
import { NeedsAnswers } from '../../store/outside.ts'
import type { CommitContext, Plan } from '../../store/plan.ts'
import { emptySnapshot } from '../../store/snapshot.ts'
import type { Cause, Change, Outcome, Transition } from '../../store/transition.ts'
import { crashed, type Draft, type Part, type Written } from './draft.ts'
import { viewThrough } from './reader.ts'
import { Table } from './trace.ts'

/** Told of every change, before the next write. */
export type Notify = (draft: Draft, change: Change) => void

/** What came of a write. */
interface Carried {
  readonly written: Written
  readonly outcome: Outcome
}

const request: Cause = { why: 'request', by: 'user' }

/** Writes of one exploration. */
export class Writer {
  readonly #admission: readonly AdmissionPlugin[]
  readonly #notify: Notify
  readonly #seed: number
  readonly #tables = new Map<string, Table<Part<Carried>>>()

  constructor(admission: readonly AdmissionPlugin[], seed: number, notify: Notify) {
    this.#admission = admission
    this.#notify = notify
    this.#seed = seed
  }

  /** Carries one transition out, unless the draft is to be disturbed at this write; events are not kept. */
  write(draft: Draft, transition: Exclude<Transition, { type: 'report' }>): Outcome {
    const index = draft.tried++
    const { disturbance } = draft
    if (disturbance?.at !== index) return this.#write(draft, transition)
    const refuse = (error: StatusError): Outcome => {
      const resource = resourceOf(transition)
      const said = { verb: verbOf(transition), resource, key: nameOfTransition(transition), change: undefined }
      draft.wrote({ ...said, refused: error.message, code: error.code })
      return { ok: false, error }
    }
    switch (disturbance.how) {
      case 'crash':
        throw crashed
      case 'fail':
        return refuse(internal('the request failed (a fault of the exploration)'))
      case 'conflict':
        return refuse(conflict(resourceOf(transition), nameOfTransition(transition)))
      case 'drop':
        return refuse(timedOut())
      case 'repeat': {
        const outcome = this.#write(draft, transition)
        this.#write(draft, transition)
        return outcome
      }
      case 'retry':
        this.#write(draft, transition)
        return this.#write(draft, transition)
      default:
        this.#write(draft, transition)
        return { ok: false, error: timedOut() }
    }
  }

  /** Ends a segment with the write. The same write to the same things comes to the same: it is worked out once. */
  #write(draft: Draft, transition: Exclude<Transition, { type: 'report' }>): Outcome {
    const { by, key } = transition.cause ?? request
    const name = `${by} ${key} ${draft.ground.cells.text({ ...transition, cause: undefined })}`
    let table = this.#tables.get(name)
    if (table === undefined) {
      table = new Table()
      this.#tables.set(name, table)
    }
    const { written, outcome } = draft.within(table, (part) => this.#carriedOut(part, transition))
    draft.wrote(written)
    return outcome
  }

  #carriedOut(draft: Draft, transition: Exclude<Transition, { type: 'report' }>): Carried {
    const cause = transition.cause ?? request
    const { prng, undraw } = this.#prng(draft, transition)
    const said = { verb: verbOf(transition), resource: resourceOf(transition), key: nameOfTransition(transition) }
    try {
      const plan = planOf(this.#context(draft, prng), transition) as Plan
      const change = this.#carryOut(draft, plan, cause)
      if (change !== undefined) this.#notify(draft, change)
      const object = change?.object ?? ((plan.next ?? plan.last ?? plan.previous) as KubeObject)
      return {
        written: { ...said, ...guardOf(transition), key: plan.key, change, refused: undefined, code: 200 },
        outcome: { ok: true, object, ...(change === undefined ? {} : { change }), warnings: [] },
      }
    } catch (error) {
      if (error instanceof NeedsAnswers || !(error instanceof StatusError)) throw error
      undraw()
      return {
        written: { ...said, change: undefined, refused: error.message, code: error.code },
        outcome: { ok: false, error },
      }
    }
  }

  #context(draft: Draft, prng: Prng): CommitContext {
    const { ground } = draft
    const latest = {
      at: (_snapshot: unknown, resource: ResourceKey, key: string) =>
        ground.cells.object(draft.at(ground.cells.slot('object', resource, key))),
    } as unknown as Latest
    return {
      snapshot: emptySnapshot(ground.start),
      latest,
      view: viewThrough(draft),
      registry: ground.registry,
      get now() {
        return draft.now
      },
      prng,
      admission: this.#admission,
    }
  }

  /** Draws from the seed, what is written, and how often something of this name was; the count goes up with the first draw. */
  #prng(draft: Draft, transition: Transition): { prng: Prng; undraw: () => void } {
    let drawn: Prng | undefined
    const name = nameOfTransition(transition)
    const slot = draft.ground.cells.slot('count', `${resourceOf(transition)} ${name}`)
    const generator = (): Prng => {
      if (drawn !== undefined) return drawn
      const count = draft.at(slot)
      draft.set(slot, count + 1)
      drawn = prngOf((fnv32(`${resourceOf(transition)} ${name} ${count}`) ^ this.#seed) | 0)
      return drawn
    }
    const prng: Prng = {
      below: (bound) => generator().below(bound),
      hex: (count) => generator().hex(count),
      suffix: (count) => generator().suffix(count),
      get state() {
        return []
      },
      restore() {},
    }
    const undraw = (): void => {
      if (drawn !== undefined) draft.set(slot, draft.at(slot) - 1)
    }
    return { prng, undraw }
  }

  #carryOut(
    draft: Draft,
    { kind, key, previous, next, last = previous, also }: Plan,
    cause: Cause,
  ): Change | undefined {
    for (const side of also ?? []) {
      const sideKey = keyOf(side.next)
      this.#notify(draft, this.#put(draft, side.kind.resource, sideKey, side.previous, side.next, undefined, cause))
    }
    if (next !== undefined && next === previous) return undefined
    return this.#put(draft, kind.resource, key, previous, next, last, cause)
  }

  #put(
    draft: Draft,
    resource: ResourceKey,
    key: string,
    previous: KubeObject | undefined,
    next: KubeObject | undefined,
    last: KubeObject | undefined,
    cause: Cause,
  ): Change {
    const { cells } = draft.ground
    const slot = cells.slot('object', resource, key)
    const version = cells.objectId(next)
    draft.set(slot, version)
    const type = previous === undefined ? 'ADDED' : next === undefined ? 'DELETED' : 'MODIFIED'
    const object = (next === undefined ? (last as KubeObject) : cells.object(version)) as KubeObject
    return { type, resource, key, object, previous, revision: 1, time: draft.ground.start, cause }
  }
}

function resourceOf(transition: Transition): ResourceKey {
  if ('ref' in transition) return transition.ref.resource
  return transition.type === 'create' ? transition.resource : 'events'
}

/** What is created, or which object is written: what draws are told apart by. */
function nameOfTransition(transition: Transition): string {
  if ('ref' in transition) return objectKey(transition.ref.namespace, transition.ref.name)
  if (transition.type !== 'create') return ''
  const { name, generateName } = transition.object.metadata
  return objectKey(transition.namespace, name || `${generateName ?? ''}*`)
}

function guardOf(transition: Transition): Pick<Written, 'byName'> {
  if (transition.type !== 'delete' || transition.eviction !== undefined) return {}
  return transition.uid === undefined && transition.resourceVersion === undefined ? { byName: true } : {}
}

function verbOf(transition: Transition): string {
  if (transition.type === 'pod.bind') return 'bind'
  if (transition.type === 'delete' && transition.eviction !== undefined) return 'evict'
  const subresource = 'subresource' in transition ? transition.subresource : undefined
  return subresource ? `${transition.type}/${subresource}` : transition.type
}
