/** Tokens of service accounts, from asking for one to the moment it is good for nothing. */
import { expect, test } from 'vitest'
import { createSigner, knownTokens } from '../../src/edge/tokens.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { createHandler } from '../../src/server/handle.ts'
import { createTokens } from '../../src/server/tokens.ts'

const admin = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) }

async function scene() {
  const cluster = await createCluster()
  await cluster.settle()
  await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
  const known = knownTokens({ secret: { name: 'carol', groups: ['ops', 'system:authenticated'] } })
  const tokens = createTokens({ cluster, signer: createSigner(), known })
  const handler = createHandler({ cluster, clock, acted: () => undefined, tokens })
  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const response = await handler(new Request(`https://kubernetes.test:6443${path}`, init), admin)
    return { status: response.status, headers: response.headers, body: (await response.json()) as never }
  }
  const ask = async (spec: object = {}) => {
    const path = '/api/v1/namespaces/default/serviceaccounts/robot/token'
    const { status, body } = await send('POST', path, { spec })
    return { status, body, token: (body as { status?: { token?: string } }).status?.token ?? '' }
  }
  return { cluster, tokens, send, ask }
}

const user = async (whose: Promise<unknown>): Promise<string> => {
  const found = (await whose) as Error | { user: { name: string } }
  return found instanceof Error ? found.message : found.user.name
}

const pod = (cluster: Cluster) =>
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'nginx' }] },
  })

const robot = 'system:serviceaccount:default:robot'

test('a token is for its account and ends by the clock of the cluster', async () => {
  const { cluster, tokens, ask } = await scene()
  const { status, body, token } = await ask({ expirationSeconds: 700 })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: 'robot', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { audiences: ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: 700, boundObjectRef: null },
    status: { expirationTimestamp: '2026-01-01T00:11:40Z' },
  })
  const found = await tokens.whose(token)
  const uid = cluster.get('serviceaccount', 'robot')?.metadata.uid
  expect(found).toMatchObject({
    user: {
      name: robot,
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    },
  })
  await cluster.advance('12m')
  expect(await user(tokens.whose(token))).toBe(robot)
  await cluster.advance('1m')
  expect(await user(tokens.whose(token))).toBe('[invalid bearer token, service account token has expired]')
})

test('a token is good for its audiences only', async () => {
  const { tokens, ask } = await scene()
  const { token } = await ask({ audiences: ['vault', 'other'] })
  expect(await user(tokens.whose(token))).toBe(
    '[invalid bearer token, token audiences ["vault" "other"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]]',
  )
  expect(await tokens.whose(token, ['vault', 'x'])).toMatchObject({ user: { name: robot }, audiences: ['vault'] })
})

test('a token dies with what it is bound to', async () => {
  const { cluster, tokens, ask } = await scene()
  await pod(cluster)
  await cluster.settle()
  const { token } = await ask({
    boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web' },
    expirationSeconds: 3607,
  })
  const stored = cluster.get('pod', 'web')
  expect(await tokens.whose(token)).toMatchObject({
    user: {
      extra: {
        'authentication.kubernetes.io/node-name': [stored?.spec.nodeName],
        'authentication.kubernetes.io/pod-name': ['web'],
        'authentication.kubernetes.io/pod-uid': [stored?.metadata.uid],
      },
    },
  })
  await cluster.advance('10h')
  expect(await user(tokens.whose(token))).toBe(robot)
  await cluster.delete('pod', 'web')
  await cluster.settle()
  expect(await user(tokens.whose(token))).toBe('[invalid bearer token, service account token has been invalidated]')
  await pod(cluster)
  await cluster.settle()
  expect(await user(tokens.whose(token))).toMatch(
    /^\[invalid bearer token, pod UID \(.*\) does not match service account pod ref claim \(.*\)\]$/,
  )
})

test('a token dies with its account, and a new account of the name does not revive it', async () => {
  const { cluster, tokens, ask } = await scene()
  const { token } = await ask()
  await cluster.delete('serviceaccount', 'robot')
  expect(await user(tokens.whose(token))).toBe('[invalid bearer token, serviceaccounts "robot" not found]')
  await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
  expect(await user(tokens.whose(token))).toMatch(/service account UID \(.*\) does not match claim/)
})

test('nobody else signs', async () => {
  const { cluster, tokens } = await scene()
  const other = createTokens({ cluster, signer: createSigner() })
  const claims = {
    aud: tokens.audiences,
    sub: robot,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot' } },
  }
  expect(await user(tokens.whose(await other.sign(claims)))).toBe('invalid bearer token')
  expect(await user(tokens.whose('a.b.c'))).toBe('invalid bearer token')
  expect(await user(tokens.whose('secret'))).toBe('carol')
  expect(await user(tokens.whose('secre'))).toBe('invalid bearer token')
})

test('reviews of tokens say whose they are', async () => {
  const { send, ask } = await scene()
  const { token } = await ask()
  const review = async (spec: object) => {
    const { body } = await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec })
    return (body as { status: object }).status
  }
  expect(await review({ token })).toMatchObject({ authenticated: true, user: { username: robot } })
  expect(await review({ token: 'secret' })).toEqual({
    authenticated: true,
    user: { username: 'carol', groups: ['ops', 'system:authenticated'] },
    audiences: ['https://kubernetes.default.svc.cluster.local'],
  })
  expect(await review({ token: 'secret', audiences: ['x'] })).toEqual({ user: {}, error: 'invalid bearer token' })
})

test('others can check them by the published keys', async () => {
  const { send, ask } = await scene()
  const { token } = await ask({ audiences: ['vault'] })
  const configuration = await send('GET', '/.well-known/openid-configuration')
  expect(configuration.body).toEqual({
    issuer: 'https://kubernetes.default.svc.cluster.local',
    jwks_uri: 'https://kubernetes.test:6443/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  })
  const keys = await send('GET', '/openid/v1/jwks')
  expect(keys.headers.get('content-type')).toBe('application/jwk-set+json')
  const { createLocalJWKSet, jwtVerify } = await import('jose')
  const at = { currentDate: new Date('2026-01-01T00:01:00Z'), audience: 'vault' }
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys.body), at)
  expect(payload).toMatchObject({ sub: robot, iss: 'https://kubernetes.default.svc.cluster.local' })
})
