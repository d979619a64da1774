/** What clients ask of the API that kubectl's everyday verbs do not: whole objects put back, statuses written, conditions named. */
import type { KubeObject } from '../../../src/index.ts'
import { ask } from '../../support/requests.ts'
import { chosen, named, type Operation } from './operation-tools.ts'
import type { Rig } from './rig.ts'

const kinds = ['ConfigMap', 'Pod', 'Deployment', 'ReplicaSet', 'Service', 'PersistentVolumeClaim']

/** Something that is being deleted, where there is such a thing and the number is even. */
function target(rig: Rig, n: number | undefined): KubeObject | undefined {
  const all = kinds.flatMap((kind) => rig.cluster.list(kind, { namespace: '*' }))
  const going = all.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return chosen(going.length > 0 && (n ?? 0) % 2 === 0 ? going : all, Math.floor((n ?? 0) / 2))
}

function pathOf(rig: Rig, { apiVersion, kind, metadata }: KubeObject): string {
  const [plural] = rig.cluster.registry.find(kind)?.resource.split('.') ?? []
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return `${group}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`
}

/** What a client has that knows nothing of the server's own fields. */
function own({ metadata, ...rest }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = metadata
  return { ...rest, metadata: { name, namespace, labels, annotations, finalizers, ownerReferences } } as KubeObject
}

/** kubectl replace of what was read a moment ago. */
const replace: Operation = async (rig, [a, b]) => {
  const object = target(rig, a)
  if (object === undefined) return undefined
  const body = own(object)
  const annotations = { ...object.metadata.annotations, seen: String((b ?? 0) % 3) }
  const { code } = await ask(rig.cluster, 'PUT', pathOf(rig, object), {
    body: { ...body, metadata: { ...body.metadata, annotations } },
  })
  return `replace ${named(object)}: ${code}`
}

/** A status written by somebody whose object differs in more than that. */
const putStatus: Operation = async (rig, [a, b]) => {
  const object = chosen([...rig.cluster.list('Deployment'), ...rig.cluster.list('ReplicaSet')], a)
  if (object === undefined) return undefined
  const spec = { ...object.spec, replicas: (b ?? 0) % 5, minReadySeconds: 1 }
  const labels = { ...object.metadata.labels, seen: 'yes' }
  const body = { ...own(object), spec, metadata: { ...own(object).metadata, labels } }
  const { code } = await ask(rig.cluster, 'PUT', `${pathOf(rig, object)}/status`, { body })
  return `put the status of ${named(object)}: ${code}`
}

/** A write for one that is not there any more. */
const meantAnother: Operation = async (rig, [a, b]) => {
  const object = target(rig, a)
  if (object === undefined) return undefined
  const path = pathOf(rig, object)
  const uid = '00000000-0000-4000-8000-000000000000'
  const old = { ...own(object), metadata: { ...own(object).metadata, resourceVersion: '1' } }
  const asked = [
    ['DELETE', { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } }],
    ['DELETE', { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } }],
    ['PUT', old],
    ['PUT', { ...own(object), metadata: { ...own(object).metadata, uid } }],
  ] as const
  const [method, body] = asked[(b ?? 0) % asked.length] as (typeof asked)[number]
  const { code } = await ask(rig.cluster, method, path, { body })
  return `${method} ${named(object)} as another one: ${code}`
}

/** Somebody else schedules too. */
const bindToo: Operation = async (rig, [a, b]) => {
  const pod = chosen(rig.cluster.list('Pod'), a)
  const node = chosen(rig.cluster.list('Node'), b)
  if (pod === undefined || node === undefined) return undefined
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.metadata.name },
    target: { kind: 'Node', name: node.metadata.name },
  }
  const { code } = await ask(rig.cluster, 'POST', `${pathOf(rig, pod)}/binding`, { body })
  return `bind ${named(pod)} to ${node.metadata.name}: ${code}`
}

export const apiOperations: Readonly<Record<string, Operation>> = {
  replace,
  'put-status': putStatus,
  'meant-another': meantAnother,
  'bind-too': bindToo,
}
