/** Expressions: in policies and webhooks that are refused, and as rules of custom resources. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-expressions'
const admission = '/apis/admissionregistration.k8s.io/v1'
const validating = `${admission}/validatingadmissionpolicies`
const mutating = `${admission}/mutatingadmissionpolicies`
const hooks = `${admission}/validatingwebhookconfigurations`
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const gauges = `/apis/rules.example.com/v1/namespaces/${namespace}/gauges`

const rules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }]

function policy(name: string, spec: Record<string, unknown>): Step {
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules: rules }, ...spec },
  }
  return { name: `policy ${name}`, method: 'POST', path: `${validating}?dryRun=All`, body }
}

function mutation(name: string, mutations: unknown[], spec: Record<string, unknown> = {}): Step {
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules: rules }, reinvocationPolicy: 'Never', mutations, ...spec },
  }
  return { name: `mutation ${name}`, method: 'POST', path: `${mutating}?dryRun=All`, body }
}

const says = (expression: string, more = {}) => ({ validations: [{ expression, ...more }] })
const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } })
const config = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } })

const refused: readonly Step[] = [
  policy('good', says('object.spec.replicas <= 5 && request.userInfo.username != ""')),
  policy('syntax', says('object.spec.replicas <=')),
  policy('type', says('1 + 1')),
  policy('undeclared', says('params.x == 1')),
  policy('no-variables', says('variables.x == 1')),
  policy('bad-variable', { variables: [{ name: 'a', expression: 'object.' }], ...says('variables.a == 1') }),
  policy('unknown-variable', { variables: [{ name: 'a', expression: 'object.spec' }], ...says('variables.b == 1') }),
  policy('typed-variable', { variables: [{ name: 'a', expression: '"x"' }], ...says('variables.a == 1') }),
  policy('request', says('request.nope == 1')),
  policy('message', says('true', { messageExpression: '1' })),
  policy('message-authorizer', says('true', { messageExpression: "authorizer.path('/a').check('get').reason()" })),
  policy('condition', { matchConditions: [{ name: 'c', expression: 'object.x ==' }], ...says('true') }),
  policy('condition-type', { matchConditions: [{ name: 'c', expression: '"x"' }], ...says('true') }),
  policy('annotation', { auditAnnotations: [{ key: 'k', valueExpression: '1' }] }),
  policy('params', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...says('params.data.x == "1"') }),
  mutation('good', [config('Object{spec: Object.spec{replicas: 3}}'), patch('[JSONPatch{op: "test", path: "/a"}]')]),
  mutation('type', [config('"x"'), patch('[1]')]),
  mutation('unknown', [patch('[JSONPatch{nope: 1}]')]),
  mutation('syntax', [config('Object{spec: }')]),
  {
    name: 'webhook condition',
    method: 'POST',
    path: `${hooks}?dryRun=All`,
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'conditions' },
      webhooks: [
        {
          name: 'a.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url: 'https://a.example.com/x' },
          matchConditions: [
            { name: 'bad', expression: 'object.metadata.name.startsWith(' },
            { name: 'type', expression: '1' },
            { name: 'params', expression: 'params == null' },
          ],
        },
      ],
    },
  },
]

const gaugeSpec = {
  type: 'object',
  properties: {
    low: { type: 'integer' },
    high: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'high is fixed' }] },
    unit: { type: 'string', maxLength: 10 },
    marks: {
      type: 'array',
      maxItems: 5,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['at'],
      items: {
        type: 'object',
        required: ['at'],
        properties: { at: { type: 'integer' }, color: { type: 'string', maxLength: 10 } },
        'x-kubernetes-validations': [
          { rule: "self.color != 'black'", fieldPath: '.color', reason: 'FieldValueForbidden' },
        ],
      },
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.low) || !has(self.high) || self.low < self.high',
      messageExpression: '"low " + string(self.low) + " is not below " + string(self.high)',
    },
    {
      rule: '!has(self.marks) || self.marks.all(m, m.at >= self.low && m.at <= self.high)',
      message: 'marks lie outside',
    },
    { rule: "self.unit in ['bar', 'psi']" },
  ],
}

function definition(name: string, spec: unknown): Step {
  const plural = `${name}s`
  const kind = `${name[0]?.toUpperCase()}${name.slice(1)}`
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.rules.example.com` },
    spec: {
      group: 'rules.example.com',
      scope: 'Namespaced',
      names: { plural, singular: name, kind, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
  return { name: `define ${name}`, method: 'POST', path: definitions, body, pauseMs: 3000 }
}

function gauge(name: string, step: string, spec: unknown, method = 'POST'): Step {
  const body = { apiVersion: 'rules.example.com/v1', kind: 'Gauge', metadata: { name }, spec }
  if (method === 'POST') return { name: step, method, path: gauges, body }
  return {
    name: step,
    method: 'PATCH',
    path: `${gauges}/${name}`,
    body: { spec },
    type: 'application/merge-patch+json',
  }
}

const ruled: readonly Step[] = [
  definition('broken', {
    type: 'object',
    properties: { a: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: 'self.b == 1' }, { rule: 'self.a' }, { rule: 'self.a >', message: ' ' }],
  }),
  definition('costly', {
    type: 'object',
    properties: { l: { type: 'array', items: { type: 'string' } } },
    'x-kubernetes-validations': [{ rule: 'self.l.all(x, self.l.all(y, x == y))' }],
  }),
  definition('gauge', gaugeSpec),
  gauge('good', 'gauge good', { low: 1, high: 10, unit: 'bar', marks: [{ at: 2, color: 'red' }] }),
  gauge('low', 'gauge low', { low: 11, high: 10, unit: 'bar' }),
  gauge('many', 'gauge many faults', { low: 11, high: 10, unit: 'm', marks: [{ at: 2, color: 'black' }] }),
  gauge('missing', 'gauge missing', { high: 10 }),
  gauge('good', 'gauge change', { high: 12 }, 'PATCH'),
  gauge('good', 'gauge black', { marks: [{ at: 2, color: 'black' }] }, 'PATCH'),
  gauge('good', 'gauge fine', { low: 2 }, 'PATCH'),
  {
    name: 'gauge wrong type',
    method: 'POST',
    path: gauges,
    body: { apiVersion: 'rules.example.com/v1', kind: 'Gauge', metadata: { name: 'x' }, spec: { low: 'a', unit: 'm' } },
  },
  { name: 'remove', method: 'DELETE', path: `${definitions}/gauges.rules.example.com` },
]

export const expressions: Suite = { name: 'expressions', namespaces: [namespace], steps: [...refused, ...ruled] }
