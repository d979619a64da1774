/** How things end and what they cost: graces of every length, scopes of quotas, configuration that comes late, owners of owners. */
import type { Scenario } from './scenarios.ts'
import { claimText } from './scenarios-things.ts'

const text = (...objects: readonly string[]): string => objects.join('\n---')
const object = (apiVersion: string, kind: string, name: string, more: string, meta = ''): string =>
  `\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${meta}}\n${more}`
const pod = (name: string, spec: string, script = ''): string =>
  object(
    'v1',
    'Pod',
    name,
    `spec: {${spec}}`,
    `, labels: {app: web}${script === '' ? '' : `, annotations: {kybern.dev/script: "${script}"}`}`,
  )
const serves = (more = '', name = 'c') => `{name: ${name}, image: "nginx:1"${more}}`
const asks = (requests: string, limits = '') =>
  `, resources: {requests: {${requests}}${limits === '' ? '' : `, limits: {${limits}}`}}`

const graces = text(
  pod('slow', `terminationGracePeriodSeconds: 600, containers: [${serves()}]`, 'stop after 500s'),
  pod('deaf', `terminationGracePeriodSeconds: 300, containers: [${serves()}]`, 'ignore TERM'),
  pod(
    'deaf-helper',
    `terminationGracePeriodSeconds: 400, initContainers: [${serves(', restartPolicy: Always', 'side')}], containers: [${serves()}]`,
    'stop after 100s',
  ),
  pod('brief', `terminationGracePeriodSeconds: 20, containers: [${serves()}, ${serves('', 'd')}]`, 'c: stop after 12s'),
)

const quota = (name: string, hard: string, more = '') =>
  object('v1', 'ResourceQuota', name, `spec: {hard: {${hard}}${more}}`)
const scopes = text(
  quota('best', 'pods: "2"', ', scopes: [BestEffort]'),
  quota('sized', 'pods: "6", requests.memory: 2Gi, limits.memory: 3Gi', ', scopes: [NotBestEffort]'),
  quota('timed', 'pods: "2", requests.cpu: "1"', ', scopes: [Terminating]'),
  quota(
    'all',
    'count/pods: "9", requests.storage: 6Gi, standard.storageclass.storage.k8s.io/requests.storage: 4Gi, standard.storageclass.storage.k8s.io/persistentvolumeclaims: "3", services.loadbalancers: "2"',
  ),
  claimText('one', '1Gi', 'standard'),
  claimText('two', '2Gi', 'standard'),
  claimText('three', '3Gi', 'standard'),
  object('v1', 'Service', 'open', 'spec: {type: LoadBalancer, ports: [{port: 80}]}'),
  object('v1', 'Service', 'shut', 'spec: {ports: [{port: 80}]}'),
  pod('free', `containers: [${serves()}]`),
  pod('free-too', `containers: [${serves()}]`),
  pod(
    'begins',
    `initContainers: [${serves(asks('cpu: 800m, memory: 512Mi', 'memory: 1Gi'), 'i').replace('nginx:1"', 'busybox", command: [sleep, "5"]')}], containers: [${serves(asks('cpu: 100m, memory: 64Mi', 'memory: 128Mi'))}]`,
  ),
  pod(
    'helped',
    `terminationGracePeriodSeconds: 100, initContainers: [${serves(`, restartPolicy: Always${asks('cpu: 300m, memory: 512Mi', 'memory: 512Mi')}`, 's')}], containers: [${serves(asks('cpu: 100m, memory: 512Mi', 'memory: 512Mi'))}]`,
    'stop after 60s',
  ),
  pod(
    'timed',
    `restartPolicy: Never, activeDeadlineSeconds: 300, containers: [${serves(asks('cpu: 600m, memory: 100Mi', 'memory: 100Mi')).replace('nginx:1"', 'busybox", command: [sleep, "20"]')}]`,
  ),
  pod(
    'timed-too',
    `restartPolicy: Never, activeDeadlineSeconds: 200, containers: [${serves(asks('cpu: 600m, memory: 100Mi', 'memory: 100Mi'))}]`,
  ),
)

const from = (kind: string, name: string, optional = '') =>
  `{name: ${kind === 'Secret' ? 'KEY' : 'MODE'}, valueFrom: {${kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'}: {name: ${name}, key: a${optional}}}}`
const configured = text(
  pod('mapped', `containers: [${serves(`, env: [${from('ConfigMap', 'modes', ', optional: false')}]`)}]`),
  pod('keyed', `containers: [${serves(`, env: [${from('Secret', 'keys')}]`)}, ${serves('', 'd')}]`),
  pod('easy', `containers: [${serves(`, env: [${from('Secret', 'other-keys', ', optional: true')}]`)}]`),
  pod(
    'whole',
    `containers: [${serves(', envFrom: [{configMapRef: {name: modes}}, {secretRef: {name: keys, optional: false}}]')}]`,
  ),
)

const map = (name: string, meta = '') => object('v1', 'ConfigMap', name, 'data: {a: b}', meta)

export const endScenarios: readonly Scenario[] = [
  {
    name: 'graces',
    cluster: { nodes: 1 },
    passing: true,
    manifest: graces,
    ops: ['end-pod', 'end-pod', 'end-pod', 'end-twice', 'end-twice', 'end-twice', 'apply', 'wait', 'edit-pod'],
  },
  {
    name: 'scopes',
    cluster: { nodes: 2 },
    manifest: scopes,
    ops: [
      'end-pod',
      'end-pod',
      'end-pod',
      'apply',
      'apply',
      'apply',
      'delete-claim',
      'service-type',
      'delete-service',
      'wait',
    ],
  },
  {
    name: 'configured',
    cluster: { nodes: 1 },
    manifest: configured,
    ops: ['configure', 'configure', 'configure', 'configure', 'end-pod', 'apply', 'delete-map', 'wait'],
  },
  {
    name: 'families',
    cluster: { nodes: 1 },
    manifest: text(map('root-0'), map('root-1')),
    ops: [
      'family',
      'family',
      'family',
      'family',
      'delete-map',
      'delete-map',
      'delete-map',
      'release',
      'release',
      'apply',
    ],
  },
]
