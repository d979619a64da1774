/**
 * Answers about the node alone, cached per slot for all pods with the same `nodeKey`: does it fit, and how good is it.
 * Only slots that changed since the last question are asked again, so the next pod of a Deployment costs one slot.
 */
import type { Columns } from './columns.ts'
import type { PodFacts } from './facts.ts'
import { nodePorts } from './filters/node-ports.ts'
import { nodeResourcesFit, refusalOf, type Shortage } from './filters/node-resources-fit.ts'
import type { Failure } from './message.ts'
import { type Check, type ClusterFacts, type NodeFacts, type Refusal, refused } from './plugin.ts'
import { staticFilters } from './plugins.ts'
import { balancedPoints } from './scores/balanced-allocation.ts'
import { imagePoints, imagesOn } from './scores/image-locality.ts'
import { leastAllocatedPoints } from './scores/least-allocated.ts'
import { affinityWeight } from './scores/node-affinity.ts'
import { disliked } from './scores/taint-toleration.ts'
import { grownInts } from './tallies.ts'

/** A refusal with the plugin that gave it. */
export interface Verdict {
  readonly plugin: string
  readonly refusal: Refusal
}

/** `why`: 0 fits, above 0 an index into `verdicts`, -1 no node. `points`: of the scores that look at one node, or -1. */
export interface NodeProgram {
  readonly facts: PodFacts
  readonly checks: readonly { readonly plugin: string; readonly check: Check | Refusal }[]
  readonly verdicts: Verdict[]
  readonly codes: Map<string, number>
  fixed: Int32Array
  why: Int32Array
  points: Int32Array
  imagePoints: Int32Array
  disliked: Int32Array
  wanted: Int32Array
  /** How many slots have any dislike or any preference: none of them, and scores need no normalisation. */
  uneven: number
  cursor: number
  imageEpoch: number
  /** What pods of this program were told last when nothing but the program was asked, and when that was. */
  failure: { readonly failure: Failure; readonly cursor: number } | undefined
}

const none: Verdict = { plugin: '', refusal: refused() }

export function newProgram(facts: PodFacts): NodeProgram {
  const empty = new Int32Array(0)
  const checks = staticFilters.map(({ name, filter }) => ({ plugin: name, check: filter(facts, noCluster) }))
  return {
    facts,
    checks,
    verdicts: [none],
    codes: new Map(),
    fixed: empty,
    why: empty,
    points: empty,
    imagePoints: empty,
    disliked: empty,
    wanted: empty,
    uneven: 0,
    cursor: -1,
    imageEpoch: 0,
    failure: undefined,
  }
}

// The filters that look at the node alone never ask for the cluster.
const noCluster = Object.freeze({ nodes: [] }) as unknown as ClusterFacts

/** Brings a program up to date with the columns. */
export function syncProgram(program: NodeProgram, columns: Columns): void {
  const { log } = columns
  const end = log.base + log.slots.length
  const fresh = program.why.length < columns.size
  const stale = program.cursor < log.base || program.imageEpoch !== columns.imageEpoch
  if (fresh) grow(program, columns.cpu.length)
  if (stale) for (let slot = 0; slot < columns.size; slot++) look(program, columns, slot, true)
  else
    for (let i = program.cursor - log.base; i < log.slots.length; i++) {
      const slot = log.slots[i] as number
      look(program, columns, slot < 0 ? ~slot : slot, slot < 0)
    }
  program.cursor = end
  program.imageEpoch = columns.imageEpoch
}

function grow(program: NodeProgram, size: number): void {
  for (const name of ['fixed', 'why', 'points', 'imagePoints', 'disliked', 'wanted'] as const)
    program[name] = grownInts(program[name], size) as Int32Array<ArrayBuffer>
}

function look(program: NodeProgram, columns: Columns, slot: number, nodeChanged: boolean): void {
  const node = columns.nodes[slot]
  if (nodeChanged) {
    const before = uneven(program, slot)
    lookAtNode(program, columns, slot)
    program.uneven += uneven(program, slot) - before
  }
  const why = node === undefined ? -1 : program.fixed[slot] || whyFull(program, columns, slot)
  program.why[slot] = why
  program.points[slot] = why === 0 ? pointsOf(program, columns, slot) : -1
}

function uneven(program: NodeProgram, slot: number): number {
  return program.disliked[slot] !== 0 || program.wanted[slot] !== 0 ? 1 : 0
}

