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

const binding = (kind: string, name: string, role: string, roleKind: string, who: object): object => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: role },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', ...who }],
})
const alice = { kind: 'User', name: 'alice' }
const role = (kind: string, name: string, rules: object[], more: object = {}): object => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  rules,
  ...more,
})
const rbacOf = `${rbac}/namespaces/${ns}`
const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }
const readNodes = { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'watch', 'list'] }
const managesRoles = [
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['get', 'create', 'update', 'patch'] },
  readPods,
]

const escalation: Suite = {
  name: 'auth-escalation',
  namespaces: [ns],
  steps: [
    { name: 'a role', path: `${rbac}/clusterroles`, body: role('ClusterRole', 'wire-manager', managesRoles) },
    {
      name: 'bound',
      path: `${rbac}/clusterrolebindings`,
      body: binding('ClusterRoleBinding', 'wire-manager', 'wire-manager', 'ClusterRole', alice),
    },
    ...(
      [
        ['what she holds', `${rbacOf}/roles`, role('Role', 'wire-held', [readPods])],
        ['what she does not hold', `${rbacOf}/roles`, role('Role', 'wire-more', [readNodes, readPods])],
        [
          'a path',
          `${rbac}/clusterroles`,
          role('ClusterRole', 'wire-path', [{ nonResourceURLs: ['/x'], verbs: ['get', 'put'] }]),
        ],
        [
          'names',
          `${rbac}/clusterroles`,
          role('ClusterRole', 'wire-names', [
            { apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'], verbs: ['get'] },
            { apiGroups: ['', 'apps'], resources: ['*/scale'], verbs: ['*'] },
          ]),
        ],
        [
          'aggregation',
          `${rbac}/clusterroles`,
          role('ClusterRole', 'wire-sum', [], {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/wire': 'true' } }] },
          }),
        ],
        [
          'an invalid role',
          `${rbacOf}/roles`,
          role('Role', 'wire-bad', [{ verbs: [], resources: ['x'], apiGroups: ['y'] }]),
        ],
        [
          'bind what she holds',
          `${rbacOf}/rolebindings`,
          binding('RoleBinding', 'wire-held', 'wire-held', 'Role', alice),
        ],
        [
          'bind what she does not hold',
          `${rbacOf}/rolebindings`,
          binding('RoleBinding', 'wire-view', 'system:node-proxier', 'ClusterRole', alice),
        ],
        [
          'bind a role nobody made',
          `${rbacOf}/rolebindings`,
          binding('RoleBinding', 'wire-none', 'wire-none', 'Role', alice),
        ],
        [
          'bind what is no role',
          `${rbacOf}/rolebindings`,
          binding('RoleBinding', 'wire-none', 'x', 'Deployment', alice),
        ],
        [
          'bind in the cluster',
          `${rbac}/clusterrolebindings`,
          binding('ClusterRoleBinding', 'wire-all', 'system:node-proxier', 'ClusterRole', alice),
        ],
      ] as const
    ).map(([name, path, body]): Step => ({ name, path, body, user: 'alice' })),
    {
      name: 'add a rule',
      method: 'PATCH',
      path: `${rbacOf}/roles/wire-held`,
      type: 'application/merge-patch+json',
      body: { rules: [readPods, readNodes] },
      user: 'alice',
    },
    {
      name: 'add an owner',
      method: 'PATCH',
      path: `${rbac}/clusterroles/system:node-proxier`,
      type: 'application/merge-patch+json',
      body: { metadata: { ownerReferences: [] } },
      user: 'alice',
    },
    {
      name: 'rules she may escalate',
      method: 'PATCH',
      path: `${rbac}/clusterroles/wire-manager`,
      type: 'application/merge-patch+json',
      body: {
        rules: [
          ...managesRoles,
          { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['escalate'] },
          { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], resourceNames: ['view'], verbs: ['bind'] },
        ],
      },
    },
  ],
}

const as = (name: string, headers: Record<string, string>, user?: string): Step => ({
  name,
  path: `${authentication}/selfsubjectreviews`,
  body: {},
  headers,
  ...(user === undefined ? {} : { user }),
})

