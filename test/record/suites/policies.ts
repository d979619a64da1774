/** Admission policies in CEL: what is refused and warned of in which words, parameters, variables, and mutations. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-policies'
const root = `/api/v1/namespaces/${namespace}`
const group = '/apis/admissionregistration.k8s.io/v1'
const apiVersion = 'admissionregistration.k8s.io/v1'

const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }]
const here = { matchLabels: { 'kubernetes.io/metadata.name': namespace } }

function configMap(data: object, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wire-cm', labels: { app: 'w' }, ...more }, data }
}

function tried(name: string, data: object, more: object = {}): Step {
  return { name, path: `${root}/configmaps?dryRun=All`, body: configMap(data, more) }
}

interface Policy {
  readonly what: string
  readonly mutating?: boolean
  readonly spec: object
  readonly binding?: object
  readonly before?: readonly Step[]
  readonly steps: readonly Step[]
  readonly settles?: number
}

function policy({ what, mutating = false, spec, binding = {}, before = [], steps, settles = 1200 }: Policy): Step[] {
  const kind = mutating ? 'MutatingAdmissionPolicy' : 'ValidatingAdmissionPolicy'
  const name = `wire-${what.replaceAll(' ', '-')}`
  const plural = mutating ? 'mutatingadmissionpolicies' : 'validatingadmissionpolicies'
  const policies = `${group}/${plural}`
  const bindings = `${group}/${plural.replace(/ies$/, 'y')}bindings`
  const actions = mutating ? {} : { validationActions: ['Deny'] }
  const bound = { policyName: name, matchResources: { namespaceSelector: here }, ...actions, ...binding }
  const extra = mutating ? { reinvocationPolicy: 'Never' } : {}
  return [
    ...before.map((step) => ({ ...step, name: `${what}: ${step.name}` })),
    {
      name: `${what}: policy`,
      path: policies,
      body: {
        apiVersion,
        kind,
        metadata: { name },
        spec: { matchConstraints: { resourceRules: rules }, ...extra, ...spec },
      },
    },
    {
      name: `${what}: binding`,
      path: bindings,
      body: { apiVersion, kind: `${kind}Binding`, metadata: { name }, spec: bound },
      pauseMs: settles,
    },
    ...steps.map((step) => ({ ...step, name: `${what}: ${step.name}` })),
    { name: `${what}: binding gone`, method: 'DELETE', path: `${bindings}/${name}` },
    { name: `${what}: policy gone`, method: 'DELETE', path: `${policies}/${name}`, pauseMs: 1500 },
  ]
}

const small = '!has(object.data) || object.data.all(k, size(object.data[k]) < 4)'
const long = { a: 'longer' }
const short = { a: 'b' }

const validating: readonly Step[] = [
  ...policy({
    what: 'plain',
    spec: { validations: [{ expression: small }] },
    steps: [tried('refused', long), tried('allowed', short)],
  }),
  ...policy({
    what: 'message',
    spec: { validations: [{ expression: small, message: 'values are short', reason: 'Forbidden' }] },
    steps: [tried('refused', long)],
  }),
  ...policy({
    what: 'message expression',
    spec: {
      variables: [{ name: 'longest', expression: 'object.data.map(k, size(object.data[k])).max()' }],
      validations: [
        {
          expression: 'variables.longest < 4',
          messageExpression:
            "'the longest has ' + string(variables.longest) + ' of ' + request.name + ' in ' + namespaceObject.metadata.name",
          message: 'unused',
        },
      ],
    },
    steps: [tried('refused', long), tried('allowed', short)],
  }),
  ...policy({
    what: 'several',
    spec: {
      validations: [{ expression: 'has(object.metadata.labels.team)', message: 'no team' }, { expression: small }],
    },
    steps: [
      tried('both', long),
      tried('the second', long, { labels: { team: 'a' } }),
      tried('none', short, { labels: { team: 'a' } }),
    ],
  }),
  ...policy({
    what: 'warned',
    spec: { validations: [{ expression: small, message: 'values are short' }] },
    binding: { validationActions: ['Warn', 'Audit'] },
    steps: [tried('allowed', long)],
  }),
  ...policy({
    what: 'error',
    spec: { validations: [{ expression: "object.data.missing == 'x'" }] },
    steps: [tried('refused', short)],
  }),
  ...policy({
    what: 'ignored error',
    spec: { failurePolicy: 'Ignore', validations: [{ expression: "object.data.missing == 'x'" }] },
    steps: [tried('allowed', short)],
  }),
  ...policy({
    what: 'conditions',
    spec: {
      matchConditions: [
        { name: 'team', expression: "has(object.metadata.labels.team) && request.operation == 'CREATE'" },
      ],
      validations: [{ expression: 'false', message: 'never' }],
    },
    steps: [tried('met', short, { labels: { team: 'a' } }), tried('not met', short)],
  }),
  ...policy({
    what: 'failing condition',
    spec: {
      matchConditions: [{ name: 'team', expression: "object.metadata.labels.team == 'a'" }],
      validations: [{ expression: 'true' }],
    },
    steps: [tried('refused', short)],
  }),
  ...policy({
    what: 'parameters',
    before: [
      {
        name: 'limit',
        path: `${root}/resourcequotas`,
        body: {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'wire-limit' },
          spec: { hard: { pods: '3' } },
        },
      },
    ],
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ResourceQuota' },
      validations: [
        {
          expression: 'size(object.data.a) <= int(params.spec.hard.pods)',
          messageExpression: "'at most ' + params.spec.hard.pods",
        },
      ],
    },
    binding: { paramRef: { name: 'wire-limit', parameterNotFoundAction: 'Deny' } },
    steps: [tried('refused', long), tried('allowed', short)],
    settles: 5000,
  }),
  ...policy({
    what: 'no parameters',
    spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: 'true' }] },
    binding: { paramRef: { name: 'wire-nothing', parameterNotFoundAction: 'Deny' } },
    steps: [tried('refused', short)],
    settles: 5000,
  }),
  ...policy({
    what: 'parameters left out',
    spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: 'false' }] },
    binding: { paramRef: { name: 'wire-nothing', parameterNotFoundAction: 'Allow' } },
    steps: [tried('allowed', short)],
    settles: 5000,
  }),
  ...policy({
    what: 'authorizer',
    spec: {
      validations: [
        {
          expression: "authorizer.group('').resource('secrets').namespace('default').check('get').allowed()",
          message: 'no secrets',
        },
        { expression: "authorizer.requestResource.check('create').allowed()", message: 'no right' },
        {
          expression: "request.userInfo.username == 'nobody'",
          messageExpression: "'not ' + request.userInfo.username + ' of ' + request.userInfo.groups[0]",
        },
      ],
    },
    steps: [tried('refused', short)],
  }),
  ...policy({
    what: 'update',
    before: [{ name: 'a config map', path: `${root}/configmaps`, body: configMap(short) }],
    spec: {
      validations: [{ expression: 'oldObject == null || object.data.a == oldObject.data.a', message: 'a stays' }],
    },
    steps: [
      tried('create', short, { name: 'wire-other' }),
      {
        name: 'update',
        method: 'PATCH',
        type: 'application/merge-patch+json',
        path: `${root}/configmaps/wire-cm`,
        body: { data: { a: 'c' } },
      },
    ],
  }),
  ...policy({
    what: 'uncompilable',
    spec: { validations: [{ expression: 'object.data.all(' }] },
    steps: [],
    settles: 0,
  }),
]

const mutating: readonly Step[] = [
  ...policy({
    what: 'apply',
    mutating: true,
    spec: {
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              "Object{metadata: Object.metadata{labels: {'added': 'yes'}, annotations: {'by': request.userInfo.username}}, data: {'b': object.data.a + '!'}}",
          },
        },
      ],
    },
    steps: [tried('created', short)],
  }),
  ...policy({
    what: 'patch',
    mutating: true,
    spec: {
      variables: [{ name: 'twice', expression: 'object.data.a + object.data.a' }],
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression:
              "[JSONPatch{op: 'add', path: '/data/c', value: variables.twice}, JSONPatch{op: 'remove', path: '/metadata/labels'}]",
          },
        },
      ],
    },
    steps: [tried('created', short)],
  }),
  ...policy({
    what: 'bad patch',
    mutating: true,
    spec: {
      mutations: [
        { patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'test', path: '/data/a', value: 'x'}]" } },
      ],
    },
    steps: [tried('refused', short)],
  }),
  ...policy({
    what: 'failing mutation',
    mutating: true,
    spec: {
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: "Object{data: {'b': object.data.missing}}" },
        },
      ],
    },
    steps: [tried('refused', short)],
  }),
  ...policy({
    what: 'conditional mutation',
    mutating: true,
    spec: {
      matchConditions: [{ name: 'unset', expression: '!has(object.data.b)' }],
      mutations: [
        { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{data: {'b': 'set'}}" } },
      ],
    },
    steps: [tried('set', short), tried('left', { b: 'mine' })],
  }),
]

export const admissionPolicies: Suite = {
  name: 'admission-policies',
  namespaces: [namespace],
  steps: [...validating, ...mutating],
}
