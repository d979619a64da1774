/**
 * Every active namespace has the service account `default`, which pods use that name none.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-controller
 */

import { Namespace, ServiceAccount } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { createOf } from './writes.ts'

const name = 'default'

export function reconcile(view: View, namespace: string): Transition[] {
  const found = view.get(Namespace, '', namespace)
  if (found === undefined || found.metadata.deletionTimestamp !== undefined) return []
  if (view.get(ServiceAccount, namespace, name) !== undefined) return []
  const { apiVersion, kind } = ServiceAccount
  return [createOf(ServiceAccount, namespace, { apiVersion, kind, metadata: { name, namespace } })]
}

export const serviceAccountController = controller({
  name: 'serviceaccount',
  of: Namespace,
  matters: ({ type }) => type !== 'DELETED',
  watches: [
    {
      kind: ServiceAccount,
      keys: (account, _view, { type }) =>
        type === 'DELETED' && account.metadata.name === name ? [account.metadata.namespace ?? ''] : [],
    },
  ],
  reconcile,
})
