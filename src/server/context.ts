/** What every handler is given: the cluster, who asks, and a wall clock for timeouts. */
import type { UserInfo } from '../api/user-info.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { WallClock } from '../ports.ts'
import type { RequestInfo } from './request-info.ts'

/** An authenticated caller. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** The caller as admission, authorizers, reviews and audit are told. */
export function userInfoOf({ name, ...rest }: User): UserInfo {
  return { username: name, ...rest }
}

export interface HandlerContext {
  readonly cluster: Cluster
  readonly clock: WallClock
  /** Called after every request that wrote: in eager time it runs the cluster to quiet. */
  readonly acted: () => void
  /** Tokens: who bears one, and new ones for service accounts. Without it there are none. */
  readonly tokens?: Tokens
}

/** What a bearer token proves. */
export interface Identity {
  readonly user: User
  /** Those of the asked audiences that the token is good for. */
  readonly audiences: readonly string[]
}

/** The tokens a server knows. `server/tokens.ts` makes one over a signer. */
export interface Tokens {
  /** The bearer, or an Error that says why there is none. `audiences` absent: those of the API server. */
  whose(token: string, audiences?: readonly string[]): Promise<Identity | Error>
}

export interface Call extends HandlerContext {
  readonly request: Request
  readonly info: RequestInfo
  readonly user: User
}
