/** What extends the API: webhooks, policies in CEL, own kinds, aggregated versions. */
import fc from 'fast-check'
import type { Recipes } from '../recipe.ts'
import * as words from '../words.ts'

/** Of a group that no built-in kind has, so that what is made here judges nothing else. */
const toys = fc.record({
  operations: fc.constantFrom(['CREATE'], ['CREATE', 'UPDATE'], ['*']),
  apiGroups: fc.constant(['toys.example.com']),
  apiVersions: fc.constantFrom(['v1'], ['*']),
  resources: fc.constantFrom(['toys'], ['toys', 'toys/status']),
})
const toyRules = fc.array(toys, { minLength: 1, maxLength: 2 })
const conditions = words.name.map((name) => [{ name, expression: 'object.metadata.name != ""' }])
const policy = fc.constantFrom('Fail', 'Ignore')
const matching = fc.constantFrom('Exact', 'Equivalent')

const webhook = fc.record(
  {
    name: fc.constantFrom('a.example.com', 'b.example.com'),
    admissionReviewVersions: fc.constantFrom(['v1'], ['v1', 'v1beta1']),
    sideEffects: fc.constantFrom('None', 'NoneOnDryRun'),
    clientConfig: fc.constantFrom<object>(
      { url: 'https://hook.example.com/check' },
      { service: { name: 'hook', namespace: 'default', path: '/check', port: 8443 } },
    ),
    rules: toyRules,
    failurePolicy: policy,
    matchPolicy: matching,
    timeoutSeconds: fc.constantFrom(1, 10, 30),
    matchConditions: conditions,
    namespaceSelector: words.someLabels.map((matchLabels) => ({ matchLabels })),
    objectSelector: words.someLabels.map((matchLabels) => ({ matchLabels })),
  },
  { requiredKeys: ['name', 'admissionReviewVersions', 'sideEffects', 'clientConfig'] },
)
const webhooks = fc.uniqueArray(webhook, { maxLength: 2, selector: ({ name }) => name })

const constraints = fc.record({ resourceRules: toyRules, matchPolicy: matching }, { requiredKeys: ['resourceRules'] })
const validation = fc.record(
  {
    expression: fc.constantFrom('true', 'object.spec.size < 5', 'has(object.metadata.labels)'),
    message: fc.constant('too large'),
    reason: fc.constantFrom('Forbidden', 'Invalid'),
  },
  { requiredKeys: ['expression'] },
)
const validating = fc.record(
  {
    matchConstraints: constraints,
    validations: fc.array(validation, { minLength: 1, maxLength: 2 }),
    failurePolicy: policy,
    matchConditions: conditions,
  },
  { requiredKeys: ['matchConstraints', 'validations'] },
)
const mutation = fc.constantFrom<object>(
  { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "add", path: "/spec/size", value: 1}]' } },
  { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } },
)
const mutating = fc.record(
  {
    matchConstraints: constraints,
    mutations: fc.array(mutation, { minLength: 1, maxLength: 2 }),
    reinvocationPolicy: fc.constantFrom('Never', 'IfNeeded'),
    failurePolicy: policy,
    matchConditions: conditions,
  },
  { requiredKeys: ['matchConstraints', 'mutations', 'reinvocationPolicy'] },
)
const binding = { policyName: words.name, matchResources: constraints }
const actions = fc.constantFrom(['Deny'], ['Warn'], ['Warn', 'Audit'])

const property = fc.constantFrom<object>(
  { type: 'string' },
  { type: 'integer', minimum: 0 },
  { type: 'boolean' },
  { type: 'array', items: { type: 'string' } },
)
const schema = fc.dictionary(fc.constantFrom('size', 'name', 'parts'), property, { maxKeys: 2 }).map((properties) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
}))
const definition = fc
  .record({
    singular: fc.constantFrom('toy', 'widget'),
    scope: fc.constantFrom('Namespaced', 'Cluster'),
    schema,
    status: fc.boolean(),
  })
  .map(({ singular, scope, schema: one, status }) => {
    const kind = `${singular.charAt(0).toUpperCase()}${singular.slice(1)}`
    const names = { plural: `${singular}s`, singular, kind, listKind: `${kind}List` }
    const version = {
      name: 'v1',
      served: true,
      storage: true,
      schema: one,
      ...(status && { subresources: { status: {} } }),
    }
    return {
      metadata: { name: `${singular}s.example.com` },
      spec: { group: 'example.com', scope, names, versions: [version] },
    }
  })

const apiService = fc
  .record({
    version: fc.constantFrom('v1', 'v1beta1'),
    group: fc.constantFrom('toys.example.com', 'b.example.com'),
    priority: fc.constantFrom(1, 100, 1000),
    service: words.name,
  })
  .map(({ version, group, priority, service }) => ({
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: priority,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
      service: { name: service, namespace: 'default' },
    },
  }))

export const extensionRecipes: Recipes = () => ({
  'admissionregistration.v1.ValidatingWebhookConfiguration': { always: { webhooks } },
  'admissionregistration.v1.MutatingWebhookConfiguration': { always: { webhooks } },
  'admissionregistration.v1.ValidatingAdmissionPolicy': { always: { spec: validating } },
  'admissionregistration.v1.MutatingAdmissionPolicy': { always: { spec: mutating } },
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding': {
    always: {
      spec: fc.record(
        { ...binding, validationActions: actions },
        { requiredKeys: ['policyName', 'validationActions'] },
      ),
    },
  },
  'admissionregistration.v1.MutatingAdmissionPolicyBinding': {
    always: { spec: fc.record(binding, { requiredKeys: ['policyName'] }) },
  },
  'apiextensions.v1.CustomResourceDefinition': { always: { spec: fc.constant({}) }, together: definition },
  'apiregistration.v1.APIService': { together: apiService },
})
