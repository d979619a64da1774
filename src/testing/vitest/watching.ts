/** What a test remembers of its cluster, for the story it tells when it fails: the last writes, each with its cause. */
import type { Cluster } from '../../cluster/cluster.ts'
import type { Committed } from '../../store/transition.ts'

/** How many writes are kept. */
const kept = 5000

export interface Watching {
  readonly writes: Committed[]
  stop(): void
}

const watched = new WeakMap<Cluster, Watching>()

/** The memory of a cluster; begins now when there was none. */
export function watching(cluster: Cluster): Watching {
  const known = watched.get(cluster)
  if (known !== undefined) return known
  const writes: Committed[] = []
  const subscription = cluster.transition$.subscribe((one) => {
    writes.push(one)
    if (writes.length > kept) writes.shift()
  })
  const made: Watching = { writes, stop: () => subscription.unsubscribe() }
  watched.set(cluster, made)
  return made
}

/** The writes that led to one, back to the user or the fault, nearest first. */
export function causesOf(writes: readonly Committed[], revision: number): Committed[] {
  const chain: Committed[] = []
  let at: number | undefined = revision
  while (at !== undefined && chain.length < 12) {
    const wanted: number = at
    const one = writes.find((write) => write.revision === wanted)
    if (one === undefined) break
    chain.push(one)
    const { because } = one.cause
    at = because !== undefined && because < one.revision ? because : undefined
  }
  return chain
}
