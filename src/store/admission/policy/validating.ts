/**
 * ValidatingAdmissionPolicy: expressions that have to hold; what happens when one does not is said by the binding.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { requestBudget } from '../../../api/cel/index.ts'
import type { KubeObject } from '../../../api/object.ts'
import { StatusError } from '../../../api/status-error.ts'
import { type AdmissionCheck, type AdmissionRequest, type AdmissionTools, refusal } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import { matchesConditions } from '../conditions.ts'
import { isExempt } from '../matching.ts'
import { Evaluator } from './expressions.ts'
import { type Invocation, invocationsOf } from './policies.ts'

const group = 'admissionregistration.k8s.io'
/** The longest message an expression may make, in bytes. */
const longestMessage = 5 * 1024
const longestAnnotation = 10 * 1024

interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

interface Denied {
  readonly policy: KubeObject
  readonly binding?: KubeObject
  readonly message: string
  readonly reason?: string
}

/** One validation of a policy that failed, by its position. */
interface Failed {
  readonly index: number
  readonly message: string
  readonly reason?: string
}

export const validatingPolicies: AdmissionCheck = (request, view, tools) => {
  const met = invocationsOf(
    request,
    view,
    `validatingadmissionpolicies.${group}`,
    `validatingadmissionpolicybindings.${group}`,
  )
  if (met.length === 0 || isExempt(request)) return
  const denied: Denied[] = []
  const notes = new Map<string, string[]>()
  for (const one of met) {
    if ('message' in one) {
      if (one.policy.spec?.failurePolicy !== 'Ignore') denied.push(one)
      continue
    }
    for (const failed of failuresOf(one, request, view)) acted(one, failed, denied, tools)
    for (const error of annotated(one, request, view, notes)) denied.push({ ...one, message: error })
  }
  for (const [key, values] of notes) tools.audit(key, values.join(', '))
  const [first] = denied
  if (first !== undefined) throw denial(request, first)
}

/** The validations of one policy with one binding and parameter that do not hold. */
function failuresOf(invocation: Invocation, request: AdmissionRequest, view: View): Failed[] {
  const { policy, kind, params } = invocation
  const { validations = [], failurePolicy } = policy.spec ?? {}
  const matches = matchesConditions(policy.spec, request, kind, view, params)
  if (matches === false) return []
  if (matches !== true) return [{ index: 0, message: matches }]
  const evaluator = new Evaluator(policy.spec ?? {}, request, kind, view, requestBudget, params)
  return (validations as readonly Validation[]).flatMap((validation, index): Failed[] => {
    const result = evaluator.evaluate(validation.expression)
    if ('error' in result) return failurePolicy === 'Ignore' ? [] : [{ index, message: result.error }]
    if (result.value === true) return []
    return [{ index, message: messageOf(validation, evaluator), reason: validation.reason ?? 'Invalid' }]
  })
}

function messageOf({ expression, message, messageExpression }: Validation, evaluator: Evaluator): string {
  const result = messageExpression ? evaluator.evaluate(messageExpression) : undefined
  const said = result !== undefined && 'value' in result && typeof result.value === 'string' ? result.value.trim() : ''
  const usable = said !== '' && !said.includes('\n') && new TextEncoder().encode(said).length <= longestMessage
  return (usable ? said : '') || (message ?? '').trim() || `failed expression: ${expression.trim()}`
}

function acted({ policy, binding }: Invocation, failed: Failed, denied: Denied[], tools: AdmissionTools): void {
  const { name } = policy.metadata
  const actions: readonly string[] = binding.spec?.validationActions ?? []
  for (const action of actions) {
    if (action === 'Deny') denied.push({ policy, binding, ...failed })
    else if (action === 'Warn')
      tools.warn(
        `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name}': ${failed.message}`,
      )
    else if (action === 'Audit') {
      const note = {
        message: failed.message,
        policy: name,
        binding: binding.metadata.name,
        expressionIndex: failed.index,
        validationActions: actions,
      }
      tools.audit('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([note]))
    }
  }
}

/** Collects the audit annotations of a policy; answers the errors that count. */
function annotated(
  invocation: Invocation,
  request: AdmissionRequest,
  view: View,
  notes: Map<string, string[]>,
): string[] {
  const { policy, kind, params } = invocation
  const { auditAnnotations = [], failurePolicy } = policy.spec ?? {}
  if (auditAnnotations.length === 0) return []
  const evaluator = new Evaluator(policy.spec ?? {}, request, kind, view, requestBudget, params)
  return (auditAnnotations as readonly { key: string; valueExpression: string }[]).flatMap(
    ({ key, valueExpression }) => {
      const result = evaluator.evaluate(valueExpression)
      if ('error' in result) return failurePolicy === 'Ignore' ? [] : [result.error]
      const text = typeof result.value === 'string' ? result.value.trim().slice(0, longestAnnotation) : ''
      const place = `${policy.metadata.name}/${key}`
      const before = notes.get(place) ?? []
      if (text !== '' && !before.includes(text)) notes.set(place, [...before, text])
      return []
    },
  )
}

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
}

function denial(request: AdmissionRequest, { policy, binding, message, reason = 'Invalid' }: Denied): StatusError {
  const by = binding === undefined ? '' : ` with binding '${binding.metadata.name}'`
  const why = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${message}`
  const { status } = refusal(request, why)
  const details = { ...status.details, causes: [{ message: why }] }
  return new StatusError({ ...status, reason, code: codes[reason] ?? 422, details })
}
