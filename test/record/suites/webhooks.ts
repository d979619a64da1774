/** Admission webhooks: who is asked, what they are told, what their answers do, and the words of every failure. */
import { canonicalJson } from '../../../src/lib/digest.ts'
import type { Behaviour, ReviewOf, Step, Suite } from '../suite.ts'
import type { Raw } from '../webhook-server.ts'

const namespace = 'wire-hooks'
const root = `/api/v1/namespaces/${namespace}`
const group = '/apis/admissionregistration.k8s.io/v1'

function answer(response: object, apiVersion = 'admission.k8s.io/v1'): Behaviour {
  return ({ request: { uid } }) => ({ apiVersion, kind: 'AdmissionReview', response: { uid, ...response } })
}

function patch(operations: readonly object[], more: object = {}): object {
  const encoded = Buffer.from(JSON.stringify(operations)).toString('base64')
  return { allowed: true, patchType: 'JSONPatch', patch: encoded, ...more }
}

function annotate(name: string, value: string): object {
  return { op: 'add', path: `/metadata/annotations/${name}`, value }
}

function raw(http: Raw['http']): Behaviour {
  return () => ({ http })
}

/** Denies in words that hold the whole request, so that what a webhook is told is compared too. */
function told({ request }: ReviewOf): unknown {
  const { uid, ...rest } = request
  const message = canonicalJson(rest)
    .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"<version>"')
    .replace(/wire-gen-[a-z0-9]{5}/g, 'wire-gen-<suffix>')
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: false, status: { message } },
  }
}

/** Counts how often it has seen the object. */
function counting({ request }: ReviewOf): unknown {
  const { metadata } = request.object as { metadata: { annotations: Record<string, string> } }
  const next = String(Number(metadata.annotations.count ?? '0') + 1)
  return answer(patch([annotate('count', next)]))({ request } as ReviewOf)
}

const webhooks: Readonly<Record<string, Behaviour>> = {
  '/allow': answer({ allowed: true, warnings: ['mind the step', 'and the gap'] }),
  '/quiet': answer({ allowed: true }),
  '/label': answer(patch([annotate('seen', 'yes')], { warnings: ['labelled'] })),
  '/again': counting,
  '/late': answer(patch([annotate('late', 'yes')])),
  '/spec': answer(patch([{ op: 'add', path: '/spec/priorityClassName', value: 'system-node-critical' }])),
  '/unknown': answer(patch([{ op: 'add', path: '/unheardOf', value: 1 }])),
  '/wrong-type': answer(patch([{ op: 'add', path: '/data', value: 'text' }])),
  '/invalid': answer(patch([{ op: 'add', path: '/data', value: { 'not a key': 'x' } }])),
  '/missing-path': answer(patch([{ op: 'remove', path: '/data/nothing' }])),
  '/undecodable': answer({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{').toString('base64') }),
  '/untyped': answer({ allowed: true, patch: Buffer.from('[]').toString('base64') }),
  '/patchless': answer({ allowed: true, patchType: 'JSONPatch' }),
  '/deny': answer({ allowed: false, status: { message: 'not today', code: 403, reason: 'Forbidden' } }),
  '/deny-bare': answer({ allowed: false }),
  '/deny-reason': answer({ allowed: false, status: { reason: 'Because' } }),
  '/deny-low': answer({ allowed: false, status: { code: 200, status: 'Success', message: 'odd' } }),
  '/deny-warn': answer({ allowed: false, status: { message: 'no' }, warnings: ['said before'] }),
  '/told': told,
  '/other-uid': answer({ uid: 'other', allowed: true }),
  '/no-response': () => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }),
  '/other-version': answer({ allowed: true }, 'admission.k8s.io/v1beta1'),
  '/http-500': raw({ code: 500, body: 'broken' }),
  '/http-404': raw({ code: 404 }),
  '/http-403': raw({ code: 403, body: 'go away' }),
  '/http-503': raw({ code: 503, body: 'busy' }),
  '/text': raw({ code: 200, body: 'hello' }),
  '/empty': raw({ code: 200, type: 'application/json' }),
  '/slow': raw({ code: 200, delayMs: 1500 }),
}

interface Hook {
  readonly name: string
  readonly path?: string
  readonly url?: string
  readonly service?: object
  readonly trust?: boolean
  readonly resources?: readonly string[]
  readonly groups?: readonly string[]
  readonly versions?: readonly string[]
  readonly operations?: readonly string[]
  readonly more?: object
}

function hook({ name, path, url, service, trust = true, ...rest }: Hook): object {
  const { resources = ['configmaps'], groups = [''], versions = ['v1'], operations = ['*'], more = {} } = rest
  const ca = trust ? { caBundle: '{{server:ca}}' } : {}
  return {
    name: `${name}.wire.example.com`,
    clientConfig: service === undefined ? { url: url ?? `{{server:url}}${path}`, ...ca } : { service },
    rules: [{ apiGroups: groups, apiVersions: versions, operations, resources }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    timeoutSeconds: 5,
    ...more,
  }
}

function withHooks(
  kind: 'Mutating' | 'Validating',
  what: string,
  hooks: readonly Hook[],
  steps: readonly Step[],
): Step[] {
  const name = `wire-${what.replaceAll(' ', '-')}`
  const plural = `${group}/${kind.toLowerCase()}webhookconfigurations`
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: hooks.map(hook),
  }
  return [
    { name: `${what}: configured`, path: plural, body, pauseMs: 700 },
    ...steps.map((step) => ({ ...step, name: `${what}: ${step.name}` })),
    { name: `${what}: gone`, method: 'DELETE', path: `${plural}/${name}`, pauseMs: 700 },
  ]
}

function configMap(name: string, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, annotations: { a: 'b' }, labels: { app: 'w' } },
    ...more,
  }
}

