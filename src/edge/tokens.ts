/**
 * The key that signs tokens of service accounts: made when first needed, kept in memory.
 * Source: RFC 7515, RFC 7517; https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import type { JWK } from 'jose'
import type { TokenSigner } from '../ports.ts'
import type { User } from '../server/context.ts'

const alg = 'ES256'

interface Keys {
  readonly own: CryptoKey
  readonly others: CryptoKey
  readonly jwk: JWK
}

/** A signer with a new key. Tokens signed before the server started anew are nobody's. */
export function createSigner(): TokenSigner {
  let made: Promise<Keys> | undefined
  const keys = (): Promise<Keys> => {
    made ??= newKeys()
    return made
  }
  return {
    async sign(claims) {
      const [{ own, jwk }, { SignJWT }] = await Promise.all([keys(), import('jose')])
      return new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: jwk.kid as string }).sign(own)
    },
    async verify(token) {
      if (made === undefined || token.split('.').length !== 3) return undefined
      try {
        const { compactVerify } = await import('jose')
        const { payload } = await compactVerify(token, (await made).others)
        return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
      } catch {
        return undefined
      }
    },
    keys: async () => [(await keys()).jwk as Record<string, unknown>],
    id: () => randomUUID(),
  }
}

async function newKeys(): Promise<Keys> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
  const { publicKey, privateKey } = await generateKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { own: privateKey, others: publicKey, jwk: { use: 'sig', ...jwk, kid, alg } }
}

/** Finds who bears a static token, in a time that does not tell how much of a guess was right. */
export function knownTokens(users: Readonly<Record<string, User>>): (token: string) => User | undefined {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const known = Object.entries(users).map(([token, user]) => ({ token: digest(token), user }))
  return (token) => {
    const given = digest(token)
    return known.find((one) => timingSafeEqual(one.token, given))?.user
  }
}
