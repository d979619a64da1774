/** ValidatingAdmissionWebhook: all webhooks that match are asked at once; the first refusal in their order counts. */
import type { Kind } from '../../../api/kind.ts'
import type { OutsideCall } from '../../../ports.ts'
import type { AdmissionCheck, AdmissionRequest, AdmissionTools } from '../../admission-step.ts'
import { isExempt } from '../matching.ts'
import { CallFailed, callOf, denial, failedCall, type Hook, heard, hooksOf, versionFor } from './hooks.ts'

const configurations = 'validatingwebhookconfigurations.admissionregistration.k8s.io'

interface Asked {
  readonly hook: Hook
  readonly call: OutsideCall | Error
}

export const validatingWebhooks: AdmissionCheck = (request, view, tools) => {
  const hooks = hooksOf(view, configurations)
  if (hooks.length === 0 || isExempt(request)) return
  const asked: Asked[] = []
  for (const hook of hooks) {
    const kind = versionFor(hook, request, view)
    if (kind !== undefined) asked.push({ hook, call: attempted(hook, request, kind, tools) })
  }
  const calls = asked.flatMap(({ call }) => (call instanceof Error ? [] : [call]))
  const answers = new Map(tools.ask(calls).map((answer) => [answer.id, answer]))
  const refusals: Error[] = []
  for (const [index, { hook, call }] of asked.entries()) {
    try {
      if (call instanceof Error) throw call
      const verdict = heard(call, answers.get(call.id) as never, false, tools)
      if (!verdict.allowed) refusals.push(denial(hook.webhook.name, verdict.status))
    } catch (error) {
      const { name, failurePolicy } = hook.webhook
      if (!(error instanceof CallFailed)) refusals.push(error as Error)
      else if (failurePolicy === 'Ignore')
        tools.audit(`failed-open.validating.webhook.admission.k8s.io/round_0_index_${index}`, name)
      else refusals.push(failedCall(name, error.message))
    }
  }
  const [first] = refusals
  if (first !== undefined) throw first
}

function attempted(hook: Hook, request: AdmissionRequest, kind: Kind, tools: AdmissionTools): OutsideCall | Error {
  try {
    return callOf(hook, request, kind, tools)
  } catch (error) {
    return error as Error
  }
}
