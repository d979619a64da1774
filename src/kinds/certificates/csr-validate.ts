/**
 * The rules of CertificateSigningRequests and of what may be done to them.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */

import { certificateRequest, pemBlocks, pemOf } from '../../api/certificate-request.ts'
import { each, faults, isFilled, listOf, type Part, when } from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
  tooLong,
} from '../../api/field-error.ts'
import { goQuote } from '../../api/go-text.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'

const usages =
  'any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping'.split(
    ',',
  )
const leastSeconds = 600
const legacySigner = 'kubernetes.io/legacy-unknown'
const decided = ['Approved', 'Denied']
const conditionsAt = path('status', 'conditions')
const certificateAt = path('status', 'certificate')

/** The faults of a request, or of a change by one of its three ways (itself, status, approval). */
export function validateSigningRequest(csr: KubeObject, previous: KubeObject | undefined, subresource: string) {
  const errors = [
    ...specFaults(csr.spec ?? {}, previous),
    ...conditionFaults(csr, previous),
    ...certificateFaults(csr.status?.certificate, previous),
  ]
  return previous === undefined ? errors : [...errors, ...changeFaults(csr, previous, subresource)]
}

function specFaults(spec: Part, previous: KubeObject | undefined): FieldError[] {
  const place = path('spec')
  const found = certificateRequest(spec.request)
  const legacy = spec.signerName === legacySigner && previous?.spec?.signerName !== legacySigner
  const signer = place.child('signerName')
  const seconds = place.child('expirationSeconds')
  const seen = new Set<string>()
  const repeated = each(spec.usages, place.child('usages'), (usage, at) => {
    const again = seen.has(usage)
    seen.add(usage)
    return when(again, duplicate(at, usage))
  })
  const short = 'may not specify a duration less than 600 seconds (10 minutes)'
  return [
    ...(typeof found === 'string' ? [invalidValue(place.child('request'), spec.request ?? null, found)] : []),
    ...when(!isFilled(spec.usages), required(place.child('usages'))),
    ...each(spec.usages, place.child('usages'), (usage, at) =>
      when(!usages.includes(usage), notSupported(at, usage, usages)),
    ),
    ...repeated,
    ...(legacy
      ? [invalidValue(signer, spec.signerName, 'the legacy signerName is not allowed via this API version')]
      : signerFaults(spec.signerName ?? '', signer)),
    ...when(
      (spec.expirationSeconds ?? leastSeconds) < leastSeconds,
      invalidValue(seconds, spec.expirationSeconds, short),
    ),
  ]
}

function signerFaults(name: string, place: Path): FieldError[] {
  if (name === '') return [required(place)]
  const [domain = '', rest, more] = name.split('/')
  if (rest === undefined || more !== undefined)
    return [
      invalidValue(place, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ]
  const labels = domain.split('.')
  const two = 'should be a domain with at least two segments separated by dots'
  return [
    ...when(domain.length > 253, tooLong(place, 253)),
    ...labelFaults(labels, domain, isDns1123Label, place),
    ...when(labels.length < 2, invalidValue(place, domain, two)),
    ...labelFaults(rest.split('.'), rest, isDns1123Subdomain, place),
  ]
}

/** The faults of the first label that has any. */
function labelFaults(labels: readonly string[], whole: string, rule: (label: string) => string[], place: Path) {
  const bad = labels.find((label) => rule(label).length > 0)
  if (bad === undefined) return []
  return faults(
    place,
    whole,
    rule(bad).map((text) => `validating label ${goQuote(bad)}: ${text}`),
  )
}

function conditionFaults(csr: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const before = listOf(previous?.status?.conditions)
  const wasBoth = decided.every((type) => before.some((one) => one.type === type))
  const seen = new Set<string>()
  return each(csr.status?.conditions, conditionsAt, ({ type = '', status = '' }, at) => {
    const only = [...decided, 'Failed'].includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    const other = decided.find((one) => one !== type && decided.includes(type) && seen.has(one))
    const both = 'Approved and Denied conditions are mutually exclusive'
    const again = seen.has(type)
    seen.add(type)
    return [
      ...when(type === '', required(at.child('type'))),
      ...(status === ''
        ? [required(at.child('status'))]
        : when(!only.includes(status), notSupported(at.child('status'), status, only))),
      ...when(other !== undefined && !wasBoth, invalidValue(conditionsAt, type, both)),
      ...when(again, duplicate(at.child('type'), type)),
    ]
  })
}

function certificateFaults(certificate: string | undefined, previous: KubeObject | undefined): FieldError[] {
  if (!isFilled(certificate) || previous?.status?.certificate === certificate) return []
  const blocks = pemBlocks(pemOf(certificate))
  const other = blocks.find(({ label }) => label !== 'CERTIFICATE')
  const shown = '<certificate data>'
  if (other !== undefined)
    return [
      invalidValue(certificateAt, shown, `only CERTIFICATE PEM blocks are allowed, found ${goQuote(other.label)}`),
    ]
  return when(
    blocks.length === 0,
    invalidValue(certificateAt, shown, 'must contain at least one CERTIFICATE PEM block'),
  )
}

/** What a change may not do: take a verdict away, give one outside approval, change the certificate. */
function changeFaults(csr: KubeObject, previous: KubeObject, subresource: string): FieldError[] {
  const of = (object: KubeObject, type: string): readonly Part[] =>
    listOf(object.status?.conditions).filter((one) => one.type === type)
  const fewer = (type: string): boolean => of(csr, type).length < of(previous, type).length
  const gone = [...decided, 'Failed'].filter(fewer)
  const changed = subresource === 'approval' ? [] : decided.filter((type) => !fewer(type))
  const [now, before] = [csr.status?.certificate ?? '', previous.status?.certificate ?? '']
  const set = forbiddenValue(certificateAt, 'updates may not set certificate content')
  const reset = forbiddenValue(certificateAt, 'updates may not modify existing certificate content')
  return [
    ...gone.map((type) => forbiddenValue(conditionsAt, `updates may not remove a condition of type ${goQuote(type)}`)),
    ...changed.flatMap((type) => {
      const added = of(csr, type).length > of(previous, type).length
      const word = added ? 'add' : 'modify'
      const same = equal(of(csr, type), of(previous, type))
      return when(!same, forbiddenValue(conditionsAt, `updates may not ${word} a condition of type ${goQuote(type)}`))
    }),
    ...(now === before ? [] : subresource !== 'status' ? [set] : when(before !== '', reset)),
  ]
}
