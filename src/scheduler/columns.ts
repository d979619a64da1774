/**
 * The cluster as columns of numbers: one slot per node, one typed array per quantity, counters per term and topology
 * domain. A derived cache and nothing else: it can be built anew from a view at any time, with the same answers.
 * It is changed in place, so exactly one holder may have it; `holder.ts` sees to that.
 */
import type { KubeObject } from '../api/object.ts'
import { equal } from '../lib/equal.ts'
import {
  anyAddress,
  basic,
  type ChangeLog,
  type Extended,
  floatColumns,
  type Group,
  grownBytes,
  type Held,
  looksChanged,
  noImages,
  type Placed,
  raise,
  sameWeight,
  setDomain,
} from './column-parts.ts'
import type { HostPort, PodFacts } from './facts.ts'
import type { NodeProgram } from './node-program.ts'
import { amountsOf } from './requests.ts'
import { imagesOn } from './scores/image-locality.ts'
import { symmetricTerms } from './scores/inter-pod-affinity.ts'
import {
  addTo,
  type DomainCounts,
  domainsOf,
  type Eligibility,
  grownFloats,
  grownInts,
  newTally,
  shiftSlot,
  type Tally,
  type Topology,
} from './tallies.ts'
import { type AffinityTerm, type Labels, type Selection, selects } from './terms.ts'

const logLimit = 1 << 16
/** Numbers in tallies beyond which all of them are dropped and counted again as they are asked for. */
const tallyLimit = 1 << 25

export class Columns {
  /** Slots in use are below this; free ones among them have no node. */
  size = 0
  nodeCount = 0
  readonly slotOf = new Map<string, number>()
  readonly nodes: (KubeObject | undefined)[] = []
  readonly names: string[] = []
  readonly tie: number[] = []
  cpu = new Float64Array(0)
  memory = new Float64Array(0)
  storage = new Float64Array(0)
  podLimit = new Float64Array(0)
  usedCpu = new Float64Array(0)
  usedMemory = new Float64Array(0)
  usedStorage = new Float64Array(0)
  usedPods = new Float64Array(0)
  scoredCpu = new Float64Array(0)
  scoredMemory = new Float64Array(0)
  readonly extended = new Map<string, Extended>()
  readonly ports: (Map<string, Map<string, number>> | undefined)[] = []
  readonly podsOn: Set<Placed>[] = []
  readonly pods = new Map<string, Placed>()
  readonly priorities = new Map<number, number>()
  readonly images = new Map<string, number>()
  imageEpoch = 0
  readonly topologies = new Map<string, Topology>()
  readonly eligibilities = new Map<string, Eligibility>()
  readonly tallies = new Map<string, Tally>()
  readonly held = new Map<string, Held>()
  readonly heldList: Held[] = []
  readonly groups = new Map<string, Group>()
  /** Cached answers by `nodeKey`; see `node-program.ts`. */
  readonly programs = new Map<string, NodeProgram>()
  readonly log: ChangeLog = { base: 0, slots: [] }
  readonly #free: number[] = []
  readonly #astray = new Map<string, Set<Placed>>()
  /** Set at the start of every turn: labels of namespaces, and the seed that gives nodes their rank among equals. */
  namespaces: (name: string) => Labels
  chance: (site: string) => number

  constructor(namespaces: (name: string) => Labels, chance: (site: string) => number) {
    this.namespaces = namespaces
    this.chance = chance
  }

  /** Adds a node, or takes over a newer state of it. */
  setNode(node: KubeObject): void {
    const name = node.metadata.name
    const slot = this.slotOf.get(name) ?? this.#newSlot(name)
    const previous = this.nodes[slot]
    this.#setImages(previous, node)
    const looks = previous === undefined || looksChanged(previous, node)
    if (looks && previous !== undefined) this.#shift(slot, -1)
    this.nodes[slot] = node
    if (looks) {
      for (const topology of this.topologies.values()) setDomain(topology, slot, node)
      for (const one of this.eligibilities.values()) one.mask[slot] = one.test(slot) ? 1 : 0
      this.#shift(slot, 1)
    }
    if (previous === undefined || !equal(previous.status?.allocatable, node.status?.allocatable)) {
      this.#setTotals(slot, node)
      this.#note(slot)
    }
    if (looks) this.#note(~slot)
    if (previous !== undefined) return
    const astray = this.#astray.get(name)
    this.#astray.delete(name)
    for (const placed of astray ?? []) this.#occupy(placed, slot, 1)
  }

