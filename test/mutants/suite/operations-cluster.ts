/** What an operator does to nodes and what shares them: drain, cordon, taint, add, delete, evict, load. */
import { ask } from '../../support/requests.ts'
import { chosen, type Operation, patch, roots, tried } from './operation-tools.ts'
import type { Rig } from './rig.ts'

const nodeOf = (rig: Rig, n: number | undefined) => chosen(rig.cluster.list('Node'), n)

const cordon: Operation = async (rig, [a]) => {
  const node = nodeOf(rig, a)
  if (node === undefined) return undefined
  const unschedulable = node.spec?.unschedulable !== true
  return tried(`${unschedulable ? 'cordon' : 'uncordon'} ${node.metadata.name}`, () =>
    patch(rig, node, { spec: { unschedulable: unschedulable ? true : null } }),
  )
}

export async function evicted(rig: Rig, name: string, namespace: string): Promise<string> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  const { code } = await ask(rig.cluster, 'POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body })
  return `evict ${name}: ${code}`
}

const evict: Operation = async (rig, [a]) => {
  const pod = chosen(rig.cluster.list('Pod', { namespace: '*' }), a)
  return pod === undefined ? undefined : evicted(rig, pod.metadata.name, pod.metadata.namespace ?? 'default')
}

/** Cordons a node and evicts what is on it, as kubectl drain does. */
const drain: Operation = async (rig, [a]) => {
  const node = nodeOf(rig, a)
  if (node === undefined) return undefined
  await tried('cordon', () => patch(rig, node, { spec: { unschedulable: true } }))
  const pods = rig.cluster.list('Pod', { namespace: '*', fieldSelector: `spec.nodeName=${node.metadata.name}` })
  const told: string[] = []
  for (const pod of pods)
    if (!pod.metadata.ownerReferences?.some((one) => one.kind === 'DaemonSet'))
      told.push(await evicted(rig, pod.metadata.name, pod.metadata.namespace ?? 'default'))
  return `drain ${node.metadata.name}: ${told.join(', ')}`
}

const effects = ['NoExecute', 'NoSchedule', 'NoExecute'] as const

const taint: Operation = async (rig, [a, b]) => {
  const node = nodeOf(rig, a)
  if (node === undefined) return undefined
  const effect = effects[(b ?? 0) % effects.length]
  const others = (node.spec?.taints ?? []).filter((one: { key: string }) => one.key !== 'maintenance')
  const has = others.length !== (node.spec?.taints ?? []).length
  const taints = has ? others : [...others, { key: 'maintenance', value: 'yes', effect }]
  return tried(`${has ? 'untaint' : `taint ${effect}`} ${node.metadata.name}`, () =>
    patch(rig, node, { spec: { taints } }),
  )
}

const labelNode: Operation = async (rig, [a, b]) => {
  const node = nodeOf(rig, a)
  if (node === undefined) return undefined
  const change = [{ disk: 'ssd' }, { disk: null }, { 'topology.kubernetes.io/zone': 'zone-a' }][(b ?? 0) % 3]
  return tried(`label ${node.metadata.name} ${JSON.stringify(change)}`, () =>
    patch(rig, node, { metadata: { labels: change } }),
  )
}

const deleteNode: Operation = async (rig, [a]) => {
  const node = nodeOf(rig, a)
  if (node === undefined || rig.cluster.list('Node').length < 3) return undefined
  return tried(`delete node ${node.metadata.name}`, () => rig.cluster.delete('Node', node.metadata.name))
}

const addNode: Operation = async (rig, [a]) => {
  const name = `extra-${(a ?? 0) % 2}`
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': ['zone-a', 'zone-b'][(a ?? 0) % 2] }
  return tried(`add node ${name}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } } as never),
  )
}

const kill: Operation = async (rig, [a, b]) => {
  const node = nodeOf(rig, a)
  if (node === undefined) return undefined
  const { name } = node.metadata
  const event = rig.down.has(name) ? 'restore' : (b ?? 0) % 2 === 0 ? 'kill' : 'silence'
  if (event === 'restore') rig.lost.delete(name)
  else rig.lost.add(name)
  return tried(`${event} ${name}`, async () => rig.node(name, event))
}

/** Ties a workload's pods to one node, past the scheduler, or to none again. */
const pin: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'ReplicaSet', 'DaemonSet']), a)
  const node = nodeOf(rig, b)
  if (object === undefined || node === undefined) return undefined
  const nodeName = object.spec.template.spec.nodeName === undefined ? node.metadata.name : null
  return tried(`pin ${object.metadata.name} to ${nodeName}`, () =>
    patch(rig, object, { spec: { template: { spec: { nodeName } } } }),
  )
}

const load: Operation = async (rig, [a, b]) => {
  const service = chosen(
    rig.cluster.list('Service').filter((one) => one.spec?.selector !== undefined),
    a,
  )
  if (service === undefined) return undefined
  const requestsPerSecond = [0, 20, 52, 100, 300, 600][(b ?? 0) % 6] as number
  const url = `http://${service.metadata.name}.default`
  return tried(`${requestsPerSecond} requests a second to ${url}`, async () =>
    rig.cluster.network.load(url, { requestsPerSecond }),
  )
}

export const clusterOperations: Readonly<Record<string, Operation>> = {
  cordon,
  evict,
  drain,
  taint,
  'label-node': labelNode,
  'delete-node': deleteNode,
  'add-node': addNode,
  kill,
  pin,
  load,
}
