/**
 * Expressions of admission: ValidatingAdmissionPolicy, MutatingAdmissionPolicy and match conditions.
 *
 * ```ts
 * const policy = policyExpressions({ params: true, authorizer: true }, [{ name: 'limit', expression: 'params.limit' }])
 * const compiled = policy.compile('object.spec.replicas <= variables.limit', [boolType])
 * const run = policy.evaluator(input, requestBudget)
 * if ('program' in compiled) run(compiled) // { value: true } | { error } | { outOfBudget }
 * ```
 *
 * Sources: k8s.io/apiserver pkg/admission/plugin/cel, https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */

import type { FunctionDeclaration } from './declarations.ts'
import { readOverload } from './declarations.ts'
import { jsonValue } from './dyn-value.ts'
import { type Environment, environment } from './environment.ts'
import { type Authorize, CelAuthorizer, CelResourceCheck, type CelUser } from './functions/authorizer.ts'
import { compileExpression, evaluate, type Program } from './index.ts'
import { CelMessage, messageFields } from './message.ts'
import { policyFields } from './policy-types.ts'
import { dynType, goTypeText, isSame, listType, mapType, structType, type Type } from './types.ts'
import { CelError, CelMap, type Value } from './values.ts'

/** Which variables there are beside object, oldObject, request and namespaceObject. */
export interface PolicyDeclarations {
  readonly params?: boolean
  readonly authorizer?: boolean
  /** True allows `Object{…}` and `JSONPatch{…}`: the mutations of a MutatingAdmissionPolicy. */
  readonly patches?: boolean
}

/** A variable of a policy. */
export interface PolicyVariable {
  readonly name: string
  readonly expression: string
}

/** What is judged, as plain JSON; `null` stands for what is not there. */
export interface PolicyInput {
  readonly object: unknown
  readonly oldObject: unknown
  /** The AdmissionRequest without object and oldObject. */
  readonly request: unknown
  readonly params?: unknown
  readonly namespaceObject?: unknown
  readonly authorizer?: {
    readonly user: CelUser
    readonly authorize: Authorize
    /** What the request is about: `authorizer.requestResource`. */
    readonly resource: { group: string; resource: string; subresource: string; namespace: string; name: string }
  }
}

/** A compiled expression, or Kubernetes' message. */
export type PolicyCompiled =
  | { readonly expression: string; readonly program: Program }
  | { readonly expression: string; readonly error: string }

/** The value, an error of the evaluation, or the end of the budget. */
export type PolicyResult = { readonly value: Value } | { readonly error: string } | { readonly outOfBudget: string }

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'
const authorizerType = structType('kubernetes.authorization.Authorizer')
const resourceCheckType = structType('kubernetes.authorization.ResourceCheck')
const variablesType = 'kubernetes.variables'

const escapeKey: FunctionDeclaration = {
  name: 'jsonpatch.escapeKey',
  overloads: [readOverload('string_jsonpatch_escapeKey_string:string->string')],
}

/** The environment of admission expressions; `variables` are the types of a policy's variables so far. */
export function policyEnv(declared: PolicyDeclarations, variables?: ReadonlyMap<string, Type>): Environment {
  return environment({
    variables: {
      object: dynType,
      oldObject: dynType,
      namespaceObject: structType('kubernetes.Namespace'),
      request: structType('kubernetes.AdmissionRequest'),
      ...(declared.params ? { params: dynType } : {}),
      ...(declared.authorizer ? { authorizer: authorizerType, 'authorizer.requestResource': resourceCheckType } : {}),
      ...(variables ? { variables: structType(variablesType) } : {}),
    },
    structs: (name) => {
      if (name === variablesType && variables) return (field) => variables.get(field)
      return policyFields(name) ?? (declared.patches ? messageFields(name) : undefined)
    },
    functions: (name) => (declared.patches && name === escapeKey.name ? escapeKey : undefined),
    construct: (typeName, fields) => new CelMessage(typeName, fields),
  })
}

/** The type a variable has for those that use it: messages and library types become dynamic. */
function variableType(type: Type): Type {
  const [first = dynType, second = dynType] = type.params
  if (type.kind === 'list') return listType(variableType(first))
  if (type.kind === 'map') return mapType(variableType(first), variableType(second))
  return type.kind === 'struct' || type.kind === 'opaque' || type.kind === 'type' ? dynType : type
}

