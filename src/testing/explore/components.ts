/**
 * Strongly connected components of a graph whose edges are filtered: Tarjan's algorithm without recursion.
 * Source: https://doi.org/10.1137/0201010
 */

/** A graph by numbers: edges of `s` are `order[start[s]]` up to `order[start[s + 1]]`, each leads to `to`. */
export interface Edges {
  readonly start: Int32Array
  readonly order: Int32Array
  readonly to: Int32Array
}

/** Components with at least one edge inside, of the states that can be reached from `roots` by edges that are `allowed`. */
export function components(edges: Edges, roots: Iterable<number>, allowed: (edge: number) => boolean): number[][] {
  const { start, order, to } = edges
  const count = start.length - 1
  const index = new Int32Array(count)
  const low = new Int32Array(count)
  const at = new Int32Array(count)
  const onStack = new Uint8Array(count)
  const stack: number[] = []
  const path: number[] = []
  const found: number[][] = []
  let next = 1
  const enter = (state: number): void => {
    index[state] = next
    low[state] = next++
    at[state] = start[state] as number
    onStack[state] = 1
    stack.push(state)
    path.push(state)
  }
  const leave = (state: number): void => {
    path.pop()
    const parent = path[path.length - 1]
    if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[state] as number)
    if (low[state] !== index[state]) return
    const members: number[] = []
    for (let one = -1; one !== state; ) {
      one = stack.pop() as number
      onStack[one] = 0
      members.push(one)
    }
    if (members.length > 1 || hasLoop(edges, state, allowed)) found.push(members)
  }
  for (const root of roots) {
    if (index[root] !== 0) continue
    enter(root)
    while (path.length > 0) {
      const state = path[path.length - 1] as number
      const i = at[state] as number
      if (i >= (start[state + 1] as number)) {
        leave(state)
        continue
      }
      at[state] = i + 1
      const edge = order[i] as number
      if (!allowed(edge)) continue
      const target = to[edge] as number
      if (index[target] === 0) enter(target)
      else if (onStack[target] === 1) low[state] = Math.min(low[state] as number, index[target] as number)
    }
  }
  return found
}

function hasLoop({ start, order, to }: Edges, state: number, allowed: (edge: number) => boolean): boolean {
  for (let i = start[state] as number; i < (start[state + 1] as number); i++) {
    const edge = order[i] as number
    if (to[edge] === state && allowed(edge)) return true
  }
  return false
}