  /** Forgets a node; its pods stay known and return with it. */
  removeNode(name: string): void {
    const slot = this.slotOf.get(name)
    if (slot === undefined) return
    for (const placed of [...(this.podsOn[slot] as Set<Placed>)]) {
      this.#occupy(placed, slot, -1)
      placed.slot = -1
      this.#stray(placed)
    }
    this.#setImages(this.nodes[slot], undefined)
    this.#shift(slot, -1)
    for (const topology of this.topologies.values()) topology.domainOf[slot] = -1
    for (const one of this.eligibilities.values()) one.mask[slot] = 0
    this.nodes[slot] = undefined
    this.names[slot] = ''
    this.slotOf.delete(name)
    this.nodeCount--
    this.#free.push(slot)
    this.#note(~slot)
  }

  /** Puts a pod on a node, replacing what was known of it. */
  addPod(facts: PodFacts, node: string): void {
    const known = this.pods.get(facts.key)
    if (known !== undefined) {
      if (known.node === node && sameWeight(known.facts, facts)) {
        ;(known as { facts: PodFacts }).facts = facts
        return
      }
      this.removePod(facts.key)
    }
    const placed: Placed = { facts, node, slot: -1 }
    this.pods.set(facts.key, placed)
    this.priorities.set(facts.priority, (this.priorities.get(facts.priority) ?? 0) + 1)
    const slot = this.slotOf.get(node)
    if (slot === undefined) this.#stray(placed)
    else this.#occupy(placed, slot, 1)
  }

  removePod(key: string): void {
    const placed = this.pods.get(key)
    if (placed === undefined) return
    this.pods.delete(key)
    const left = (this.priorities.get(placed.facts.priority) ?? 1) - 1
    if (left > 0) this.priorities.set(placed.facts.priority, left)
    else this.priorities.delete(placed.facts.priority)
    if (placed.slot >= 0) this.#occupy(placed, placed.slot, -1)
    else this.#astray.get(placed.node)?.delete(placed)
  }