function create(name: string, object: object, query = '?dryRun=All', plural = 'configmaps'): Step {
  return { name, path: `${root}/${plural}${query}`, body: object }
}

const one = (kind: 'Mutating' | 'Validating', path: string, more: Partial<Hook> = {}): Step[] =>
  withHooks(
    kind,
    `${kind.toLowerCase()} ${path.slice(1)}`,
    [{ name: 'one', path, ...more }],
    [create('create', configMap('wire-a'))],
  )

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'wire-pod', annotations: { a: 'b' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] },
}
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wire-web' },
  spec: {
    selector: { matchLabels: { app: 'w' } },
    template: { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] } },
  },
}
const scaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'wire-scaler' },
  spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wire-web' } },
}
const apps = `/apis/apps/v1/namespaces/${namespace}/deployments`
const merge = { method: 'PATCH', type: 'application/merge-patch+json' } as const

const made: readonly Step[] = [
  create('a config map', configMap('wire-kept', { data: { a: '1' } }), ''),
  create('a pod', pod, '', 'pods'),
  { name: 'a deployment', path: apps, body: deployment },
]

const reviews = withHooks(
  'Validating',
  'told',
  [
    {
      name: 'told',
      path: '/told',
      resources: ['*/*'],
      groups: ['*'],
      versions: ['*'],
      more: { objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] } },
    },
  ],
  [
    create('create', configMap('wire-a'), ''),
    create(
      'create a generated name',
      { ...configMap(''), metadata: { generateName: 'wire-gen-', labels: { a: 'b' } } },
      '?dryRun=All',
    ),
    {
      name: 'update',
      method: 'PUT',
      path: `${root}/configmaps/wire-kept`,
      body: configMap('wire-kept', { data: { a: '2' } }),
    },
    { name: 'patch', ...merge, path: `${root}/configmaps/wire-kept`, body: { data: { a: '3' } } },
    {
      name: 'apply',
      method: 'PATCH',
      path: `${root}/configmaps/wire-kept?fieldManager=me&force=true`,
      type: 'application/apply-patch+yaml',
      body: configMap('wire-kept', { data: { a: '4' } }),
    },
    { name: 'delete', method: 'DELETE', path: `${root}/configmaps/wire-kept` },
    {
      name: 'delete with options',
      method: 'DELETE',
      path: `${root}/configmaps/wire-kept?propagationPolicy=Foreground&gracePeriodSeconds=3`,
    },
    { name: 'delete a collection', method: 'DELETE', path: `${root}/configmaps?labelSelector=app%3Dw` },
    { name: 'status', ...merge, path: `${root}/pods/wire-pod/status`, body: { status: { phase: 'Running' } } },
    { name: 'scale', ...merge, path: `${apps}/wire-web/scale`, body: { spec: { replicas: 3 } } },
    {
      name: 'bind',
      path: `${root}/pods/wire-pod/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'wire-pod' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      name: 'evict',
      path: `${root}/pods/wire-pod/eviction`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'wire-pod' } },
    },
    { name: 'exec', path: `${root}/pods/wire-pod/exec?command=ls&command=-l&stdout=true&container=main` },
    create('another user', configMap('wire-a'), '?dryRun=All&fieldManager=alice&fieldValidation=Strict'),
    {
      name: 'excluded by its labels',
      path: `${root}/configmaps?dryRun=All`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wire-x', labels: { app: 'x' } } },
    },
    { name: 'another namespace', path: '/api/v1/namespaces/default/configmaps?dryRun=All', body: configMap('wire-a') },
    { name: 'its own configuration', path: `${group}/validatingwebhookconfigurations/wire-told` },
  ],
)

const versions = withHooks(
  'Validating',
  'versions',
  [
    {
      name: 'equivalent',
      path: '/told',
      groups: ['autoscaling'],
      versions: ['v1'],
      resources: ['horizontalpodautoscalers'],
    },
  ],
  [
    {
      name: 'another version',
      path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers?dryRun=All`,
      body: scaler,
    },
  ],
)

