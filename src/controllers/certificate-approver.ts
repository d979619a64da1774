/**
 * Approves the requests of kubelets for their client certificates, where roles allow it.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#approval
 */
import { certificateRequest, whyNoKubeletClient } from '../api/certificate-request.ts'
import { rbacDecision } from '../api/rbac/resolve.ts'
import { CertificateSigningRequest } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'

const signer = 'kubernetes.io/kube-apiserver-client-kubelet'

/** Approval by the controller, for requests a kubelet may make for itself or for any node. */
export function reconcile(view: View, name: string): Transition[] {
  const csr = view.get(CertificateSigningRequest, '', name)
  const { signerName, usages = [], username = '', uid, groups, extra, request } = csr?.spec ?? {}
  if (csr === undefined || signerName !== signer) return []
  if (csr.status?.certificate || (csr.status?.conditions ?? []).length > 0) return []
  const asked = certificateRequest(request)
  if (typeof asked === 'string' || whyNoKubeletClient(asked, usages) !== undefined) return []
  const user = { username, uid, groups, extra }
  const may = (subresource: string): boolean => {
    const action = { verb: 'create', group: 'certificates.k8s.io', resource: 'certificatesigningrequests', subresource }
    return rbacDecision(view, user, { ...action, namespace: '', name: '', path: '' }).allowed
  }
  if (username === asked.commonName && may('selfnodeclient')) return [approval(csr.metadata.name, 'self kubelet')]
  return may('nodeclient') ? [approval(csr.metadata.name, 'kubelet')] : []
}

function approval(name: string, whose: string): Transition {
  const message = `Auto approving ${whose} client certificate after SubjectAccessReview.`
  const conditions = [{ type: 'Approved', status: 'True', reason: 'AutoApproved', message }]
  const ref = { resource: CertificateSigningRequest.resource, namespace: '', name }
  return { type: 'patch', ref, patchType: 'merge', patch: { status: { conditions } }, subresource: 'approval' }
}

export const certificateApproverController = controller({
  name: 'certificate-approver',
  of: CertificateSigningRequest,
  matters: ({ type }) => type !== 'DELETED',
  reconcile,
})
