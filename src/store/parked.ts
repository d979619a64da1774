/**
 * Writes that wait for answers from outside, as data in the world: a fork has them too and asks for itself. What their
 * sender wanted to write of the same key after them waits behind them, in order.
 */
import type { OutsideCall } from '../ports.ts'
import type { OutsideAnswer } from './outside.ts'
import type { Transition } from './transition.ts'

export interface Parked {
  readonly id: number
  readonly transition: Transition
  readonly calls: readonly OutsideCall[]
  readonly followers: readonly Transition[]
  /** It waits for its time, not for an answer: a fault delays it. */
  readonly delayed?: boolean
}

/** `next` is the id of the one parked next. */
export interface Waiting {
  readonly next: number
  readonly parked: readonly Parked[]
}

export const nobodyWaits: Waiting = { next: 1, parked: [] }

/** With one more that waits. */
export function withParked(waiting: Waiting, write: Omit<Parked, 'id'>): Waiting {
  return { next: waiting.next + 1, parked: [...waiting.parked, { id: waiting.next, ...write }] }
}

/** Without the one of this id. */
export function withoutParked(waiting: Waiting, id: number): Waiting {
  return { ...waiting, parked: waiting.parked.filter((one) => one.id !== id) }
}

/** With the transition behind the one it has to wait for, or undefined when it need not wait. */
export function behind(waiting: Waiting, transition: Transition): Waiting | undefined {
  const { cause } = transition
  if (waiting.parked.length === 0 || cause === undefined || cause.why === 'request') return undefined
  const head = waiting.parked.find(
    ({ transition: { cause: other } }) => other?.by === cause.by && other.key === cause.key && other.why !== 'request',
  )
  if (head === undefined) return undefined
  const followed = { ...head, followers: [...head.followers, transition] }
  return { ...waiting, parked: waiting.parked.map((one) => (one === head ? followed : one)) }
}

/** True while a write of this component waits: it takes no turn before it knows what came of it. */
export function waitsFor({ parked }: Waiting, by: string): boolean {
  return parked.some(({ transition: { cause } }) => cause?.by === by && cause.why !== 'request')
}

/** A report with the name the server gave the object created before it. */
export function named(transition: Transition, created: string): Transition {
  if (transition.type !== 'report' || !transition.message.includes('$(name)')) return transition
  return { ...transition, message: transition.message.replace('$(name)', created) }
}

/** The transition of a parked write with more answers. */
export function answeredBy({ transition }: Parked, answers: readonly OutsideAnswer[]): Transition {
  const { outside } = transition
  if (outside === undefined) return transition
  return { ...transition, outside: { ...outside, answers: [...outside.answers, ...answers] } }
}
