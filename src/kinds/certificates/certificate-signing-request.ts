/** CertificateSigningRequest: certificates.k8s.io/v1. */

import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { ageOf } from '../../api/time.ts'
import { withoutStatus } from '../without-status.ts'
import { ownedOfSigning, prepareSigningUpdate } from './csr-prepare.ts'
import { validateSigningRequest } from './csr-validate.ts'

const [group, version, kind] = ['certificates.k8s.io', 'v1', 'CertificateSigningRequest']

/** What `kubectl get csr` says of a request. */
function conditionOf({ status }: KubeObject): string {
  const has = (type: string): boolean => listOf(status?.conditions).some((one) => one.type === type)
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return verdict + (has('Failed') ? ',Failed' : '') + (status?.certificate ? ',Issued' : '')
}

export const CertificateSigningRequest = defineKind({
  group,
  version,
  kind,
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  subresources: { approval: { group, version, kind, verbs: ['get', 'patch', 'update'] }, status: true },
  fields: { 'spec.signerName': (csr) => csr.spec?.signerName ?? '' },
  prepare: { create: withoutStatus, update: prepareSigningUpdate },
  owned: ownedOfSigning,
  validate: validateSigningRequest,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', ({ spec }) => spec?.signerName || '<none>'),
    column('Requestor', ({ spec }) => spec?.username ?? ''),
    column('RequestedDuration', ({ spec }) =>
      spec?.expirationSeconds === undefined ? '<none>' : ageOf(0, spec.expirationSeconds * 1000),
    ),
    column('Condition', conditionOf),
  ],
})
