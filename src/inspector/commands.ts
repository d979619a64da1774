/** What a page may do, as calls on the cluster: made from what the cluster is like now, and recorded as they are. */
import type { Kind } from '../api/kind.ts'
import { type Json, type KubeObject, keyOf } from '../api/object.ts'
import { controllerOf } from '../api/owner.ts'
import { toRfc3339 } from '../api/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { actorNames, plain } from './calls.ts'
import type { ObjectName, Questions } from './questions.ts'
import { faultText, loadText, requestText } from './records.ts'
import { undoTemplate } from './rollouts.ts'
import type { Call } from './run-file.ts'
import { objectsIn } from './yaml-text.ts'

/** A command made ready: in words, its calls, and the line each one is told with when it is done. */
export interface Plan {
  readonly text: string
  readonly calls: readonly Call[]
  readonly lines: readonly string[]
}

/** The commands that are calls on one cluster; the others concern the session. */
export type CallCommand =
  | 'apply'
  | 'delete'
  | 'replace'
  | 'patch'
  | 'scale'
  | 'setImage'
  | 'rolloutRestart'
  | 'rolloutUndo'
  | 'cordon'
  | 'uncordon'
  | 'drain'
  | 'fault'
  | 'lift'
  | 'send'
  | 'exec'
  | 'request'
  | 'load'
  | 'advance'
  | 'settle'

type Planner<C extends CallCommand> = (cluster: Cluster, given: Questions[C]) => Plan

