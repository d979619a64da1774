/**
 * What a cluster needs from outside itself: signatures. Whoever serves a cluster runs these errands with its keys; each
 * ends as an ordinary write, and one that is done twice is refused by the rules of the kind.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
 */
import type { Subscription } from 'rxjs'
import {
  certificateRequest,
  requestBytes,
  whyNoClient,
  whyNoKubeletClient,
  whyNoKubeletServing,
} from '../api/certificate-request.ts'
import type { KubeObject } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { CertificateSigner } from '../ports.ts'
import type { Transition } from '../store/transition.ts'
import type { Tokens } from './context.ts'
import { legacyIssuer } from './tokens.ts'

export interface Errands {
  readonly cluster: Cluster
  readonly tokens: Tokens
  readonly certificates: CertificateSigner
  /** Called after each write. */
  readonly acted: () => void
  /** Told what could not be done. */
  readonly failed: (what: string) => void
}

type Errand = (object: KubeObject, errands: Errands) => Promise<Transition> | undefined

/** Runs the errands of a cluster from now on, and those left from before. Ends with the subscription. */
export function runErrands(errands: Errands): Subscription {
  const { cluster } = errands
  for (const resource of Object.keys(kinds)) {
    for (const object of cluster.view.list(resource)) run(resource, object, errands)
  }
  return cluster.transition$.subscribe(({ change }) => {
    if (change.type !== 'DELETED') run(change.resource, change.object, errands)
  })
}

function run(resource: string, object: KubeObject, errands: Errands): void {
  const errand = kinds[resource]?.(object, errands)
  if (errand === undefined) return
  const { cluster, acted, failed } = errands
  const say = (error: unknown): void => failed(`${resource} ${object.metadata.name}: ${messageOf(error)}`)
  errand
    .then((transition) => cluster.dispatch(transition))
    .then((outcome) => (outcome.ok ? acted() : outcome.error.code === 404 ? undefined : say(outcome.error)))
    .catch(say)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Why a signer of the cluster does not sign a request. Signers of others are none of its business. */
const signers: Readonly<Record<string, (csr: KubeObject) => string | undefined>> = {
  'kubernetes.io/kube-apiserver-client': ({ spec }) => {
    const asked = certificateRequest(spec.request)
    if (typeof asked === 'string') return asked
    const masters = asked.organizations.includes('system:masters')
    return masters ? 'nobody is certified as system:masters' : whyNoClient(spec.usages)
  },
  'kubernetes.io/kube-apiserver-client-kubelet': ({ spec }) => {
    const asked = certificateRequest(spec.request)
    return typeof asked === 'string' ? asked : whyNoKubeletClient(asked, spec.usages)
  },
  'kubernetes.io/kubelet-serving': ({ spec }) => {
    const asked = certificateRequest(spec.request)
    return typeof asked === 'string' ? asked : whyNoKubeletServing(asked, spec.usages)
  },
}

const signed: Errand = (csr, { certificates }) => {
  const signer = signers[csr.spec?.signerName]
  const has = (type: string): boolean =>
    csr.status?.conditions?.some((one: { type: string }) => one.type === type) === true
  if (signer === undefined || csr.status?.certificate || !has('Approved') || has('Failed')) return undefined
  const { uid = '', name } = csr.metadata
  const ref = { resource: 'certificatesigningrequests.certificates.k8s.io', namespace: '', name }
  const cause = { why: 'reconcile', by: 'controller/certificate-signer', key: name } as const
  const write = (status: object): Transition => {
    const patch = { status: { ...csr.status, ...status } }
    return { type: 'patch', ref, uid, patchType: 'merge', patch, subresource: 'status', cause }
  }
  const failure = (message: string): Transition => {
    const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message }
    return write({ conditions: [...csr.status.conditions, failed] })
  }
  const why = signer(csr)
  if (why !== undefined) return Promise.resolve(failure(why))
  const { request, usages, expirationSeconds: seconds } = csr.spec
  return certificates
    .sign(requestBytes(request) ?? new Uint8Array(), { usages, ...(seconds === undefined ? {} : { seconds }) })
    .then((pem) => write({ certificate: btoa(pem) }))
    .catch((error: unknown) => failure(messageOf(error)))
}

const tokenOf: Errand = (secret, { tokens }) => {
  const { name, namespace = '', uid: own = '', annotations = {} } = secret.metadata
  const account = annotations['kubernetes.io/service-account.name'] ?? ''
  const uid = annotations['kubernetes.io/service-account.uid'] ?? ''
  if (secret.type !== 'kubernetes.io/service-account-token' || uid === '' || secret.data?.token) return undefined
  const claim = 'kubernetes.io/serviceaccount/'
  const claims = {
    iss: legacyIssuer,
    [`${claim}namespace`]: namespace,
    [`${claim}secret.name`]: name,
    [`${claim}service-account.name`]: account,
    [`${claim}service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
  const ref = { resource: 'secrets', namespace, name }
  const cause = { why: 'reconcile', by: 'controller/service-account-tokens', key: `${namespace}/${name}` } as const
  return tokens.sign(claims).then((token) => {
    const patch = { data: { token: btoa(token) } }
    return { type: 'patch', ref, uid: own, patchType: 'merge', patch, cause }
  })
}

const kinds: Readonly<Record<string, Errand>> = {
  'certificatesigningrequests.certificates.k8s.io': signed,
  secrets: tokenOf,
}

const authority = { resource: 'configmaps', namespace: 'kube-system', name: 'extension-apiserver-authentication' }

/** Tells the cluster by which certificate (PEM) its clients are known: pods' roots and aggregated servers follow. */
export async function publishAuthority(cluster: Cluster, pem: string): Promise<void> {
  const { resource, namespace, name } = authority
  const data = { 'client-ca-file': pem }
  const cause = { why: 'boot', by: 'kybern' } as const
  const stored = cluster.view.get(resource, namespace, name)
  if (stored?.data?.['client-ca-file'] === pem) return
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
  if (stored === undefined) await cluster.dispatch({ type: 'create', resource, namespace, object, cause })
  else await cluster.dispatch({ type: 'patch', ref: authority, patchType: 'merge', patch: { data }, cause })
}
