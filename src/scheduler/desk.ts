/**
 * What a policy may ask: the columns of this turn, with the pods that are nominated to nodes counted against those who
 * come after them.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#user-exposed-information
 */
import type { View } from '../store/view.ts'
import { bestSlot, mixed } from './best.ts'
import type { Columns } from './columns.ts'
import type { PodFacts } from './facts.ts'
import { type Judge, judgeOf, type Tools } from './judge.ts'
import { type Failure, failureOf } from './message.ts'
import type { Verdict } from './node-program.ts'

/** A pod for which space is being made on a node. */
export interface Nominated {
  readonly facts: PodFacts
  readonly node: string
}

/** One look at one pod; holds until the columns change. */
export interface Look {
  readonly judge: Judge
  /** Slots where the pods nominated there would no longer fit. */
  readonly overruled: ReadonlyMap<number, Verdict>
}

export class Desk {
  readonly columns: Columns
  readonly tools: Tools
  /** By pod key. */
  readonly nominated: ReadonlyMap<string, Nominated>

  constructor(columns: Columns, tools: Tools, nominated: ReadonlyMap<string, Nominated>) {
    this.columns = columns
    this.tools = tools
    this.nominated = nominated
  }

  get view(): View {
    return this.tools.view
  }

  look(facts: PodFacts): Look {
    this.columns.trim()
    const judge = judgeOf(this.columns, facts, this.tools)
    const there = this.nominated.size === 0 ? noOne : this.ahead(facts)
    if (there.size === 0) return { judge, overruled: noVerdicts }
    const overruled = this.#overruled(judge, there)
    return { judge: judgeOf(this.columns, facts, this.tools), overruled }
  }

  /** The best node by Kubernetes' scores. A pod that has been nominated takes its node when that fits. */
  best({ judge, overruled }: Look): string | undefined {
    if (judge.nowhere !== undefined) return undefined
    const own = this.nominated.get(judge.facts.key)?.node
    const slot = own === undefined ? undefined : this.columns.slotOf.get(own)
    if (slot !== undefined && judge.check(slot) === 0 && !overruled.has(slot)) return own
    const allowed = overruled.size === 0 ? undefined : (at: number) => !overruled.has(at)
    const best = bestSlot(this.columns, judge, this.tools, allowed)
    return best < 0 ? undefined : this.columns.names[best]
  }

  /** Any node that fits, drawn by the seed. */
  any({ judge, overruled }: Look): string | undefined {
    if (judge.nowhere !== undefined) return undefined
    const { columns } = this
    const found = this.shuffled(judge.facts).find((slot) => judge.check(slot) === 0 && !overruled.has(slot))
    return found === undefined ? undefined : columns.names[found]
  }

  failure({ judge, overruled }: Look): Failure {
    const { program } = judge
    if (judge.global || judge.nowhere !== undefined || overruled.size > 0)
      return failureOf(this.columns, judge, overruled)
    if (program.failure?.cursor !== program.cursor)
      program.failure = { failure: failureOf(this.columns, judge, overruled), cursor: program.cursor }
    return program.failure.failure
  }

  /** All slots with a node, in an order that depends on the seed and the pod alone. */
  shuffled(facts: PodFacts): number[] {
    const { columns, tools } = this
    const draw = Math.floor(tools.chance(`scheduler/tie/${facts.key}/${facts.uid}`) * 0x1_0000_0000)
    const slots = [...columns.slotOf.values()]
    const luck = (slot: number) => mixed((columns.tie[slot] as number) ^ draw)
    const name = (slot: number) => columns.names[slot] as string
    return slots.sort((a, b) => luck(b) - luck(a) || (name(a) < name(b) ? -1 : 1))
  }

  /** By node: the pods nominated there that come before this one, being of equal or higher priority. */
  ahead(facts: PodFacts): ReadonlyMap<string, readonly Nominated[]> {
    const found = new Map<string, Nominated[]>()
    for (const one of this.nominated.values()) {
      const { key, priority } = one.facts
      if (key === facts.key || priority < facts.priority || this.columns.pods.has(key)) continue
      const list = found.get(one.node)
      if (list === undefined) found.set(one.node, [one])
      else list.push(one)
    }
    return found
  }

  /** Only slots that would do otherwise are asked about: the pod must fit with the nominated ones and without. */
  #overruled(judge: Judge, ahead: ReadonlyMap<string, readonly Nominated[]>): ReadonlyMap<number, Verdict> {
    const found = new Map<number, Verdict>()
    const slots = [...ahead.keys()].map((node) => this.columns.slotOf.get(node) ?? -1)
    for (const slot of slots.filter((one) => one >= 0 && judge.check(one) === 0)) {
      const node = this.columns.names[slot] as string
      const there = ahead.get(node) ?? []
      for (const one of there) this.columns.addPod(one.facts, node)
      const crowded = judgeOf(this.columns, judge.facts, this.tools)
      const code = crowded.check(slot)
      if (code !== 0) found.set(slot, crowded.verdict(code))
      for (const one of there) this.columns.removePod(one.facts.key)
    }
    return found
  }
}

const noOne: ReadonlyMap<string, readonly Nominated[]> = new Map()
const noVerdicts: ReadonlyMap<number, Verdict> = new Map()
