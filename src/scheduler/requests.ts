/**
 * What a pod asks of its node, as numbers: CPU in millicores, memory and storage in bytes, other resources in units.
 * Sources: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers,
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/ and KEP-753 (sidecars), KEP-2837 (pod level).
 */
import type { KubeObject } from '../api/object.ts'
import { milliValue, value } from '../api/quantity.ts'

/** The sum a node must have free; `scored*` counts containers without a request as 100m and 200Mi, for scores only. */
export interface Requests {
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly storageBytes: number
  readonly extended: readonly (readonly [string, number])[]
  readonly scoredCpuMilli: number
  readonly scoredMemoryBytes: number
}

type Amounts = Readonly<Record<string, number>>

interface Container {
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> }
}

/** What a container without a request counts as when nodes are scored. */
const assumed: Amounts = { cpu: 100, memory: 200 * 1024 * 1024 }
const none: Amounts = {}

/** Amounts of a resource list in the units of this file. */
export function amountsOf(list: Readonly<Record<string, string | number>> | undefined): Amounts {
  if (list === undefined || list === null) return none
  const amounts: Record<string, number> = {}
  for (const name of Object.keys(list)) {
    const given = list[name] as string | number
    amounts[name] = name === 'cpu' ? milliValue(given) : value(given)
  }
  return amounts
}

/** The requests of a pod: containers and sidecars together, or the largest init container, plus overhead. */
export function requestsOf(pod: KubeObject): Requests {
  const real = totalOf(pod.spec ?? {}, none)
  const scored = totalOf(pod.spec ?? {}, assumed)
  const extended = Object.entries(real).filter(([name, amount]) => !plain.has(name) && amount > 0)
  extended.sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    cpuMilli: real.cpu ?? 0,
    memoryBytes: real.memory ?? 0,
    storageBytes: real['ephemeral-storage'] ?? 0,
    extended,
    scoredCpuMilli: scored.cpu ?? 0,
    scoredMemoryBytes: scored.memory ?? 0,
  }
}

const plain = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])

function totalOf(spec: KubeObject['spec'], missing: Amounts): Amounts {
  const running: Record<string, number> = {}
  const starting: Record<string, number> = {}
  const sidecars: Record<string, number> = {}
  const pod = amountsOf(spec.resources?.requests)
  const whole = Object.keys(pod).length > 0 ? none : missing
  for (const container of (spec.containers ?? []) as readonly Container[]) add(running, asked(container, whole))
  for (const container of (spec.initContainers ?? []) as readonly Container[]) {
    const own = asked(container, whole)
    if (container.restartPolicy === 'Always') {
      add(running, own)
      add(sidecars, own)
      raise(starting, sidecars)
    } else raise(starting, sum(own, sidecars))
  }
  raise(running, starting)
  for (const name of Object.keys(pod)) running[name] = pod[name] as number
  add(running, amountsOf(spec.overhead))
  return running
}

function asked(container: Container, missing: Amounts): Amounts {
  const own = amountsOf(container.resources?.requests)
  return missing === none ? own : { ...missing, ...own }
}

function add(to: Record<string, number>, more: Amounts): void {
  for (const name of Object.keys(more)) to[name] = (to[name] ?? 0) + (more[name] as number)
}

function sum(a: Amounts, b: Amounts): Amounts {
  const total = { ...a }
  add(total, b)
  return total
}

function raise(to: Record<string, number>, other: Amounts): void {
  for (const name of Object.keys(other)) to[name] = Math.max(to[name] ?? 0, other[name] as number)
}
