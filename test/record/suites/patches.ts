/** The four patch types on one Deployment and one ConfigMap: lists by key, directives, guards, and what is refused. */
import type { Step, Suite } from '../suite.ts'

const deployments = '/apis/apps/v1/namespaces/wire-patches/deployments'
const configMaps = '/api/v1/namespaces/wire-patches/configmaps'
const strategic = 'application/strategic-merge-patch+json'
const merge = 'application/merge-patch+json'
const jsonPatch = 'application/json-patch+json'

const container = (name: string, more: object = {}): object => ({ name, image: `${name}:1`, ...more })
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    labels: { app: 'web', tier: 'front' },
    annotations: { a: '1', b: '2' },
    finalizers: ['wire.example.com/one'],
  },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          container('one', {
            ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }],
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          }),
          container('two', { args: ['x', 'y'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
        tolerations: [{ key: 'a', operator: 'Exists' }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
        imagePullSecrets: [{ name: 'x' }],
      },
    },
  },
}
const template = (spec: object): object => ({ spec: { template: { spec } } })

/** One patch of the Deployment `web`; the query follows the name. */
const patch = (name: string, type: string, body: unknown, query = ''): Step => ({
  name,
  method: 'PATCH',
  path: `${deployments}/web?fieldManager=patcher${query}`,
  type,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

const strategicSteps: Step[] = [
  ['a container by its name', template({ containers: [{ name: 'one', image: 'one:2' }] })],
  ['a new container', template({ containers: [container('three')] })],
  ['a container deleted', template({ containers: [{ name: 'three', $patch: 'delete' }] })],
  [
    'containers in another order',
    template({
      $setElementOrder: undefined,
      '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }],
      containers: [{ name: 'two', image: 'two:2' }],
    }),
  ],
  [
    'an order without an element of the patch',
    template({ '$setElementOrder/containers': [{ name: 'two' }], containers: [{ name: 'one', image: 'x' }] }),
  ],
  [
    'all containers replaced',
    template({
      containers: [
        { $patch: 'replace' },
        container('one'),
        container('two', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      ],
    }),
  ],
  ['ports by number', template({ containers: [{ name: 'one', ports: [{ containerPort: 80, name: 'http' }] }] })],
  [
    'env by name',
    template({
      containers: [
        {
          name: 'one',
          env: [
            { name: 'A', value: '3' },
            { name: 'C', value: '4' },
          ],
        },
      ],
    }),
  ],
  ['an env variable deleted', template({ containers: [{ name: 'one', env: [{ name: 'A', $patch: 'delete' }] }] })],
  ['a list without a key is replaced', template({ containers: [{ name: 'two', args: ['z'] }] })],
  ['tolerations are replaced', template({ tolerations: [{ key: 'b', operator: 'Exists' }] })],
  [
    'volumes keep only one source',
    template({ volumes: [{ name: 'data', $retainKeys: ['name', 'configMap'], configMap: { name: 'cm' } }] }),
  ],
  ['a volume with two sources', template({ volumes: [{ name: 'data', emptyDir: {} }] })],
  ['the strategy is another one', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }],
  ['a map replaced', { metadata: { annotations: { $patch: 'replace', c: '3' } } }],
  ['a key deleted by null', { metadata: { labels: { tier: null } } }],
  ['a finalizer added', { metadata: { finalizers: ['wire.example.com/two'] } }],
  [
    'a finalizer deleted from a list of values',
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['wire.example.com/one'] } },
  ],
  ['hostAliases by ip', template({ hostAliases: [{ ip: '10.0.0.1', hostnames: ['b'] }] })],
  ['imagePullSecrets by name', template({ imagePullSecrets: [{ name: 'y' }] })],
  ['an element without its key', template({ containers: [{ image: 'x' }] })],
  ['an unknown directive', template({ containers: [{ name: 'one', $patch: 'explode' }] })],
  ['a list where a map belongs', { spec: { template: [] } }],
  ['text where a number belongs', { spec: { replicas: 'many' } }],
  ['the selector', { spec: { selector: { matchLabels: { app: 'other' } } } }],
  ['the name', { metadata: { name: 'other' } }],
  ['the uid', { metadata: { uid: 'other' } }],
  ['an old resourceVersion', { metadata: { resourceVersion: '1' } }],
  ['an empty patch', {}],
].map(([name, body]) => patch(`strategic: ${name}`, strategic, body))

const mergeSteps: Step[] = [
  ['a number', { spec: { replicas: 5 } }],
  ['a list is replaced', template({ containers: [container('only')] })],
  ['null takes away', { metadata: { annotations: null } }],
  ['null takes away what is needed', { spec: { template: null } }],
  ['a negative number', { spec: { replicas: -3 } }],
  ['a fraction', { spec: { replicas: 1.5 } }],
  ['a list instead of an object', []],
].map(([name, body]) => patch(`merge: ${name}`, merge, body))