  /** The tally of a selection, counted from what is there when nobody asked before. */
  tallyOf(selection: Selection): Tally {
    const known = this.tallies.get(selection.id)
    if (known !== undefined) return known
    const tally = newTally(selection, this.cpu.length)
    this.tallies.set(selection.id, tally)
    for (const group of this.groups.values()) {
      if (!this.#counts(tally, group)) continue
      group.tallies.push(tally)
      for (const [slot, pods] of group.slots) {
        tally.pods += pods
        addTo(tally, slot, pods)
      }
    }
    return tally
  }

  /** Drops counters when there are too many; to be called between two questions. */
  trim(): void {
    if (this.groups.size > 2 * this.pods.size + 1024)
      for (const [key, group] of this.groups) if (group.slots.size === 0) this.groups.delete(key)
    if (this.tallies.size * this.cpu.length <= tallyLimit) return
    this.tallies.clear()
    this.eligibilities.clear()
    for (const group of this.groups.values()) group.tallies.length = 0
  }

  domains(tally: Tally, topologyKey: string, eligibility: Eligibility | undefined): DomainCounts {
    return domainsOf(tally, this.topologyOf(topologyKey), eligibility, this.size)
  }

  topologyOf(key: string): Topology {
    const known = this.topologies.get(key)
    if (known !== undefined) return known
    const topology: Topology = { key, ids: new Map(), domainOf: new Int32Array(this.cpu.length).fill(-1) }
    this.topologies.set(key, topology)
    for (let slot = 0; slot < this.size; slot++) {
      const node = this.nodes[slot]
      if (node !== undefined) setDomain(topology, slot, node)
    }
    return topology
  }

  eligibilityOf(key: string, test: (slot: number) => boolean): Eligibility {
    const known = this.eligibilities.get(key)
    if (known !== undefined) return known
    const fresh: Eligibility = { key, test, mask: new Uint8Array(this.cpu.length) }
    for (let slot = 0; slot < this.size; slot++) fresh.mask[slot] = this.nodes[slot] !== undefined && test(slot) ? 1 : 0
    this.eligibilities.set(key, fresh)
    return fresh
  }

  groupOf(facts: PodFacts): Group {
    const known = this.groups.get(facts.groupKey)
    if (known !== undefined) return known
    const { namespace, labels, terminating } = facts
    const group: Group = { namespace, labels, terminating, slots: new Map(), tallies: [], held: [], heldSeen: 0 }
    this.groups.set(facts.groupKey, group)
    for (const tally of this.tallies.values()) if (this.#counts(tally, group)) group.tallies.push(tally)
    return group
  }

  /** Terms of pods already there that match pods of this group. */
  heldAgainst(group: Group): readonly Held[] {
    for (; group.heldSeen < this.heldList.length; group.heldSeen++) {
      const held = this.heldList[group.heldSeen] as Held
      if (selects(held.tally.selection, group.namespace, group.labels, this.namespaces)) group.held.push(held)
    }
    return group.held
  }

  /** Whether a pod's host ports are free on a slot. */
  portsFree(wanted: readonly HostPort[], slot: number): boolean {
    const taken = this.ports[slot]
    if (taken === undefined || taken.size === 0) return true
    return wanted.every(({ protocol, port, ip }) => {
      const addresses = taken.get(`${protocol}/${port}`)
      return addresses === undefined || (ip !== anyAddress && !addresses.has(ip) && !addresses.has(anyAddress))
    })
  }

  extendedOf(name: string): Extended {
    const known = this.extended.get(name)
    if (known !== undefined) return known
    const fresh = { total: new Float64Array(this.cpu.length), used: new Float64Array(this.cpu.length) }
    this.extended.set(name, fresh)
    return fresh
  }

  #counts({ selection }: Tally, group: Group): boolean {
    if (selection.live && group.terminating) return false
    return selects(selection, group.namespace, group.labels, this.namespaces)
  }

  #stray(placed: Placed): void {
    const others = this.#astray.get(placed.node)
    if (others === undefined) this.#astray.set(placed.node, new Set([placed]))
    else others.add(placed)
  }

