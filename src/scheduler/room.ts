/** What a pod asks of one slot and what is left there, resource by resource. */
import type { Columns } from './columns.ts'
import type { PodFacts } from './facts.ts'
import type { Requests } from './requests.ts'

/** One resource the pod asks for; `left` may be changed by whoever tries something out. */
export interface Room {
  readonly name: string
  readonly asked: number
  left: number
}

/** The resources a pod asks for on a slot, pods among them, in the order in which shortages are told. */
export function roomOn(columns: Columns, { requests }: PodFacts, slot: number): Room[] {
  const c = columns
  const room = (name: string, asked: number, total: Float64Array, used: Float64Array): Room => {
    return { name, asked, left: (total[slot] as number) - (used[slot] as number) }
  }
  const more = requests.extended.map(([name, asked]) => {
    const one = c.extendedOf(name)
    return room(name, asked, one.total, one.used)
  })
  return [
    room('pods', 1, c.podLimit, c.usedPods),
    room('cpu', requests.cpuMilli, c.cpu, c.usedCpu),
    room('memory', requests.memoryBytes, c.memory, c.usedMemory),
    room('ephemeral-storage', requests.storageBytes, c.storage, c.usedStorage),
    ...more,
  ].filter((one) => one.asked > 0)
}

/** What is requested of one resource, by its name in the API. */
export function amountOf(requests: Requests, name: string): number {
  if (name === 'cpu') return requests.cpuMilli
  if (name === 'memory') return requests.memoryBytes
  if (name === 'ephemeral-storage') return requests.storageBytes
  return requests.extended.find(([one]) => one === name)?.[1] ?? 0
}
