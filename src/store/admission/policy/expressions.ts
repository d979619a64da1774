/**
 * Expressions of admission: compiled once for each configuration, evaluated with the request's objects.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { readingEnvironment, writingEnvironment } from '../../../api/cel/admission.ts'
import { jsonValue } from '../../../api/cel/dyn-value.ts'
import { type AccessQuestion, CelAuthorizer, CelResourceCheck } from '../../../api/cel/functions/authorizer.ts'
import {
  type CompileResult,
  compileExpression,
  type Environment,
  evaluate,
  perCallLimit,
} from '../../../api/cel/index.ts'
import { CelDouble, CelError, CelList, CelMap, CelOptional, CelUint, type Value } from '../../../api/cel/values.ts'
import type { Kind } from '../../../api/kind.ts'
import type { KubeObject } from '../../../api/object.ts'
import { nodeDecision } from '../../../api/rbac/node.ts'
import { rbacDecision } from '../../../api/rbac/resolve.ts'
import type { UserInfo } from '../../../api/user-info.ts'
import type { AdmissionRequest } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import { carried, namespaceOf } from '../matching.ts'
import { reviewRequest } from '../webhook/review.ts'

/** The variables of a policy, each worked out when it is first read. */
class Variables extends CelMap {
  readonly #known = new Map<string, Value>()
  readonly #names: readonly string[]
  readonly #work: (name: string) => Value
  constructor(names: readonly string[], work: (name: string) => Value) {
    super()
    this.#names = names
    this.#work = work
  }
  get size(): number {
    return this.#names.length
  }
  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !this.#names.includes(key)) return undefined
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const value = this.#work(key)
    this.#known.set(key, value)
    return value
  }
  keys(): Value[] {
    return [...this.#names]
  }
}

export interface NamedExpression {
  readonly name: string
  readonly expression: string
}

/** What came of one expression: a value, or an error in words. */
export type Result = { readonly value: Value } | { readonly error: string }

/** Compiled expressions by the immutable object they stand in. Losing them costs time only. */
const compiled = new WeakMap<object, Map<string, CompileResult>>()

function compiledIn(holder: object, env: Environment, expression: string): CompileResult {
  const known = compiled.get(holder) ?? new Map<string, CompileResult>()
  compiled.set(holder, known)
  const key = `${env === writingEnvironment ? 'w' : 'r'} ${expression}`
  const found = known.get(key)
  if (found !== undefined) return found
  const result = compileExpression(expression, env)
  known.set(key, result)
  return result
}

/** Evaluates the expressions of one configuration for one request, within a budget. */
export class Evaluator {
  readonly #holder: object
  readonly #request: AdmissionRequest
  readonly #kind: Kind
  readonly #view: View
  readonly #params: KubeObject | undefined
  readonly #variables: Variables
  #budget: number
  readonly #values = new Map<string, Value>()

  constructor(
    holder: object,
    request: AdmissionRequest,
    kind: Kind,
    view: View,
    budget: number,
    { params, variables: named = [] }: { params?: KubeObject; variables?: readonly NamedExpression[] } = {},
  ) {
    this.#holder = holder
    this.#request = request
    this.#kind = kind
    this.#view = view
    this.#params = params
    this.#budget = budget
    this.#variables = new Variables(
      named.map(({ name }) => name),
      (name) => {
        const expression = named.find((one) => one.name === name)?.expression ?? ''
        const result = this.evaluate(expression)
        return 'value' in result
          ? result.value
          : new CelError(`composited variable "${name}" fails to evaluate: ${result.error}`)
      },
    )
  }

  evaluate(expression: string, env: Environment = readingEnvironment): Result {
    const made = compiledIn(this.#holder, env, expression)
    if ('issues' in made) return { error: `compilation error: compilation failed: ${made.issues}` }
    if ('fault' in made) return { error: `compilation error: ${made.fault}` }
    const limit = Math.min(perCallLimit, this.#budget)
    const result = evaluate(made.program, (name) => this.#value(name), { costLimit: limit })
    this.#budget -= result.cost
    if ('value' in result) return { value: result.value }
    if (this.#budget <= 0)
      return { error: 'validation failed due to running out of cost budget, no further validation rules will be run' }
    return { error: `expression '${expression}' resulted in error: ${result.error}` }
  }

  #value(name: string): Value | undefined {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const value = this.#found(name)
    if (value !== undefined) this.#values.set(name, value)
    return value
  }

  #found(name: string): Value | undefined {
    const request = this.#request
    switch (name) {
      case 'object':
        return jsonValue(carried(request, this.#kind).object)
      case 'oldObject':
        return jsonValue(carried(request, this.#kind).oldObject)
      case 'request': {
        const { object: _object, oldObject: _old, ...shown } = reviewRequest(request, this.#kind)
        return jsonValue(JSON.parse(JSON.stringify(shown)))
      }
      case 'params':
        return jsonValue(this.#params ?? null)
      case 'variables':
        return this.#variables
      case 'namespaceObject':
        return jsonValue(namespaceObject(request, this.#view) ?? null)
      case 'authorizer':
        return this.#authorizer()
      case 'authorizer.requestResource':
        return this.#requestResource()
      default:
        return undefined
    }
  }

  #authorizer(): CelAuthorizer {
    const user = this.#request.user ?? { username: '' }
    return new CelAuthorizer({ groups: [], ...user }, (who, question) => decided(this.#view, who, question))
  }

  #requestResource(): CelResourceCheck {
    const { name, subresource } = this.#request
    const kind = this.#request.requestKind ?? this.#request.kind
    const question = {
      group: kind.group,
      resource: kind.plural,
      subresource,
      namespace: namespaceOf(this.#request),
      name,
    }
    return new CelResourceCheck(this.#authorizer(), question)
  }
}

function namespaceObject(request: AdmissionRequest, view: View): KubeObject | undefined {
  return request.kind.namespaced ? view.get('namespaces', '', request.namespace) : undefined
}

const masters = 'system:masters'

function decided(view: View, user: UserInfo, question: AccessQuestion) {
  if (user.groups?.includes(masters) === true) return { allowed: true, reason: '' }
  const nothing = { namespace: '', group: '', resource: '', subresource: '', name: '', path: '' }
  const action = { ...nothing, ...question }
  const node = nodeDecision(view, user, action)
  return node.allowed ? node : rbacDecision(view, user, action)
}

/** A value as plain JSON; optional fields that are not set are left out. */
export function plainOf(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelDouble) return value.value
  if (value instanceof CelUint) return Number(value.value)
  if (value instanceof CelList) return Array.from({ length: value.size }, (_, at) => plainOf(value.get(at)))
  if (value instanceof CelMap) {
    const entries = value.keys().map((key): [string, Value] => [String(plainOf(key)), value.find(key) as Value])
    const set = entries.filter(([, one]) => !(one instanceof CelOptional && one.value === undefined))
    return Object.fromEntries(set.map(([key, one]) => [key, plainOf(one)]))
  }
  if (value instanceof CelOptional) return value.value === undefined ? undefined : plainOf(value.value)
  return String(value)
}
