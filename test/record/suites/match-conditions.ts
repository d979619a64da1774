/** Match conditions of webhooks: who is asked, and what errors in conditions lead to. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-conditions'
const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

function condition(what: string, expression: string, more: object = {}): Step[] {
  const name = `wire-${what.replaceAll(' ', '-')}`
  const hook = {
    name: 'hook.wire.example.com',
    clientConfig: { url: '{{server:url}}/deny', caBundle: '{{server:ca}}' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    matchConditions: [{ name: 'met', expression }],
    ...more,
  }
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [hook],
  }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wire-cm', labels: { app: 'w' } } }
  return [
    { name: `${what}: configured`, path: configurations, body, pauseMs: 700 },
    { name: `${what}: create`, path: `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body: object },
    { name: `${what}: gone`, method: 'DELETE', path: `${configurations}/${name}`, pauseMs: 700 },
  ]
}

export const matchConditions: Suite = {
  name: 'admission-match-conditions',
  namespaces: [namespace],
  steps: [
    ...condition('met', "object.metadata.labels.app == 'w' && request.dryRun"),
    ...condition('not met', "request.userInfo.username == 'alice'"),
    ...condition('allowed to', "authorizer.group('').resource('secrets').namespace('default').check('get').allowed()"),
    ...condition('failing', "object.metadata.labels.team == 'a'"),
    ...condition('failing and ignored', "object.metadata.labels.team == 'a'", { failurePolicy: 'Ignore' }),
  ],
  webhooks: {
    '/deny': ({ request: { uid } }) => ({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: false, status: { message: 'asked' } },
    }),
  },
}
