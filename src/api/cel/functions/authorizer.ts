/**
 * Kubernetes' authorizer library: `authorizer.group('apps').resource('deployments').check('get').allowed()`. Checks go
 * through a function the caller passes. Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
 */
import { nameIsDnsLabel, nameIsDnsSubdomain } from '../../names.ts'
import { CelError, CelObject, noOverload, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'

/** Who asks. */
export interface CelUser {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What is asked: a path, or a resource (of any version). Selectors are as written. */
export type AccessQuestion =
  | { readonly path: string; readonly verb: string }
  | {
      readonly group: string
      readonly resource: string
      readonly subresource: string
      readonly namespace: string
      readonly name: string
      readonly verb: string
      readonly fieldSelector: string
      readonly labelSelector: string
    }

export interface AccessAnswer {
  readonly allowed: boolean
  readonly reason: string
  /** Set when the authorizer failed. */
  readonly error?: string
}

/** Answers whether a user may do something. */
export type Authorize = (user: CelUser, question: AccessQuestion) => AccessAnswer

abstract class AccessValue extends CelObject {
  equals(): boolean | CelError {
    return noOverload
  }
}

/** The variable `authorizer`. */
export class CelAuthorizer extends AccessValue {
  readonly typeName = 'kubernetes.authorization.Authorizer'
  readonly user: CelUser
  readonly authorize: Authorize
  constructor(user: CelUser, authorize: Authorize) {
    super()
    this.user = user
    this.authorize = authorize
  }
}

class PathCheck extends AccessValue {
  readonly typeName = 'kubernetes.authorization.PathCheck'
  readonly authorizer: CelAuthorizer
  readonly path: string
  constructor(authorizer: CelAuthorizer, path: string) {
    super()
    this.authorizer = authorizer
    this.path = path
  }
}

class GroupCheck extends AccessValue {
  readonly typeName = 'kubernetes.authorization.GroupCheck'
  readonly authorizer: CelAuthorizer
  readonly group: string
  constructor(authorizer: CelAuthorizer, group: string) {
    super()
    this.authorizer = authorizer
    this.group = group
  }
}

type ResourceQuestion = Omit<Extract<AccessQuestion, { group: string }>, 'verb'>

/** The variable `authorizer.requestResource`, and what `resource(…)` answers. */
export class CelResourceCheck extends AccessValue {
  readonly typeName = 'kubernetes.authorization.ResourceCheck'
  readonly authorizer: CelAuthorizer
  readonly question: ResourceQuestion
  constructor(authorizer: CelAuthorizer, question: Partial<ResourceQuestion>) {
    super()
    this.authorizer = authorizer
    const empty = {
      group: '',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
      fieldSelector: '',
      labelSelector: '',
    }
    this.question = { ...empty, ...question }
  }
}

class Decision extends AccessValue {
  readonly typeName = 'kubernetes.authorization.Decision'
  readonly answer: AccessAnswer
  constructor(answer: AccessAnswer) {
    super()
    this.answer = answer
  }
}

function narrowing(key: keyof ResourceQuestion) {
  return ([check, text]: readonly Value[]): Value => {
    if (!(check instanceof CelResourceCheck) || typeof text !== 'string') return noOverload
    return new CelResourceCheck(check.authorizer, { ...check.question, [key]: text })
  }
}

function onDecision(run: (answer: AccessAnswer) => Value) {
  return ([value]: readonly Value[]): Value => (value instanceof Decision ? run(value.answer) : noOverload)
}

function check([asked, verb]: readonly Value[]): Value {
  if (typeof verb !== 'string') return noOverload
  if (asked instanceof PathCheck) {
    const { user, authorize } = asked.authorizer
    return new Decision(authorize(user, { path: asked.path, verb }))
  }
  if (!(asked instanceof CelResourceCheck)) return noOverload
  const { user, authorize } = asked.authorizer
  return new Decision(authorize(user, { ...asked.question, verb }))
}

function serviceAccount([authorizer, namespace, name]: readonly Value[]): Value {
  if (!(authorizer instanceof CelAuthorizer) || typeof namespace !== 'string' || typeof name !== 'string')
    return noOverload
  if (nameIsDnsSubdomain(name, false).length > 0) return new CelError('Invalid service account name')
  if (nameIsDnsLabel(namespace, false).length > 0) return new CelError('Invalid service account namespace')
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return new CelAuthorizer({ username: `system:serviceaccount:${namespace}:${name}`, groups }, authorizer.authorize)
}

export const authorizerFunctions: Functions = {
  path: ([authorizer, path]) => {
    if (!(authorizer instanceof CelAuthorizer) || typeof path !== 'string') return noOverload
    return path.trim() === '' ? new CelError('path must not be empty') : new PathCheck(authorizer, path)
  },
  group: ([authorizer, group]) =>
    authorizer instanceof CelAuthorizer && typeof group === 'string' ? new GroupCheck(authorizer, group) : noOverload,
  serviceAccount,
  resource: ([group, resource]) => {
    if (!(group instanceof GroupCheck) || typeof resource !== 'string') return noOverload
    if (resource.trim() === '') return new CelError('resource must not be empty')
    return new CelResourceCheck(group.authorizer, { group: group.group, resource })
  },
  subresource: narrowing('subresource'),
  namespace: narrowing('namespace'),
  name: narrowing('name'),
  fieldSelector: narrowing('fieldSelector'),
  labelSelector: narrowing('labelSelector'),
  check,
  allowed: onDecision(({ allowed }) => allowed),
  reason: onDecision(({ reason }) => reason),
  errored: onDecision(({ error }) => error !== undefined),
  error: onDecision(({ error }) => error ?? ''),
}
