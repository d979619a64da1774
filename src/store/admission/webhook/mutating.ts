/**
 * MutatingAdmissionWebhook: one webhook after the other, each sees what those before it made of the object. A webhook that
 * changed it has those asked again that want that (reinvocationPolicy IfNeeded), once.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#reinvocation-policy
 */
import { goQuote } from '../../../api/go-text.ts'
import type { Kind, ScalePaths } from '../../../api/kind.ts'
import type { KubeObject } from '../../../api/object.ts'
import { jsonPatch } from '../../../api/patch/json.ts'
import { PatchError } from '../../../api/patch/patch-error.ts'
import { internal, StatusError } from '../../../api/status-error.ts'
import { equal } from '../../../lib/equal.ts'
import type { AdmissionRequest, AdmissionStep, AdmissionTools } from '../../admission-step.ts'
import { decoded } from '../../decode.ts'
import type { OutsideAnswer } from '../../outside.ts'
import { atPath, withPath } from '../../scale.ts'
import type { View } from '../../view.ts'
import { carried, isExempt, isForeign } from '../matching.ts'
import { CallFailed, callOf, denial, failedCall, type Hook, heard, hooksOf, versionFor } from './hooks.ts'

const configurations = 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
const plugin = 'MutatingAdmissionWebhook'

/** Which webhooks are asked again in the second pass. */
interface Rounds {
  /** Asked in this pass and willing to be asked again when the object changes after them. */
  asked: Set<string>
  again: Set<string>
  output: KubeObject | undefined
}

export const mutatingWebhooks: AdmissionStep = (request, view, tools) => {
  const hooks = hooksOf(view, configurations)
  if (hooks.length === 0 || isExempt(request)) return request.object
  const rounds = (tools.kept.get(plugin) as Rounds | undefined) ?? {
    asked: new Set(),
    again: new Set(),
    output: undefined,
  }
  tools.kept.set(plugin, rounds)
  if (tools.again && !equal(rounds.output, request.object)) requireAll(rounds)
  let { object } = request
  for (const [index, hook] of hooks.entries())
    object = oneHook(hook, index, { ...request, object }, view, tools, rounds)
  rounds.output = object
  return object
}

function requireAll(rounds: Rounds): void {
  for (const uid of rounds.asked) rounds.again.add(uid)
  rounds.asked = new Set()
}

function oneHook(
  hook: Hook,
  index: number,
  request: AdmissionRequest,
  view: View,
  tools: AdmissionTools,
  rounds: Rounds,
): KubeObject {
  const kind = versionFor(hook, request, view)
  if (kind === undefined || (tools.again && !rounds.again.has(hook.uid))) return request.object
  const { name, failurePolicy, reinvocationPolicy } = hook.webhook
  const site = `round_${tools.again ? 1 : 0}_index_${index}`
  let object = request.object
  try {
    object = asked(hook, request, kind, tools, site)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    if (failurePolicy !== 'Ignore') throw failedCall(name, error.message)
    tools.audit(`failed-open.mutation.webhook.admission.k8s.io/${site}`, name)
  }
  const changed = !equal(object, request.object)
  const note = { configuration: hook.configuration, webhook: name, mutated: changed }
  tools.audit(`mutation.webhook.admission.k8s.io/${site}`, JSON.stringify(note))
  if (changed) {
    requireAll(rounds)
    tools.passAgain()
  }
  if (reinvocationPolicy === 'IfNeeded') rounds.asked.add(hook.uid)
  return changed ? object : request.object
}

function asked(hook: Hook, request: AdmissionRequest, kind: Kind, tools: AdmissionTools, site: string): KubeObject {
  const { name } = hook.webhook
  const call = callOf(hook, request, kind, tools)
  const [answer] = tools.ask([call])
  const verdict = heard(call, answer as OutsideAnswer, true, tools)
  if (!verdict.allowed) throw denial(name, verdict.status)
  if (verdict.undecodable !== undefined)
    throw new CallFailed(`received undecodable patch in webhook response: ${verdict.undecodable}`)
  const { patch = [] } = verdict
  if (patch.length === 0) return request.object
  if (request.operation === 'DELETE')
    throw internal(
      `admission webhook ${goQuote(name)} attempted to modify the object, which is not supported for this operation`,
    )
  const note = { configuration: hook.configuration, webhook: name, patch, patchType: 'JSONPatch' }
  tools.audit(`patch.webhook.admission.k8s.io/${site}`, JSON.stringify(note))
  return patched(request, kind, patch)
}

/** The object with the patch applied in the webhook's version, back in its stored form with defaults. */
function patched(request: AdmissionRequest, kind: Kind, patch: readonly unknown[]): KubeObject {
  const { object } = carried(request, kind)
  const next = applied(object, patch)
  return taken(request, kind, next as KubeObject)
}

/** What a mutation made of what the request carried, in the stored form with defaults. */
export function taken(request: AdmissionRequest, kind: Kind, next: KubeObject): KubeObject {
  if (isForeign(request)) return next
  if (request.subresource === 'scale') {
    const paths = kind.subresources.scale as ScalePaths
    return withPath(request.object, paths.spec, atPath(next, '.spec.replicas') ?? 0)
  }
  return decodedAgain(kind, next)
}

/** What cannot be decoded is the server's trouble, not the client's. */
function decodedAgain(kind: Kind, next: KubeObject): KubeObject {
  try {
    return decoded(kind, next, { fieldValidation: 'Ignore' }).object
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    throw internal(error.message.replace(/^.* cannot be handled as an? [A-Za-z]+: /, ''))
  }
}

function applied(object: KubeObject | null, patch: readonly unknown[]): unknown {
  try {
    return jsonPatch(object, patch)
  } catch (error) {
    if (error instanceof PatchError) throw internal(patchWords(error))
    throw error
  }
}

/** Why an operation does not apply, in the words of the library that Kubernetes applies these patches with. */
function patchWords({ detail }: PatchError): string {
  const [, op = '', path = ''] = /^operation \d+ \((\w+) (.*?)\): /.exec(detail) ?? []
  if (op === 'test') return `testing value ${path} failed: test failed`
  if (op === 'add' || op === 'remove')
    return `${op} operation does not apply: doc is missing path: "${path}": missing value`
  return op === '' ? detail : `${op} operation does not apply: doc is missing key: ${path}: missing value`
}