const impersonation: Suite = {
  name: 'auth-impersonation',
  steps: [
    as('a user', { 'Impersonate-User': 'bob' }),
    as('a user and groups', { 'Impersonate-User': 'bob', 'Impersonate-Group': 'ops', 'Impersonate-Uid': 'u-1' }),
    as('extra', { 'Impersonate-User': 'bob', 'Impersonate-Extra-Example.com%2fScope': 'a' }),
    as('a service account', { 'Impersonate-User': 'system:serviceaccount:kube-system:robot' }),
    as('a service account and a group', { 'Impersonate-User': 'system:serviceaccount:a:b', 'Impersonate-Group': 'x' }),
    as('anonymous', { 'Impersonate-User': 'system:anonymous' }),
    as('the unauthenticated', { 'Impersonate-User': 'bob', 'Impersonate-Group': 'system:unauthenticated' }),
    as('the authenticated', { 'Impersonate-User': 'bob', 'Impersonate-Group': 'system:authenticated' }),
    as('a group without a user', { 'Impersonate-Group': 'ops' }),
    as('a uid without a user', { 'Impersonate-Uid': 'u-1' }),
    as('extra without a user', { 'Impersonate-Extra-Scopes': 'a' }),
    as('refused: a user', { 'Impersonate-User': 'bob' }, 'alice'),
    as('refused: a group', { 'Impersonate-User': 'alice', 'Impersonate-Group': 'system:masters' }, 'alice'),
    as('refused: a service account', { 'Impersonate-User': 'system:serviceaccount:a:b' }, 'alice'),
    {
      name: 'what the other may not',
      path: '/api/v1/namespaces/default/pods',
      headers: { 'Impersonate-User': 'bob' },
    },
  ],
}

const tokenOf = (name: string, body: object, account = 'default', user?: string): Step => ({
  name,
  path: `/api/v1/namespaces/${ns}/serviceaccounts/${account}/token`,
  body,
  ...(user === undefined ? {} : { user }),
})
const boundTo = (kind: string, name: string, apiVersion = 'v1') => ({
  spec: { boundObjectRef: { kind, apiVersion, name } },
})

const tokens: Suite = {
  name: 'auth-tokens',
  namespaces: [ns],
  steps: [
    tokenOf('no account', {}, 'nosuch'),
    tokenOf('of another name', { metadata: { name: 'other' } }),
    tokenOf('of another namespace', { metadata: { namespace: 'other' } }),
    tokenOf('of another uid', { metadata: { uid: '11111111-1111-4111-8111-111111111111' } }),
    tokenOf('too short', { spec: { expirationSeconds: 5 } }),
    tokenOf('too long', { spec: { expirationSeconds: 4294967297 } }),
    tokenOf('bound to no pod', boundTo('Pod', 'nosuch')),
    tokenOf('bound to no node', boundTo('Node', 'nosuch')),
    tokenOf('bound to what cannot be', boundTo('Deployment', 'x', 'apps/v1')),
    tokenOf('unknown field', { spec: { nosuch: 1 } }),
    tokenOf('not hers', {}, 'default', 'alice'),
    { name: 'get a token', path: '/api/v1/namespaces/wire-auth/serviceaccounts/default/token' },
  ],
}

/** A step as a kubelet, whom the administrator acts as. */
function kubelet(name: string, path: string, more: Partial<Step> = {}, node = 'wire-node-1'): Step {
  const headers = { 'Impersonate-User': `system:node:${node}`, 'Impersonate-Group': 'system:nodes' }
  return { name, path, headers, ...more }
}
const core = '/api/v1'
const own = `${core}/namespaces/${ns}`
const merge = (body: object): Partial<Step> => ({ method: 'PATCH', type: 'application/merge-patch+json', body })
const podOn = (node: string, name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: {
    nodeName: node,
    automountServiceAccountToken: false,
    containers: [
      { name: 'c', image: 'x', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'wire-used', key: 'a' } } }] },
    ],
    volumes: [{ name: 'v', configMap: { name: 'wire-used' } }],
  },
})

