/**
 * A property over a past: what a list of writes with their moments says of it, and what it cannot say. A log is one run,
 * with an end: what must hold always is refuted by one moment, what must come some day never is.
 */
import type { Moment } from '../moment.ts'
import { type Formula, type Property, whyNot } from '../property.ts'
import type { PastWrite } from './past-world.ts'

/** `holds`: at every moment of the log. `not decided`: the log cannot say, and `why` tells why. `vacuous`: nothing concerned it. */
export type AuditVerdict = 'holds' | 'violated' | 'not decided' | 'vacuous'

export interface AuditFinding {
  readonly verdict: AuditVerdict
  /** Of a violation or a witness: the write after which it is so. */
  readonly at?: PastWrite
  readonly why?: string
  /** How many moments or writes said something. */
  readonly concerned: number
}

/** Says what the writes say. Pure, as far as the property is. */
export function judgePast({ formula, withinMs }: Property, first: Moment, writes: readonly PastWrite[]): AuditFinding {
  if (writes.length === 0) return { verdict: 'vacuous', concerned: 0, why: 'there are no writes in the log' }
  const moments = writes.map((one) => ({ at: one, moment: one.after }))
  switch (formula.type) {
    case 'always':
      return everywhere(moments, ({ moment }) => whyNot(formula.at(moment)))
    case 'never':
      return everywhere(moments, ({ moment }) => inverse(formula.at(moment)))
    case 'implies':
      return everywhere(moments, ({ moment }) => (formula.when(moment) ? whyNot(formula.at(moment)) : false))
    case 'step':
      return everywhere(moments, ({ at }) => {
        const held = formula.write(at.write, at.before, at.after)
        return held === undefined ? false : whyNot(held)
      })
    case 'stable':
      return stable(formula.at, first, moments)
    case 'sometimes': {
      const found = moments.find(({ moment }) => whyNot(formula.at(moment)) === undefined)
      if (found !== undefined) return { verdict: 'holds', at: found.at, concerned: 1 }
      return { verdict: 'not decided', concerned: 0, why: 'it did not come about in this log; another run may have it' }
    }
    case 'eventually':
      return due(
        () => true,
        (s) => whyNot(formula.at(s)) === undefined,
        withinMs,
        first,
        moments,
      )
    case 'leadsTo':
      return due(formula.from, formula.to, withinMs, first, moments)
    default:
      return { verdict: 'not decided', concerned: 0, why: whyUndecidable(formula) }
  }
}

interface At {
  readonly at: PastWrite
  readonly moment: Moment
}

/** `judge` answers why it does not hold, undefined when it does, false when it was not concerned. */
function everywhere(moments: readonly At[], judge: (one: At) => string | false | undefined): AuditFinding {
  let concerned = 0
  for (const one of moments) {
    const why = judge(one)
    if (why === false) continue
    concerned++
    if (why !== undefined) return { verdict: 'violated', at: one.at, why, concerned }
  }
  return concerned === 0
    ? { verdict: 'vacuous', concerned, why: 'nothing in the log concerned it' }
    : { verdict: 'holds', concerned }
}

/** Why something that must never hold does: a sentence is one that says so. */
function inverse(held: boolean | string): string | undefined {
  return held === true ? 'it holds' : held === false ? undefined : held
}

function stable(at: (s: Moment) => boolean | string, first: Moment, moments: readonly At[]): AuditFinding {
  let held = whyNot(at(first)) === undefined
  let concerned = 0
  for (const { at: write, moment } of moments) {
    const why = whyNot(at(moment))
    if (held) concerned++
    if (held && why !== undefined) return { verdict: 'violated', at: write, why, concerned }
    held = why === undefined
  }
  return concerned === 0 ? { verdict: 'vacuous', concerned, why: 'it never held' } : { verdict: 'holds', concerned }
}

/** A promise with a time limit is broken when the limit passes; one without can always still be kept. */
function due(
  from: (s: Moment) => boolean,
  to: (s: Moment) => boolean,
  withinMs: number | undefined,
  first: Moment,
  moments: readonly At[],
): AuditFinding {
  let since: { time: number; at: PastWrite | undefined } | undefined =
    to(first) || !from(first) ? undefined : { time: first.now, at: undefined }
  let concerned = since === undefined ? 0 : 1
  for (const { at, moment } of moments) {
    if (since !== undefined && withinMs !== undefined && at.time - since.time > withinMs) {
      const why = `it was due within ${withinMs / 1000} s and had not come by then`
      return { verdict: 'violated', at: since.at ?? at, why, concerned }
    }
    if (to(moment)) since = undefined
    else if (since === undefined && from(moment)) {
      since = { time: at.time, at }
      concerned++
    }
  }
  if (concerned === 0) return { verdict: 'vacuous', concerned, why: 'nothing in the log asked for it' }
  const why =
    since === undefined
      ? 'it came each time in this log; a log has an end, and others may differ'
      : 'it was still to come when the log ended'
  return { verdict: 'not decided', concerned, why }
}

function whyUndecidable({ type }: Formula): string {
  if (type === 'settled' || type === 'ended') return 'a log does not tell when nobody has anything left to do'
  if (type === 'idempotent') return 'a log does not tell what controllers would write if they were asked again'
  return 'a log has an end, and what goes round for ever has none'
}