  /** A pod takes a slot's space (1) or gives it back (-1). */
  #occupy(placed: Placed, slot: number, sign: 1 | -1): void {
    const { facts } = placed
    const { requests } = facts
    placed.slot = slot
    const on = this.podsOn[slot] as Set<Placed>
    if (sign > 0) on.add(placed)
    else on.delete(placed)
    raise(this.usedCpu, slot, sign * requests.cpuMilli)
    raise(this.usedMemory, slot, sign * requests.memoryBytes)
    raise(this.usedStorage, slot, sign * requests.storageBytes)
    raise(this.usedPods, slot, sign)
    raise(this.scoredCpu, slot, sign * requests.scoredCpuMilli)
    raise(this.scoredMemory, slot, sign * requests.scoredMemoryBytes)
    for (const [name, amount] of requests.extended) raise(this.extendedOf(name).used, slot, sign * amount)
    for (const port of facts.ports) this.#usePort(slot, port, sign)
    const group = this.groupOf(facts)
    const there = (group.slots.get(slot) ?? 0) + sign
    if (there > 0) group.slots.set(slot, there)
    else group.slots.delete(slot)
    for (const tally of group.tallies) {
      tally.pods += sign
      addTo(tally, slot, sign)
    }
    for (const term of facts.terms.antiAffinity) this.#hold(term, true, slot, sign)
    for (const term of symmetricTerms(facts)) this.#hold(term, false, slot, sign)
    this.#note(slot)
  }

  #hold(term: AffinityTerm, anti: boolean, slot: number, sign: 1 | -1): void {
    const key = `${anti ? 'anti' : 'score'} ${term.topologyKey} ${term.selection.id}`
    let held = this.held.get(key)
    if (held === undefined) {
      held = { anti, topologyKey: term.topologyKey, tally: newTally(term.selection, this.cpu.length) }
      this.held.set(key, held)
      this.heldList.push(held)
    }
    held.tally.pods += sign
    addTo(held.tally, slot, sign * term.weight)
  }

  #usePort(slot: number, { protocol, port, ip }: HostPort, sign: 1 | -1): void {
    const taken = this.ports[slot] ?? new Map<string, Map<string, number>>()
    this.ports[slot] = taken
    const key = `${protocol}/${port}`
    const addresses = taken.get(key) ?? new Map<string, number>()
    const left = (addresses.get(ip) ?? 0) + sign
    if (left > 0) addresses.set(ip, left)
    else addresses.delete(ip)
    if (addresses.size > 0) taken.set(key, addresses)
    else taken.delete(key)
  }

  #setTotals(slot: number, node: KubeObject): void {
    const total = amountsOf(node.status?.allocatable ?? node.status?.capacity)
    this.cpu[slot] = total.cpu ?? 0
    this.memory[slot] = total.memory ?? 0
    this.storage[slot] = total['ephemeral-storage'] ?? 0
    this.podLimit[slot] = total.pods ?? 0
    for (const name of Object.keys(total)) if (!basic.has(name)) this.extendedOf(name)
    for (const [name, one] of this.extended) one.total[slot] = total[name] ?? 0
  }

  #setImages(previous: KubeObject | undefined, node: KubeObject | undefined): void {
    if (previous?.status?.images === node?.status?.images && (previous === undefined) === (node === undefined)) return
    const before = previous === undefined ? noImages : imagesOn(previous)
    const after = node === undefined ? noImages : imagesOn(node)
    for (const name of before.keys()) this.images.set(name, (this.images.get(name) ?? 1) - 1)
    for (const name of after.keys()) this.images.set(name, (this.images.get(name) ?? 0) + 1)
    if (this.images.size > 0) this.imageEpoch++
  }

  #shift(slot: number, sign: 1 | -1): void {
    for (const tally of this.tallies.values()) shiftSlot(tally, slot, sign)
    for (const { tally } of this.heldList) shiftSlot(tally, slot, sign)
  }

  #note(slot: number): void {
    const { log } = this
    if (log.slots.length >= logLimit) {
      log.base += log.slots.length
      log.slots.length = 0
    }
    log.slots.push(slot)
  }

  #newSlot(name: string): number {
    const slot = this.#free.pop() ?? this.size++
    this.#grow(this.size)
    this.slotOf.set(name, slot)
    this.nodeCount++
    this.names[slot] = name
    this.tie[slot] = Math.floor(this.chance(`scheduler/node/${name}`) * 0x1_0000_0000)
    this.podsOn[slot] = new Set()
    this.ports[slot] = undefined
    return slot
  }

  #grow(size: number): void {
    if (this.cpu.length >= size) return
    const to = Math.max(16, size, this.cpu.length * 2)
    for (const name of floatColumns) this[name] = grownFloats(this[name], to) as Float64Array<ArrayBuffer>
    for (const one of this.extended.values()) {
      one.total = grownFloats(one.total, to)
      one.used = grownFloats(one.used, to)
    }
    for (const topology of this.topologies.values()) topology.domainOf = grownInts(topology.domainOf, to, -1)
    for (const one of this.eligibilities.values()) one.mask = grownBytes(one.mask, to)
    for (const tally of this.tallies.values()) tally.slots = grownInts(tally.slots, to)
    for (const { tally } of this.heldList) tally.slots = grownInts(tally.slots, to)
  }
}