const nodes: Suite = {
  name: 'auth-node',
  namespaces: [ns],
  steps: [
    { name: 'a node', path: `${core}/nodes`, body: { metadata: { name: 'wire-node-1' } } },
    { name: 'another node', path: `${core}/nodes`, body: { metadata: { name: 'wire-node-2' } } },
    { name: 'a pod', path: `${own}/pods`, body: podOn('wire-node-1', 'wire-one') },
    { name: 'another pod', path: `${own}/pods`, body: podOn('wire-node-2', 'wire-two') },
    { name: 'a secret', path: `${own}/secrets`, body: { metadata: { name: 'wire-used' } } },
    { name: 'another secret', path: `${own}/secrets`, body: { metadata: { name: 'wire-other' } } },
    kubelet('its node', `${core}/nodes/wire-node-1`),
    kubelet('another one', `${core}/nodes/wire-node-2`),
    kubelet('all nodes', `${core}/nodes`),
    kubelet('delete its node', `${core}/nodes/wire-node-1`, { method: 'DELETE' }),
    kubelet('its pods', `${core}/pods?fieldSelector=spec.nodeName%3Dnone`),
    kubelet('all pods', `${core}/pods`),
    kubelet('a pod of its own', `${own}/pods/wire-one`),
    kubelet('a pod of another', `${own}/pods/wire-two`),
    kubelet('update a pod', `${own}/pods/wire-one`, merge({ metadata: { labels: { a: 'b' } } })),
    kubelet('a secret of its pod', `${own}/secrets/wire-used`),
    kubelet('a secret of nobody', `${own}/secrets/wire-other`),
    kubelet('all secrets', `${own}/secrets`),
    kubelet('all secrets everywhere', `${core}/secrets`),
    kubelet('delete a secret', `${own}/secrets/wire-used`, { method: 'DELETE' }),
    kubelet('a claim', `${own}/persistentvolumeclaims/x`),
    kubelet('all claims', `${own}/persistentvolumeclaims`),
    kubelet('its account', `${own}/serviceaccounts/default`),
    kubelet('another account', `${own}/serviceaccounts/x`),
    kubelet('a lease elsewhere', `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases/wire-node-1`),
    kubelet('a lease of another', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/wire-node-2'),
    kubelet('a token without a pod', `${own}/serviceaccounts/default/token`, { body: {} }),
    kubelet('a token for no uid', `${own}/serviceaccounts/default/token`, {
      body: { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'wire-one' } } },
    }),
    kubelet('a pod that is no mirror', `${own}/pods`, { body: podOn('wire-node-1', 'wire-three') }),
    kubelet('a mirror without an owner', `${own}/pods`, {
      body: podOn('wire-node-1', 'wire-three', { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    }),
    kubelet('status of its pod', `${own}/pods/wire-one/status`, merge({ status: { reason: 'Because' } })),
    kubelet('status of another pod', `${own}/pods/wire-two/status`, merge({ status: { reason: 'Because' } })),
    kubelet('delete another pod', `${own}/pods/wire-two`, { method: 'DELETE' }),
    kubelet('taints', `${core}/nodes/wire-node-1`, merge({ spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })),
    kubelet('labels it may set', `${core}/nodes/wire-node-1`, merge({ metadata: { labels: { 'a.b/c': 'd' } } })),
    kubelet(
      'labels it may not set',
      `${core}/nodes/wire-node-1`,
      merge({ metadata: { labels: { 'node-restriction.kubernetes.io/x': 'a', 'foo.kubernetes.io/x': 'a' } } }),
    ),
    kubelet('another node it changes', `${core}/nodes/wire-node-2`, merge({ metadata: { labels: { a: 'b' } } })),
    kubelet('deployments', '/apis/apps/v1/deployments'),
    kubelet('services', `${core}/services?fieldSelector=metadata.name%3Dnone`),
    kubelet('no name', `${core}/nodes`, {}, ''),
    review('may it list its pods', 'subject', {
      spec: {
        user: 'system:node:wire-node-1',
        groups: ['system:nodes'],
        resourceAttributes: {
          verb: 'list',
          resource: 'pods',
          fieldSelector: { rawSelector: 'spec.nodeName=wire-node-1' },
        },
      },
    }),
    review('may it list the pods of another', 'subject', {
      spec: {
        user: 'system:node:wire-node-1',
        groups: ['system:nodes'],
        resourceAttributes: {
          verb: 'list',
          resource: 'pods',
          fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['wire-node-2'] }] },
        },
      },
    }),
  ],
}

const mayPatch = {
  apiGroups: ['', 'coordination.k8s.io'],
  resources: ['configmaps', 'leases'],
  verbs: ['patch', 'update'],
}
const lease = `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases/wire-lease`

/** Writes that create where nothing is. */
const creating: Suite = {
  name: 'auth-creating',
  namespaces: [ns],
  steps: [
    { name: 'a role', path: `${rbac}/clusterroles`, body: role('ClusterRole', 'wire-patcher', [mayPatch]) },
    {
      name: 'bound',
      path: `${rbac}/clusterrolebindings`,
      body: binding('ClusterRoleBinding', 'wire-patcher', 'wire-patcher', 'ClusterRole', alice),
    },
    {
      name: 'apply',
      method: 'PATCH',
      type: 'application/apply-patch+yaml',
      path: `${own}/configmaps/wire-new?fieldManager=x`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wire-new' } },
      user: 'alice',
    },
    { name: 'put', method: 'PUT', path: lease, body: { metadata: { name: 'wire-lease' } }, user: 'alice' },
    {
      name: 'put where a put does not create',
      method: 'PUT',
      path: `${own}/configmaps/wire-new`,
      body: { metadata: { name: 'wire-new' } },
      user: 'alice',
    },
    { name: 'merge patch', ...merge({}), path: `${own}/configmaps/wire-new`, user: 'alice' },
  ],
}

export const authSuites: readonly Suite[] = [creating, reviews, escalation, impersonation, tokens, nodes]
