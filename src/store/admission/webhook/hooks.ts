/**
 * What mutating and validating webhooks have in common: which are asked, the call, refusals and failures.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { goQuote } from '../../../api/go-text.ts'
import type { Kind } from '../../../api/kind.ts'
import type { KubeObject, ResourceKey } from '../../../api/object.ts'
import { badRequest, internal, StatusError } from '../../../api/status-error.ts'
import { digest } from '../../../lib/digest.ts'
import type { ClientConfig, OutsideCall } from '../../../ports.ts'
import { type AdmissionRequest, type AdmissionTools, refusal } from '../../admission-step.ts'
import type { OutsideAnswer } from '../../outside.ts'
import type { View } from '../../view.ts'
import { type MatchCondition, matchesConditions } from '../conditions.ts'
import { type Matching, matchedVersion } from '../matching.ts'
import { reviewBody, reviewRequest, reviewVersion, type Verdict, verdictOf } from './review.ts'

/** One webhook as configurations have it. */
export interface Webhook extends Matching {
  readonly name: string
  readonly clientConfig: ClientConfig
  readonly failurePolicy?: 'Ignore' | 'Fail'
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly matchConditions?: readonly MatchCondition[]
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded'
}

/** A webhook in its configuration. `uid` tells it from all others. */
export interface Hook {
  readonly webhook: Webhook
  readonly configuration: string
  readonly uid: string
}

/** All webhooks of a kind of configuration, in the order in which they are asked. */
export function hooksOf(view: View, resource: ResourceKey): Hook[] {
  if (view.count(resource) === 0) return []
  return view.list(resource).flatMap(({ metadata: { name }, webhooks = [] }: KubeObject) => {
    const seen: Record<string, number> = {}
    return (webhooks as readonly Webhook[]).map((webhook) => {
      const again = seen[webhook.name] ?? 0
      seen[webhook.name] = again + 1
      return { webhook, configuration: name, uid: `${name}/${webhook.name}/${again}` }
    })
  })
}

/** The version in which the webhook is shown the request, or undefined when it is not asked. */
export function versionFor(hook: Hook, request: AdmissionRequest, view: View): Kind | undefined {
  const { webhook } = hook
  const kind = matchedVersion(request, view, webhook)
  if (kind === undefined) return undefined
  const matches = matchesConditions(webhook, request, kind, view)
  if (typeof matches === 'string') throw refusal(request, matches)
  return matches ? kind : undefined
}

/** A failure to ask: whether the write goes on is the webhook's failure policy. */
export class CallFailed extends Error {}

/** The question to a webhook. Throws 400 when it must not be asked in a dry run, CallFailed when it cannot be asked. */
export function callOf(hook: Hook, request: AdmissionRequest, kind: Kind, tools: AdmissionTools): OutsideCall {
  const { webhook, uid: hookId } = hook
  const { name, sideEffects, clientConfig, timeoutSeconds = 10 } = webhook
  if (request.dryRun === true && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun')
    throw badRequest(`admission webhook ${goQuote(name)} does not support dry run`)
  const version = reviewVersion(webhook.admissionReviewVersions)
  if (version === undefined)
    throw new CallFailed(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    )
  const shown = reviewRequest(request, kind)
  const id = digest([hookId, tools.again, shown])
  const body = reviewBody(version, tools.requestId(id), shown)
  return { id, hook: hookId, name, client: clientConfig, timeoutSeconds, body }
}

/** The verdict in an answer, its warnings and annotations taken over. Throws CallFailed. */
export function heard(call: OutsideCall, answer: OutsideAnswer, mutating: boolean, tools: AdmissionTools): Verdict {
  if (answer.failure !== undefined) throw new CallFailed(`failed to call webhook: ${answer.failure}`)
  const { apiVersion, request } = call.body as { apiVersion: string; request: { uid: string } }
  const version = apiVersion.split('/')[1] ?? ''
  const other = foreignReview(answer.body, apiVersion)
  if (other !== undefined)
    throw new CallFailed(
      `failed to call webhook: converting (${other}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`,
    )
  const verdict = verdictOf(answer.body, version, request.uid, mutating)
  if (typeof verdict === 'string') throw new CallFailed(`received invalid webhook response: ${verdict}`)
  for (const warning of verdict.warnings) tools.warn(warning)
  for (const [key, value] of Object.entries(verdict.auditAnnotations)) tools.audit(`${call.name}/${key}`, value)
  return verdict
}

/** The version of a review that is in the other one than the question. */
function foreignReview(body: unknown, asked: string): string | undefined {
  const { apiVersion, kind } = (body ?? {}) as { apiVersion?: string; kind?: string }
  if (kind !== 'AdmissionReview' || apiVersion === asked) return undefined
  return /^admission\.k8s\.io\/(v1|v1beta1)$/.exec(apiVersion ?? '')?.[1]
}

/** The refusal a webhook asked for. */
export function denial(name: string, status: Verdict['status']): StatusError {
  const given = (status ?? {}) as { code?: number; message?: string; reason?: string; status?: string }
  const by = `admission webhook ${goQuote(name)} denied the request`
  const why = given.message || given.reason
  const code = given.code === undefined || given.code < 400 ? 400 : given.code
  return new StatusError({ ...given, code, message: why ? `${by}: ${why}` : `${by} without explanation` } as never)
}

/** The 500 of a webhook that must answer and did not. */
export function failedCall(name: string, why: string): StatusError {
  return internal(`failed calling webhook ${goQuote(name)}: ${why}`)
}