function compiledIn(env: Environment, expression: string, wanted: readonly Type[]): PolicyCompiled {
  const result = compileExpression(expression, env)
  if ('issues' in result) return { expression, error: `compilation failed: ${result.issues}` }
  if ('fault' in result) return { expression, error: `program instantiation failed: ${result.fault}` }
  const { type } = result.program
  if (wanted.length === 0 || wanted.some((each) => isSame(each, type))) return { expression, program: result.program }
  const [only] = wanted
  const shown = wanted.length === 1 && only ? goTypeText(only) : `one of [${wanted.map(goTypeText).join(' ')}]`
  return { expression, error: `must evaluate to ${shown} but got ${goTypeText(type)}` }
}

/** `variables` while evaluating: each is evaluated when first read, once. */
class LazyVariables extends CelMap {
  private readonly known = new Map<string, Value>()
  private readonly programs: ReadonlyMap<string, PolicyCompiled>
  private readonly run: (program: Program) => Value
  constructor(programs: ReadonlyMap<string, PolicyCompiled>, run: (program: Program) => Value) {
    super()
    this.programs = programs
    this.run = run
  }
  get size(): number {
    return this.programs.size
  }
  keys(): Value[] {
    return [...this.programs.keys()]
  }
  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined
    const known = this.known.get(key)
    if (known !== undefined) return known
    const compiled = this.programs.get(key)
    if (!compiled) return undefined
    const value = this.evaluate(key, compiled)
    this.known.set(key, value)
    return value
  }
  private evaluate(name: string, compiled: PolicyCompiled): Value {
    if ('error' in compiled) return new CelError(`composited variable "${name}" fails to compile: ${compiled.error}`)
    const value = this.run(compiled.program)
    if (!(value instanceof CelError)) return value
    return new CelError(`composited variable "${name}" fails to evaluate: ${value.message}`)
  }
}

function bindingsOf(input: PolicyInput): Map<string, Value> {
  const bindings = new Map<string, Value>()
  const { authorizer } = input
  for (const name of ['object', 'oldObject', 'request', 'params', 'namespaceObject'] as const)
    bindings.set(name, jsonValue(input[name] ?? null))
  if (authorizer) {
    const value = new CelAuthorizer(authorizer.user, authorizer.authorize)
    bindings.set('authorizer', value)
    bindings.set('authorizer.requestResource', new CelResourceCheck(value, authorizer.resource))
  }
  return bindings
}

export interface PolicyExpressions {
  /** The variables, in order, with their errors. */
  readonly variables: ReadonlyMap<string, PolicyCompiled>
  /** Compiles an expression that must have one of the types (any, when none is given). */
  compile(expression: string, wanted: readonly Type[], declared?: PolicyDeclarations): PolicyCompiled
  /** Evaluates expressions on one input; variables are shared, costs add up against the budget. */
  evaluator(input: PolicyInput, budget: number): PolicyEvaluator
}

export interface PolicyEvaluator {
  (compiled: PolicyCompiled): PolicyResult
  /** What is left of the budget; negative when it ran out. */
  budget(): number
}

/** The expressions of one policy. Without `variables` (match conditions) there is no variable `variables`. */
export function policyExpressions(
  declared: PolicyDeclarations,
  variables?: readonly PolicyVariable[],
): PolicyExpressions {
  const types = new Map<string, Type>()
  const programs = new Map<string, PolicyCompiled>()
  const known = variables && types
  for (const { name, expression } of variables ?? []) {
    const compiled = compiledIn(policyEnv(declared, known), expression, [])
    programs.set(name, compiled)
    types.set(name, 'program' in compiled ? variableType(compiled.program.type) : dynType)
  }
  return {
    variables: programs,
    compile: (expression, wanted, own = declared) => compiledIn(policyEnv(own, known), expression, wanted),
    evaluator: (input, budget) => evaluatorOf(programs, input, budget),
  }
}

function evaluatorOf(
  programs: ReadonlyMap<string, PolicyCompiled>,
  input: PolicyInput,
  budget: number,
): PolicyEvaluator {
  const bindings = bindingsOf(input)
  const read = (name: string) => bindings.get(name)
  let left = budget
  let composed = 0
  const lazy = new LazyVariables(programs, (program) => {
    const result = evaluate(program, read)
    composed += result.cost
    return 'error' in result ? new CelError(result.error) : result.value
  })
  bindings.set('variables', lazy)
  const run = (compiled: PolicyCompiled): PolicyResult => {
    if ('error' in compiled) return { error: `compilation error: ${compiled.error}` }
    const result = evaluate(compiled.program, read)
    const cost = result.cost + composed
    composed = 0
    if (cost > left) {
      left = -1
      return { outOfBudget }
    }
    left -= cost
    if ('error' in result) return { error: `expression '${compiled.expression}' resulted in error: ${result.error}` }
    return { value: result.value }
  }
  return Object.assign(run, { budget: () => left })
}
