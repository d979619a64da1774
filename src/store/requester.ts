/**
 * Who sends a transition, as UserInfo: the user of a request, or the identity a component has in a Kubernetes cluster.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles, …/node/
 */
import type { KubeObject } from '../api/object.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { TransitionBase } from './transition.ts'

const everybody = 'system:authenticated'
const admin: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters', everybody] }
const scheduler: UserInfo = { username: 'system:kube-scheduler', groups: [everybody] }
const apiServer: UserInfo = { username: 'system:apiserver', groups: ['system:masters', everybody] }

/** Service accounts of controllers where it is not the controller's name with `-controller`. */
const accounts: Readonly<Record<string, string>> = {
  'garbage-collector': 'generic-garbage-collector',
  'horizontal-pod-autoscaler': 'horizontal-pod-autoscaler',
  'pod-garbage-collector': 'pod-garbage-collector',
  'pod-disruption-budget': 'disruption-controller',
  daemonset: 'daemon-set-controller',
  'node-lifecycle': 'node-controller',
  serviceaccount: 'service-account-controller',
  'certificate-approver': 'certificate-controller',
  'certificate-cleaner': 'certificate-controller',
  'certificate-signer': 'certificate-controller',
  'service-account-tokens': 'tokens-controller',
  'root-ca-certificate': 'root-ca-cert-publisher',
  'taint-eviction': 'node-controller',
  'persistent-volume': 'persistent-volume-binder',
  'persistent-volume-claim-binder': 'persistent-volume-binder',
  'persistent-volume-claim-protection': 'pvc-protection-controller',
  'persistent-volume-protection': 'pv-protection-controller',
  'volume-provisioner': 'persistent-volume-binder',
  'resource-quota': 'resourcequota-controller',
}

/** The sender of a transition about `object`; a program that embeds the cluster is its administrator. */
export function requesterOf(transition: TransitionBase, object: KubeObject): UserInfo {
  const { userInfo, user, cause } = transition
  if (userInfo !== undefined) return userInfo
  if (user !== undefined) return { username: user, groups: [everybody] }
  const by = cause?.by ?? ''
  if (by.startsWith('controller/')) return controllerUser(by.slice('controller/'.length))
  if (by === 'scheduler') return scheduler
  if (by === 'kubelet') return nodeUser(object)
  if (cause?.why === 'boot' || by === 'lives') return apiServer
  return admin
}

/** Controllers run as service accounts of kube-system. */
function controllerUser(name: string): UserInfo {
  const account = accounts[name] ?? `${name}-controller`
  return {
    username: `system:serviceaccount:kube-system:${account}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', everybody],
  }
}

function nodeUser(object: KubeObject): UserInfo {
  const node = object.spec?.nodeName ?? object.source?.host ?? object.metadata.name
  return { username: `system:node:${node}`, groups: ['system:nodes', everybody] }
}
