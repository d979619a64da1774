/** What the actors of nodes ask for: registering, coming back, dying, leaving. */
import type { NodeContext } from '../../machines/node.ts'
import type { Emitted } from '../actors/actor.ts'
import { isTrue } from '../api/conditions.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import { writeStatus } from './heartbeat.ts'
import { conditions, leaseNamespace, leaseObject, nodeObject } from './node-object.ts'
import type { NodeSpec } from './node-spec.ts'
import { nodeReport } from './reports.ts'
import { podActorId } from './sync.ts'
import type { KubeletTurn } from './turn.ts'

const leases = 'leases.coordination.k8s.io'

/** Carries out one intent of a node's actor. */
export function nodeAsked(work: KubeletTurn, { actor, type }: Emitted): void {
  const context = work.actors.get(actor)?.context as NodeContext
  const stored = work.view.get('nodes', '', context.name)
  if (type === 'registerNode') register(work, actor, context, stored)
  else if (type === 'reportReady') reportReady(work, context.name, stored)
  else if (type === 'readPodsAgain') readAgain(work, context, stored)
  else if (type === 'killContainers') killAll(work, context.name)
  else if (type === 'deregisterNode') deregister(work, context.name, stored)
}

function reportReady(work: KubeletTurn, name: string, stored: KubeObject | undefined): void {
  if (stored !== undefined && !isTrue(stored.status?.conditions, 'Ready'))
    work.intents.push(nodeReport(stored, 'NodeReady', `Node ${name} status is now: NodeReady`))
}

function register(work: KubeletTurn, actor: string, context: NodeContext, stored: KubeObject | undefined): void {
  putObjects(work, context, stored)
  work.emitted(work.actors.send(actor, { type: 'node.registered', at: work.now }))
}

/** Makes them again where the API refused them; a Node that is there is left alone. */
export function registerAgain(work: KubeletTurn, name: string): void {
  const context = work.actors.get(`nodes/${name}`)?.context as NodeContext | undefined
  if (context !== undefined && work.talks(name)) putObjects(work, context, work.view.get('nodes', '', name))
}

/** Makes the Node and its Lease where they are not there. */
function putObjects(work: KubeletTurn, { name, index, spec }: NodeContext, stored: KubeObject | undefined): void {
  const object = nodeObject({ ...(spec as unknown as NodeSpec), name }, index, work.now)
  if (stored === undefined)
    work.intents.push({ type: 'create', resource: 'nodes', namespace: '', object, trusted: true })
  if (work.view.get(leases, leaseNamespace, name) !== undefined) return
  const lease = leaseObject(object, work.now)
  work.intents.push({ type: 'create', resource: leases, namespace: leaseNamespace, object: lease, trusted: true })
}

/** `none` on a Node object: no simulated kubelet runs it. */
export const kubeletAnnotation = 'kybern.dev/kubelet'

/** A Node somebody else created gets what its kubelet knows: labels, addresses, capacity where none is given, conditions. */
export function fillIn(work: KubeletTurn, node: KubeObject): void {
  const { name } = node.metadata
  const own = nodeObject({ name }, work.memory.nodes.get(name) ?? 0, work.now)
  const metadata: KubeObject['metadata'] = {
    ...node.metadata,
    labels: { ...own.metadata.labels, ...node.metadata.labels },
  }
  const spec = { ...own.spec, ...node.spec }
  const given = node.status ?? {}
  const capacity = { ...own.status.capacity, ...given.capacity }
  const allocatable = { ...capacity, ...given.allocatable }
  const held = conditions(given.conditions, work.now)
  const status = { ...own.status, ...given, capacity, allocatable, conditions: held, nodeInfo: own.status.nodeInfo }
  const ref = { resource: 'nodes', namespace: '', name }
  // Refused when somebody changed the node meanwhile; its status is nobody else's, and comes after that write.
  work.intents.push({ type: 'update', ref, object: { ...node, metadata, spec }, trusted: true })
  const { resourceVersion: _version, ...meta } = metadata
  work.intents.push({
    type: 'update',
    ref,
    object: { ...node, metadata: meta as KubeObject['metadata'], spec, status },
    subresource: 'status',
    trusted: true,
  })
}

/** A kubelet that is back registers if need be and reads its pods again: what was deleted meanwhile ends, nothing of it runs anew. */
function readAgain(work: KubeletTurn, context: NodeContext, stored: KubeObject | undefined): void {
  const { name } = context
  putObjects(work, context, stored)
  writeStatus(work, name)
  const lease = work.view.get(leases, leaseNamespace, name)
  if (lease !== undefined) {
    const renewed = { ...lease, spec: { ...lease.spec, ...leaseObject(lease, work.now).spec } }
    const ref = { resource: leases, namespace: leaseNamespace, name }
    work.intents.push({ type: 'update', ref, object: renewed, trusted: true })
  }
  for (const pod of work.view.by('pods', 'node', name)) {
    work.look(keyOf(pod))
    work.touch(keyOf(pod))
  }
}

function killAll(work: KubeletTurn, node: string): void {
  for (const pod of work.view.by('pods', 'node', node)) {
    for (const id of work.actors.ids(`${podActorId(pod)}/`)) {
      work.emitted(work.actors.send(id, { type: 'machine.died', at: work.now }))
    }
  }
}

function deregister(work: KubeletTurn, name: string, stored: KubeObject | undefined): void {
  if (stored === undefined) return
  const ref = { resource: 'nodes', namespace: '', name }
  work.intents.push({ type: 'delete', ref, uid: stored.metadata.uid as string, trusted: true })
}
