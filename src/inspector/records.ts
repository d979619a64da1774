/** Entries of a tape as the records a page is sent. */
import type { Json } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import type { Input } from '../cluster.ts'
import type { Armed } from '../store/faults.ts'
import { fieldChanges } from './diff.ts'
import { ownerOf, statesOf } from './states.ts'
import { summaryOf } from './summary.ts'
import type { ActorEntry, CommitEntry, Entry } from './tape.ts'
import type { ActorRecord, CommitRecord, FeedRecord } from './words.ts'

/** Fields named in a record: a feed is about what happened, `history` and `why` tell all of it. */
const recordChanges = 5

/** The record of an entry. Costs what the difference of two objects costs. */
export function recordOf(registry: Registry, entry: Entry): FeedRecord {
  if (entry.type === 'commit') return commitRecord(registry, entry)
  if (entry.type === 'actor') return actorRecord(entry)
  const { seq, revision, time } = entry
  if (entry.type !== 'input') return entry
  const { input } = entry
  const text = inputText(input)
  if (input.type !== 'fault' || 'lift' in input.fault) return { type: 'command', seq, revision, time, text }
  return { type: 'fault', seq, revision, time, fault: input.fault as unknown as Readonly<Record<string, Json>>, text }
}

function commitRecord(registry: Registry, { seq, revision, time, change, saw }: CommitEntry): CommitRecord {
  const { type, cause, object, previous } = change
  return {
    type: 'commit',
    seq,
    revision,
    time,
    change: type,
    cause,
    ...(saw === undefined ? {} : { saw }),
    object: summaryOf(registry, object),
    diff: type === 'MODIFIED' ? fieldChanges(previous, object, recordChanges) : [],
  }
}

function actorRecord({ seq, revision, time, id, news, event, snapshot, previous }: ActorEntry): ActorRecord {
  const machine: string = (snapshot ?? previous)?.machine.id ?? ''
  return {
    type: 'actor',
    seq,
    revision,
    time,
    id,
    machine,
    owner: ownerOf(id, machine),
    news,
    event: eventText(event.type),
    states: statesOf(snapshot),
    from: statesOf(previous),
  }
}

/** A delay's event by the name of the delay: `after pull`. */
export function eventText(type: string): string {
  const delay = /^xstate\.after\.([^.]+)\./.exec(type)?.[1]
  return delay === undefined ? type : `after ${delay}`
}

/** `kill node-1`; `send node.killed to nodes/node-1`; a rule in words; `lift fault 2`. */
export function inputText(input: Input): string {
  switch (input.type) {
    case 'send':
      return `send ${input.event.type} to ${input.actor}`
    case 'network':
      return requestText(input)
    case 'load':
      return loadText(input)
    case 'files':
      return 'a command writes files in a container'
    case 'fault':
      return faultText(input.fault)
  }
}

/** A request through the simulated network, in words. */
export function requestText({ url, from }: { readonly url: string; readonly from?: string }): string {
  return `request ${url}${from === undefined ? '' : ` from pod ${from}`}`
}

/** Steady traffic, in words. */
export function loadText({
  url,
  requestsPerSecond,
}: {
  readonly url: string
  readonly requestsPerSecond: number
}): string {
  return requestsPerSecond > 0 ? `${requestsPerSecond} requests/s to ${url}` : `no more requests to ${url}`
}

/** A fault in words. */
export function faultText(fault: object): string {
  if ('type' in fault && (fault.type === 'request' || fault.type === 'watch')) return ruleText(fault as Armed['rule'])
  if ('lift' in fault) return `lift fault ${fault.lift}`
  return Object.entries(fault)
    .map(([word, what]) => `${word} ${typeof what === 'string' ? what : JSON.stringify(what)}`)
    .join(' ')
}

function ruleText(rule: Armed['rule']): string {
  const from = rule.from === undefined ? '' : ` of ${rule.from}`
  if (rule.type === 'watch') {
    const how =
      rule.drop !== undefined ? `lose ${rule.drop} changes` : rule.lag === 'hold' ? 'hold' : `lag ${rule.lag} behind`
    return `watch ${rule.resource}${from}: ${how}`
  }
  const { strike, name, times, after, chance } = rule
  const how =
    strike.how === 'status'
      ? `refuse with ${strike.code}`
      : strike.how === 'delay'
        ? `delay ${strike.ms} ms`
        : strike.how
  const some = [
    name === undefined ? '' : ` ${name}`,
    after === undefined ? '' : ` after ${after}`,
    times === undefined ? '' : ` ${times} times`,
    chance === undefined ? '' : ` with chance ${chance}`,
  ].join('')
  return `${rule.verb} ${rule.resource}${from}${some}: ${how}`
}
