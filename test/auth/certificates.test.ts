/** Requests for certificates: who approves them, who signs them, and how long they stay. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { afterEach, describe, expect, test } from 'vitest'
import { certificateRequest } from '../../src/api/certificate-request.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { createPki } from '../../src/edge/pki.ts'
import { createSigner } from '../../src/edge/tokens.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { runErrands } from '../../src/server/errands.ts'
import { createHandler } from '../../src/server/handle.ts'
import { createTokens } from '../../src/server/tokens.ts'

/** Made by openssl: `/O=dev/CN=alice`, `/O=system:nodes/CN=system:node:node-1`. */
const ofAlice =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWU1JR0FBZ0VBTUI0eEREQUtCZ05WQkFvTUEyUmxkakVPTUF3R0ExVUVBd3dGWVd4cFkyVXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVRlSDEyT01KL0YzMURtbTZKNnB1RCtFSG9iYzYvcDFQL0hXaDV2ClhwMC91V1ZFdFROQ3BjN1hYZCtjaU50WlhDd25LVjRzT1ZNQlMvUnR1M0dDNElZRW9BQXdDZ1lJS29aSXpqMEUKQXdJRFJ3QXdSQUlnUEI1YWRVNzAwbitoSGtPQ1hOamQvTDhGbCtHeGlqaU9QNFM5bFVxa2psc0NJRWhNdXQ1egpXZFZCNEI5VTBOUFNRUElyRmZRUy9BdDQvWXYxdStQaEk4dXcKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='
const ofNode =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIdk1JR1dBZ0VBTURReEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekViTUJrR0ExVUVBd3dTYzNsegpkR1Z0T201dlpHVTZibTlrWlMweE1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRTNoOWRqakNmCnhkOVE1cHVpZXFiZy9oQjZHM092NmRUL3gxb2ViMTZkUDdsbFJMVXpRcVhPMTEzZm5JamJXVndzSnlsZUxEbFQKQVV2MGJidHhndUNHQktBQU1Bb0dDQ3FHU000OUJBTUNBMGdBTUVVQ0lRQ2h6eTRQTEhNdGo2SHZoMG9FTlZqUQpjRnQ2cE12WXdnWklnZnlIeGNGM3VBSWdKZ09PWUpJOVJjTWQvWndsdXNPRmQ5K29UUG9CakVPcDhKK2plOEJvCkptcz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='

const clients = 'kubernetes.io/kube-apiserver-client'
const kubelets = `${clients}-kubelet`
const everybody = 'system:authenticated'
const admin = { name: 'admin', groups: ['system:masters', everybody] }
const node = { name: 'system:node:node-1', groups: ['system:nodes', everybody] }
const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

const ended: (() => void)[] = []
afterEach(() => {
  for (const end of ended.splice(0)) end()
})

/** A cluster, the way to send requests to it, and, when wanted, somebody who signs. */
async function scene(signs: boolean) {
  const cluster = await createCluster()
  const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) }
  const handler = createHandler({ cluster, clock, acted: () => undefined, signs })
  const told: string[] = []
  if (signs) {
    const certificates = (await createPki(Date.now())).signer
    const tokens = createTokens({ cluster, signer: createSigner() })
    const errands = { cluster, tokens, certificates, acted: () => undefined, failed: (what: string) => told.push(what) }
    const running = runErrands(errands)
    ended.push(() => running.unsubscribe())
  }
  const send = (method: string, where: string, user: typeof admin, body?: object) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const init = {
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    return handler(new Request(`https://kubernetes.test${where}`, init), user)
  }
  const ask = (name: string, spec: object, user = admin) => send('POST', path, user, { metadata: { name }, spec })
  const verdict = (name: string, type: string, user = admin) =>
    send('PATCH', `${path}/${name}/approval`, user, {
      status: { conditions: [{ type, status: 'True', reason: 'Test', message: 'because' }] },
    })
  return { cluster, send, ask, verdict, told }
}

