/**
 * An operator as one writes it for any cluster, with the JavaScript client alone: a definition with a rule, an informer,
 * a finalizer, conditions, an owned Deployment, and a validating webhook over TLS. It runs against a served cluster.
 */
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  AdmissionregistrationV1Api,
  ApiextensionsV1Api,
  AppsV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPki } from '../../src/edge/pki.ts'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

interface Site extends KubernetesObject {
  spec: { image: string; replicas: number }
  status?: { conditions?: { type: string; status: string; reason: string }[] }
}

const api = { group: 'example.com', version: 'v1', plural: 'sites', namespace: 'default' }
const finalizer = 'example.com/tidy'
const config = new KubeConfig()
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
const cleaned: string[] = []
let cluster: Cluster
let server: ApiEndpoint
let hooks: Server

beforeAll(async () => {
  cluster = await createCluster({ time: 'eager', nodes: 1 })
  server = await serve(cluster)
  config.loadFromString(server.kubeconfig)
})
afterAll(async () => {
  hooks.close()
  hooks.closeAllConnections()
  await server.close()
  await cluster.close()
})

async function defineSites(): Promise<void> {
  const spec = {
    type: 'object',
    required: ['image', 'replicas'],
    properties: { image: { type: 'string' }, replicas: { type: 'integer' } },
    x_kubernetes_validations: [{ rule: 'self.replicas <= 5', message: 'at most five replicas' }],
  }
  const status = { type: 'object', x_kubernetes_preserve_unknown_fields: true }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } }
  await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
    body: {
      metadata: { name: 'sites.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'sites', kind: 'Site' },
        versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema }],
      },
    },
  })
}

