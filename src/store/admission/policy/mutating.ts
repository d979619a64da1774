/**
 * MutatingAdmissionPolicy: expressions that answer a partial object to be applied, or a JSON patch. A policy that wants to
 * be asked again when others changed the object after it is asked once more.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
 */
import { requestBudget } from '../../../api/cel/index.ts'
import { CelMessage, toJson, typeNameFaults } from '../../../api/cel/message.ts'
import { CelList, type Value } from '../../../api/cel/values.ts'
import type { KubeObject } from '../../../api/object.ts'
import { apply } from '../../../api/patch/apply.ts'
import { jsonPatch } from '../../../api/patch/json.ts'
import { PatchError } from '../../../api/patch/patch-error.ts'
import { StatusError } from '../../../api/status-error.ts'
import { toRfc3339 } from '../../../api/time.ts'
import { equal } from '../../../lib/equal.ts'
import { type AdmissionRequest, type AdmissionStep, refusal } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import { matchesConditions } from '../conditions.ts'
import { carried, isExempt } from '../matching.ts'
import { taken } from '../webhook/mutating.ts'
import { Evaluator } from './expressions.ts'
import { type Invocation, invocationsOf, type Misconfigured } from './policies.ts'

const group = 'admissionregistration.k8s.io'
const plugin = 'MutatingAdmissionPolicy'

interface Mutation {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch'
  readonly applyConfiguration?: { readonly expression: string }
  readonly jsonPatch?: { readonly expression: string }
}

interface Rounds {
  asked: Set<string>
  again: Set<string>
  output: KubeObject | undefined
}

class PolicyFailed extends Error {}

export const mutatingPolicies: AdmissionStep = (request, view, tools) => {
  const met = invocationsOf(
    request,
    view,
    `mutatingadmissionpolicies.${group}`,
    `mutatingadmissionpolicybindings.${group}`,
  )
  if (met.length === 0 || isExempt(request) || request.operation === 'DELETE') return request.object
  const rounds = (tools.kept.get(plugin) as Rounds | undefined) ?? {
    asked: new Set(),
    again: new Set(),
    output: undefined,
  }
  tools.kept.set(plugin, rounds)
  if (tools.again && !equal(rounds.output, request.object)) requireAll(rounds)
  let { object } = request
  const errors: Misconfigured[] = []
  for (const one of met) {
    if ('message' in one) {
      errors.push(one)
      continue
    }
    const key = `${one.policy.metadata.name}/${one.binding.metadata.name}/${one.params?.metadata.uid ?? ''}`
    if (tools.again && !rounds.again.has(key)) continue
    try {
      const next = mutated(one, { ...request, object }, view)
      if (next !== object) {
        requireAll(rounds)
        tools.passAgain()
      }
      if (one.policy.spec?.reinvocationPolicy === 'IfNeeded') rounds.asked.add(key)
      object = next
    } catch (error) {
      if (!(error instanceof PolicyFailed)) throw error
      errors.push({ ...one, message: error.message, reason: 'Invalid' })
    }
  }
  rounds.output = object
  const counted = errors.filter(({ policy }) => policy.spec?.failurePolicy !== 'Ignore')
  if (counted.length > 0) throw denial(request, counted)
  return object
}

function requireAll(rounds: Rounds): void {
  for (const key of rounds.asked) rounds.again.add(key)
  rounds.asked = new Set()
}

/** The object after all mutations of one policy; the same one when nothing changed. */
function mutated({ policy, kind, params }: Invocation, request: AdmissionRequest, view: View): KubeObject {
  const { mutations = [] } = policy.spec ?? {}
  const matches = matchesConditions(policy.spec, request, kind, view, params)
  if (matches === false) return request.object
  if (matches !== true) throw new PolicyFailed(matches)
  let { object } = request
  for (const mutation of mutations as readonly Mutation[]) {
    const now = { ...request, object }
    const evaluator = new Evaluator(policy.spec ?? {}, now, kind, view, requestBudget, params)
    const form = carried(now, kind).object as KubeObject
    const expression = (mutation.applyConfiguration ?? mutation.jsonPatch)?.expression ?? ''
    const result = evaluator.evaluate(expression, true)
    if ('error' in result) throw new PolicyFailed(result.error)
    try {
      const next =
        mutation.patchType === 'JSONPatch'
          ? patched(form, result.value)
          : applied(kind.schema, form, result.value, view.now)
      const stored = taken(now, kind, next)
      if (!equal(stored, object)) object = stored
    } catch (error) {
      if (error instanceof PatchError) throw new PolicyFailed(error.detail)
      if (error instanceof StatusError) throw new PolicyFailed(error.message)
      throw error
    }
  }
  return object
}

function patched(object: KubeObject, value: Value): KubeObject {
  if (!(value instanceof CelList))
    throw new PolicyFailed('type mismatch: JSONPatchType.expression should evaluate to array')
  try {
    return jsonPatch(object, toJson(value)) as KubeObject
  } catch (error) {
    // A test that fails means that the patch is not for this object.
    if (error instanceof PatchError && /^operation \d+ \(test /.test(error.detail)) return object
    throw error
  }
}

/** What the expression said is applied as server-side apply does, without anybody owning it. */
function applied(schema: string | undefined, object: KubeObject, value: Value, now: number): KubeObject {
  if (!(value instanceof CelMessage)) throw new PolicyFailed('must evaluate to Object')
  const [fault] = typeNameFaults(value)
  if (fault !== undefined) throw new PolicyFailed(fault)
  const said = toJson(value) as KubeObject
  const { apiVersion, kind, metadata } = object
  const config = { ...said, apiVersion, kind, metadata: { ...said.metadata, name: metadata.name } }
  const { managedFields, ...bare } = metadata
  const live = { ...object, metadata: bare }
  const applier = { manager: 'policy', force: true, now: toRfc3339(now), translate: () => undefined }
  const result = apply(schema, live as never, config as never, applier).object as unknown as KubeObject
  const { managedFields: _own, ...rest } = result.metadata
  const fields = managedFields === undefined ? {} : { managedFields }
  return { ...result, metadata: { ...rest, ...fields } as KubeObject['metadata'] }
}

function denial(request: AdmissionRequest, errors: readonly Misconfigured[]): StatusError {
  const messages = errors.map(({ policy, binding, message }) =>
    binding === undefined
      ? `policy "${policy.metadata.name}" denied request: ${message}`
      : `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${message}`,
  )
  const { status } = refusal(request, '')
  const details = { ...status.details, causes: messages.map((message) => ({ message })) }
  const reason = errors[0]?.reason ?? status.reason ?? ''
  return new StatusError({ ...status, reason, message: messages[0] ?? '', details })
}
