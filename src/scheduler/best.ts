/**
 * The best of the feasible slots: the weighted sum of all scores, exact, over all nodes; equal sums are told apart by a
 * number drawn from the seed for this pod and each node.
 */
import type { Columns } from './columns.ts'
import { type Judge, spreadCounts, spreadTally, type Tools } from './judge.ts'
import { stretched } from './scores/inter-pod-affinity.ts'
import { domainWeight, hostname, spreadPoints } from './scores/pod-topology-spread.ts'
import type { DomainCounts, Topology } from './tallies.ts'

/** Weights of the scores that are not summed in a node program. */
const weights = { taints: 3, affinity: 2, spread: 2, pods: 2 } as const

/** The best slot, -1 when there is none. `allowed` narrows the choice (nominated pods have been considered there). */
export function bestSlot(columns: Columns, judge: Judge, tools: Tools, allowed?: (slot: number) => boolean): number {
  const { program, facts } = judge
  const soft = tools.softSpread(facts)
  const pods = podWeights(columns, judge)
  const plain = !judge.global && allowed === undefined
  const level = program.uneven === 0 && soft.constraints.length === 0 && pods.length === 0
  const draw = Math.floor(tools.chance(`scheduler/tie/${facts.key}/${facts.uid}`) * 0x1_0000_0000)
  if (plain && level) return highest(columns, program.points, draw)
  const feasible = feasibleSlots(columns, judge, plain, allowed)
  if (feasible.length === 0) return -1
  const totals = new Float64Array(columns.size).fill(-1)
  for (const slot of feasible) totals[slot] = program.points[slot] as number
  if (!level) {
    addProportional(totals, feasible, program.disliked, weights.taints, true)
    addProportional(totals, feasible, program.wanted, weights.affinity, false)
    if (soft.constraints.length > 0) addSpread(columns, judge, soft, feasible, totals)
    if (pods.length > 0) addPods(pods, feasible, totals)
  }
  return highest(columns, totals, draw)
}

/** Slots that pass every filter, in slot order. */
export function feasibleSlots(
  columns: Columns,
  judge: Judge,
  plain = false,
  allowed?: (slot: number) => boolean,
): number[] {
  const found: number[] = []
  for (let slot = 0; slot < columns.size; slot++) {
    const fits = plain ? judge.program.why[slot] === 0 : judge.check(slot) === 0
    if (fits && (allowed === undefined || allowed(slot))) found.push(slot)
  }
  return found
}

/** The highest total; among equals the highest draw, then the name. Slot numbers never matter. */
function highest(columns: Columns, totals: Int32Array | Float64Array, draw: number): number {
  const { size, tie, names } = columns
  let [best, most, luck] = [-1, -1, -1]
  for (let slot = 0; slot < size; slot++) {
    const total = totals[slot] as number
    if (total < most || total < 0) continue
    const drawn = mixed((tie[slot] as number) ^ draw)
    if (total === most) {
      if (drawn < luck) continue
      if (drawn === luck && (names[slot] as string) > (names[best] as string)) continue
    }
    best = slot
    most = total
    luck = drawn
  }
  return best
}

// The finalizer of MurmurHash3: spreads neighbouring numbers apart.
export function mixed(number: number): number {
  let x = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

function addProportional(
  totals: Float64Array,
  slots: readonly number[],
  raws: Int32Array,
  weight: number,
  reverse: boolean,
): void {
  let most = 0
  for (const slot of slots) most = Math.max(most, raws[slot] as number)
  for (const slot of slots) {
    const points = most === 0 ? 0 : Math.trunc((100 * (raws[slot] as number)) / most)
    totals[slot] = (totals[slot] as number) + weight * (reverse ? 100 - points : points)
  }
}

interface SpreadPart {
  readonly topology: Topology
  /** Counts per domain; per slot for the host name. */
  readonly counts?: Int32Array
  readonly slots?: Int32Array
  readonly weight: number
  readonly maxSkew: number
}

function addSpread(
  columns: Columns,
  { facts }: Judge,
  soft: ReturnType<Tools['softSpread']>,
  feasible: readonly number[],
  totals: Float64Array,
): void {
  const keys = soft.constraints.map((one) => one.topologyKey)
  const topologies = keys.map((key) => columns.topologyOf(key))
  const scored = soft.strict
    ? feasible.filter((slot) => topologies.every((one) => (one.domainOf[slot] as number) >= 0))
    : feasible
  const parts = soft.constraints.map((one): SpreadPart => {
    const { topologyKey, maxSkew } = one
    const topology = columns.topologyOf(topologyKey)
    if (topologyKey === hostname)
      return { topology, slots: spreadTally(columns, one).slots, weight: domainWeight(scored.length), maxSkew }
    const { counts } = spreadCounts(columns, facts, one, soft.strict ? keys : [])
    return { topology, counts, weight: domainWeight(distinct(topology, scored)), maxSkew }
  })
  const raws = new Float64Array(scored.length)
  let [least, most] = [Number.MAX_SAFE_INTEGER, 0]
  for (const [i, slot] of scored.entries()) {
    const raw = rawSpread(parts, slot)
    raws[i] = raw
    least = Math.min(least, raw)
    most = Math.max(most, raw)
  }
  for (const [i, slot] of scored.entries())
    totals[slot] = (totals[slot] as number) + weights.spread * spreadPoints(raws[i] as number, least, most)
}

function rawSpread(parts: readonly SpreadPart[], slot: number): number {
  let sum = 0
  for (const { topology, counts, slots, weight, maxSkew } of parts) {
    const domain = topology.domainOf[slot] as number
    if (domain < 0) continue
    const count = slots?.[slot] ?? counts?.[domain] ?? 0
    sum += count * weight + (maxSkew - 1)
  }
  return Math.round(sum)
}

/** How many different domains the slots are in; no label at all is one more. */
function distinct(topology: Topology, slots: readonly number[]): number {
  const seen = new Uint8Array(topology.ids.size + 1)
  let found = 0
  for (const slot of slots) {
    const at = (topology.domainOf[slot] as number) + 1
    if (seen[at] === 0) found++
    seen[at] = 1
  }
  return found
}

interface PodPart {
  readonly counts: DomainCounts
  readonly weight: number
}

/** Terms about other pods that move this pod's scores: its own preferences, and those of pods already there. */
function podWeights(columns: Columns, { facts }: Judge): PodPart[] {
  const parts: PodPart[] = []
  for (const term of [...facts.terms.preferred, ...facts.terms.avoided]) {
    const tally = columns.tallyOf(term.selection)
    if (tally.pods > 0) parts.push({ counts: columns.domains(tally, term.topologyKey, undefined), weight: term.weight })
  }
  for (const held of columns.heldAgainst(columns.groupOf(facts)))
    if (!held.anti && held.tally.pods > 0)
      parts.push({ counts: columns.domains(held.tally, held.topologyKey, undefined), weight: 1 })
  return parts
}

function addPods(parts: readonly PodPart[], feasible: readonly number[], totals: Float64Array): void {
  const raws = new Float64Array(feasible.length)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [i, slot] of feasible.entries()) {
    let raw = 0
    for (const { counts, weight } of parts) {
      const domain = counts.topology.domainOf[slot] as number
      if (domain >= 0) raw += weight * (counts.counts[domain] as number)
    }
    raws[i] = raw
    least = Math.min(least, raw)
    most = Math.max(most, raw)
  }
  for (const [i, slot] of feasible.entries())
    totals[slot] = (totals[slot] as number) + weights.pods * stretched(raws[i] as number, least, most)
}
