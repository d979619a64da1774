/** What every handler is given: the cluster, who asks, and a wall clock for timeouts. */
import type { Cluster } from '../cluster/cluster.ts'
import type { WallClock } from '../ports.ts'
import type { RequestInfo } from './request-info.ts'

/** An authenticated caller. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

export interface HandlerContext {
  readonly cluster: Cluster
  readonly clock: WallClock
  /** Called after every request that wrote: in eager time it runs the cluster to quiet. */
  readonly acted: () => void
}

export interface Call extends HandlerContext {
  readonly request: Request
  readonly info: RequestInfo
  readonly user: User
}
