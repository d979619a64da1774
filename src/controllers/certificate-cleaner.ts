/**
 * Removes requests for certificates that are of no use any more: decided or failed ones after an hour, forgotten ones
 * after a day.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#request-signing-process
 */
import { listOf } from '../api/checks.ts'
import type { KubeObject } from '../api/object.ts'
import { parseTime } from '../api/time.ts'
import { CertificateSigningRequest } from '../kinds/index.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'

const hourMs = 3_600_000

/** Deletion when the time has come, else the wish to be asked then. */
export function reconcile(view: View, name: string): readonly Intent[] {
  const csr = view.get(CertificateSigningRequest, '', name)
  if (csr === undefined) return []
  const at = endOf(csr)
  if (view.now < at) return [{ type: 'wake', at, background: true }]
  const ref = { resource: CertificateSigningRequest.resource, namespace: '', name }
  const { uid } = csr.metadata
  return [{ type: 'delete', ref, ...(uid === undefined ? {} : { uid }) }]
}

function endOf({ metadata, status }: KubeObject): number {
  const times = listOf(status?.conditions)
    .filter((one) => ['Approved', 'Denied', 'Failed'].includes(one.type))
    .map((one) => parseTime(one.lastUpdateTime ?? metadata.creationTimestamp) + hourMs)
  return times.length === 0 ? parseTime(metadata.creationTimestamp ?? '') + 24 * hourMs : Math.min(...times)
}

export const certificateCleanerController = controller({
  name: 'certificate-cleaner',
  of: CertificateSigningRequest,
  matters: ({ type }) => type !== 'DELETED',
  reconcile,
})
