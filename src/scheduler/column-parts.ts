/** The parts the columns are made of: what is kept per pod, per group of pods and per term, and small helpers. */
import type { KubeObject } from '../api/object.ts'
import { equal } from '../lib/equal.ts'
import type { PodFacts } from './facts.ts'
import type { Tally, Topology } from './tallies.ts'
import type { Labels } from './terms.ts'

/** A pod on a node. `slot` is -1 while its node is unknown. */
export interface Placed {
  readonly facts: PodFacts
  readonly node: string
  slot: number
}

/** Pods that look the same to all terms. `tallies` are those that count them. */
export interface Group {
  readonly namespace: string
  readonly labels: Labels
  readonly terminating: boolean
  readonly slots: Map<number, number>
  readonly tallies: Tally[]
  readonly held: Held[]
  heldSeen: number
}

/** A term of pods already there that speaks about newcomers: `anti` forbids, otherwise the tally sums weights. */
export interface Held {
  readonly anti: boolean
  readonly topologyKey: string
  readonly tally: Tally
}

/** An extended resource. */
export interface Extended {
  total: Float64Array
  used: Float64Array
}

/** What programs that cache answers per slot read: slots that changed, `~slot` when the node object did. */
export interface ChangeLog {
  base: number
  readonly slots: number[]
}

export const anyAddress = '0.0.0.0'
export const basic = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])
export const noImages: ReadonlyMap<string, number> = new Map()
export const floatColumns = [
  'cpu',
  'memory',
  'storage',
  'podLimit',
  'usedCpu',
  'usedMemory',
  'usedStorage',
  'usedPods',
  'scoredCpu',
  'scoredMemory',
] as const

export function raise(column: Float64Array, slot: number, amount: number): void {
  column[slot] = (column[slot] as number) + amount
}

export function grownBytes(array: Uint8Array, size: number): Uint8Array {
  const grown = new Uint8Array(size)
  grown.set(array)
  return grown
}

export function setDomain(topology: Topology, slot: number, node: KubeObject): void {
  const value = node.metadata.labels?.[topology.key]
  if (value === undefined) {
    topology.domainOf[slot] = -1
    return
  }
  const known = topology.ids.get(value)
  if (known === undefined) topology.ids.set(value, topology.ids.size)
  topology.domainOf[slot] = known ?? topology.ids.size - 1
}

export function looksChanged(a: KubeObject, b: KubeObject): boolean {
  return (
    !equal(a.metadata.labels, b.metadata.labels) ||
    !equal(a.spec?.taints, b.spec?.taints) ||
    a.spec?.unschedulable !== b.spec?.unschedulable
  )
}

/** Whether the new facts of a placed pod change nothing the columns hold (binding and status writes do not). */
export function sameWeight(a: PodFacts, b: PodFacts): boolean {
  return (
    a.uid === b.uid &&
    a.groupKey === b.groupKey &&
    a.priority === b.priority &&
    (a.pod.spec === b.pod.spec || (equal(a.requests, b.requests) && equal(a.ports, b.ports) && equal(a.terms, b.terms)))
  )
}
