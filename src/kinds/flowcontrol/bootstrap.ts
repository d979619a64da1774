/**
 * The flow schemas and priority levels that every API server has, and which of them must stay as they are.
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults
 */
import type { Part } from '../../api/checks.ts'

const version = 'flowcontrol.apiserver.k8s.io/v1'

/** Name, shares, percent that may be lent, and queues/hand/length; without queues what is too much is rejected. */
const levels: readonly (readonly [string, number, number, (readonly [number, number, number])?])[] = [
  ['catch-all', 5, 0],
  ['global-default', 20, 50, [128, 6, 50]],
  ['leader-election', 10, 0, [16, 4, 50]],
  ['node-high', 40, 25, [64, 6, 50]],
  ['system', 30, 33, [64, 6, 50]],
  ['workload-high', 40, 50, [128, 6, 50]],
  ['workload-low', 100, 90, [128, 6, 50]],
]

const exempt: Part = { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }

function limited([, shares, lendablePercent, queuing]: (typeof levels)[number]): Part {
  const [queues, handSize, queueLengthLimit] = queuing ?? []
  const limitResponse =
    queuing === undefined ? { type: 'Reject' } : { type: 'Queue', queuing: { queues, handSize, queueLengthLimit } }
  return { type: 'Limited', limited: { nominalConcurrencyShares: shares, limitResponse, lendablePercent } }
}

const group = (name: string): Part => ({ kind: 'Group', group: { name } })
const user = (name: string): Part => ({ kind: 'User', user: { name } })
const anybody = [group('system:unauthenticated'), group('system:authenticated')]
const systemAccounts = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } }
const everything: Part = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] }

/** Name, level, precedence, how flows are told apart, who, and what. */
const schemas: readonly (readonly [string, string, number, string, readonly Part[], Part])[] = [
  ['catch-all', 'catch-all', 10_000, 'ByUser', anybody, everything],
  ['exempt', 'exempt', 1, '', [group('system:masters')], everything],
  ['global-default', 'global-default', 9900, 'ByUser', anybody, everything],
  [
    'kube-controller-manager',
    'workload-high',
    800,
    'ByNamespace',
    [user('system:kube-controller-manager')],
    everything,
  ],
  ['kube-scheduler', 'workload-high', 800, 'ByNamespace', [user('system:kube-scheduler')], everything],
  ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [systemAccounts], everything],
  [
    'probes',
    'exempt',
    2,
    '',
    anybody,
    { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  ],
  ['service-accounts', 'workload-low', 9000, 'ByUser', [group('system:serviceaccounts')], everything],
  [
    'system-leader-election',
    'leader-election',
    100,
    'ByUser',
    [user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts],
    { resourceRules: [{ verbs: ['get', 'create', 'update'], ...leases }] },
  ],
  [
    'system-node-high',
    'node-high',
    400,
    'ByUser',
    [group('system:nodes')],
    {
      resourceRules: [
        { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
        { verbs: ['*'], ...leases },
      ],
    },
  ],
  ['system-nodes', 'system', 500, 'ByUser', [group('system:nodes')], everything],
]

function schemaSpec([, name, matchingPrecedence, type, subjects, rules]: (typeof schemas)[number]): Part {
  const told = type === '' ? {} : { distinguisherMethod: { type } }
  return { priorityLevelConfiguration: { name }, matchingPrecedence, ...told, rules: [{ subjects, ...rules }] }
}

/** The spec of a schema that must not be changed. */
export function mandatorySchema(name: string): Part {
  const found = name === 'exempt' || name === 'catch-all' ? schemas.find((one) => one[0] === name) : undefined
  return found === undefined ? undefined : schemaSpec(found)
}

/** The spec of a level that must not be changed. */
export function mandatoryLevel(name: string): Part {
  if (name === 'exempt') return exempt
  const found = name === 'catch-all' ? levels[0] : undefined
  return found === undefined ? undefined : limited(found)
}

/** The objects themselves as a server has made them at `time` (RFC 3339), without uid and resourceVersion. */
export function flowControlObjects(time: string): { readonly levels: Part[]; readonly schemas: Part[] } {
  const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' }
  const metadata = (name: string): Part => ({ name, generation: 1, creationTimestamp: time, annotations })
  const level = (name: string, spec: Part): Part => ({
    apiVersion: version,
    kind: 'PriorityLevelConfiguration',
    metadata: metadata(name),
    spec,
    status: {},
  })
  const found = (name: string): Part => ({
    type: 'Dangling',
    status: 'False',
    lastTransitionTime: time,
    reason: 'Found',
    message: `This FlowSchema references the PriorityLevelConfiguration object named "${name}" and it exists`,
  })
  return {
    levels: [level('exempt', exempt), ...levels.map((one) => level(one[0], limited(one)))],
    schemas: schemas.map((one) => ({
      apiVersion: version,
      kind: 'FlowSchema',
      metadata: metadata(one[0]),
      spec: schemaSpec(one),
      status: { conditions: [found(one[1])] },
    })),
  }
}
