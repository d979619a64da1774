/** The states an actor is in, as ids of its chart. */
import type { AnyMachineSnapshot } from 'xstate'

type Value = AnyMachineSnapshot['value']

/** Outermost first: `running`, `running.ready`; parallel regions one after the other. */
export function statesOf(snapshot: AnyMachineSnapshot | undefined): readonly string[] {
  return snapshot === undefined ? [] : idsOf(snapshot.value as Value)
}

function idsOf(value: Value, path = ''): string[] {
  if (typeof value === 'string') return [path + value]
  return Object.entries(value).flatMap(([key, inner]) => [path + key, ...idsOf(inner as Value, `${path}${key}.`)])
}

/** The agent an actor lives beneath, by what it is. */
export function ownerOf(id: string, machine: string): string {
  if (machine === 'controller') return id
  return machine === 'pod' || machine === 'node' || machine === 'container' ? 'kubelet' : 'lives'
}
