/** Discovery, health, version, and what callers without rights are told. */
import type { Step, Suite } from '../suite.ts'

const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
const v2beta1 = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
const groups = [
  'admissionregistration.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io/v1',
  'apps/v1',
  'authentication.k8s.io/v1',
  'authorization.k8s.io/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'certificates.k8s.io/v1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1',
  'networking.k8s.io/v1',
  'node.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'resource.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
]
const get = (name: string, path: string, more: Partial<Step> = {}): Step => ({ name, path, ...more })
const namespaced = (verb: string, more: Partial<Step>): Step => ({
  name: `alice may not ${verb}`,
  path: '/api/v1/namespaces/default/pods',
  user: 'alice',
  ...more,
})

export const paths: Suite = {
  name: 'paths',
  steps: [
    get('the legacy API', '/api', { accept: v2 }),
    get('the groups', '/apis', { accept: v2 }),
    get('the groups of the beta', '/apis', { accept: v2beta1 }),
    get('the legacy API, unaggregated', '/api'),
    get('the groups, unaggregated', '/apis'),
    get('core', '/api/v1'),
    ...groups.map((group) => get(group, `/apis/${group}`)),
    ...[...new Set(groups.map((group) => group.split('/')[0] as string))].map((group) =>
      get(`group ${group}`, `/apis/${group}`),
    ),
    get('a group that is not there', '/apis/wire.example.com'),
    get('a version that is not there', '/apis/apps/v9'),
    get('healthz', '/healthz'),
    get('livez', '/livez'),
    get('readyz', '/readyz'),
    get('a check', '/livez/ping'),
    get('a check that is not there', '/livez/nothing'),
    get('a path that is not there', '/nothing'),
    get('the OpenAPI of nothing', '/openapi/v3/apis/nothing/v1'),
    { name: 'post to discovery', path: '/apis', body: {} },
    { name: 'delete the version', method: 'DELETE', path: '/version' },
    namespaced('list', {}),
    namespaced('get', { path: '/api/v1/namespaces/default/pods/p' }),
    namespaced('watch', { path: '/api/v1/namespaces/default/pods?watch=true' }),
    namespaced('create', { body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } } }),
    namespaced('delete', { method: 'DELETE', path: '/apis/apps/v1/namespaces/default/deployments/d' }),
    namespaced('deletecollection', { method: 'DELETE', path: '/apis/apps/v1/namespaces/default/deployments' }),
    namespaced('patch', {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/default/deployments/d',
      type: 'application/merge-patch+json',
      body: {},
    }),
    namespaced('update the status', {
      method: 'PUT',
      path: '/apis/apps/v1/namespaces/default/deployments/d/status',
      body: {},
    }),
    namespaced('list nodes', { path: '/api/v1/nodes' }),
    namespaced('list everywhere', { path: '/api/v1/secrets' }),
    namespaced('get a path', { path: '/metrics' }),
    get('alice may discover', '/apis/apps/v1', { user: 'alice' }),
    get('alice may see the version', '/healthz', { user: 'alice' }),
    {
      name: 'alice asks for herself',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      user: 'alice',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } },
      },
    },
    {
      name: 'alice asks for her rules',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      user: 'alice',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } },
    },
    {
      name: 'alice asks who she is',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      user: 'alice',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    },
    {
      name: 'admin asks for alice',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'alice', resourceAttributes: { verb: 'list', resource: 'pods' } },
      },
    },
    {
      name: 'admin asks for nobody',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource: 'pods' } },
      },
    },
    {
      name: 'admin asks for nothing',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: 'alice' } },
    },
    {
      name: 'a token that is none',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'nothing' } },
    },
    { name: 'admin as alice', path: '/api/v1/namespaces/default/pods', headers: { 'impersonate-user': 'alice' } },
    {
      name: 'alice as admin',
      path: '/api/v1/namespaces/default/pods',
      user: 'alice',
      headers: { 'impersonate-user': 'admin' },
    },
    {
      name: 'admin as a group without a user',
      path: '/api/v1/namespaces/default/pods',
      headers: { 'impersonate-group': 'dev' },
    },
  ],
}
