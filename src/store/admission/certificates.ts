/**
 * Who may ask for, approve and sign certificates.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#certificateapproval,
 * #certificatesigning, #certificatesubjectrestriction
 */
import { certificateRequest } from '../../api/certificate-request.ts'
import { rbacDecision } from '../../api/rbac/resolve.ts'
import type { UserInfo } from '../../api/user-info.ts'
import { equal } from '../../lib/equal.ts'
import type { AdmissionCheck, AdmissionRequest, AdmissionStep } from '../admission-step.ts'
import { refusal } from '../admission-step.ts'
import type { View } from '../view.ts'

const resource = 'certificatesigningrequests.certificates.k8s.io'
const clientSigner = 'kubernetes.io/kube-apiserver-client'

function concerns({ kind, operation, subresource }: AdmissionRequest, which: string, what: string): boolean {
  return kind.resource === resource && operation === what && subresource === which
}

/** A new request says who made it, whatever its sender says. */
export const certificateRequester: AdmissionStep = (request) => {
  const { object, user } = request
  if (!concerns(request, '', 'CREATE')) return object
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = object.spec ?? {}
  return { ...object, spec: { ...spec, ...user } }
}

/** Nobody gets a client certificate of system:masters. */
export const certificateSubject: AdmissionCheck = (request) => {
  const { object, operation } = request
  if (request.kind.resource !== resource || request.subresource !== '' || operation !== 'CREATE') return
  if (object.spec?.signerName !== clientSigner) return
  const parsed = certificateRequest(object.spec.request)
  if (typeof parsed === 'string') throw refusal(request, `failed to parse CSR: ${parsed}`)
  if (!parsed.organizations.includes('system:masters')) return
  throw refusal(request, `use of ${clientSigner} signer with system:masters group is not allowed`)
}

/** Who approves or denies may `approve` for the signer. */
export const certificateApproval: AdmissionCheck = (request, view) => {
  if (!concerns(request, 'approval', 'UPDATE')) return
  refuseSigner(request, view, 'approve')
}

/** Who puts a certificate or a condition into the status may `sign` for the signer. */
export const certificateSigning: AdmissionCheck = (request, view) => {
  const { object, previous } = request
  if (!concerns(request, 'status', 'UPDATE')) return
  const [now, before] = [object.status ?? {}, previous?.status ?? {}]
  if ((now.certificate ?? '') === (before.certificate ?? '') && equal(now.conditions ?? [], before.conditions ?? []))
    return
  refuseSigner(request, view, 'sign')
}

function refuseSigner(request: AdmissionRequest, view: View, verb: string): void {
  const signer: string = request.previous?.spec?.signerName ?? ''
  const { user } = request
  if (user === undefined || user.groups?.includes('system:masters') === true) return
  const all = `${signer.split('/')[0]}/*`
  if ([signer, all].some((name) => mayFor(view, user, verb, name))) return
  throw refusal(request, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`)
}

function mayFor(view: View, user: UserInfo, verb: string, name: string): boolean {
  const action = { verb, group: 'certificates.k8s.io', resource: 'signers', name, namespace: '', subresource: '' }
  return rbacDecision(view, user, { ...action, path: '' }).allowed
}
