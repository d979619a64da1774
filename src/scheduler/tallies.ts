/**
 * Counters over topology domains, kept as pods come and go: how many pods of a selection are on each node and in each
 * zone, rack or whatever a label says. A question about a term then costs as much as there are domains, not pods.
 */
import type { Selection } from './terms.ts'

/** One label key: which domain every slot is in (-1 without the label). Domain numbers are handed out as values come. */
export interface Topology {
  readonly key: string
  readonly ids: Map<string, number>
  domainOf: Int32Array
}

/** Which slots count for spread constraints with inclusion policies. `test` is asked when a node changes. */
export interface Eligibility {
  readonly key: string
  readonly test: (slot: number) => boolean
  mask: Uint8Array
}

/** Counts per domain of one topology over the eligible slots; `nodes` is how many eligible nodes each domain has. */
export interface DomainCounts {
  readonly topology: Topology
  readonly eligibility: Eligibility | undefined
  counts: Int32Array
  nodes: Int32Array
}

/** How many pods (or how much weight) of one kind are on each slot, and in each domain somebody asked about. */
export interface Tally {
  /** For tallies of matching pods. */
  readonly selection: Selection
  slots: Int32Array
  readonly domains: Map<string, DomainCounts>
  /** How many pods are counted at all. */
  pods: number
}

/** Space for at least `size` numbers, what is there kept. */
export function grownInts(array: Int32Array, size: number, fill = 0): Int32Array {
  if (array.length >= size) return array
  const grown = new Int32Array(Math.max(size, array.length * 2, 16)).fill(fill, array.length)
  grown.set(array)
  return grown
}

/** Space for at least `size` numbers, what is there kept. */
export function grownFloats(array: Float64Array, size: number): Float64Array {
  if (array.length >= size) return array
  const grown = new Float64Array(Math.max(size, array.length * 2, 16))
  grown.set(array)
  return grown
}

export function newTally(selection: Selection, capacity: number): Tally {
  return { selection, slots: new Int32Array(capacity), domains: new Map(), pods: 0 }
}

/** Adds `amount` pods (or weight) on a slot. */
export function addTo(tally: Tally, slot: number, amount: number): void {
  tally.slots[slot] = (tally.slots[slot] as number) + amount
  for (const domain of tally.domains.values()) addToDomain(domain, slot, amount)
}

function addToDomain({ topology, eligibility, counts }: DomainCounts, slot: number, amount: number): void {
  const at = topology.domainOf[slot] as number
  if (at < 0 || (eligibility !== undefined && eligibility.mask[slot] === 0)) return
  counts[at] = (counts[at] as number) + amount
}

/** Takes a slot out of the domains (`sign` -1) or puts it in (1); done around every change of a node's labels. */
export function shiftSlot(tally: Tally, slot: number, sign: 1 | -1): void {
  const amount = (tally.slots[slot] as number) * sign
  for (const domain of tally.domains.values()) shiftNode(domain, slot, amount, sign)
}

function shiftNode(domain: DomainCounts, slot: number, amount: number, sign: 1 | -1): void {
  const { topology, eligibility } = domain
  const at = topology.domainOf[slot] as number
  if (at < 0 || (eligibility !== undefined && eligibility.mask[slot] === 0)) return
  domain.counts = grownInts(domain.counts, at + 1)
  domain.nodes = grownInts(domain.nodes, at + 1)
  domain.counts[at] = (domain.counts[at] as number) + amount
  domain.nodes[at] = (domain.nodes[at] as number) + sign
}

/** The counts of a tally by domain, started from its slots when nobody asked before. */
export function domainsOf(
  tally: Tally,
  topology: Topology,
  eligibility: Eligibility | undefined,
  slots: number,
): DomainCounts {
  const key = `${topology.key} ${eligibility?.key ?? ''}`
  const known = tally.domains.get(key)
  if (known !== undefined) {
    known.counts = grownInts(known.counts, topology.ids.size)
    known.nodes = grownInts(known.nodes, topology.ids.size)
    return known
  }
  const size = topology.ids.size
  const fresh: DomainCounts = { topology, eligibility, counts: new Int32Array(size), nodes: new Int32Array(size) }
  for (let slot = 0; slot < slots; slot++) shiftNode(fresh, slot, tally.slots[slot] as number, 1)
  tally.domains.set(key, fresh)
  return fresh
}
