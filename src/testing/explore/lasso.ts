/** Short ways through a graph: to whatever is nearest, and round trips that have what they need. */
import type { Edges } from './components.ts'

/** Something a round trip has to have: an edge or a state for which it holds. */
export interface Need {
  readonly edge: (edge: number) => boolean
  readonly state: (state: number) => boolean
}

/** For every state that can be reached from `sources` by allowed edges: the edge it was reached by, -1 for sources. */
export function shortest(
  { start, order, to }: Edges,
  sources: readonly number[],
  allowed: (edge: number) => boolean,
): Map<number, number> {
  const by = new Map<number, number>(sources.map((state) => [state, -1]))
  for (const state of by.keys()) {
    for (let i = start[state] as number; i < (start[state + 1] as number); i++) {
      const edge = order[i] as number
      const target = to[edge] as number
      if (!by.has(target) && allowed(edge)) by.set(target, edge)
    }
  }
  return by
}

/** The shortest way of at least one edge to an edge that is wanted. All states must be connected by allowed edges. */
function wayTo(
  { start, order, to }: Edges,
  from: Int32Array,
  begin: number,
  allowed: (edge: number) => boolean,
  wanted: (edge: number) => boolean,
): number[] {
  const by = new Map<number, number>([[begin, -1]])
  for (const state of by.keys()) {
    for (let i = start[state] as number; i < (start[state + 1] as number); i++) {
      const edge = order[i] as number
      const target = to[edge] as number
      if (!allowed(edge)) continue
      if (wanted(edge)) {
        const way = [edge]
        for (let at = state; at !== begin; ) {
          const before = by.get(at) as number
          way.unshift(before)
          at = from[before] as number
        }
        return way
      }
      if (!by.has(target)) by.set(target, edge)
    }
  }
  return []
}

/** A loop through `begin` that has all it needs: from each need to the nearest next one, and back. */
export function roundTrip(
  edges: Edges,
  from: Int32Array,
  begin: number,
  allowed: (edge: number) => boolean,
  needs: readonly Need[],
): number[] {
  const trip: number[] = []
  let at = begin
  const go = (wanted: (edge: number) => boolean): void => {
    const way = wayTo(edges, from, at, allowed, wanted)
    trip.push(...way)
    const last = way[way.length - 1]
    if (last !== undefined) at = edges.to[last] as number
  }
  for (const { edge, state } of needs) {
    const isMet = state(begin) || trip.some((one) => edge(one) || state(edges.to[one] as number))
    if (!isMet) go((one) => edge(one) || state(edges.to[one] as number))
  }
  if (trip.length === 0 || at !== begin) go((one) => edges.to[one] === begin)
  return trip
}