const jsonSteps: Step[] = [
  ['replace', [{ op: 'replace', path: '/spec/replicas', value: 2 }]],
  ['add to a map with a slash in the key', [{ op: 'add', path: '/metadata/labels/wire.example.com~1x', value: 'y' }]],
  ['add at the end of a list', [{ op: 'add', path: '/spec/template/spec/containers/-', value: container('four') }]],
  ['add at an index', [{ op: 'add', path: '/spec/template/spec/containers/0', value: container('zero') }]],
  ['remove an index', [{ op: 'remove', path: '/spec/template/spec/containers/0' }]],
  ['move', [{ op: 'move', from: '/metadata/labels/wire.example.com~1x', path: '/metadata/labels/moved' }]],
  ['copy', [{ op: 'copy', from: '/metadata/labels/app', path: '/metadata/labels/copied' }]],
  [
    'test that holds',
    [
      { op: 'test', path: '/spec/replicas', value: 2 },
      { op: 'replace', path: '/spec/replicas', value: 4 },
    ],
  ],
  [
    'test that fails',
    [
      { op: 'test', path: '/spec/replicas', value: 99 },
      { op: 'replace', path: '/spec/replicas', value: 1 },
    ],
  ],
  ['remove what is not there', [{ op: 'remove', path: '/spec/nothing' }]],
  ['replace what is not there', [{ op: 'replace', path: '/spec/nothing/below', value: 1 }]],
  ['an index out of bounds', [{ op: 'remove', path: '/spec/template/spec/containers/9' }]],
  ['an unknown operation', [{ op: 'explode', path: '/spec/replicas', value: 1 }]],
  ['no list', { op: 'replace', path: '/spec/replicas', value: 1 }],
  ['no JSON', '[{'],
  ['a bad path', [{ op: 'replace', path: 'spec/replicas', value: 1 }]],
  ['an unknown field', [{ op: 'add', path: '/spec/unheardOf', value: 1 }]],
].map(([name, body]) => patch(`json: ${name}`, jsonPatch, body))

const around: Step[] = [
  patch('another media type', 'application/json', { spec: {} }),
  patch('no media type of a patch', 'text/plain', { spec: {} }),
  patch('strict with an unknown field', merge, { spec: { unheardOf: 1 } }, '&fieldValidation=Strict'),
  patch('warn with an unknown field', merge, { spec: { unheardOf: 1 } }, '&fieldValidation=Warn'),
  patch('ignore an unknown field', merge, { spec: { unheardOf: 1 } }, '&fieldValidation=Ignore'),
  patch('a dry run', merge, { spec: { replicas: 9 } }, '&dryRun=All'),
  patch('a bad dry run', merge, { spec: { replicas: 9 } }, '&dryRun=Some'),
  { name: 'after the dry run', path: `${deployments}/web` },
  {
    name: 'what is not there',
    method: 'PATCH',
    path: `${deployments}/none`,
    type: merge,
    body: { spec: { replicas: 1 } },
  },
  {
    name: 'the scale',
    method: 'PATCH',
    path: `${deployments}/web/scale`,
    type: merge,
    body: { spec: { replicas: 7 } },
  },
  { name: 'the scale, read', path: `${deployments}/web/scale` },
  {
    name: 'the scale, strategic',
    method: 'PATCH',
    path: `${deployments}/web/scale`,
    type: strategic,
    body: { spec: { replicas: 6 } },
  },
  {
    name: 'a negative scale',
    method: 'PATCH',
    path: `${deployments}/web/scale`,
    type: merge,
    body: { spec: { replicas: -1 } },
  },
  {
    name: 'the scale put',
    method: 'PUT',
    path: `${deployments}/web/scale`,
    body: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: 'wire-patches' },
      spec: { replicas: 3 },
    },
  },
  {
    name: 'the status',
    method: 'PATCH',
    path: `${deployments}/web/status?fieldManager=reporter`,
    type: merge,
    body: { status: { replicas: 3, observedGeneration: 1 }, spec: { replicas: 100 } },
  },
  {
    name: 'a bad status',
    method: 'PATCH',
    path: `${deployments}/web/status`,
    type: merge,
    body: { status: { replicas: -1 } },
  },
  {
    name: 'status conditions, strategic',
    method: 'PATCH',
    path: `${deployments}/web/status`,
    type: strategic,
    body: {
      status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
    },
  },
  {
    name: 'a subresource that is not there',
    method: 'PATCH',
    path: `${deployments}/web/unheardof`,
    type: merge,
    body: {},
  },
  {
    name: 'create a config map',
    path: configMaps,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'data' }, data: { a: '1' }, immutable: false },
  },
  { name: 'make it immutable', method: 'PATCH', path: `${configMaps}/data`, type: merge, body: { immutable: true } },
  {
    name: 'change the immutable',
    method: 'PATCH',
    path: `${configMaps}/data`,
    type: merge,
    body: { data: { a: '2' } },
  },
  {
    name: 'make it mutable again',
    method: 'PATCH',
    path: `${configMaps}/data`,
    type: merge,
    body: { immutable: false },
  },
]

export const patches: Suite = {
  name: 'patches',
  namespaces: ['wire-patches'],
  steps: [
    { name: 'create', path: `${deployments}?fieldManager=maker`, body: deployment },
    ...strategicSteps,
    ...mergeSteps,
    ...jsonSteps,
    ...around,
  ],
}