const conditions = (cluster: Cluster, name: string): string[] =>
  (cluster.get('csr', name)?.status?.conditions ?? []).map(
    (one: { type: string; reason: string }) => `${one.type} ${one.reason}`,
  )

/** Waits for the answers of the errands; they are promises of this process. */
async function answered(cluster: Cluster, name: string, done: (csr: KubeObject) => boolean): Promise<KubeObject> {
  return new Promise((resolve) => {
    const look = (): void => {
      const csr = cluster.get('csr', name)
      if (csr !== undefined && done(csr)) resolve(csr)
    }
    const listening = cluster.transition$.subscribe(look)
    ended.push(() => listening.unsubscribe())
    look()
  })
}

test('a request says who made it, whatever its sender says', async () => {
  const { cluster, ask } = await scene(false)
  await ask('a', { request: ofAlice, signerName: clients, usages: ['client auth'], username: 'root', groups: ['x'] })
  expect(cluster.get('csr', 'a')?.spec).toMatchObject({ username: 'admin', groups: ['system:masters', everybody] })
})

test('what is approved is signed; what is approved where nobody signs is warned of', async () => {
  const { cluster, ask, verdict, told } = await scene(true)
  await ask('a', { request: ofAlice, signerName: clients, usages: ['client auth'] })
  expect((await verdict('a', 'Approved')).headers.get('warning')).toBe(null)
  const csr = await answered(cluster, 'a', ({ status }) => status.certificate !== undefined)
  expect(atob(csr.status.certificate)).toMatch(/^-----BEGIN CERTIFICATE-----/)
  expect(told).toEqual([])
  const other = await scene(false)
  await other.ask('a', { request: ofAlice, signerName: clients, usages: ['client auth'] })
  expect((await other.verdict('a', 'Approved')).headers.get('warning')).toMatch(/KYB-SIGNER/)
})

test('what a signer does not sign fails with its reason; signers of others are left alone', async () => {
  const { cluster, ask, verdict } = await scene(true)
  await ask('server', { request: ofAlice, signerName: clients, usages: ['server auth'] })
  await verdict('server', 'Approved')
  await answered(cluster, 'server', ({ status }) => status.conditions?.length === 2)
  expect(conditions(cluster, 'server')).toEqual(['Approved Test', 'Failed SignerValidationFailure'])
  await ask('other', { request: ofAlice, signerName: 'example.com/mine', usages: ['client auth'] })
  await verdict('other', 'Approved')
  await ask('denied', { request: ofAlice, signerName: clients, usages: ['client auth'] })
  await verdict('denied', 'Denied')
  await cluster.settle()
  expect(cluster.get('csr', 'other')?.status.certificate).toBeUndefined()
  expect(cluster.get('csr', 'denied')?.status.certificate).toBeUndefined()
})

describe('kubelets', () => {
  const bind = (role: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'Group', name: 'system:nodes', apiGroup: 'rbac.authorization.k8s.io' }],
  })
  const spec = { request: ofNode, signerName: kubelets, usages: ['digital signature', 'client auth'] }

  test('are approved for themselves where a role says so', async () => {
    const { cluster, ask } = await scene(false)
    expect((await ask('before', spec, node)).status).toBe(201)
    await cluster.apply(bind('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient'))
    await ask('after', spec, node)
    await cluster.settle()
    expect(conditions(cluster, 'before')).toEqual([])
    expect(conditions(cluster, 'after')).toEqual(['Approved AutoApproved'])
  })

  test('ask for nobody else', async () => {
    const { ask } = await scene(false)
    const other = { name: 'system:node:node-2', groups: ['system:nodes', everybody] }
    const answer = (await (await ask('x', spec, other)).json()) as { message: string }
    expect(answer.message).toBe(
      'certificatesigningrequests.certificates.k8s.io "x" is forbidden: can only create a node CSR with CN=system:node:node-2',
    )
  })

  test('do not approve', async () => {
    const { cluster, ask, verdict } = await scene(false)
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'approvals' },
      rules: [
        { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['patch'] },
      ],
    }
    await cluster.apply(role)
    await cluster.apply(bind('approvals'))
    await ask('x', spec, node)
    const answer = (await (await verdict('x', 'Approved', node)).json()) as { message: string }
    expect(answer.message).toBe(
      `certificatesigningrequests.certificates.k8s.io "x" is forbidden: user not permitted to approve requests with signerName "${kubelets}"`,
    )
  })
})

