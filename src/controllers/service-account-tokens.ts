/**
 * Secrets of type kubernetes.io/service-account-token: they go with their account, and say its uid, its namespace and
 * the authority's certificate. The token itself comes from whoever holds a key to sign with.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller
 */
import type { KubeObject } from '../api/object.ts'
import { ConfigMap, Secret, ServiceAccount } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { deleteOf, updateOf } from './writes.ts'

const type = 'kubernetes.io/service-account-token'
const nameKey = 'kubernetes.io/service-account.name'
const uidKey = 'kubernetes.io/service-account.uid'

/** Removes a Secret without its account, completes one that lacks something. */
export function reconcile(view: View, key: string): Transition[] {
  const [namespace = '', name = ''] = key.split('/')
  const secret = view.get(Secret, namespace, name)
  if (secret === undefined || secret.type !== type || secret.metadata.deletionTimestamp !== undefined) return []
  const { annotations = {} } = secret.metadata
  const account = view.get(ServiceAccount, namespace, annotations[nameKey] ?? '')
  const uid = account?.metadata.uid ?? ''
  if (uid === '' || (annotations[uidKey] ?? uid) !== uid) return [deleteOf(Secret, secret)]
  const ca: string = view.get(ConfigMap, namespace, 'kube-root-ca.crt')?.data?.['ca.crt'] ?? ''
  const data = { ...secret.data, namespace: btoa(namespace), ...(ca === '' ? {} : { 'ca.crt': btoa(ca) }) }
  const complete = annotations[uidKey] === uid && secret.data?.namespace === data.namespace
  if (complete && (ca === '' || secret.data?.['ca.crt'] === data['ca.crt'])) return []
  const metadata = { ...secret.metadata, annotations: { ...annotations, [uidKey]: uid } }
  return [updateOf(Secret, { ...secret, metadata, data })]
}

function secretsOf(account: KubeObject, view: View): string[] {
  const { namespace = '', name } = account.metadata
  return view
    .list(Secret, namespace)
    .filter((secret) => secret.type === type && secret.metadata.annotations?.[nameKey] === name)
    .map((secret) => `${namespace}/${secret.metadata.name}`)
}

export const serviceAccountTokensController = controller({
  name: 'service-account-tokens',
  of: Secret,
  matters: ({ type: change, object }) => change !== 'DELETED' && object.type === type,
  watches: [{ kind: ServiceAccount, keys: secretsOf }],
  reconcile,
})
