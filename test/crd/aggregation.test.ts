/** API aggregation: group versions that a program in a pod serves, and the APIServices of custom kinds. */
import { describe, expect, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'
import { ask } from '../support/requests.ts'

const resources = [
  { name: 'widgets', singularName: 'widget', namespaced: true, kind: 'Widget', verbs: ['get', 'list'] },
  { name: 'widgets/status', singularName: '', namespaced: true, kind: 'Widget', verbs: ['get'] },
]

/** What the other server answers: its discovery, else who asked for what. */
async function answer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  if (pathname === '/apis/far.example.com/v1') return Response.json({ kind: 'APIResourceList', resources })
  const user = request.headers.get('x-remote-user')
  const groups = request.headers.get('x-remote-group')
  const body = await request.text()
  return Response.json({ asked: `${request.method} ${pathname}${search}`, user, groups, body }, { status: 201 })
}

const server = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'api', labels: { app: 'api' } },
    spec: { containers: [{ name: 'main', image: 'api:1', ports: [{ containerPort: 8443 }] }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api' },
    spec: { selector: { app: 'api' }, ports: [{ port: 443, targetPort: 8443 }] },
  },
]
const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.far.example.com' },
  spec: {
    group: 'far.example.com',
    version: 'v1',
    groupPriorityMinimum: 2000,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'api' },
  },
}
const widgets = '/apis/far.example.com/v1/namespaces/default/widgets'

function availability(cluster: Cluster): object | undefined {
  const { status } = cluster.get('APIService', 'v1.far.example.com') as { status?: { conditions?: object[] } }
  return status?.conditions?.[0]
}

describe('a group version of another server', () => {
  test('is told, and requests go on with who asks', async () => {
    await using cluster = await createCluster({ nodes: 1, images: { 'api:*': { serve: answer } } })
    for (const object of [...server, apiService]) await cluster.apply(object)
    await cluster.settle()
    expect(availability(cluster)).toMatchObject({ status: 'True', reason: 'Passed', message: 'all checks passed' })
    expect(await ask(cluster, 'POST', `${widgets}?dryRun=All`, { body: { a: 1 } })).toMatchObject({
      code: 201,
      body: {
        asked: `POST ${widgets}?dryRun=All`,
        user: 'kubernetes-admin',
        groups: 'system:masters, system:authenticated',
        body: '{"a":1}',
      },
    })
    const { body } = await ask(cluster, 'GET', '/apis')
    expect(body.groups.at(-1)).toEqual({
      name: 'far.example.com',
      versions: [{ groupVersion: 'far.example.com/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'far.example.com/v1', version: 'v1' },
    })
    expect(await ask(cluster, 'GET', '/apis/far.example.com')).toMatchObject({ body: { name: 'far.example.com' } })
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const aggregated = await ask(cluster, 'GET', '/apis', { accept })
    expect(aggregated.body.items.at(-1)).toMatchObject({
      metadata: { name: 'far.example.com' },
      versions: [
        {
          version: 'v1',
          freshness: 'Current',
          resources: [{ resource: 'widgets', scope: 'Namespaced', subresources: [{ subresource: 'status' }] }],
        },
      ],
    })
  })

  test('that cannot be reached says why', async () => {
    await using cluster = await createCluster({ nodes: 1, images: { 'api:*': { serve: answer } } })
    await cluster.apply(apiService)
    await cluster.settle()
    const missing = { status: 'False', reason: 'ServiceNotFound', message: 'service/api in "default" is not present' }
    expect(availability(cluster)).toMatchObject(missing)
    expect(await ask(cluster, 'GET', widgets)).toMatchObject({ code: 503, body: 'service unavailable\n' })
    await cluster.apply(server[1] as object)
    await cluster.settle()
    expect(availability(cluster)).toMatchObject({
      reason: 'MissingEndpoints',
      message: 'endpointslices for service/api in "default" have no addresses with port name ""',
    })
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const { body } = await ask(cluster, 'GET', '/apis', { accept })
    expect(body.items.at(-1).versions).toEqual([{ version: 'v1', freshness: 'Stale' }])
    await cluster.delete('Service', 'api')
    await cluster.apply({ ...(server[1] as object), spec: { ports: [{ port: 80 }] } })
    await cluster.settle()
    expect(availability(cluster)).toMatchObject({
      reason: 'ServicePortError',
      message: 'service/api in "default" is not listening on port 443',
    })
  })
})

test('each version a definition serves has an APIService as long', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const version = (name: string, served: boolean): object => ({
    name,
    served,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object' } },
  })
  const definition = (...versions: object[]): object => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.near.example.com' },
    spec: {
      group: 'near.example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', kind: 'Gadget' },
      versions,
    },
  })
  const names = (): string[] =>
    cluster
      .list('APIService')
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.includes('near'))
  await cluster.apply(definition(version('v1', true), version('v2', true)))
  expect(names()).toEqual(['v1.near.example.com', 'v2.near.example.com'])
  expect(cluster.get('APIService', 'v1.near.example.com')).toMatchObject({
    metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
    spec: { group: 'near.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
  })
  await cluster.apply(definition(version('v1', true), version('v2', false)))
  expect(names()).toEqual(['v1.near.example.com'])
  await cluster.delete('CustomResourceDefinition', 'gadgets.near.example.com')
  await cluster.settle()
  expect(names()).toEqual([])
})
