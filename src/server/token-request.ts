/**
 * New tokens of service accounts, and what others need to check them: the public keys and where to find them.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ and
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
 */
import { listOf } from '../api/checks.ts'
import { type FieldError, invalidValue, path } from '../api/field-error.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { trackUpdate } from '../api/patch/managed-fields.ts'
import { nodeOfUser } from '../api/rbac/node.ts'
import { badRequest, conflict, forbidden, invalid, notFound, notImplemented } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { TokenRequest } from '../kinds/authentication/reviews.ts'
import { decoded } from '../store/decode.ts'
import { json, objectAnswer } from './answer.ts'
import { decide } from './authorize.ts'
import { emptyBody, objectIn } from './body.ts'
import { type Call, type Tokens, userInfoOf } from './context.ts'
import { objectForm } from './negotiate.ts'
import { writeOptions } from './options.ts'
import { storedObject } from './read.ts'

const leastSeconds = 600
const mostSeconds = 2 ** 32
/** Tokens of pods with the kubelet's own lifetime are good for a year, so that old clients that never reload still work. */
const warnOnlySeconds = 3607
const extendedSeconds = 365 * 24 * 3600

interface RequestSpec {
  readonly audiences?: readonly string[]
  readonly expirationSeconds: number
  readonly boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string } | null
}

/** POST serviceaccounts/<name>/token. Throws 400, 404, 409, 422; 501 where nobody can sign. */
export async function requestToken(call: Call, kind: Kind): Promise<Response> {
  const tokens = tokensOf(call)
  const form = objectForm(call.request.headers.get('accept'))
  const sent = (await objectIn(call.request, TokenRequest.kind)) as KubeObject | undefined
  if (sent === undefined) throw emptyBody(TokenRequest.kind)
  const options = writeOptions(call, TokenRequest)
  const { object, warnings } = decoded(TokenRequest, { ...sent, spec: sent.spec ?? {} }, options)
  const given = object.metadata ?? ({} as KubeObject['metadata'])
  refuseOthers(call, given)
  const account = storedObject(call, kind)
  const { name, namespace = '', uid = '' } = account.metadata
  if (given.uid !== undefined && given.uid !== uid) throw otherAccount(name, given.uid, uid)
  const now = call.cluster.now.getTime()
  const writer = { manager: options.manager ?? '', now: toRfc3339(now), subresource: 'token' }
  const managedFields = trackUpdate(TokenRequest.schema, undefined, object as never, writer)
  const asked = object.spec as RequestSpec
  const audiences = asked.audiences?.length ? asked.audiences : tokens.audiences
  const { expirationSeconds, boundObjectRef = null } = asked
  refuseSpan(expirationSeconds)
  refuseOtherNodes(call, asked)
  const bound = boundObjects(call, boundObjectRef, account)
  const seconds = Math.floor(now / 1000)
  const claims = { aud: audiences, iat: seconds, nbf: seconds, sub: `system:serviceaccount:${namespace}:${name}` }
  const long = bound.pod !== undefined && expirationSeconds === warnOnlySeconds && ours(tokens, audiences)
  const token = await tokens.sign({
    ...claims,
    exp: seconds + (long ? extendedSeconds : expirationSeconds),
    jti: tokens.id(),
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid },
      ...bound,
      ...(long ? { warnafter: seconds + expirationSeconds } : {}),
    },
  })
  const { apiVersion, kind: own } = TokenRequest
  const metadata = { ...given, name, namespace, uid, creationTimestamp: toRfc3339(now), managedFields }
  const spec = { audiences, expirationSeconds, boundObjectRef }
  const status = { token, expirationTimestamp: toRfc3339(now + expirationSeconds * 1000) }
  const answer = { apiVersion, kind: own, metadata, spec, status } as KubeObject
  return objectAnswer(TokenRequest, answer, form, now, call.info.query, { code: 201, warnings })
}

function tokensOf(call: Call): Tokens {
  if (call.tokens !== undefined) return call.tokens
  throw notImplemented('KYB-TOKENS', 'this server has no key to sign tokens with')
}

function ours(tokens: Tokens, audiences: readonly string[]): boolean {
  return audiences.every((one) => tokens.audiences.includes(one))
}

