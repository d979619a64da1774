/** What a PUT may do by kind: create, replace without a version, be warned. Answers of a real kube-apiserver 1.36. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { ask } from '../support/requests.ts'

test('a PUT to a free name creates where the kind allows it, and is a 404 elsewhere', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const path = '/apis/node.k8s.io/v1/runtimeclasses/runc'
  const body = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'runc', resourceVersion: '5' },
    handler: 'runc',
  }
  const created = await ask(cluster, 'PUT', path, { body })
  expect([created.code, created.body.handler]).toEqual([201, 'runc'])
  const again = await ask(cluster, 'PUT', path, { body: { ...created.body, metadata: created.body.metadata } })
  expect(again.code).toBe(200)
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }
  expect((await ask(cluster, 'PUT', '/api/v1/namespaces/default/configmaps/a', { body: config })).code).toBe(404)
})

test('some kinds are replaced only with a resourceVersion', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const base = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
  const metadata = { name: 'hooks' }
  const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata }
  expect((await ask(cluster, 'POST', base, { body })).body.metadata.generation).toBe(1)
  const { code, body: answer } = await ask(cluster, 'PUT', `${base}/hooks`, { body })
  expect(code).toBe(422)
  expect(answer.message).toBe(
    'mutatingwebhookconfigurations.admissionregistration.k8s.io "hooks" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  )
})

test('odd quotas are stored with a warning', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const hard = { 'requests.cpu': '4', 'limits.cpu': '2', memory: '1Gi', 'limits.memory': '512Mi' }
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'odd' }, spec: { hard } }
  const { headers } = await ask(cluster, 'POST', '/api/v1/namespaces/default/resourcequotas', { body })
  expect(headers.get('warning')).toBe(
    '299 - "ResourceQuota requests.cpu (4) should be less than limits.cpu (2)", 299 - "ResourceQuota memory (1Gi) should be less than limits.memory (512Mi)"',
  )
})

test('what decoding warns of is told beside what is refused', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const warn = (path: string): string => `${path}?fieldValidation=Warn`
  const path = '/api/v1/namespaces/default/configmaps'
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replica: 3 } }
  const refused = await ask(cluster, 'POST', warn('/apis/apps/v1/namespaces/default/deployments'), { body: deployment })
  expect([refused.code, refused.headers.get('warning')]).toEqual([422, '299 - "unknown field \\"spec.replica\\""'])
  expect((await ask(cluster, 'POST', path, { body: config })).code).toBe(201)
  const bad = { ...config, dota: 1, data: { 'a b': 'b' } }
  const changed = await ask(cluster, 'PUT', warn(`${path}/x`), { body: bad })
  expect([changed.code, changed.headers.get('warning')]).toEqual([422, '299 - "unknown field \\"dota\\""'])
})