function lookAtNode(program: NodeProgram, columns: Columns, slot: number): void {
  const node = columns.nodes[slot]
  const { facts } = program
  program.disliked[slot] = node === undefined ? 0 : disliked(facts, node)
  program.wanted[slot] = node === undefined ? 0 : affinityWeight(facts, node)
  program.fixed[slot] = 0
  program.imagePoints[slot] = 0
  if (node === undefined) return
  const seen: NodeFacts = { node, name: node.metadata.name, labels: node.metadata.labels ?? {}, pods: [] }
  for (const { plugin, check } of program.checks) {
    const refusal = typeof check === 'function' ? check(seen) : check
    if (refusal === undefined) continue
    program.fixed[slot] = codeOf(program, plugin, refusal)
    break
  }
  if (columns.images.size > 0 && facts.images.length > 0)
    program.imagePoints[slot] = imagePoints(
      facts,
      imagesOn(node),
      (image) => columns.images.get(image) ?? 0,
      columns.nodeCount,
    )
}

function codeOf(program: NodeProgram, plugin: string, refusal: Refusal): number {
  const key = `${plugin} ${refusal.unresolvable} ${refusal.reasons.join('\n')}`
  const known = program.codes.get(key)
  if (known !== undefined) return known
  program.verdicts.push({ plugin, refusal })
  program.codes.set(key, program.verdicts.length - 1)
  return program.verdicts.length - 1
}

const portsTaken = refused("node(s) didn't have free ports for the requested pod ports")

function whyFull(program: NodeProgram, columns: Columns, slot: number): number {
  const { facts } = program
  if (facts.ports.length > 0 && !columns.portsFree(facts.ports, slot))
    return codeOf(program, nodePorts.name, portsTaken)
  const { cpuMilli, memoryBytes, storageBytes, extended } = facts.requests
  const c = columns
  const fits =
    at(c.usedPods, slot) + 1 <= at(c.podLimit, slot) &&
    (cpuMilli === 0 || cpuMilli <= at(c.cpu, slot) - at(c.usedCpu, slot)) &&
    (memoryBytes === 0 || memoryBytes <= at(c.memory, slot) - at(c.usedMemory, slot)) &&
    (storageBytes === 0 || storageBytes <= at(c.storage, slot) - at(c.usedStorage, slot)) &&
    extended.every(([name, amount]) => amount <= leftOf(c, name, slot))
  if (fits) return 0
  return codeOf(program, nodeResourcesFit.name, refusalOf(shortagesAt(facts, columns, slot)) as Refusal)
}

function shortagesAt({ requests }: PodFacts, c: Columns, slot: number): Shortage[] {
  const found: Shortage[] = []
  if (at(c.usedPods, slot) + 1 > at(c.podLimit, slot))
    found.push({ resource: 'pods', reason: 'Too many pods', beyond: false })
  const test = (resource: string, asked: number, total: number, used: number) => {
    if (asked > 0 && asked > total - used)
      found.push({ resource, reason: `Insufficient ${resource}`, beyond: asked > total })
  }
  test('cpu', requests.cpuMilli, at(c.cpu, slot), at(c.usedCpu, slot))
  test('memory', requests.memoryBytes, at(c.memory, slot), at(c.usedMemory, slot))
  test('ephemeral-storage', requests.storageBytes, at(c.storage, slot), at(c.usedStorage, slot))
  for (const [name, amount] of requests.extended) {
    const one = c.extendedOf(name)
    test(name, amount, at(one.total, slot), at(one.used, slot))
  }
  return found
}

function leftOf(columns: Columns, name: string, slot: number): number {
  const one = columns.extendedOf(name)
  return at(one.total, slot) - at(one.used, slot)
}

function pointsOf(program: NodeProgram, c: Columns, slot: number): number {
  const { requests } = program.facts
  const [cpu, memory] = [at(c.cpu, slot), at(c.memory, slot)]
  const least = leastAllocatedPoints(
    at(c.scoredCpu, slot) + requests.scoredCpuMilli,
    cpu,
    at(c.scoredMemory, slot) + requests.scoredMemoryBytes,
    memory,
  )
  const { cpuMilli, memoryBytes } = requests
  const balanced =
    cpuMilli === 0 && memoryBytes === 0
      ? 0
      : balancedPoints(at(c.usedCpu, slot), at(c.usedMemory, slot), cpuMilli, memoryBytes, cpu, memory)
  return least + balanced + (program.imagePoints[slot] as number)
}

function at(column: Float64Array, slot: number): number {
  return column[slot] as number
}