/** Refuses the image `bad`, over TLS on this machine. */
async function guardSites(): Promise<void> {
  const pki = await createPki(Date.now())
  hooks = createServer({ key: pki.server.key, cert: pki.server.cert }, (incoming, outgoing) => {
    let text = ''
    incoming.on('data', (chunk) => {
      text += chunk
    })
    incoming.on('end', () => {
      const { apiVersion, kind, request } = JSON.parse(text)
      const allowed = request.object.spec.image !== 'bad'
      const response = { uid: request.uid, allowed, status: { code: 403, message: 'no bad images' } }
      outgoing.setHeader('content-type', 'application/json')
      outgoing.end(JSON.stringify({ apiVersion, kind, response }))
    })
  })
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(hooks.address() as AddressInfo).port}/validate`
  await config.makeApiClient(AdmissionregistrationV1Api).createValidatingWebhookConfiguration({
    body: {
      metadata: { name: 'sites' },
      webhooks: [
        {
          name: 'sites.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url, caBundle: Buffer.from(pki.ca).toString('base64') },
          rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['sites'], operations: ['CREATE'] }],
        },
      ],
    },
  })
}

/** Brings the world nearer to what one site wants. */
async function reconcile(site: Site): Promise<void> {
  const objects = config.makeApiClient(CustomObjectsApi)
  const name = site.metadata?.name as string
  const finalizers = site.metadata?.finalizers ?? []
  const patched = (body: object) => objects.patchNamespacedCustomObject({ ...api, name, body }, merge)
  if (site.metadata?.deletionTimestamp !== undefined) {
    if (!finalizers.includes(finalizer)) return
    cleaned.push(name)
    return void (await patched({ metadata: { finalizers: finalizers.filter((one) => one !== finalizer) } }))
  }
  if (!finalizers.includes(finalizer)) return void (await patched({ metadata: { finalizers: [finalizer] } }))
  const ready = await deploymentReady(site, name)
  const condition = { type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'Up' : 'Starting' }
  if (site.status?.conditions?.[0]?.status === condition.status) return
  const body = { status: { conditions: [condition] } }
  await objects.patchNamespacedCustomObjectStatus({ ...api, name, body }, merge)
}

/** Applies the Deployment that the site owns; whether all its replicas are ready. */
async function deploymentReady(site: Site, name: string): Promise<boolean> {
  const owner = {
    apiVersion: 'example.com/v1',
    kind: 'Site',
    name,
    uid: site.metadata?.uid as string,
    controller: true,
  }
  const labels = { site: name }
  const { image, replicas } = site.spec
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels, ownerReferences: [owner] },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
    },
  }
  const applied = await config
    .makeApiClient(AppsV1Api)
    .patchNamespacedDeployment(
      { name, namespace: api.namespace, body, fieldManager: 'sites', force: true },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    )
  return applied.status?.readyReplicas === replicas
}

/** Looks at every site when a site or a Deployment changes, one look after the other. */
async function startOperator(failures: unknown[]): Promise<() => Promise<void>> {
  const objects = config.makeApiClient(CustomObjectsApi)
  const sites = makeInformer<Site>(config, '/apis/example.com/v1/namespaces/default/sites', () =>
    objects.listNamespacedCustomObject(api),
  )
  const apps = config.makeApiClient(AppsV1Api)
  const owned = makeInformer(config, '/apis/apps/v1/namespaces/default/deployments', () =>
    apps.listNamespacedDeployment({ namespace: api.namespace }),
  )
  let turn: Promise<void> = Promise.resolve()
  const look = (): void => {
    turn = turn
      .then(async () => {
        for (const site of sites.list(api.namespace)) await reconcile(site)
      })
      .catch((error) => {
        if (error.code !== 404 && error.code !== 409) failures.push(error)
      })
  }
  sites.on('change', look)
  owned.on('change', look)
  await sites.start()
  await owned.start()
  return async () => {
    await sites.stop()
    await owned.stop()
    await turn
  }
}

/** Resolves when the world holds it. */
function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const subscription = cluster.snapshot$.subscribe(() => {
      if (!holds()) return
      queueMicrotask(() => subscription.unsubscribe())
      resolve()
    })
  })
}

test('an operator keeps sites: rules, webhook, finalizer, conditions, what it owns', async () => {
  await defineSites()
  await until(() => cluster.get('CustomResourceDefinition', 'sites.example.com')?.status?.conditions?.length > 1)
  await guardSites()
  const failures: unknown[] = []
  const stop = await startOperator(failures)
  const objects = config.makeApiClient(CustomObjectsApi)
  const create = (name: string, spec: Site['spec']) =>
    objects.createNamespacedCustomObject({
      ...api,
      body: { apiVersion: 'example.com/v1', kind: 'Site', metadata: { name }, spec },
    })
  await expect(create('many', { image: 'nginx', replicas: 6 })).rejects.toMatchObject({
    code: 422,
    body: expect.stringContaining('at most five replicas'),
  })
  await expect(create('bad', { image: 'bad', replicas: 1 })).rejects.toMatchObject({
    code: 403,
    body: expect.stringContaining('denied the request: no bad images'),
  })

  await create('shop', { image: 'nginx', replicas: 2 })
  const shop = () => cluster.get('Site', 'shop')
  await until(() => shop()?.status?.conditions?.[0]?.status === 'True')
  expect(shop()?.metadata.finalizers).toEqual([finalizer])
  expect(cluster.get('Deployment', 'shop')?.status).toMatchObject({ readyReplicas: 2 })
  await objects.patchNamespacedCustomObject({ ...api, name: 'shop', body: { spec: { replicas: 3 } } }, merge)
  await until(() => cluster.get('Deployment', 'shop')?.status.readyReplicas === 3)

  await objects.deleteNamespacedCustomObject({ ...api, name: 'shop' })
  await until(() => shop() === undefined && cluster.list('Pod').length === 0)
  expect(cleaned).toContain('shop')
  expect(cluster.get('Deployment', 'shop')).toBeUndefined()
  await stop()
  expect(failures).toEqual([])
})
