/**
 * The kubelets: one agent for all nodes of the cluster. Each node is an actor, its pods and their containers are actors
 * beneath it; what they ask for is carried out here, and the API hears of it in one status write a pod and turn.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
 */
import type { NodeContext } from '../../machines/node.ts'
import type { Agent, TurnInput, TurnResult } from '../actors/agent.ts'
import { type KubeObject, keyOf, objectKey, splitKey } from '../api/object.ts'
import type { Change } from '../store/transition.ts'
import { findNode, findPod } from './found.ts'
import { heartbeat, heartbeatMs, isDoubted, isFilledIn, writeStatus } from './heartbeat.ts'
import { emptyMemory, type KubeletMemory } from './memory.ts'
import { metricsIntents, metricsMs } from './metrics.ts'
import type { NodeSpec } from './node-spec.ts'
import { fillIn, kubeletAnnotation } from './nodes.ts'
import { retryRefused } from './refused.ts'
import type { Runtime } from './runtime.ts'
import type { Scripts } from './simulated/behaviour.ts'
import { simulatedRuntime } from './simulated/runtime.ts'
import { podActorId, syncPod } from './sync.ts'
import { KubeletTurn } from './turn.ts'

export interface KubeletOptions {
  readonly nodes: readonly NodeSpec[]
  /** Scripts by image glob for the simulated runtime. */
  readonly scripts: Scripts
  /** What runs containers; the simulated runtime over `scripts` when absent. */
  readonly runtime?: Runtime
}

const watches = [
  'pods',
  'nodes',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'horizontalpodautoscalers.autoscaling',
]

/** Makes the kubelets of the given nodes. More nodes may be added to a running cluster by `node.added`. */
export function createKubelets(options: KubeletOptions): Agent<KubeletMemory> {
  const runtime = options.runtime ?? simulatedRuntime(options.scripts)
  return {
    id: 'kubelet',
    watches,
    initial: emptyMemory,
    turn: (memory, input) => turn(options, runtime, memory, input),
  }
}

function turn(
  options: KubeletOptions,
  runtime: Runtime,
  memory: KubeletMemory,
  input: TurnInput,
): TurnResult<KubeletMemory> {
  const work = new KubeletTurn(memory, input, runtime)
  retryRefused(work, input)
  if (input.resync) begin(options, work, input)
  else for (const change of input.changes) follow(work, change)
  for (const { actor, event } of input.deliveries) work.deliver(actor, event)
  for (const timer of input.fired) {
    if (timer.id === 'heartbeat') heartbeat(work, timer.at)
    if (timer.id.startsWith('deadline ')) work.exceed((timer.data as { key: string }).key)
    if (timer.id === 'metrics') work.intents.push(...metricsIntents(work))
  }
  work.settle((pod) => syncPod(work, pod))
  return { state: work.remembered(), intents: work.finished() }
}

function begin(options: KubeletOptions, work: KubeletTurn, input: TurnInput): void {
  for (const id of work.actors.ids('nodes/')) {
    const known = work.actors.get(id)
    if (known?.status === 'active') work.recall(known.context as NodeContext)
  }
  for (const spec of options.nodes) findNode(work, spec)
  for (const id of work.actors.ids('pods/')) forgetGone(work, id)
  for (const pod of input.view.list('pods')) {
    // What was said of it while nobody listened, as of the pods of a lost node, is compared with what is so.
    if (work.actors.get(podActorId(pod)) !== undefined) work.touch(keyOf(pod))
    findPod(work, pod)
    work.take(pod, undefined)
  }
  for (const node of input.view.list('nodes')) adopt(work, node)
  for (const name of work.nodeNames()) if (work.talks(name) && isDoubted(work, name)) writeStatus(work, name)
  work.intents.push({ type: 'timer.set', id: 'heartbeat', at: input.view.now + heartbeatMs, background: true })
  if (input.view.count('horizontalpodautoscalers.autoscaling') > 0) startMetrics(work)
}

/** A pod that went while nobody looked takes its actors with it. */
function forgetGone(work: KubeletTurn, id: string): void {
  const [, namespace = '', name = '', container] = id.split('/')
  if (container === undefined && work.view.get('pods', namespace, name) === undefined)
    work.drop(objectKey(namespace, name))
}

function startMetrics(work: KubeletTurn): void {
  work.intents.push({ type: 'timer.set', id: 'metrics', at: work.now + metricsMs, background: true })
}

function follow(work: KubeletTurn, change: Change): void {
  switch (change.resource) {
    case 'pods':
      if (change.type !== 'DELETED') return taken(work, change)
      work.drop(change.key, change.object.metadata.uid)
      return work.roomCame(change.object.spec?.nodeName)
    case 'nodes':
      return nodeChanged(work, change)
    case 'horizontalpodautoscalers.autoscaling':
      return change.type === 'ADDED' ? startMetrics(work) : undefined
    default:
      return wakeBlocked(work, change)
  }
}

/** A pod came or changed. A status that somebody else wrote is compared with what is so, and written again. */
function taken(work: KubeletTurn, { object, previous, key, cause }: Change): void {
  work.take(object, previous)
  if (previous !== undefined && previous.status !== object.status && cause.by !== 'kubelet') work.touch(key)
}

/** A Node nobody else runs comes to life: a simulated kubelet takes it on, unless it is asked to keep away. */
function adopt(work: KubeletTurn, node: KubeObject): void {
  const { name, annotations } = node.metadata
  if (annotations?.[kubeletAnnotation] === 'none' || isFilledIn(node)) return
  work.addNode({ name })
  fillIn(work, node)
}

function nodeChanged(work: KubeletTurn, { object, previous, type }: Change): void {
  if (type === 'DELETED') return
  if (type === 'ADDED') adopt(work, work.view.get('nodes', '', object.metadata.name) ?? object)
  const cordoned = object.spec?.unschedulable === true
  if (cordoned === (previous?.spec?.unschedulable === true)) return
  work.deliver(`nodes/${object.metadata.name}`, { type: cordoned ? 'node.cordoned' : 'node.uncordoned' })
}

/** A ConfigMap, Secret or claim came or changed: pods of its namespace that wait for something look again. */
function wakeBlocked(work: KubeletTurn, change: Change): void {
  const { namespace } = splitKey(change.key)
  for (const pod of work.view.by('pods', 'starting', namespace)) work.look(keyOf(pod))
}
