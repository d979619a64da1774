/** Expressions of admission policies: variables, authorizer, patches, budget. */
import { describe, expect, it } from 'vitest'
import { CelMessage, toJson, typeNameFaults } from '../../../src/api/cel/message.ts'
import { type PolicyInput, policyExpressions } from '../../../src/api/cel/policy.ts'
import { boolType, listType, stringType, structType } from '../../../src/api/cel/types.ts'
import type { Value } from '../../../src/api/cel/values.ts'

const input: PolicyInput = {
  object: { spec: { replicas: 5 }, metadata: { name: 'a', labels: { 'x/y': 'z' } } },
  oldObject: null,
  request: { operation: 'CREATE', namespace: 'default', userInfo: { username: 'ann', groups: ['g'] }, dryRun: false },
  params: { limit: 3 },
  namespaceObject: { metadata: { name: 'default', labels: { env: 'test' } } },
  authorizer: {
    user: { username: 'ann', groups: ['g'] },
    authorize: (user, question) => ({ allowed: user.username === 'ann' && question.verb === 'get', reason: 'because' }),
    resource: { group: 'apps', resource: 'deployments', subresource: '', namespace: 'default', name: 'a' },
  },
}

function judged(expression: string, variables: Record<string, string> = {}, budget = 10_000_000) {
  const policy = policyExpressions(
    { params: true, authorizer: true },
    Object.entries(variables).map(([name, each]) => ({ name, expression: each })),
  )
  const compiled = policy.compile(expression, [boolType])
  return 'error' in compiled ? compiled.error : policy.evaluator(input, budget)(compiled)
}

describe('expressions of policies', () => {
  it('read object, params, request and namespace', () => {
    expect(judged('object.spec.replicas <= params.limit')).toEqual({ value: false })
    expect(judged("request.operation == 'CREATE' && oldObject == null")).toEqual({ value: true })
    expect(judged("namespaceObject.metadata.labels.env == 'test'")).toEqual({ value: true })
    expect(judged("request.userInfo.groups.exists(g, g == 'g') && !request.dryRun")).toEqual({ value: true })
    expect(judged("object.metadata.labels['x/y'] == 'z'")).toEqual({ value: true })
  })

  it('read variables, each evaluated once', () => {
    expect(judged('variables.b > 5', { a: 'object.spec.replicas', b: 'variables.a + 1' })).toEqual({ value: true })
    expect(judged('variables.missing', {})).toContain("undefined field 'missing'")
    const failing = judged('variables.a', { a: 'object.zz' })
    expect(failing).toEqual('must evaluate to bool but got dyn')
    expect(judged('variables.a == 1', { a: 'object.zz' })).toEqual({
      error:
        'expression \'variables.a == 1\' resulted in error: composited variable "a" fails to evaluate: no such key: zz',
    })
  })

  it('ask the authorizer', () => {
    expect(judged("authorizer.group('').resource('pods').check('get').allowed()")).toEqual({ value: true })
    expect(judged("authorizer.requestResource.check('delete').allowed()")).toEqual({ value: false })
    expect(judged("authorizer.serviceAccount('default', 'x').path('/a').check('get').allowed()")).toEqual({
      value: false,
    })
    expect(judged("authorizer.path('').check('get').allowed()")).toEqual({
      error: "expression 'authorizer.path('').check('get').allowed()' resulted in error: path must not be empty",
    })
  })

  it('say which types they must have', () => {
    expect(judged('1')).toBe('must evaluate to bool but got int')
    expect(judged('object.')).toContain('compilation failed: ERROR: <input>:1:8: Syntax error')
    const policy = policyExpressions({})
    expect(policy.compile('1', [boolType, stringType])).toMatchObject({
      error: 'must evaluate to one of [bool string] but got int',
    })
    expect(policy.compile('params', [boolType])).toMatchObject({
      error: expect.stringContaining("undeclared reference to 'params'"),
    })
  })

  it('end with the budget', () => {
    expect(judged('object.spec.replicas > 1', {}, 1)).toEqual({
      outOfBudget: 'validation failed due to running out of cost budget, no further validation rules will be run',
    })
  })
})

describe('mutations', () => {
  const policy = policyExpressions({ patches: true }, [])

  function made(expression: string): Value {
    const compiled = policy.compile(expression, [structType('Object'), listType(structType('JSONPatch'))])
    const result = policy.evaluator(input, 1_000_000)(compiled)
    if (!('value' in result)) throw new Error(JSON.stringify(result))
    return result.value
  }

  it('make objects', () => {
    const value = made(
      'Object{spec: Object.spec{replicas: object.spec.replicas + 1, list: [Object.spec.list{a: "b"}]}}',
    )
    expect(value).toBeInstanceOf(CelMessage)
    expect(toJson(value)).toEqual({ spec: { replicas: 6, list: [{ a: 'b' }] } })
    expect(typeNameFaults(value)).toEqual([])
    expect(typeNameFaults(made('Object{spec: Object.other{}}'))).toEqual([
      'unexpected type name "Object.other", expected "Object.spec", which matches field name path from root Object type',
    ])
  })

  it('make JSON patches', () => {
    const value = made(
      "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('x/y~'), value: {'k': 1}}]",
    )
    expect(toJson(value)).toEqual([{ op: 'add', path: '/metadata/labels/x~1y~0', value: { k: 1 } }])
  })
})
