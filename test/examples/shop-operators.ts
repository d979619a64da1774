/** Operators with the mistakes that operators have, each of one's own kind, Shop; one makes none. */
import { type Controller, controller, defineKind, type KubeObject, type Transition } from '../../src/index.ts'
import { ConfigMap, Deployment } from '../../src/kinds/index.ts'

export const Shop = defineKind({
  group: 'acme.io',
  version: 'v1',
  kind: 'Shop',
  plural: 'shops',
  namespaced: true,
  subresources: { status: true },
})

export const shop = (size = 2): KubeObject => ({
  apiVersion: 'acme.io/v1',
  kind: 'Shop',
  metadata: { name: 'books', namespace: 'default' },
  spec: { size },
})

const ref = (resource: string, name: string) => ({ resource, namespace: 'default', name })

const status = (object: KubeObject, value: object): Transition => ({
  type: 'update',
  ref: ref(Shop.resource, object.metadata.name),
  subresource: 'status',
  object: { ...object, status: value },
})

function owned(owner: KubeObject, object: KubeObject): KubeObject {
  const { name, uid = '' } = owner.metadata
  const ownerReferences = [{ apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true }]
  return { ...object, metadata: { ...object.metadata, namespace: 'default', ownerReferences } }
}

const made = (resource: string, object: KubeObject): Transition => ({
  type: 'create',
  resource,
  namespace: 'default',
  object,
})

const settings = (owner: KubeObject): KubeObject =>
  owned(owner, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: owner.metadata.name },
    data: { size: String(owner.spec.size) },
  })

/** What each does for a Shop that is there and is not going. */
type Work = (object: KubeObject, read: Parameters<Controller['reconcile']>[0]) => Transition[]

const operator = (name: string, owns: Controller['owns'], work: Work): Controller =>
  controller({
    name,
    of: Shop,
    owns,
    reconcile(view, key) {
      const object = view.get(Shop, 'default', key.split('/')[1] ?? '')
      return object === undefined || object.metadata.deletionTimestamp !== undefined ? [] : work(object, view)
    },
  })

/** Settings for each Shop, and a status that says so. */
export const sound = operator('sound', [ConfigMap], (object, view) => {
  const map = view.get(ConfigMap, 'default', object.metadata.name)
  if (map === undefined) return [made('configmaps', settings(object))]
  if (map.metadata.ownerReferences?.[0]?.uid !== object.metadata.uid) return []
  const { size } = settings(object).data
  return [
    ...(map.data.size === size
      ? []
      : [{ type: 'update' as const, ref: ref('configmaps', map.metadata.name), object: { ...map, data: { size } } }]),
    ...(object.status?.ready === true ? [] : [status(object, { ready: true })]),
  ]
})

/** New settings in place of old ones, which it deletes by their name. */
export const byName = operator('by-name', [ConfigMap], (object, view) => {
  const map = view.get(ConfigMap, 'default', object.metadata.name)
  if (map === undefined) return [made('configmaps', settings(object))]
  if (map.data.size === settings(object).data.size) return []
  return [{ type: 'delete', ref: ref('configmaps', map.metadata.name) }]
})

/** Its status tells when it last looked. */
export const restless = operator('restless', [], (object, view) => [
  status(object, { lastChecked: new Date(view.now).toISOString() }),
])

/** It does not watch the Deployments it makes. */
export const unwatching = operator('unwatching', [], (object, view) => {
  const deployment = view.get(Deployment, 'default', object.metadata.name)
  const ready = deployment?.status?.readyReplicas ?? 0
  const labels = { app: object.metadata.name }
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
  }
  const wanted = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: object.metadata.name }, spec }
  return [
    ...(deployment === undefined ? [made('deployments.apps', owned(object, wanted))] : []),
    ...(object.status?.ready === ready ? [] : [status(object, { ready })]),
  ]
})

const known = new Set<string>()

/** It remembers for which Shops there are settings. */
export const remembering = operator('remembering', [ConfigMap], (object) => {
  const uid = object.metadata.uid ?? ''
  if (known.has(uid)) return []
  known.add(uid)
  return [made('configmaps', settings(object))]
})

/** Settings of its own making at each coming of a Shop, in another namespace; nobody takes them away again. */
export const leaving = operator('leaving', [], (object, view) => {
  const metadata = { name: `books-${object.metadata.uid}`, namespace: 'kube-public' }
  if (view.get(ConfigMap, metadata.namespace, metadata.name) !== undefined) return []
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  return [{ type: 'create', resource: 'configmaps', namespace: metadata.namespace, object: map }]
})
