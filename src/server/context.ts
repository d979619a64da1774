/** What every handler is given: the cluster, who asks, and a wall clock for timeouts. */
import type { AuditPolicy } from '../api/audit.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { WallClock } from '../ports.ts'
import type { Meter } from './meter.ts'
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
  /** What the handler counts; a handler that is given none makes its own. */
  readonly meter?: Meter
  /** Whether somebody runs the errands of signing (`server/errands.ts`); approvals are answered with a warning else. */
  readonly signs?: boolean
  /** How much audit events tell; everything's metadata when absent. */
  readonly auditPolicy?: AuditPolicy
  /** A new random id for an audit event; worked out from the request when absent. */
  readonly auditId?: () => string
  /** The address a request came from, where there is one. */
  readonly sourceOf?: (request: Request) => string | undefined
}

/** What a bearer token proves. */
export interface Identity {
  readonly user: User
  /** Those of the asked audiences that the token is good for. */
  readonly audiences: readonly string[]
}

/** The tokens a server knows and gives out. `server/tokens.ts` makes one over a signer. */
export interface Tokens {
  readonly issuer: string
  /** The audiences of the API server itself. */
  readonly audiences: readonly string[]
  /** The bearer, or an Error that says why there is none. `audiences` absent: those of the API server. */
  whose(token: string, audiences?: readonly string[]): Promise<Identity | Error>
  /** A token with these claims; `iss` is added where it is absent. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** A random uuid for a token's `jti`. */
  id(): string
  /** The public keys, as a JSON Web Key Set. */
  keySet(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>
}

export interface Call extends HandlerContext {
  readonly request: Request
  readonly info: RequestInfo
  readonly user: User
  /** Tells the audit trail what admission wants it to know. */
  readonly annotate?: (annotations: Readonly<Record<string, string>>) => void
}
