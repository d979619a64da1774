/** Who may do what: refusals, reviews, roles that escalate, impersonation. */
import type { Step, Suite } from '../suite.ts'

const authorization = '/apis/authorization.k8s.io/v1'
const authentication = '/apis/authentication.k8s.io/v1'
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const ns = 'wire-auth'
const pods = { verb: 'list', resource: 'pods', namespace: ns }
const version = { path: '/apis', verb: 'get' }

function review(name: string, kind: string, body: object, user?: string): Step {
  const place = kind.startsWith('local') ? `/namespaces/${ns}` : ''
  const path = `${authorization}${place}/${kind}accessreviews`
  return { name, path, body, ...(user === undefined ? {} : { user }) }
}

const refusals: Step[] = [
  ['list pods everywhere', '/api/v1/pods'],
  ['list pods by name', '/api/v1/pods?fieldSelector=metadata.name%3Dx'],
  ['list pods of a namespace', `/api/v1/namespaces/${ns}/pods`],
  ['get a log', `/api/v1/namespaces/${ns}/pods/x/log`],
  ['get a namespace', `/api/v1/namespaces/${ns}`],
  ['watch nodes', '/api/v1/nodes?watch=true'],
  ['list a kind nobody knows', '/apis/example.com/v1/things'],
  ['get a path', '/nope'],
  ['get metrics', '/metrics'],
].map(([name = '', path = '']) => ({ name: `refuse: ${name}`, path, user: 'alice' }))

const reviews: Suite = {
  name: 'auth-reviews',
  namespaces: [ns],
  steps: [
    ...refusals,
    { name: 'refuse: create', path: `/api/v1/namespaces/${ns}/configmaps`, body: {}, user: 'alice' },
    { name: 'refuse: delete a collection', method: 'DELETE', path: `${rbac}/clusterroles`, user: 'alice' },
    { name: 'allow: version', path: '/healthz', user: 'alice' },
    review('self: no', 'selfsubject', { spec: { resourceAttributes: pods } }, 'alice'),
    review('self: yes', 'selfsubject', { spec: { nonResourceAttributes: version } }, 'alice'),
    review('self: admin', 'selfsubject', { spec: { resourceAttributes: pods } }),
    review('self: nothing', 'selfsubject', { spec: {} }),
    review('self: both', 'selfsubject', { spec: { resourceAttributes: pods, nonResourceAttributes: version } }),
    review('subject: nobody', 'subject', { spec: { resourceAttributes: pods } }),
    review('subject: not for alice', 'subject', { spec: { user: 'bob', resourceAttributes: pods } }, 'alice'),
    review('subject: bob', 'subject', { spec: { user: 'bob', groups: ['a'], resourceAttributes: pods } }),
    review('subject: a group', 'subject', {
      spec: { groups: ['system:authenticated'], extra: { a: ['b'] }, uid: 'u', nonResourceAttributes: version },
    }),
    review('subject: a controller', 'subject', {
      spec: {
        user: 'system:serviceaccount:kube-system:deployment-controller',
        resourceAttributes: { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'finalizers' },
      },
    }),
    review('subject: both selectors', 'subject', {
      spec: {
        user: 'bob',
        resourceAttributes: {
          ...pods,
          fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
          labelSelector: {},
        },
      },
    }),
    review('local: elsewhere', 'localsubject', { spec: { user: 'bob', resourceAttributes: { verb: 'get' } } }),
    review('local: here', 'localsubject', { spec: { user: 'bob', resourceAttributes: pods } }),
    review('local: a path', 'localsubject', { spec: { user: 'bob', nonResourceAttributes: version } }),
    { name: 'rules: nowhere', path: `${authorization}/selfsubjectrulesreviews`, body: { spec: {} }, user: 'alice' },
    { name: 'who am I', path: `${authentication}/selfsubjectreviews`, body: {}, user: 'alice' },
    { name: 'token: none', path: `${authentication}/tokenreviews`, body: { spec: {} } },
    { name: 'token: wrong', path: `${authentication}/tokenreviews`, body: { spec: { token: 'nobody-has-it' } } },
    { name: 'list reviews', path: `${authorization}/selfsubjectaccessreviews` },
    { name: 'get a review', path: `${authorization}/selfsubjectaccessreviews/x` },
    { name: 'discover authorization', path: authorization },
    { name: 'discover authentication', path: authentication },
    { name: 'discover rbac', path: rbac },
  ],
}

export const authSuites: readonly Suite[] = [reviews]
