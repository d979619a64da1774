/**
 * Properties: what must, must never, should sometimes and will eventually be so. A property is a value: a name, a
 * formula over moments or writes, and where it is documented. Whoever checks (explorer, fixture, audit log) reads the
 * same values.
 */
import type { KubeObject, ResourceKey } from '../api/object.ts'
import { parseDuration } from '../api/time.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { Cause, Transition } from '../store/transition.ts'
import type { Moment } from './moment.ts'

/** One committed write, and what its writer had before its eyes. */
export interface Write {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** `create`, `update`, `update/status`, `patch`, `delete`, `evict`, `bind`: what was asked. */
  readonly verb: string
  readonly resource: ResourceKey
  /** `namespace/name`, or `name`. */
  readonly key: string
  /** After the write; of a removal, the last state. */
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
  /** Who wrote: `controller/replicaset`, `scheduler`, `kubelet`, `user`, … */
  readonly by: string
  /** The key whose reconcile it was; '' when it was none. */
  readonly reconciled: string
  readonly cause: Cause
  /** It was a deletion that gave neither uid nor version, as far as that is known. */
  readonly byName?: true
  /** What the writer saw when it decided: older than the truth when its watches lag. */
  readonly believed: Moment
  /** The request itself, where it is known (a live cluster). */
  readonly asked?: Transition
  /** The store's number of this write and of the one before it, where writes are numbered (a live cluster). */
  readonly revision?: number
  readonly follows?: number
}

/** True when it is so; false or a sentence that says what is wrong when it is not. */
export type Held = boolean | string

/** How far a claim goes. C: a contract. B: best effort, holds with its caveat. F: a folk belief that is false. user: one's own. */
export type PropertyClass = 'C' | 'B' | 'F' | 'user'

/** What kind of formula it is. */
export type Formula =
  | { readonly type: 'always' | 'never' | 'sometimes' | 'eventually' | 'stable'; readonly at: (s: Moment) => Held }
  | { readonly type: 'implies'; readonly when: (s: Moment) => boolean; readonly at: (s: Moment) => Held }
  | { readonly type: 'leadsTo'; readonly from: (s: Moment) => boolean; readonly to: (s: Moment) => boolean }
  | { readonly type: 'step'; readonly write: (write: Write, before: Moment, after: Moment) => Held | undefined }
  | { readonly type: 'settled' | 'ended'; readonly at: (s: Moment) => Held }
  | { readonly type: 'idempotent'; readonly controllers: readonly string[] | undefined; readonly laterMs?: number }
  | { readonly type: 'rests' }
  | { readonly type: 'noOscillation'; readonly value: (s: Moment) => unknown }

/** A property. `as`, `within` and `documented` answer a copy that says more. */
export interface Property {
  readonly name: string
  /** The row of the library it is: `R2`. */
  readonly id: string | undefined
  /** The claim in one sentence. */
  readonly says: string | undefined
  readonly class: PropertyClass
  readonly formula: Formula
  /** Where it is documented: a URL, a KEP, an issue. */
  readonly source: string | undefined
  /** For `eventually` and `leadsTo`: within this much virtual time, in ms. */
  readonly withinMs: number | undefined
  /** How a test says it, when its formula cannot be written out: the word to import, and the expression. */
  readonly written: Expression | undefined
  as(name: string): Property
  within(duration: string | number): Property
  documented(as: Documentation): Property
}

/** Source of a property: a word of kybern/testing, and an expression in which `world` is the scenario. */
export interface Expression {
  readonly word: string
  readonly text: string
}

/** What `documented` tells of a property. */
export interface Documentation {
  readonly class: PropertyClass
  readonly source: string
  readonly id?: string
  readonly says?: string
  readonly written?: Expression
}

function property(formula: Formula, said: Partial<Omit<Property, 'formula'>> = {}): Property {
  const { name = formula.type, class: claim = 'user', source, withinMs, id, says, written } = said
  const parts = { name, class: claim, source, withinMs, id, says, written }
  return Object.freeze({
    ...parts,
    formula,
    as: (other: string) => property(formula, { ...parts, name: other }),
    within: (duration: string | number) => property(formula, { ...parts, withinMs: parseDuration(duration) }),
    documented: (as: Documentation) => property(formula, { ...parts, ...as }),
  })
}

/** Holds at every moment. */
export const always = (at: (s: Moment) => Held): Property => property({ type: 'always', at })

/** Holds at no moment. */
export const never = (at: (s: Moment) => Held): Property => property({ type: 'never', at })

/** Holds at some moment of some run: a witness that the exploration gets somewhere. Reported with its share of moments. */
export const sometimes = (at: (s: Moment) => Held): Property => property({ type: 'sometimes', at })

/** Every fair run comes to a moment at which it holds. */
export const eventually = (at: (s: Moment) => Held): Property => property({ type: 'eventually', at })

/** Once it holds, it holds for good. */
export const stable = (at: (s: Moment) => Held): Property => property({ type: 'stable', at })

/** Whenever `when` holds, `at` holds too. A `when` that never held is reported: the claim said nothing. */
export const implies = (when: (s: Moment) => boolean, at: (s: Moment) => Held): Property =>
  property({ type: 'implies', when, at })

/** Every moment at which `from` holds is followed, in every fair run, by one at which `to` holds. */
export const leadsTo = (from: (s: Moment) => boolean, to: (s: Moment) => boolean): Property =>
  property({ type: 'leadsTo', from, to })

/** Holds whenever nobody has anything left to do. */
export const settled = (at: (s: Moment) => Held): Property => property({ type: 'settled', at })

/** Holds at the end: everything the user wanted to do is done, and nobody has anything left to do. */
export const ended = (at: (s: Moment) => Held): Property => property({ type: 'ended', at })

/** Whenever nobody has anything left to do, reconciling any key once more writes nothing. `controllers`: only these. */
export const idempotent = (...controllers: string[]): Property =>
  property({ type: 'idempotent', controllers: controllers.length === 0 ? undefined : controllers })

/** As `idempotent`, of one controller, asked a second later too: statuses that tell the time go on for ever. */
export const idempotentLater = (name: string): Property =>
  property({ type: 'idempotent', controllers: [name], laterMs: 1000 })

/** Every run comes to rest: nobody goes on writing for ever. */
export const rests = (): Property => property({ type: 'rests' })

/** A claim about single writes. `undefined` says that the write does not concern it. */
export const step = (write: (write: Write, before: Moment, after: Moment) => Held | undefined): Property =>
  property({ type: 'step', write })

/** No fair run goes round in a circle in which `value` changes while nobody outside does anything. */
export const noOscillation = (value: (s: Moment) => unknown): Property => property({ type: 'noOscillation', value })

/**
 * Why a `Held` is a violation, in words; undefined when it holds. Throws KYB-EXPLORE for what is no answer: a field that is not
 * there is neither true nor false.
 */
export function whyNot(held: Held): string | undefined {
  if (held === true) return undefined
  if (held === false) return 'it does not hold'
  if (typeof held === 'string') return held
  throw new KybernError(
    'KYB-EXPLORE',
    `it answers ${held === null ? 'null' : typeof held}; a property answers true, false or a sentence (compare: … === true)`,
  )
}
