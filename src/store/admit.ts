/**
 * Admission of one write in the two passes of a real server: mutating plugins before the server completes and validates
 * the object, validating ones after. Nothing is worked out before a plugin asks for it.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { KubeObject } from '../api/object.ts'
import { conflict, StatusError } from '../api/status-error.ts'
import { fnv32 } from '../lib/digest.ts'
import { prngOf, uuidFrom } from '../lib/prng.ts'
import type { OutsideCall } from '../ports.ts'
import type { AdmissionRequest, AdmissionTools } from './admission-step.ts'
import { managed } from './managed.ts'
import { askedTooOften, NeedsAnswers, type OutsideAnswer, type OutsideRecord } from './outside.ts'
import { type CommitContext, kindFor, type Plan, type SideWrite, viewOf } from './plan.ts'
import { requesterOf } from './requester.ts'
import type { TransitionBase } from './transition.ts'
import type { View } from './view.ts'

type Sent = Omit<AdmissionRequest, 'requestKind' | 'user' | 'dryRun'>

/** The admission of one write. `warnings` and `annotations` fill up as it goes on. */
export class Admission {
  readonly warnings: string[]
  readonly annotations: Record<string, string> = {}
  readonly #also: SideWrite[] = []
  readonly #context: CommitContext
  readonly #transition: TransitionBase
  readonly #tools: AdmissionTools & { again: boolean }
  #view: View | undefined
  #wanted = false

  /** `warnings` are those of decoding: they are said whatever comes of the write. */
  constructor(context: CommitContext, transition: TransitionBase, warnings: readonly string[] = []) {
    this.warnings = [...warnings]
    this.#context = context
    this.#transition = transition
    const { prng } = context
    this.#tools = {
      suffix: () => prng.suffix(5),
      random: (bound: number) => prng.below(bound),
      uid: () => prng.hex(32),
      warn: (text) => {
        if (!this.warnings.includes(text)) this.warnings.push(text)
      },
      audit: (key, value) => {
        this.annotations[key] = value
      },
      ask: (calls) => answersTo(calls, transition.outside),
      passAgain: () => {
        this.#wanted = true
      },
      alsoWrite: (resource, previous, next) => {
        const kind = kindFor(context, resource)
        const recorded = managed(context, kind, previous, next, 'status', { manager: 'kube-apiserver' })
        this.#also.push({ kind, previous, next: recorded })
      },
      requestId: (question) => uuidFrom(prngOf(fnv32(question, transition.outside?.seed))),
      again: false,
      kept: new Map(),
    }
  }

  /** The object after all mutating plugins; a second pass when one of them asks for it. Throws to refuse. */
  mutated(sent: Sent): KubeObject {
    if (this.#context.admission.length === 0) return sent.object
    this.#wanted = false
    this.#tools.again = false
    return this.carried(() => {
      const object = this.#pass(sent, 'mutate')
      if (!this.#wanted) return object
      this.#tools.again = true
      return this.#pass({ ...sent, object }, 'mutate')
    })
  }

  /** The object with the addresses and ports it is given out of the cluster's ranges. Throws to refuse. */
  allocated(sent: Sent): KubeObject {
    return this.#pass(sent, 'allocate')
  }

  /** Shows every validating plugin what would be stored. Throws to refuse. */
  validate(sent: Sent): void {
    if (this.#context.admission.length === 0) return
    const request = this.#request(sent)
    const view = this.#viewed()
    this.carried(() => {
      for (const { validate } of this.#context.admission) validate?.(request, view, this.#tools)
    })
  }

  /** Adds what the kind itself warns of. */
  warn(texts: readonly string[] = []): void {
    this.warnings.push(...texts)
  }

  /** A refusal carries the warnings there were before it: those of decoding are told with whatever is wrong beside. */
  carried<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof StatusError && this.warnings.length > 0) error.warnings = this.warnings
      throw error
    }
  }

  /** What a plan says beside the object: the warnings before admission and its own, its audit annotations. */
  said(): Pick<Plan, 'warnings' | 'audit' | 'also'> {
    const { warnings } = this
    const audit = Object.keys(this.annotations).length === 0 ? {} : { audit: this.annotations }
    return { warnings, ...audit, ...(this.#also.length === 0 ? {} : { also: this.#also }) }
  }

  #pass(sent: Sent, phase: 'mutate' | 'allocate'): KubeObject {
    let request = this.#request(sent)
    const view = this.#viewed()
    for (const plugin of this.#context.admission) {
      const object = plugin[phase]?.(request, view, this.#tools) ?? request.object
      if (object !== request.object) request = { ...request, object }
    }
    return request.object
  }

  #request(sent: Sent): AdmissionRequest {
    const { kind, object } = sent
    const user = requesterOf(this.#transition, object)
    const dryRun = this.#transition.dryRun === true
    const stored = kindFor(this.#context, kind.resource)
    return { ...sent, kind: stored, requestKind: kind, user, dryRun }
  }

  #viewed(): View {
    this.#view ??= viewOf(this.#context)
    return this.#view
  }
}

/** CreateOptions, UpdateOptions or PatchOptions as admission is told them. */
export function writeOptions(transition: TransitionBase): Readonly<Record<string, unknown>> {
  const { asked, manager, fieldValidation, dryRun } = transition
  if (asked !== undefined) return asked
  return {
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
    ...(manager ? { fieldManager: manager } : {}),
    ...(fieldValidation === undefined ? {} : { fieldValidation }),
  }
}

/** The recorded answers to the calls, in their order. Throws NeedsAnswers, or 409 when one was asked too often. */
function answersTo(calls: readonly OutsideCall[], record: OutsideRecord | undefined): OutsideAnswer[] {
  const found = calls.map((call) => record?.answers.find((answer) => answer.id === call.id))
  const missing = calls.filter((_call, at) => found[at] === undefined)
  const [restless] = missing.filter((call) => askedTooOften(record, call.hook))
  if (restless !== undefined) throw conflict('', restless.name)
  if (missing.length > 0) throw new NeedsAnswers(missing)
  return found as OutsideAnswer[]
}
