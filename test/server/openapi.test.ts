/** OpenAPI: definitions as a real kube-apiserver publishes them, both encodings of version 2, entity tags, hashes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { kubectlPath } from '../support/kubectl.ts'
import { ask } from '../support/requests.ts'
import { useServedCluster } from '../support/served.ts'

type Json = Record<string, unknown>
const file = 'fixtures/wire/kubernetes-1.36/openapi-schemas.json'
const real = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Json>
const cluster = await createCluster({ nodes: 0 })

/** What the schema table does not say: defaults written into the API's types, types it knows by other names, orders. */
const known = [
  /default ours=undefined/,
  /^io\.k8s\.apimachinery\.pkg\.apis\.meta\.v1\.(ManagedFieldsEntry\.properties\.fieldsV1|OwnerReference\.required)/,
  /APIServiceSpec\.properties\.caBundle\.x-kubernetes-list-type/,
  /networking\.v1\.(HTTPIngressPath\.required|IngressRule\.properties\.http\.)/,
  /allocatedResourceStatuses\.additionalProperties\.enum/,
  /^io\.k8s\.apiextensions-apiserver\..*(x-kubernetes-preserve-unknown-fields|\$ref|type|items|additionalProperties|oneOf|allOf)/,
  /^io\.k8s\.apimachinery\.pkg\.apis\.meta\.v1\.DeleteOptions\.x-kubernetes-group-version-kind/,
  /^io\.k8s\.apimachinery\.pkg\.apis\.meta\.v1\.(ListMeta|ShardInfo)/,
]

function differences(ours: unknown, theirs: unknown, path: string): string[] {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return []
  const both = [ours, theirs].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
  if (!both) return [`${path} ours=${JSON.stringify(ours)} real=${JSON.stringify(theirs)}`]
  const keys = new Set([...Object.keys(ours as Json), ...Object.keys(theirs as Json)])
  return [...keys].flatMap((key) => differences((ours as Json)[key], (theirs as Json)[key], `${path}.${key}`))
}

function undescribed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undescribed)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, one]) => key !== 'description' || typeof one !== 'string')
  return Object.fromEntries(kept.map(([key, one]) => [key, undescribed(one)]))
}

describe('version 3', async () => {
  const index = JSON.parse((await ask(cluster, 'GET', '/openapi/v3')).body)
  const urls = Object.values(index.paths as Record<string, { serverRelativeURL: string }>)

  test.each(urls.map(({ serverRelativeURL }) => serverRelativeURL))('%s', async (url) => {
    const { body } = await ask(cluster, 'GET', url)
    const schemas = undescribed(body.components.schemas) as Record<string, Json>
    const found = Object.entries(schemas).flatMap(([name, schema]) =>
      real[name] === undefined ? [] : differences(schema, real[name], name),
    )
    expect(found.filter((one) => !known.some((pattern) => pattern.test(one)))).toEqual([])
  })

  test('a hash makes a document unchanging; a wrong one leads to the right one', async () => {
    const url = index.paths['apis/apps/v1'].serverRelativeURL as string
    const kept = await ask(cluster, 'GET', url)
    expect(kept.headers.get('cache-control')).toBe('public, immutable')
    expect(kept.headers.get('expires')).toBe('Fri, 01 Jan 1971 00:00:00 UTC')
    const wrong = await ask(cluster, 'GET', '/openapi/v3/apis/apps/v1?hash=1')
    expect([wrong.code, wrong.headers.get('location'), wrong.body]).toEqual([301, url, ''])
    expect(await ask(cluster, 'GET', '/openapi/v3/apis/nothing/v1')).toMatchObject({ code: 404, body: '' })
    expect(await ask(cluster, 'GET', url, { accept: 'text/html' })).toMatchObject({ code: 406, body: '' })
  })
})

test('version 2 has the definitions of all documents and points at them', async () => {
  const { body, headers } = await ask(cluster, 'GET', '/openapi/v2')
  expect(body.swagger).toBe('2.0')
  expect(headers.get('etag')).toMatch(/^"[0-9A-F]+"$/)
  expect(body.definitions['io.k8s.api.core.v1.PodSpec'].properties.containers).toMatchObject({
    type: 'array',
    items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  })
  expect(JSON.stringify(body)).not.toContain('#/components/')
  expect(body.paths['/apis/apps/v1/namespaces/{namespace}/deployments'].post).toMatchObject({
    'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    parameters: expect.arrayContaining([expect.objectContaining({ in: 'body', name: 'body' })]),
  })
})

const served = useServedCluster()

describe.skipIf(kubectlPath === undefined)('kubectl', () => {
  test('explains from version 2 in protobuf', async () => {
    const text = await served.prints('explain', 'deployment.spec.strategy', '--output=plaintext-openapiv2')
    expect(text).toContain('rollingUpdate')
    expect(text).toContain('DeploymentStrategy')
  })
  test('explains from version 3, with the values of a field', async () => {
    expect(await served.prints('explain', 'pod.spec.restartPolicy')).toContain('ENUM:')
  })
})
