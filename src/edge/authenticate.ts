/**
 * Who is asking: a client certificate signed by the cluster's authority (CN is the user, O are the groups), or a bearer
 * token.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import type { TLSSocket } from 'node:tls'
import type { Tokens, User } from '../server/context.ts'

const authenticated = 'system:authenticated'
const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** What proves who somebody is. */
export interface Proofs {
  readonly tokens: Tokens
  /** Whether those who prove nothing are `system:anonymous` instead of nobody. */
  readonly anonymous?: boolean
}

/** The caller, or undefined when nothing proves who it is. A wrong token is not made good by a certificate. */
export async function authenticate(
  socket: TLSSocket,
  authorization: string | undefined,
  proofs: Proofs,
): Promise<User | undefined> {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  if (bearer !== undefined) {
    const found = await proofs.tokens.whose(bearer)
    return found instanceof Error ? undefined : found.user
  }
  return certified(socket) ?? (proofs.anonymous === true ? anonymous : undefined)
}

function certified(socket: TLSSocket): User | undefined {
  if (!socket.authorized) return undefined
  const { subject, fingerprint256 } = socket.getPeerCertificate()
  if (subject?.CN === undefined) return undefined
  const { CN, O } = subject as { CN: string | string[]; O?: string | string[] }
  const name = [CN].flat()[0] ?? ''
  const print = fingerprint256.replaceAll(':', '').toLowerCase()
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${print}`] }
  return { name, groups: [...[O ?? []].flat(), authenticated], extra }
}