const planners: { readonly [C in CallCommand]: Planner<C> } = {
  apply: (cluster, { text, namespace }) => planApply(cluster, text, namespace),
  delete(cluster, { graceSeconds, propagation, ...name }) {
    const { kind, object, words } = target(cluster, name)
    const options = {
      ...placeOf(object),
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
      ...(propagation === undefined ? {} : { propagation }),
    }
    const call: Call = { call: 'delete', kind: kind.kind, name: object.metadata.name, options }
    return { text: `delete ${words}`, calls: [call], lines: [`${words} deleted`] }
  },
  replace(cluster, { object }) {
    const { kind, words } = target(cluster, { kind: object.kind, ...placeOf(object), name: object.metadata.name })
    const ref = { resource: kind.resource, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
    const { apiVersion } = object
    const cause = { why: 'request', by: 'embedder' } as const
    const call: Call = {
      call: 'dispatch',
      transition: { type: 'update', ref, object, apiVersion, fieldValidation: 'Strict', cause },
    }
    return { text: `edit ${words}`, calls: [call], lines: [`${words} edited`] }
  },
  patch(cluster, { patch, subresource, ...name }) {
    const { kind, object, words } = target(cluster, name)
    const options = { ...placeOf(object), ...(subresource === undefined ? {} : { subresource }) }
    return { text: `patch ${words}`, calls: [patched(kind, object, patch, options)], lines: [`${words} patched`] }
  },
  scale(cluster, { replicas, ...name }) {
    const { kind, object, words } = target(cluster, name)
    if (kind.subresources.scale === undefined) throw wrong(`${words} has no scale`)
    const call = patched(kind, object, { spec: { replicas } }, placeOf(object))
    return { text: `scale ${words} to ${replicas}`, calls: [call], lines: [`${words} scaled`] }
  },
  setImage(cluster, { container, image, ...name }) {
    const { kind, object, words } = target(cluster, name)
    const containers: readonly { name: string }[] = object.spec?.template?.spec?.containers ?? []
    const named = container ?? (containers.length === 1 ? containers[0]?.name : undefined)
    if (named === undefined || !containers.some((one) => one.name === named))
      throw wrong(`name one of its containers: ${containers.map((one) => one.name).join(', ')}`)
    const patch = { spec: { template: { spec: { containers: [{ name: named, image }] } } } }
    const call = patched(kind, object, patch, placeOf(object))
    return { text: `set image of ${words} to ${image}`, calls: [call], lines: [`${words} image updated`] }
  },
  rolloutRestart(cluster, name) {
    const { kind, object, words } = target(cluster, name)
    const annotations = { 'kubectl.kubernetes.io/restartedAt': toRfc3339(cluster.now.getTime()) }
    const call = patched(kind, object, { spec: { template: { metadata: { annotations } } } }, placeOf(object))
    return { text: `restart ${words}`, calls: [call], lines: [`${words} restarted`] }
  },
  rolloutUndo(cluster, { toRevision, ...name }) {
    const { kind, object, words } = target(cluster, name)
    const { template, revision } = undoTemplate(cluster, object, toRevision)
    const patch = [{ op: 'replace', path: '/spec/template', value: template }]
    const call = patched(kind, object, plain(patch), { ...placeOf(object), type: 'json' })
    return { text: `undo ${words} to revision ${revision}`, calls: [call], lines: [`${words} rolled back`] }
  },
  cordon: (cluster, { node }) => planCordon(cluster, node, true),
  uncordon: (cluster, { node }) => planCordon(cluster, node, false),
  drain: (cluster, { node }) => planDrain(cluster, node),
  fault(_cluster, { fault }) {
    const text = faultText(fault)
    return { text, calls: [{ call: 'fault', fault }], lines: [text] }
  },
  lift(cluster, { id }) {
    const rule = cluster.plane.world.store.faults.armed.find((one) => one.id === id)
    if (rule === undefined) throw wrong(`there is no fault ${id} in force`)
    const text = `lift fault ${id}: ${faultText(rule.rule)}`
    return { text, calls: [{ call: 'lift', id }], lines: [text] }
  },
  send(cluster, { actor, event }) {
    const text = `send ${event.type} to ${actor}`
    return { text, calls: [{ call: 'send', ...actorNames(cluster, actor), event }], lines: [text] }
  },
  exec(cluster, { pod, container, command }) {
    const { object } = target(cluster, pod)
    const options = { ...placeOf(object), ...(container === undefined ? {} : { container }) }
    const call: Call = { call: 'exec', pod: object.metadata.name, command: [...command], options }
    return { text: `exec ${command.join(' ')} in pod/${object.metadata.name}`, calls: [call], lines: [] }
  },
  request(_cluster, given) {
    return { text: requestText(given), calls: [{ call: 'network', ...given }], lines: [] }
  },
  load(_cluster, given) {
    if (!(given.requestsPerSecond >= 0)) throw wrong('requestsPerSecond is a number from 0 on')
    const text = loadText(given)
    return { text, calls: [{ call: 'load', ...given }], lines: [text] }
  },
  advance: (_cluster, { by }) => {
    const told = typeof by === 'number' ? `${by} ms` : by
    return { text: `advance ${told}`, calls: [{ call: 'advance', by }], lines: [`advanced ${told}`] }
  },
  settle: () => ({ text: 'settle', calls: [{ call: 'settle' }], lines: ['settled'] }),
}

/** The calls of a command at this moment. Throws KYB-INSPECT-ASK for what is not there. */
export function planOf<C extends CallCommand>(cluster: Cluster, command: C, given: Questions[C]): Plan {
  return planners[command](cluster, given)
}

/** True for the commands that are calls. */
export function isCall(question: string): question is CallCommand {
  return Object.hasOwn(planners, question)
}

/** What a page asked for does not exist, or makes no sense. */
export function wrong(message: string): KybernError {
  return new KybernError('KYB-INSPECT-ASK', message)
}

interface Target {
  readonly kind: Kind
  readonly object: KubeObject
  /** `deployment.apps/web`. */
  readonly words: string
}

/** The object of a name as it is now. Throws KYB-INSPECT-ASK when there is none. */
export function target(cluster: Cluster, name: ObjectName): Target {
  const object =
    'uid' in name ? byUid(cluster, name.uid) : cluster.get(name.kind, name.name, name.namespace ?? 'default')
  if (object === undefined)
    throw wrong(`there is no ${'uid' in name ? `object with uid ${name.uid}` : `${name.kind} ${name.name}`}`)
  const kind = cluster.registry.byKind(object.apiVersion, object.kind) as Kind
  const group = kind.group === '' ? '' : `.${kind.group}`
  return { kind, object, words: `${kind.singular}${group}/${object.metadata.name}` }
}

function byUid(cluster: Cluster, uid: string): KubeObject | undefined {
  for (const tree of Object.values(cluster.snapshot.collections)) {
    const found = tree.valuesArray().find((object) => object.metadata.uid === uid)
    if (found !== undefined) return found
  }
  return undefined
}

/** `{ namespace }` for objects that have one. */
function placeOf({ metadata: { namespace } }: KubeObject): { namespace?: string } {
  return namespace === undefined || namespace === '' ? {} : { namespace }
}

function patched(kind: Kind, object: KubeObject, patch: Json, options: Json): Call {
  return { call: 'patch', kind: kind.kind, name: object.metadata.name, patch, options }
}

function planApply(cluster: Cluster, text: string, namespace = 'default'): Plan {
  const { objects } = objectsIn(text)
  const words = objects.map(
    ({ value }) => `${value.kind}/${value.metadata?.name ?? value.metadata?.generateName ?? ''}`,
  )
  const whole = namespace === 'default'
  const placed = objects.map(({ value }) => withNamespace(cluster, value, namespace))
  return { text: `apply ${words.join(', ')}`, calls: [{ call: 'apply', manifest: whole ? text : placed }], lines: [] }
}

function withNamespace(cluster: Cluster, object: KubeObject, namespace: string): KubeObject {
  const namespaced = cluster.registry.byKind(object.apiVersion, object.kind)?.namespaced === true
  return !namespaced || object.metadata?.namespace !== undefined
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } }
}

function planCordon(cluster: Cluster, name: string, unschedulable: boolean): Plan {
  const { kind, object, words } = target(cluster, { kind: 'Node', name })
  const word = unschedulable ? 'cordon' : 'uncordon'
  const call = patched(kind, object, { spec: { unschedulable: unschedulable ? true : null } }, {})
  return { text: `${word} ${name}`, calls: [call], lines: [`${words} ${word}ed`] }
}

/** As kubectl drain --ignore-daemonsets --delete-emptydir-data --force: finished pods and DaemonSets' are left. */
function planDrain(cluster: Cluster, node: string): Plan {
  const cordon = planCordon(cluster, node, true)
  const pods = cluster.list('Pod', { namespace: '*' }).filter((pod) => pod.spec?.nodeName === node)
  const leaving = pods.filter(
    (pod) => controllerOf(pod)?.kind !== 'DaemonSet' && pod.metadata.deletionTimestamp === undefined,
  )
  const calls = leaving.map((pod): Call => {
    const { namespace = '', name } = pod.metadata
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    return { call: 'request', method: 'POST', path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body }
  })
  const lines = [...cordon.lines, ...leaving.map((pod) => `pod/${keyOf(pod)} evicted`)]
  return { text: `drain ${node}`, calls: [...cordon.calls, ...calls], lines }
}
