/**
 * Who a user of a Kubernetes cluster is among kybern's writers, so that properties about writers read both.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */

/** Service accounts of controllers whose names are not the controller's with `-controller` behind it. */
const names: Readonly<Record<string, string>> = {
  'daemon-set-controller': 'daemonset',
  'disruption-controller': 'pod-disruption-budget',
  'generic-garbage-collector': 'garbage-collector',
  'horizontal-pod-autoscaler': 'horizontal-pod-autoscaler',
  'node-controller': 'node-lifecycle',
  'persistent-volume-binder': 'persistent-volume-claim-binder',
  'pod-garbage-collector': 'pod-garbage-collector',
  'replication-controller': 'replicationcontroller',
  'service-account-controller': 'serviceaccount',
}

const account = 'system:serviceaccount:kube-system:'

/** `controller/deployment`, `scheduler`, `kubelet`, or `user` for everybody else. */
export function writerOf(username: string): string {
  if (username === 'system:kube-scheduler') return 'scheduler'
  if (username.startsWith('system:node:')) return 'kubelet'
  if (username === 'system:kube-controller-manager') return 'controller'
  if (!username.startsWith(account)) return 'user'
  const name = username.slice(account.length)
  if (names[name] !== undefined) return `controller/${names[name]}`
  return name.endsWith('-controller') ? `controller/${name.slice(0, -'-controller'.length)}` : 'user'
}