/** Name and namespace in the body, where they are, are those of the path. */
function refuseOthers({ info }: Call, meta: KubeObject['metadata']): void {
  const { name = '', namespace = '' } = meta
  if (namespace !== '' && namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (name === '' || name === info.name) return
  const text = 'must match the service account name if specified'
  throw invalid(TokenRequest, info.name, [invalidValue(path('metadata', 'name'), name, text)])
}

function otherAccount(name: string, asked: string, uid: string): Error {
  const why = `the UID in the token request (${asked}) does not match the UID of the service account (${uid})`
  return conflict({ group: TokenRequest.group, resource: TokenRequest.kind }, name, why)
}

function refuseSpan(seconds: number): void {
  const place = path('spec', 'expirationSeconds')
  const faults: FieldError[] = []
  if (seconds < leastSeconds)
    faults.push(invalidValue(place, seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > mostSeconds)
    faults.push(invalidValue(place, seconds, 'may not specify a duration larger than 2^32 seconds'))
  if (faults.length > 0) throw invalid(TokenRequest, '', faults)
}

/** NodeRestriction: a kubelet asks for tokens of pods it runs, for audiences they name. */
function refuseOtherNodes({ cluster, info, user }: Call, { boundObjectRef: ref, audiences = [] }: RequestSpec): void {
  const node = nodeOfUser(userInfoOf(user))
  if (node === undefined) return
  const refuse = (why: string): Error => forbidden('serviceaccounts', info.name, why)
  const { apiVersion, kind, name = '', uid = '' } = ref ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || name === '') throw refuse('node requested token not bound to a pod')
  if (uid === '') throw refuse('node requested token with a pod binding without a uid')
  const pod = cluster.view.get('pods', info.namespace, name)
  if (pod === undefined) throw notFound('pods', name)
  if (pod.metadata.uid !== uid)
    throw refuse(
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  if (pod.spec?.nodeName !== node) throw refuse('node requested token bound to a pod scheduled on a different node')
  if (audiences.length > 1) throw refuse('node may only request 0 or 1 audiences')
  const [audience = ''] = audiences
  const named = listOf(pod.spec?.volumes)
    .flatMap((volume) => listOf(volume.projected?.sources))
    .some(({ serviceAccountToken: source }) => source !== undefined && (source.audience ?? '') === audience)
  const action = { verb: 'request-serviceaccounts-token-audience', group: '', resource: audience, name: info.name }
  const { namespace } = info
  if (named || decide(cluster.view, userInfoOf(user), { ...action, namespace, subresource: '', path: '' }).allowed)
    return
  throw refuse(
    `audience "${audience}" not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`,
  )
}

interface BoundTo {
  readonly pod?: { readonly name: string; readonly uid: string }
  readonly secret?: { readonly name: string; readonly uid: string }
  readonly node?: { readonly name: string; readonly uid?: string }
}

/** What the token is bound to, as its claims say it. */
function boundObjects({ cluster, info }: Call, ref: RequestSpec['boundObjectRef'], account: KubeObject): BoundTo {
  if (ref === null || ref === undefined) return {}
  const { kind = '', apiVersion = '', name = '', uid: asked = '' } = ref
  const resource = apiVersion === 'v1' ? { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind] : undefined
  if (resource === undefined) throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`)
  const object = cluster.view.get(resource, kind === 'Node' ? '' : info.namespace, name)
  if (object === undefined) throw notFound(resource, name)
  const { uid = '' } = object.metadata
  const own = account.metadata.name
  if (kind === 'Pod' && object.spec?.serviceAccountName !== own)
    throw badRequest(`cannot bind token for serviceaccount "${own}" to pod running with different serviceaccount name.`)
  if (asked !== '' && asked !== uid) {
    const why = `the UID in the bound object reference (${asked}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', resource: kind }, name, why)
  }
  if (kind === 'Secret') return { secret: { name, uid } }
  if (kind === 'Node') return { node: { name, uid } }
  const place: string = object.spec?.nodeName ?? ''
  if (place === '') return { pod: { name, uid } }
  const node = cluster.view.get('nodes', '', place)?.metadata.uid
  return { pod: { name, uid }, node: { name: place, ...(node === undefined ? {} : { uid: node }) } }
}

const cached = { 'cache-control': 'public, max-age=3600' }

/** GET /openid/v1/jwks. */
export async function keySet(call: Call): Promise<Response> {
  const keys = await tokensOf(call).keySet()
  return json(keys, { headers: { ...cached, 'content-type': 'application/jwk-set+json' } })
}

/** GET /.well-known/openid-configuration; the keys are at the address the caller used. */
export async function openIdConfiguration(call: Call): Promise<Response> {
  const tokens = tokensOf(call)
  const { keys } = await tokens.keySet()
  const document = {
    issuer: tokens.issuer,
    jwks_uri: new URL('/openid/v1/jwks', call.request.url).href,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map((key) => String(key.alg)))].sort(),
  }
  return json(document, { headers: cached })
}