describe('nobody becomes system:masters', () => {
  const requestOf = async (name: x509.JsonName): Promise<string> => {
    x509.cryptoProvider.set(crypto)
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const made = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm })
    return btoa(made.toString('pem'))
  }
  const spec = { signerName: clients, usages: ['client auth'] }

  test.each<[string, unknown]>([
    ['in UTF-8', [{ O: ['system:masters'] }]],
    ['in wide characters', [{ CN: ['x'] }, { O: [{ bmpString: 'system:masters' }] }]],
    ['in universal characters', [{ O: [{ universalString: 'system:masters' }] }]],
    ['beside a name', [{ CN: ['x'], O: ['system:masters'] }]],
  ])('%s', async (_name, name) => {
    const { ask } = await scene(false)
    const answer = (await (await ask('m', { ...spec, request: await requestOf(name as x509.JsonName) })).json()) as {
      message: string
    }
    expect(answer.message).toBe(
      'certificatesigningrequests.certificates.k8s.io "m" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    )
  })

  test('by a name that looks like a group', async () => {
    const { cluster, ask, verdict } = await scene(true)
    await ask('n', { ...spec, request: await requestOf([{ CN: ['x,O=system:masters'] }]) })
    await verdict('n', 'Approved')
    const csr = await answered(cluster, 'n', ({ status }) => status.certificate !== undefined)
    const { subjectName } = new x509.X509Certificate(atob(csr.status.certificate))
    expect([subjectName.getField('CN'), subjectName.getField('O')]).toEqual([['x,O=system:masters'], []])
  })

  test('by a second request behind the first', async () => {
    const { cluster, ask, verdict } = await scene(true)
    const second = atob(await requestOf([{ O: ['system:masters'] }]))
    await ask('two', { ...spec, request: btoa(atob(ofAlice) + second) })
    await verdict('two', 'Approved')
    const csr = await answered(cluster, 'two', ({ status }) => status.certificate !== undefined)
    expect(new x509.X509Certificate(atob(csr.status.certificate)).subjectName.getField('O')).toEqual(['dev'])
  })
})

test('requests go: a decided one after an hour, a forgotten one after a day', async () => {
  const { cluster, ask, verdict } = await scene(false)
  await ask('decided', { request: ofAlice, signerName: clients, usages: ['client auth'] })
  await ask('forgotten', { request: ofAlice, signerName: clients, usages: ['client auth'] })
  await verdict('decided', 'Denied')
  await cluster.settle()
  const left = (): string[] => cluster.list('csr').map((one) => one.metadata.name)
  await cluster.advance('59m')
  expect(left()).toEqual(['decided', 'forgotten'])
  await cluster.advance('2m')
  expect(left()).toEqual(['forgotten'])
  await cluster.advance('23h')
  expect(left()).toEqual([])
})

test('what a request asks for is read, and what is none is said', () => {
  expect(certificateRequest(ofNode)).toMatchObject({
    commonName: 'system:node:node-1',
    organizations: ['system:nodes'],
  })
  expect(certificateRequest(btoa(atob(ofNode).slice(0, 60)))).toBe('PEM block type must be CERTIFICATE REQUEST')
  expect(certificateRequest('%%%')).toBe('PEM block type must be CERTIFICATE REQUEST')
  expect(certificateRequest(undefined)).toBe('PEM block type must be CERTIFICATE REQUEST')
  const cut = '-----BEGIN CERTIFICATE REQUEST-----\nMIHY\n-----END CERTIFICATE REQUEST-----\n'
  expect(certificateRequest(btoa(cut))).toBe('asn1: syntax error: data truncated')
})
