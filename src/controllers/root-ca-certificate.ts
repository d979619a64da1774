/**
 * Every active namespace has the ConfigMap `kube-root-ca.crt` with the certificate by which pods know the API server.
 * The text is that of `client-ca-file` in kube-system's `extension-apiserver-authentication`: one CA signs everything.
 * Source: https://kubernetes.io/docs/concepts/configuration/configmap/ and
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
import type { KubeObject } from '../api/object.ts'
import { ConfigMap, Namespace } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { createOf, updateOf } from './writes.ts'

const name = 'kube-root-ca.crt'
const source = { namespace: 'kube-system', name: 'extension-apiserver-authentication', field: 'client-ca-file' }
const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
}

/** Makes the ConfigMap, and puts it right when somebody changed it or the CA is another. */
export function reconcile(view: View, namespace: string): Transition[] {
  const found = view.get(Namespace, '', namespace)
  if (found === undefined || found.metadata.deletionTimestamp !== undefined) return []
  const data = { 'ca.crt': view.get(ConfigMap, source.namespace, source.name)?.data?.[source.field] ?? '' }
  const stored = view.get(ConfigMap, namespace, name)
  if (stored === undefined) {
    const { apiVersion, kind } = ConfigMap
    return [createOf(ConfigMap, namespace, { apiVersion, kind, metadata: { name, namespace, annotations }, data })]
  }
  if (stored.metadata.deletionTimestamp !== undefined || equal(stored.data, data)) return []
  const metadata = { ...stored.metadata, annotations: { ...stored.metadata.annotations, ...annotations } }
  return [updateOf(ConfigMap, { ...stored, metadata, data })]
}

function namespacesOf(map: KubeObject, view: View): string[] {
  const { namespace = '', name: own } = map.metadata
  if (own === name) return [namespace]
  if (own !== source.name || namespace !== source.namespace) return []
  return view.list(Namespace).map((one) => one.metadata.name)
}

export const rootCaCertificateController = controller({
  name: 'root-ca-certificate',
  of: Namespace,
  matters: ({ type }) => type !== 'DELETED',
  watches: [{ kind: ConfigMap, keys: namespacesOf }],
  reconcile,
})
