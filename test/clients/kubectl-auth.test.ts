/** Who may do what, as kubectl asks and tells it. */
import 'reflect-metadata'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { describe, expect, test } from 'vitest'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, rows, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { applied, kubectl, prints } = served

/** Arguments by which kubectl comes as somebody else. */
const bearing = (token: string): string[] => [
  `--server=${served.server.url}`,
  '--insecure-skip-tls-verify',
  '--kubeconfig=/dev/null',
  `--token=${token}`,
]

describe.skipIf(kubectlPath === undefined)('kubectl auth', () => {
  test('can-i says yes, no, and what one may', async () => {
    expect(await prints('auth', 'can-i', 'create', 'pods')).toBe('yes\n')
    const no = await kubectl('auth', 'can-i', 'list', 'pods', '--as', 'bob')
    expect([no.code, no.stdout]).toEqual([1, 'no\n'])
    await prints('create', 'role', 'reader', '--verb=get,list', '--resource=pods,deployments.apps')
    await prints('create', 'rolebinding', 'bob-reads', '--role=reader', '--user=bob')
    expect(await prints('auth', 'can-i', 'list', 'pods', '--as', 'bob')).toBe('yes\n')
    expect(await prints('auth', 'can-i', 'get', '/version', '--as', 'bob')).toBe('yes\n')
    const list = await prints('auth', 'can-i', '--list', '--as', 'bob')
    expect(rows(list)).toContainEqual(['pods', '[]', '[]', '[get list]'])
    expect(rows(list)).toContainEqual(['deployments.apps', '[]', '[]', '[get list]'])
  })

  test('whoami', async () => {
    const mine = await prints('auth', 'whoami')
    expect(rows(mine).slice(0, 3)).toEqual([
      ['ATTRIBUTE', 'VALUE'],
      ['Username', 'kubernetes-admin'],
      ['Groups', '[system:masters system:authenticated]'],
    ])
    const other = await prints(
      'auth',
      'whoami',
      '--as',
      'bob',
      '--as-group',
      'ops',
      '--as-group',
      'dev',
      '--as-uid',
      'u1',
    )
    expect(rows(other).slice(1)).toEqual([
      ['Username', 'bob'],
      ['UID', 'u1'],
      ['Groups', '[ops dev system:authenticated]'],
    ])
  })

  test('reconcile creates and completes roles', async () => {
    const role = (verbs: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: keeper, namespace: ${served.namespace} }
rules: [{ apiGroups: [""], resources: [configmaps], verbs: ${verbs} }]
`
    const file = join(served.bench.folder, 'role.yaml')
    writeFileSync(file, role('[get]'))
    expect(await prints('auth', 'reconcile', '-f', file)).toMatch(/^role.rbac.authorization.k8s.io\/keeper reconciled/)
    writeFileSync(file, role('[list]'))
    await prints('auth', 'reconcile', '-f', file)
    const verbs = await prints('get', 'role', 'keeper', '-o', 'jsonpath={.rules[*].verbs}')
    expect(verbs).toBe('["get"] ["list"]')
  })

  test('refusals name user, verb, resource and place', async () => {
    expect(await refusal(kubectl('get', 'pods', '--as', 'carol'))).toBe(
      `Error from server (Forbidden): pods is forbidden: User "carol" cannot list resource "pods" in API group "" in the namespace "${served.namespace}"\n`,
    )
    expect(await refusal(kubectl('get', 'nodes', 'node-1', '--as', 'carol'))).toBe(
      'Error from server (Forbidden): nodes "node-1" is forbidden: User "carol" cannot get resource "nodes" in API group "" at the cluster scope\n',
    )
  })

  test('a service account acts with a token of its own, until it is deleted', async () => {
    await prints('create', 'serviceaccount', 'robot')
    const token = (await prints('create', 'token', 'robot', '--duration=20m')).trim()
    const account = `system:serviceaccount:${served.namespace}:robot`
    expect(await prints('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}', ...bearing(token))).toBe(
      account,
    )
    expect(await refusal(kubectl('get', 'pods', ...bearing(token)))).toMatch(
      `User "${account}" cannot list resource "pods"`,
    )
    await prints('create', 'rolebinding', 'robot', '--clusterrole=view', `--serviceaccount=${served.namespace}:robot`)
    expect(await prints('get', 'pods', '-o', 'name', ...bearing(token))).toBe('')
    await prints('delete', 'serviceaccount', 'robot')
    expect(await refusal(kubectl('get', 'pods', ...bearing(token)))).toMatch(/You must be logged in to the server/)
  })

  test('a Secret of the old kind is filled with a token, and goes with its account', async () => {
    await prints('create', 'serviceaccount', 'old')
    await applied(`
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata: { name: old-token, annotations: { kubernetes.io/service-account.name: old } }
`)
    await prints('wait', 'secret/old-token', '--for=jsonpath={.data.token}', '--timeout=20s')
    const data = JSON.parse(await prints('get', 'secret', 'old-token', '-o', 'jsonpath={.data}')) as Record<
      string,
      string
    >
    expect(Object.keys(data).sort()).toEqual(['ca.crt', 'namespace', 'token'])
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']
    expect(await prints(...whoami, ...bearing(atob(data.token ?? '')))).toBe(
      `system:serviceaccount:${served.namespace}:old`,
    )
    await prints('delete', 'serviceaccount', 'old')
    await prints('wait', 'secret/old-token', '--for=delete', '--timeout=20s')
  })

  test('a certificate is asked for, approved, issued and good for its user', async () => {
    x509.cryptoProvider.set(crypto)
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'O=dev,CN=dora',
      keys,
      signingAlgorithm: algorithm,
    })
    const manifest = (name: string): string => `
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: ${name} }
spec:
  request: ${btoa(request.toString('pem'))}
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 3600
  usages: [client auth]
`
    await applied(manifest('dora'))
    expect(rows(await prints('get', 'csr', 'dora', '--no-headers'))[0]?.slice(2)).toEqual([
      'kubernetes.io/kube-apiserver-client',
      'kubernetes-admin',
      '60m',
      'Pending',
    ])
    expect(await prints('certificate', 'approve', 'dora')).toBe(
      'certificatesigningrequest.certificates.k8s.io/dora approved\n',
    )
    await prints('wait', 'csr/dora', '--for=jsonpath={.status.certificate}', '--timeout=20s')
    expect(rows(await prints('get', 'csr', 'dora', '--no-headers'))[0]?.at(-1)).toBe('Approved,Issued')
    const pem = atob(await prints('get', 'csr', 'dora', '-o', 'jsonpath={.status.certificate}'))
    const [cert, key] = [join(served.bench.folder, 'dora.crt'), join(served.bench.folder, 'dora.key')]
    writeFileSync(cert, pem)
    const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
    writeFileSync(key, x509.PemConverter.encode(der, 'PRIVATE KEY'), { mode: 0o600 })
    const dora = bearing('').filter((one) => !one.startsWith('--token'))
    const who = await prints('auth', 'whoami', ...dora, `--client-certificate=${cert}`, `--client-key=${key}`)
    expect(rows(who).slice(1, 3)).toEqual([
      ['Username', 'dora'],
      ['Groups', '[dev system:authenticated]'],
    ])
    await applied(manifest('denied'))
    expect(await prints('certificate', 'deny', 'denied')).toMatch(/denied denied/)
    expect(rows(await prints('get', 'csr', 'denied', '--no-headers'))[0]?.at(-1)).toBe('Denied')
  })
})