const exact = withHooks(
  'Validating',
  'exact versions',
  [
    {
      name: 'exact',
      path: '/told',
      groups: ['autoscaling'],
      versions: ['v1'],
      resources: ['horizontalpodautoscalers'],
      more: { matchPolicy: 'Exact' },
    },
  ],
  [
    {
      name: 'another version',
      path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers?dryRun=All`,
      body: scaler,
    },
  ],
)

const rounds = withHooks(
  'Mutating',
  'rounds',
  [
    { name: 'first', path: '/again', more: { reinvocationPolicy: 'IfNeeded' } },
    { name: 'second', path: '/late' },
  ],
  [create('asked again', configMap('wire-a'))],
)

const ignored = withHooks(
  'Mutating',
  'ignored',
  [
    { name: 'down', url: 'https://127.0.0.1:1/down', more: { failurePolicy: 'Ignore' } },
    { name: 'label', path: '/label' },
  ],
  [create('create', configMap('wire-a'))],
)

const several = withHooks(
  'Validating',
  'several',
  [
    { name: 'allows', path: '/quiet' },
    { name: 'denies', path: '/deny-warn' },
  ],
  [create('create', configMap('wire-a'))],
)

const pods = withHooks(
  'Mutating',
  'pods',
  [{ name: 'priority', path: '/spec', resources: ['pods'] }],
  [create('create', { ...pod, metadata: { name: 'wire-b' } }, '?dryRun=All', 'pods')],
)

const deletes = withHooks(
  'Mutating',
  'deletes',
  [{ name: 'patches', path: '/label', operations: ['DELETE'] }],
  [{ name: 'delete', method: 'DELETE', path: `${root}/configmaps/wire-kept` }],
)

const unknownService = { service: { name: 'nobody', namespace, path: '/x', port: 8443 } }
const steps: readonly Step[] = [
  ...made,
  ...reviews,
  ...versions,
  ...exact,
  ...one('Validating', '/allow'),
  ...[
    '/deny',
    '/deny-bare',
    '/deny-reason',
    '/deny-low',
    '/deny-warn',
    '/other-uid',
    '/no-response',
    '/other-version',
    '/label',
  ].flatMap((path) => one('Validating', path)),
  ...['/http-500', '/http-404', '/http-403', '/http-503', '/text', '/empty'].flatMap((path) => one('Validating', path)),
  ...one('Validating', '/slow', { more: { timeoutSeconds: 1 } }),
  ...withHooks(
    'Validating',
    'down',
    [{ name: 'down', url: 'https://127.0.0.1:1/down' }],
    [create('create', configMap('wire-a'))],
  ),
  ...withHooks(
    'Validating',
    'no service',
    [{ name: 'service', ...unknownService }],
    [create('create', configMap('wire-a'))],
  ),
  ...withHooks(
    'Validating',
    'no trust',
    [{ name: 'one', path: '/allow', trust: false }],
    [create('create', configMap('wire-a'))],
  ),
  ...[
    '/label',
    '/deny',
    '/unknown',
    '/wrong-type',
    '/invalid',
    '/missing-path',
    '/undecodable',
    '/untyped',
    '/patchless',
    '/other-uid',
  ].flatMap((path) => one('Mutating', path)),
  ...rounds,
  ...ignored,
  ...several,
  ...pods,
  ...deletes,
]

export const admissionWebhooks: Suite = { name: 'admission-webhooks', namespaces: [namespace], steps, webhooks }
