/**
 * Who is asking: a client certificate signed by the cluster's authority (CN is the user, O are the groups), or a bearer
 * token.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import { timingSafeEqual } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { User } from '../server/context.ts'
import { adminGroup, adminUser } from './pki.ts'

const authenticated = 'system:authenticated'

/** The caller, or undefined when nothing proves who it is. A wrong token is not made good by a certificate. */
export function authenticate(socket: TLSSocket, authorization: string | undefined, token: string): User | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  if (bearer !== undefined) {
    return sameText(bearer, token) ? { name: adminUser, groups: [adminGroup, authenticated] } : undefined
  }
  if (!socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  if (subject?.CN === undefined) return undefined
  const { CN, O } = subject as { CN: string | string[]; O?: string | string[] }
  const name = [CN].flat()[0] ?? ''
  return { name, groups: [...[O ?? []].flat(), authenticated] }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
