/** What the kubelets remember beside their actors: images on nodes, files in volumes, addresses, traffic. Plain data. */
import { emptyOrdered, type Ordered } from '../lib/ordered.ts'

/** Steady traffic somebody simulates: requests per second to a URL. */
export interface Load {
  readonly url: string
  readonly requestsPerSecond: number
}

export interface KubeletMemory {
  /** `node image` of every image that is on a node. */
  readonly images: Ordered<true>
  /** File content by `store/path`; see volumes.ts for the stores. */
  readonly files: Ordered<string>
  /** The last pod address given out by each node. */
  readonly lastIp: Ordered<number>
  /** The specs of all nodes by name, in the order they came (their index). */
  readonly nodes: Ordered<number>
  readonly nodeCount: number
  readonly loads: readonly Load[]
  /** Requests sent through the simulated network so far. */
  readonly requests: number
  readonly beats: number
  /** How often the writes of a pod or node were refused in a row, by `pods key` and `nodes name`. */
  readonly refused: Readonly<Record<string, number>>
}

export const emptyMemory: KubeletMemory = {
  images: emptyOrdered(),
  files: emptyOrdered(),
  lastIp: emptyOrdered(),
  nodes: emptyOrdered(),
  nodeCount: 0,
  loads: [],
  requests: 0,
  beats: 0,
  refused: {},
}
