/** Who may do what: roles, bindings, certificate requests, flow control. */
import fc from 'fast-check'
import type { Recipes } from '../recipe.ts'
import * as words from '../words.ts'

const verbs = fc.constantFrom(['get'], ['get', 'list', 'watch'], ['*'])
const rule = fc.oneof(
  fc.record({
    verbs,
    apiGroups: fc.constantFrom([''], ['apps'], ['*']),
    resources: fc.constantFrom(['pods'], ['deployments', 'deployments/scale'], ['*']),
  }),
  fc.record({
    verbs,
    apiGroups: fc.constant(['']),
    resources: fc.constant(['configmaps']),
    resourceNames: words.name.map((name) => [name]),
  }),
)
const rules = fc.array(rule, { maxLength: 2 })
const anyRules = fc.array(
  fc.oneof(rule, fc.record({ verbs: fc.constant(['get']), nonResourceURLs: fc.constantFrom(['/healthz'], ['/a/*']) })),
  { maxLength: 2 },
)

const group = 'rbac.authorization.k8s.io'
const subject = fc.oneof(
  words.name.map((name) => ({ kind: 'User', apiGroup: group, name })),
  words.name.map((name) => ({ kind: 'Group', apiGroup: group, name })),
  words.name.map((name) => ({ kind: 'ServiceAccount', namespace: 'default', name })),
)
const subjects = fc.array(subject, { minLength: 1, maxLength: 2 })
const roleRef = (kind: string) => words.name.map((name) => ({ apiGroup: group, kind, name }))

const flowSubject = fc.oneof(
  words.name.map((name) => ({ kind: 'User', user: { name } })),
  words.name.map((name) => ({ kind: 'Group', group: { name } })),
  words.name.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { name, namespace: 'default' } })),
)
const flowRule = fc.oneof(
  fc.record({
    subjects: flowSubject.map((one) => [one]),
    resourceRules: fc.constantFrom<object[]>(
      [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] }],
      [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    ),
  }),
  fc.record({
    subjects: flowSubject.map((one) => [one]),
    nonResourceRules: fc.constant([{ verbs: ['get'], nonResourceURLs: ['/healthz'] }]),
  }),
)
const flowSchema = fc.record(
  {
    priorityLevelConfiguration: fc.constantFrom('workload-low', 'global-default').map((name) => ({ name })),
    matchingPrecedence: fc.constantFrom(2, 1000, 10_000),
    distinguisherMethod: fc.constantFrom('ByUser', 'ByNamespace').map((type) => ({ type })),
    rules: fc.array(flowRule, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['priorityLevelConfiguration'] },
)
const shares = fc.record(
  { nominalConcurrencyShares: fc.constantFrom(1, 30), lendablePercent: fc.constantFrom(0, 50) },
  { requiredKeys: [] },
)
const priorityLevel = fc.oneof(
  shares.map((limited) => ({ type: 'Limited', limited: { ...limited, limitResponse: { type: 'Reject' } } })),
  shares.map((limited) => ({
    type: 'Limited',
    limited: {
      ...limited,
      limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 10 } },
    },
  })),
)

/** A request for `CN=system:node:node-1, O=system:nodes`: the public half of a key that was thrown away. */
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkdqQ0J3QUlCQURBME1SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14R3pBWkJnTlZCQU1NRW5ONQpjM1JsYlRwdWIyUmxPbTV2WkdVdE1UQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJONGZYWTR3Cm44WGZVT2Fib25xbTRQNFFlaHR6cituVS84ZGFIbTllblQrNVpVUzFNMEtsenRkZDM1eUkyMWxjTENjcFhpdzUKVXdGTDlHMjdjWUxnaGdTZ0tqQW9CZ2txaGtpRzl3MEJDUTR4R3pBWk1CY0dBMVVkRVFRUU1BNkNCbTV2WkdVdApNWWNFQ2dBQUFUQUtCZ2dxaGtqT1BRUURBZ05KQURCR0FpRUErMDBoRHNvNXVPZjlvWEFXdXlWTzgvak91d0VhCkIyMGMvbjJxbFdTcG1zWUNJUUR5L2dxNHh5cVZrcTRxR245QURMUnRmSHZaTG5HU3Rkb1VMYXJjQ1VHWDd3PT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='
const signing = fc.record(
  {
    request: fc.constant(request),
    signerName: fc.constantFrom('example.com/signer', 'kubernetes.io/kube-apiserver-client'),
    usages: fc.constantFrom(['client auth'], ['digital signature', 'client auth']),
    expirationSeconds: fc.constantFrom(600, 86_400),
  },
  { requiredKeys: ['request', 'signerName', 'usages'] },
)

export const accessRecipes: Recipes = () => ({
  'rbac.v1.Role': { always: { rules } },
  'rbac.v1.ClusterRole': {
    always: { rules: anyRules },
    fields: { aggregationRule: words.someLabels.map((matchLabels) => ({ clusterRoleSelectors: [{ matchLabels }] })) },
  },
  'rbac.v1.RoleBinding': {
    always: { roleRef: fc.oneof(roleRef('Role'), roleRef('ClusterRole')) },
    fields: { subjects },
  },
  'rbac.v1.ClusterRoleBinding': { always: { roleRef: roleRef('ClusterRole') }, fields: { subjects } },
  'certificates.v1.CertificateSigningRequest': { always: { spec: signing } },
  'flowcontrol.v1.FlowSchema': { always: { spec: flowSchema } },
  'flowcontrol.v1.PriorityLevelConfiguration': { always: { spec: priorityLevel } },
})
