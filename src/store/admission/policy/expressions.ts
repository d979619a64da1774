/**
 * Expressions of admission: compiled once for each configuration, evaluated with the request's objects.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import type { AccessQuestion } from '../../../api/cel/functions/authorizer.ts'
import {
  type PolicyCompiled,
  type PolicyDeclarations,
  type PolicyEvaluator,
  type PolicyExpressions,
  type PolicyInput,
  type PolicyVariable,
  policyExpressions,
} from '../../../api/cel/policy.ts'
import type { Value } from '../../../api/cel/values.ts'
import type { Kind } from '../../../api/kind.ts'
import type { KubeObject } from '../../../api/object.ts'
import { nodeDecision } from '../../../api/rbac/node.ts'
import { rbacDecision } from '../../../api/rbac/resolve.ts'
import type { UserInfo } from '../../../api/user-info.ts'
import type { AdmissionRequest } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import { carried, namespaceOf } from '../matching.ts'
import { reviewRequest } from '../webhook/review.ts'

export type NamedExpression = PolicyVariable

/** The part of a webhook or policy that its expressions stand in. */
export interface Holder {
  readonly variables?: readonly NamedExpression[]
  readonly paramKind?: unknown
}

/** What came of one expression: a value, or an error in words. */
export type Result = { readonly value: Value } | { readonly error: string }

interface Known {
  readonly expressions: PolicyExpressions
  readonly compiled: Map<string, PolicyCompiled>
}

/** Compiled expressions by the immutable object they stand in. Losing them costs time only. */
const known = new WeakMap<Holder, Known>()

function knownOf(holder: Holder): Known {
  const found = known.get(holder)
  if (found !== undefined) return found
  const { variables, paramKind } = holder
  const declared = { authorizer: true, params: paramKind !== undefined && paramKind !== null }
  const made = { expressions: policyExpressions(declared, variables), compiled: new Map() }
  known.set(holder, made)
  return made
}

/** Evaluates the expressions of one configuration for one request, within a budget. */
export class Evaluator {
  readonly #known: Known
  readonly #params: boolean
  readonly #run: PolicyEvaluator

  constructor(
    holder: Holder,
    request: AdmissionRequest,
    kind: Kind,
    view: View,
    budget: number,
    params: KubeObject | undefined,
  ) {
    this.#known = knownOf(holder)
    this.#params = holder.paramKind !== undefined && holder.paramKind !== null
    this.#run = this.#known.expressions.evaluator(inputOf(request, kind, view, params), budget)
  }

  /** `patches` allows mutations to make objects and patches. */
  evaluate(expression: string, patches = false): Result {
    const { expressions, compiled } = this.#known
    const key = `${patches} ${expression}`
    const declared: PolicyDeclarations = { authorizer: true, params: this.#params, patches }
    const program = compiled.get(key) ?? expressions.compile(expression, [], declared)
    compiled.set(key, program)
    const result = this.#run(program)
    return 'outOfBudget' in result ? { error: result.outOfBudget } : result
  }
}

function inputOf(request: AdmissionRequest, kind: Kind, view: View, params: KubeObject | undefined): PolicyInput {
  const { object: _object, oldObject: _old, ...shown } = reviewRequest(request, kind)
  const own = request.requestKind ?? request.kind
  const { name, subresource } = request
  const user = { groups: [], ...(request.user ?? { username: '' }) }
  const namespace = namespaceOf(request)
  return {
    ...carried(request, kind),
    request: JSON.parse(JSON.stringify(shown)),
    params: params ?? null,
    namespaceObject: request.kind.namespaced ? (view.get('namespaces', '', request.namespace) ?? null) : null,
    authorizer: {
      user,
      authorize: (who, question) => decided(view, who, question),
      resource: { group: own.group, resource: own.plural, subresource, namespace, name },
    },
  }
}

const masters = 'system:masters'

function decided(view: View, user: UserInfo, question: AccessQuestion) {
  if (user.groups?.includes(masters) === true) return { allowed: true, reason: '' }
  const nothing = { namespace: '', group: '', resource: '', subresource: '', name: '', path: '' }
  const action = { ...nothing, ...question }
  const node = nodeDecision(view, user, action)
  return node.allowed ? node : rbacDecision(view, user, action)
}
