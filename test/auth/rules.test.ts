/** What rules allow and cover. Cases as in the documentation of RBAC. */
import { describe, expect, test } from 'vitest'
import { rbacDecision, rulesFor } from '../../src/api/rbac/resolve.ts'
import { type Action, compacted, type PolicyRule, ruleAllows, uncovered } from '../../src/api/rbac/rules.ts'
import { createCluster } from '../../src/index.ts'

const asked: Action = { verb: 'get', namespace: 'a', group: '', resource: 'pods', subresource: '', name: 'x', path: '' }
const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: ['pods'],
  ...more,
})

describe('a rule', () => {
  test.each<[string, PolicyRule, Partial<Action>, boolean]>([
    ['names the resource', rule({}), {}, true],
    ['of another verb', rule({}), { verb: 'list' }, false],
    ['of all verbs', rule({ verbs: ['*'] }), { verb: 'anything' }, true],
    ['of another group', rule({ apiGroups: ['apps'] }), {}, false],
    ['of all groups', rule({ apiGroups: ['*'] }), { group: 'x' }, true],
    ['names not the subresource', rule({}), { subresource: 'log' }, false],
    ['names the subresource', rule({ resources: ['pods/log'] }), { subresource: 'log' }, true],
    ['of any subresource of that name', rule({ resources: ['*/log'] }), { subresource: 'log' }, true],
    ['of a subresource whose name ends alike', rule({ resources: ['*/log'] }), { subresource: 'xlog' }, false],
    ['of all resources', rule({ resources: ['*'] }), { subresource: 'log' }, true],
    ['of one name', rule({ resourceNames: ['x'] }), {}, true],
    ['of another name', rule({ resourceNames: ['y'] }), {}, false],
    ['of one name, for a list', rule({ resourceNames: ['x'] }), { name: '' }, false],
    ['of a path, for a resource', { verbs: ['get'], nonResourceURLs: ['*'] }, {}, false],
    ['of a path', { verbs: ['get'], nonResourceURLs: ['/api'] }, { resource: '', path: '/api' }, true],
    ['of paths beneath', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, { resource: '', path: '/api/v1' }, true],
    [
      'of paths beneath, for the path',
      { verbs: ['get'], nonResourceURLs: ['/api/*'] },
      { resource: '', path: '/api' },
      false,
    ],
  ])('%s', (_name, one, action, allowed) => {
    expect(ruleAllows(one, { ...asked, ...action })).toBe(allowed)
  })
})

test('what rules do not cover', () => {
  const held = [rule({ verbs: ['get', 'list'] }), rule({ resources: ['*/scale'], apiGroups: ['*'], verbs: ['*'] })]
  const wanted = [
    rule({ verbs: ['get', 'create', 'delete'] }),
    rule({ resources: ['deployments/scale'], apiGroups: ['apps'], verbs: ['patch'] }),
    rule({ resourceNames: ['x'] }),
    { verbs: ['get'], nonResourceURLs: ['/x'] },
  ]
  expect(compacted(uncovered(held, wanted))).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete'] },
    { nonResourceURLs: ['/x'], verbs: ['get'] },
  ])
})

const manifest = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: User, name: bob, apiGroup: rbac.authorization.k8s.io }
  - { kind: ServiceAccount, name: robot }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: broken, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: nosuch }
subjects: [{ kind: User, name: bob, apiGroup: rbac.authorization.k8s.io }]
`

test('bindings grant within their namespace and say why', async () => {
  const cluster = await createCluster()
  await cluster.apply(manifest)
  const of = (username: string, action: Partial<Action>) =>
    rbacDecision(cluster.view, { username, groups: [] }, { ...asked, ...action })
  expect(of('bob', { namespace: 'default' })).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by RoleBinding "readers/default" of ClusterRole "view" to User "bob"',
  })
  expect(of('system:serviceaccount:default:robot', { namespace: 'default' }).reason).toBe(
    'RBAC: allowed by RoleBinding "readers/default" of ClusterRole "view" to ServiceAccount "robot/default"',
  )
  expect(of('system:serviceaccount:other:robot', { namespace: 'default' }).allowed).toBe(false)
  expect(of('bob', { namespace: 'kube-system' })).toEqual({ allowed: false, reason: '' })
  expect(of('bob', { namespace: 'default', resource: 'secrets' })).toEqual({
    allowed: false,
    reason: 'RBAC: roles.rbac.authorization.k8s.io "nosuch" not found',
  })
  expect(rulesFor(cluster.view, { username: 'bob' }, 'default').errors.length).toBe(1)
})

test('reviews are never stored', async () => {
  const cluster = await createCluster()
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: { name: 'x' },
    spec: {},
  }
  await expect(cluster.apply(review)).rejects.toThrow(/create is not supported/)
})
