/** Several versions of a custom kind: objects are shown, written and stored in them, by a webhook where there is one. */
import { describe, expect, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'
import { type Asked, ask } from '../support/requests.ts'

/** A request with JSON; a PATCH merges. */
function send(cluster: Cluster, method: string, path: string, body?: object): Promise<Asked> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return ask(cluster, method, path, body === undefined ? {} : { body, type })
}

const schemaOf = (properties: object): object => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
})
const old = { name: 'v1', served: true, schema: schemaOf({ hostPort: { type: 'string' } }) }
const current = {
  name: 'v2',
  served: true,
  schema: schemaOf({ host: { type: 'string' }, port: { type: 'string', maxLength: 4 } }),
  additionalPrinterColumns: [{ name: 'Port', type: 'string', jsonPath: '.spec.port' }],
  selectableFields: [{ jsonPath: '.spec.port' }],
}
const url = 'https://convert.example.com/convert'
const definition = (storage: string, strategy: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'tunnels.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'tunnels', kind: 'Tunnel' },
    versions: [old, current].map((one) => ({ ...one, storage: one.name === storage })),
    conversion:
      strategy === 'None'
        ? { strategy }
        : { strategy, webhook: { clientConfig: { url }, conversionReviewVersions: ['v1'] } },
  },
})

interface Review {
  readonly request: { readonly desiredAPIVersion: string; readonly objects: readonly Record<string, never>[] }
}

function convert({ request }: Review): object {
  const convertedObjects = request.objects.map((object) => {
    const { hostPort, host, port } = (object.spec ?? {}) as Record<string, string | undefined>
    const [first = '', second = ''] = (hostPort ?? '').split(':')
    const spec = request.desiredAPIVersion.endsWith('/v2')
      ? { host: first, port: second }
      : { hostPort: `${host}:${port}` }
    return { ...(object as object), apiVersion: request.desiredAPIVersion, spec }
  })
  return { convertedObjects, result: { status: 'Success' } }
}

const tunnels = (version: string): string => `/apis/example.com/${version}/namespaces/default/tunnels`
const tunnel = (version: string, name: string, spec: object): object => ({
  apiVersion: `example.com/${version}`,
  kind: 'Tunnel',
  metadata: { name },
  spec,
})

describe('conversion by a webhook', () => {
  const webhooks = { [url]: (review: unknown) => convert(review as Review) }

  test('objects are written and shown in each version', async () => {
    await using cluster = await createCluster({ nodes: 0, webhooks })
    await cluster.apply(definition('v1', 'Webhook'))
    const made = await send(cluster, 'POST', tunnels('v2'), tunnel('v2', 'a', { host: 'h', port: '80' }))
    expect(made).toMatchObject({ code: 201, body: { apiVersion: 'example.com/v2', spec: { host: 'h', port: '80' } } })
    expect(cluster.get('tunnels.v1.example.com', 'a')).toMatchObject({ spec: { hostPort: 'h:80' } })
    expect(await send(cluster, 'GET', `${tunnels('v1')}/a`)).toMatchObject({
      body: { apiVersion: 'example.com/v1', spec: { hostPort: 'h:80' } },
    })
    await send(cluster, 'POST', tunnels('v1'), tunnel('v1', 'b', { hostPort: 'g:90' }))
    const list = await send(cluster, 'GET', tunnels('v2'))
    expect(list.body.items.map((one: { spec: object }) => one.spec)).toEqual([
      { host: 'h', port: '80' },
      { host: 'g', port: '90' },
    ])
    const selected = await send(cluster, 'GET', `${tunnels('v2')}?fieldSelector=spec.port%3D90`)
    expect(selected.body.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual(['b'])
    const patched = await send(cluster, 'PATCH', `${tunnels('v2')}/b`, { spec: { port: '91' } })
    expect(patched).toMatchObject({ code: 200, body: { spec: { host: 'g', port: '91' }, metadata: { generation: 2 } } })
    expect(await send(cluster, 'GET', `${tunnels('v1')}/b`)).toMatchObject({ body: { spec: { hostPort: 'g:91' } } })
    expect(await send(cluster, 'PATCH', `${tunnels('v2')}/b`, { spec: { port: '12345' } })).toMatchObject({ code: 422 })
  })

  test('what the webhook answers badly is a 500', async () => {
    const refused = { [url]: () => ({ result: { status: 'Failed', message: 'cannot convert' } }) }
    await using cluster = await createCluster({ nodes: 0, webhooks: refused })
    await cluster.apply(definition('v1', 'Webhook'))
    await send(cluster, 'POST', tunnels('v1'), tunnel('v1', 'a', { hostPort: 'h:80' }))
    expect(await send(cluster, 'GET', `${tunnels('v2')}/a`)).toMatchObject({
      code: 500,
      body: { message: 'conversion webhook for example.com/v1, Kind=Tunnel failed: cannot convert' },
    })
    expect(await send(cluster, 'POST', tunnels('v2'), tunnel('v2', 'b', { host: 'h' }))).toMatchObject({
      code: 500,
      body: { message: 'conversion webhook for example.com/v2, Kind=Tunnel failed: cannot convert' },
    })
  })

  test('objects stored before the storage version changed are converted', async () => {
    await using cluster = await createCluster({ nodes: 0, webhooks })
    await cluster.apply(definition('v1', 'Webhook'))
    await send(cluster, 'POST', tunnels('v1'), tunnel('v1', 'a', { hostPort: 'h:80' }))
    await cluster.apply(definition('v2', 'Webhook'))
    const crd = cluster.get('CustomResourceDefinition', 'tunnels.example.com')
    expect(crd?.status?.storedVersions).toEqual(['v1', 'v2'])
    expect(await send(cluster, 'GET', `${tunnels('v2')}/a`)).toMatchObject({
      body: { spec: { host: 'h', port: '80' } },
    })
    await send(cluster, 'PATCH', `${tunnels('v1')}/a`, { metadata: { labels: { a: 'b' } } })
    expect(cluster.get('Tunnel', 'a')).toMatchObject({ apiVersion: 'example.com/v2', spec: { host: 'h', port: '80' } })
  })
})

describe('versions without a webhook', () => {
  test('differ in their apiVersion, also for what was stored before', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.apply(definition('v1', 'None'))
    await cluster.apply(tunnel('v1', 'a', { hostPort: 'h:80' }))
    expect(await send(cluster, 'GET', `${tunnels('v2')}/a`)).toMatchObject({ body: { apiVersion: 'example.com/v2' } })
    await cluster.apply(definition('v2', 'None'))
    expect(await send(cluster, 'GET', `${tunnels('v2')}/a`)).toMatchObject({ body: { apiVersion: 'example.com/v2' } })
    expect(await send(cluster, 'GET', `${tunnels('v1')}/a`)).toMatchObject({ body: { apiVersion: 'example.com/v1' } })
  })

  test('defaults that came later are read, fields that went are not', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    const withSchema = (properties: object): object => {
      const crd = structuredClone(definition('v1', 'None')) as { spec: { versions: object[] } }
      crd.spec.versions = [{ name: 'v1', served: true, storage: true, schema: schemaOf(properties) }]
      return crd
    }
    await cluster.apply(withSchema({ a: { type: 'string' } }))
    await cluster.apply(tunnel('v1', 'a', { a: 'x' }))
    await cluster.apply(withSchema({ b: { type: 'string', default: 'y' } }))
    expect(cluster.get('Tunnel', 'a')?.spec).toEqual({ b: 'y' })
  })
})
