/**
 * Bearer tokens: static ones a server is told of, and those of service accounts, which are good while what they are
 * bound to is there and the cluster's clock has not passed their end.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
import type { Lookup } from '../api/rbac/resolve.ts'
import { notFound } from '../api/status-error.ts'
import { parseTime } from '../api/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { TokenSigner } from '../ports.ts'
import type { Identity, Tokens, User } from './context.ts'
import { serviceAccountOf } from './impersonate.ts'

export interface TokenOptions {
  readonly cluster: Cluster
  readonly signer: TokenSigner
  /** Who bears a static token. Compares in constant time. */
  readonly known?: (token: string) => User | undefined
  readonly issuer?: string
}

type Claims = Readonly<Record<string, unknown>>

/** A reference in the claims. */
interface Named {
  readonly name: string
  readonly uid: string
}

interface Bound {
  readonly namespace: string
  readonly serviceaccount: Named
  readonly pod?: Named
  readonly secret?: Named
  readonly node?: Named
}

export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local'
export const legacyIssuer = 'kubernetes/serviceaccount'
const legacy = 'kubernetes.io/serviceaccount/'
const nobody = 'invalid bearer token'
/** What clocks may differ by, in seconds. */
const leewaySeconds = 60

/** The tokens of a server. */
export function createTokens({ cluster, signer, known, issuer = defaultIssuer }: TokenOptions): Tokens {
  const own = [issuer]
  const whose = async (token: string, asked: readonly string[] = own): Promise<Identity | Error> => {
    const user = known?.(token)
    if (user !== undefined) {
      const audiences = own.filter((one) => asked.includes(one))
      return audiences.length > 0 ? { user, audiences } : new Error(nobody)
    }
    const claims = await signer.verify(token)
    if (claims === undefined || (claims.iss !== issuer && claims.iss !== legacyIssuer)) return new Error(nobody)
    const found = claims.iss === legacyIssuer ? legacyBearer(cluster, claims, token) : bearer(cluster, claims)
    const meant = claims.iss === legacyIssuer ? own : listOf(claims.aud)
    const audiences = meant.filter((one) => asked.includes(one))
    if (audiences.length === 0) return refused(audienceText(meant, asked))
    return typeof found === 'string' ? refused(found) : { user: found, audiences }
  }
  return {
    issuer,
    audiences: own,
    whose,
    sign: (claims) => signer.sign({ iss: issuer, ...claims }),
    id: () => signer.id(),
    keySet: async () => ({ keys: await signer.keys() }),
  }
}

function refused(why: string): Error {
  return new Error(`[${nobody}, ${why}]`)
}

function audienceText(meant: readonly string[], asked: readonly string[]): string {
  const quoted = (list: readonly string[]): string => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`
  return `token audiences ${quoted(meant)} is invalid for the target audiences ${quoted(asked)}`
}

function listOf(audience: unknown): string[] {
  return Array.isArray(audience) ? audience.map(String) : typeof audience === 'string' ? [audience] : []
}

/** The account of a bound token, or why it is not good. */
function bearer(cluster: Cluster, claims: Claims): User | string {
  const seconds = cluster.now.getTime() / 1000
  if (seconds - leewaySeconds > Number(claims.exp ?? Number.POSITIVE_INFINITY))
    return 'service account token has expired'
  if (seconds + leewaySeconds < Number(claims.nbf ?? 0)) return 'service account token is not valid yet'
  const bound = claims['kubernetes.io'] as Bound | undefined
  if (bound === undefined) return 'namespace claim is missing'
  const why = whyUnbound(cluster.view, bound, cluster.now.getTime() - leewaySeconds * 1000)
  return why ?? accountUser(bound.namespace, bound.serviceaccount, extraOf(bound, claims.jti))
}

/** What is gone that the token is bound to. */
function whyUnbound(lookup: Lookup, bound: Bound, deletedBefore: number): string | undefined {
  const { namespace, serviceaccount: account, pod, secret, node } = bound
  const found = lookup.get('serviceaccounts', namespace, account.name)
  if (found === undefined) return notFound('serviceaccounts', account.name).message
  if (found.metadata.uid !== account.uid)
    return `service account UID (${found.metadata.uid}) does not match claim (${account.uid})`
  if (isGone(found.metadata.deletionTimestamp, deletedBefore))
    return `service account ${namespace}/${account.name} has been deleted`
  const whyNot = (resource: string, where: string, word: string, ref: Named | undefined): string | undefined => {
    if (ref === undefined) return undefined
    const object = lookup.get(resource, where, ref.name)
    if (object === undefined || isGone(object.metadata.deletionTimestamp, deletedBefore))
      return 'service account token has been invalidated'
    if (object.metadata.uid === ref.uid) return undefined
    return `${word} UID (${object.metadata.uid}) does not match service account ${word} ref claim (${ref.uid})`
  }
  return (
    whyNot('secrets', namespace, 'secret', secret) ??
    whyNot('pods', namespace, 'pod', pod) ??
    (pod === undefined ? whyNot('nodes', '', 'node', node) : undefined)
  )
}

function isGone(deletion: string | undefined, before: number): boolean {
  return deletion !== undefined && parseTime(deletion) < before
}

function extraOf({ pod, node }: Bound, id: unknown): Record<string, readonly string[]> {
  const key = (name: string): string => `authentication.kubernetes.io/${name}`
  return {
    ...(typeof id === 'string' && id !== '' ? { [key('credential-id')]: [`JTI=${id}`] } : {}),
    ...(node === undefined ? {} : { [key('node-name')]: [node.name] }),
    ...(node === undefined || !node.uid ? {} : { [key('node-uid')]: [node.uid] }),
    ...(pod === undefined ? {} : { [key('pod-name')]: [pod.name], [key('pod-uid')]: [pod.uid] }),
  }
}

function accountUser(namespace: string, { name, uid }: Named, extra: Record<string, readonly string[]>): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** The account of a token kept in a Secret, or why it is not good. It has no end. */
function legacyBearer(cluster: Cluster, claims: Claims, token: string): User | string {
  const claim = (name: string): string => String(claims[legacy + name] ?? '')
  const [namespace, secretName] = [claim('namespace'), claim('secret.name')]
  const account = { name: claim('service-account.name'), uid: claim('service-account.uid') }
  const subject = serviceAccountOf(String(claims.sub ?? ''))
  if (subject?.namespace !== namespace || subject.name !== account.name) return 'sub claim is invalid'
  const secret = cluster.view.get('secrets', namespace, secretName)
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return 'Token has been invalidated'
  if (secret.data?.token !== btoa(token)) return "Token does not match server's copy"
  const found = cluster.view.get('serviceaccounts', namespace, account.name)
  if (found === undefined) return notFound('serviceaccounts', account.name).message
  if (found.metadata.deletionTimestamp !== undefined)
    return `ServiceAccount ${namespace}/${account.name} has been deleted`
  if (found.metadata.uid !== account.uid)
    return `ServiceAccount UID (${found.metadata.uid}) does not match claim (${account.uid})`
  return accountUser(namespace, account, {})
}
