/**
 * AdmissionReviews: the question a webhook is asked, and what its answer is worth.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */

import { goQuote } from '../../../api/go-text.ts'
import type { Kind } from '../../../api/kind.ts'
import { goWord } from '../../../api/patch/values.ts'
import type { AdmissionRequest } from '../../admission-step.ts'
import { carried, carriedKind, namespaceOf, shownOptions } from '../matching.ts'

/** What a webhook answered, with everything checked that can be. */
export interface Verdict {
  readonly allowed: boolean
  readonly status?: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
  readonly auditAnnotations: Readonly<Record<string, string>>
  /** The decoded JSON patch, or undefined when there is none; what cannot be decoded is said in `undecodable`. */
  readonly patch?: readonly unknown[]
  readonly undecodable?: string
}

const group = 'admission.k8s.io'

/** The review version of a webhook, or undefined when it knows none of ours. */
export function reviewVersion(versions: readonly string[] | undefined): 'v1' | 'v1beta1' | undefined {
  return (versions ?? []).find((one): one is 'v1' | 'v1beta1' => one === 'v1' || one === 'v1beta1')
}

/** The request part of a review, without its uid. */
export function reviewRequest(request: AdmissionRequest, kind: Kind): Readonly<Record<string, unknown>> {
  const own = request.requestKind ?? request.kind
  const { subresource, name, operation, user, dryRun = false } = request
  const namespace = namespaceOf(request)
  const sub = subresource === '' ? {} : { subResource: subresource }
  const requestSub = subresource === '' ? {} : { requestSubResource: subresource }
  return {
    kind: carriedKind(request, kind),
    resource: resourceOf(kind),
    ...sub,
    requestKind: carriedKind(request, own),
    requestResource: resourceOf(own),
    ...requestSub,
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: user ?? {},
    ...carried(request, kind),
    dryRun,
    options: shownOptions(request),
  }
}

function resourceOf({ group: name, version, plural }: Kind): Readonly<Record<string, string>> {
  return { group: name, version, resource: plural }
}

/** The whole review as it is sent. */
export function reviewBody(version: string, uid: string, request: Readonly<Record<string, unknown>>) {
  return { kind: 'AdmissionReview', apiVersion: `${group}/${version}`, request: { uid, ...request } }
}

type Answer = Readonly<Record<string, unknown>>

/** The verdict of an answer; text for one that breaks the rules. */
export function verdictOf(body: unknown, version: string, uid: string, mutating: boolean): Verdict | string {
  const review = (body ?? {}) as Answer
  const response = review.response as Answer | null | undefined
  if (response === undefined || response === null) return 'webhook response was absent'
  const faulty = version === 'v1' ? whyFaulty(review, response, uid, mutating) : ''
  if (faulty !== '') return faulty
  const { allowed, status, warnings, auditAnnotations, patch } = response
  return {
    allowed: allowed === true,
    ...(status === undefined || status === null ? {} : { status: status as Answer }),
    warnings: (warnings as readonly string[] | undefined) ?? [],
    auditAnnotations: (auditAnnotations as Readonly<Record<string, string>> | undefined) ?? {},
    ...(mutating && hasPatch(patch) ? decodedPatch(patch) : {}),
  }
}

function whyFaulty(review: Answer, response: Answer, uid: string, mutating: boolean): string {
  if (response.uid !== uid) return `expected response.uid=${goQuote(uid)}, got ${goQuote(String(response.uid ?? ''))}`
  const expected = `${group}/v1, Kind=AdmissionReview`
  const got = `${review.apiVersion ?? ''}, Kind=${review.kind ?? ''}`
  if (got !== expected) return `expected webhook response of ${expected}, got ${got}`
  const { patch, patchType } = response
  const typed = patchType !== undefined && patchType !== null
  if (!mutating) {
    if (hasPatch(patch)) return 'validating webhook may not return response.patch'
    return typed ? 'validating webhook may not return response.patchType' : ''
  }
  if (hasPatch(patch) && !typed) return 'webhook returned response.patch but not response.patchType'
  if (!hasPatch(patch) && typed) return 'webhook returned response.patchType but not response.patch'
  return patchType === '' ? 'webhook returned invalid response.patchType of ""' : ''
}

function hasPatch(patch: unknown): boolean {
  return patch !== undefined && patch !== null && patch !== ''
}

/** Base64 of a JSON patch; a function of the embedding program may give the list itself. */
function decodedPatch(patch: unknown): Pick<Verdict, 'patch' | 'undecodable'> {
  if (Array.isArray(patch)) return { patch }
  try {
    const bytes = Uint8Array.from(atob(String(patch)), (char) => char.charCodeAt(0))
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (Array.isArray(read)) return { patch: read }
    return { undecodable: `json: cannot unmarshal ${goWord(read)} into Go value of type jsonpatch.Patch` }
  } catch {
    return { undecodable: 'unexpected end of JSON input' }
  }
}
