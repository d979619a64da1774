/**
 * One turn of the kubelets in progress: events go to actors, what the actors ask for is carried out, statuses are
 * gathered. It lives for one turn; what is to be remembered leaves it as values.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ContainerContext } from '../../machines/container.ts'
import type { NodeContext } from '../../machines/node.ts'
import type { PodContext } from '../../machines/pod.ts'
import type { ActorEvent, ActorHost, Emitted } from '../actors/actor.ts'
import type { AgentIntent, TurnInput } from '../actors/agent.ts'
import { type KubeObject, keyOf, objectKey, splitKey } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import { equal } from '../lib/equal.ts'
import type { Ordered } from '../lib/ordered.ts'
import type { View } from '../store/view.ts'
import { type Occupancy, occupancyOf, occupy, refusalOf } from './admit.ts'
import { caused } from './caused.ts'
import { deadlineMessage, deadlineOf, newDeadline } from './deadline.ts'
import type { KubeletMemory } from './memory.ts'
import { type NodeSpec, nodeAddress, podCidr } from './node-spec.ts'
import { nodeAsked } from './nodes.ts'
import { containerReport, podReport } from './reports.ts'
import { type Resize, resizeOf } from './resize.ts'
import type { Runtime } from './runtime.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'
import { type ContainerState, isSidecar, podStatus } from './status.ts'
import { containerStates, podActorId, type SyncContext, start } from './sync.ts'

export class KubeletTurn implements SyncContext {
  readonly actors: ActorHost
  readonly view: View
  readonly now: number
  readonly runtime: Runtime
  readonly chance: (site: string) => number
  readonly intents: AgentIntent[] = []
  readonly #occupancies = new Map<string, Occupancy>()
  readonly #looks = new Set<string>()
  readonly #dirty = new Set<string>()
  #memory: KubeletMemory
  readonly #owned = new Set<keyof KubeletMemory>()

  constructor(memory: KubeletMemory, input: TurnInput, runtime: Runtime) {
    this.#memory = memory
    this.actors = input.actors
    this.view = input.view
    this.now = input.view.now
    this.chance = input.chance
    this.runtime = runtime
  }

  get memory(): KubeletMemory {
    return this.#memory
  }

  remembered(): KubeletMemory {
    return this.#memory
  }

  remember(change: Partial<KubeletMemory>): void {
    this.#memory = { ...this.#memory, ...change }
  }

  /** A persistent map of the memory as this turn's own copy, free to be changed. */
  own<K extends 'images' | 'files' | 'lastIp' | 'nodes'>(name: K): KubeletMemory[K] {
    if (!this.#owned.has(name)) {
      this.#owned.add(name)
      this.remember({ [name]: (this.#memory[name] as Ordered<unknown>).clone() } as Partial<KubeletMemory>)
    }
    return this.#memory[name]
  }

  nodeNames(): string[] {
    return this.#memory.nodes.keysArray()
  }

  /** True for a node of ours whose words reach the API. */
  talks(node: string): boolean {
    return this.actors.get(`nodes/${node}`)?.matches('ready') === true
  }

  beat(): number {
    this.remember({ beats: this.#memory.beats + 1 })
    return this.#memory.beats
  }

  hasImage(node: string, image: string): boolean {
    return this.#memory.images.has(`${node} ${image}`)
  }

  /** Takes a node on: a new actor, or the one that lived through a crash of the kubelets. A removed one begins anew. */
  addNode(spec: NodeSpec): void {
    const id = `nodes/${spec.name}`
    const known = this.actors.get(id)
    if (known?.status === 'active') return this.recall(known.context as NodeContext)
    const index = this.#memory.nodes.get(spec.name) ?? this.#memory.nodeCount
    this.recall({ name: spec.name, index })
    this.emitted(this.actors.spawn(id, 'node', { name: spec.name, index, spec }))
  }

  /** Knows a node again by its actor. */
  recall({ name, index }: Pick<NodeContext, 'name' | 'index'>): void {
    this.own('nodes').set(name, index)
    this.remember({ nodeCount: Math.max(this.#memory.nodeCount, index + 1) })
  }

  /** An event from outside or a delay that ran out. `node.added` brings a node; traffic and files change the memory. */
  deliver(actor: string, event: ActorEvent): void {
    if (event.type === 'node.added') return this.addNode(event.spec as NodeSpec)
    if (event.type === 'files.changed')
      return this.#changeFiles(event.changes as Readonly<Record<string, string | null>>)
    if (event.type === 'load.changed') return this.remember({ loads: event.loads as KubeletMemory['loads'] })
    if (event.type === 'request.sent') return this.remember({ requests: this.#memory.requests + 1 })
    this.emitted(this.actors.send(actor, { ...event, at: this.now }))
    if (actor.startsWith('pods/')) this.look(actor.split('/').slice(1, 3).join('/'))
  }

  /** Sees a pod's object: its actor exists from now on; a new binding, deletion or spec leads on. */
  take(pod: KubeObject, previous: KubeObject | undefined): void {
    const id = podActorId(pod)
    const known = this.actors.get(id)
    const { name, namespace = '', uid = '' } = pod.metadata
    if (known === undefined || (known.context as PodContext).uid !== uid) {
      this.#forget(id)
      this.emitted(this.actors.spawn(id, 'pod', { name, namespace, uid }))
    }
    if (previous?.spec?.activeDeadlineSeconds !== pod.spec?.activeDeadlineSeconds)
      this.intents.push(...newDeadline(pod, this.actors.get(id)))
    const gated = pod.spec?.readinessGates !== undefined && previous?.status !== pod.status
    if (gated) this.#dirty.add(keyOf(pod))
    if (
      previous !== undefined &&
      previous.spec === pod.spec &&
      previous.metadata.deletionTimestamp === pod.metadata.deletionTimestamp
    ) {
      if (previous.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds) return
    }
    if (pod.spec?.nodeName) this.look(keyOf(pod))
    if (previous?.spec?.nodeName && previous.spec !== pod.spec) this.#dirty.add(keyOf(pod))
  }

  /** The pod's object is gone: so is everything of it. With a uid, only when another pod has not taken its name since. */
  drop(key: string, gone?: string): void {
    const id = `pods/${key}`
    const known = (this.actors.get(id)?.context as PodContext | undefined)?.uid
    if (gone !== undefined && known !== undefined && known !== gone) return
    this.emitted(this.actors.send(id, { type: 'object.removed', at: this.now }))
    this.#forget(id)
    this.actors.stop(id)
    if (known !== undefined) this.#removeFiles(`pod/${known}/`)
    this.intents.push({ type: 'timer.cancel', id: `deadline ${key}` })
    this.#looks.delete(key)
    this.#dirty.delete(key)
  }

  /** Notes that a pod's status is to be written when the turn ends. */
  touch(key: string): void {
    this.#dirty.add(key)
  }

  /** Notes that a pod is to be looked at before the turn ends. */
  look(key: string): void {
    this.#looks.add(key)
  }

  /** Carries out what actors asked for. */
  emitted(asked: readonly Emitted[]): void {
    for (const one of asked) {
      if (one.actor.startsWith('nodes/')) nodeAsked(this, one)
      else this.#podAsked(one)
    }
  }

  /** Looks at every noted pod until none has anything left to do. */
  settle(sync: (pod: KubeObject) => void): void {
    for (const key of this.#looks) {
      this.#looks.delete(key)
      const { namespace, name } = splitKey(key)
      const pod = this.view.get('pods', namespace, name)
      if (pod?.spec?.nodeName === undefined || !this.talks(pod.spec.nodeName)) continue
      if (this.actors.get(podActorId(pod))?.matches('pending') === true) this.#bind(pod)
      sync(pod)
    }
  }

  /** The turn's intents: reports and the like, then one status a changed pod, then the removals of those that ended. */
  finished(): AgentIntent[] {
    const statuses: AgentIntent[] = []
    const endings: AgentIntent[] = []
    for (const key of this.#dirty) {
      const { namespace, name } = splitKey(key)
      const pod = this.view.get('pods', namespace, name)
      const actor = this.actors.get(`pods/${key}`)
      if (pod?.spec?.nodeName === undefined || actor === undefined || actor.matches('pending')) continue
      if (!this.talks(pod.spec.nodeName)) continue
      statuses.push(...this.#statusOf(pod, actor))
      endings.push(...endOf(pod, actor))
    }
    return [...this.intents, ...statuses, ...endings].map((intent) => caused(intent, this.view))
  }

  #forget(podId: string): void {
    for (const id of this.actors.ids(`${podId}/`)) this.actors.stop(id)
  }

  #bind(pod: KubeObject): void {
    const id = podActorId(pod)
    if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return
    const node = this.view.get('nodes', '', pod.spec.nodeName)
    const occupancy = this.#occupancy(pod.spec.nodeName)
    const refused = node === undefined ? undefined : refusalOf(pod, node, occupancy)
    const at = this.now
    if (refused === undefined) {
      occupy(occupancy, pod)
      const ip = pod.spec.hostNetwork === true ? this.hostIp(pod.spec.nodeName) : this.#nextIp(pod.spec.nodeName)
      const graceMs = 1000 * (pod.spec.terminationGracePeriodSeconds ?? 30)
      this.intents.push(...deadlineOf(pod, at))
      return this.emitted(this.actors.send(id, { type: 'pod.bound', node: pod.spec.nodeName, ip, graceMs, at }))
    }
    this.intents.push(podReport(pod, refused.reason, refused.message))
    const message = `Pod was rejected: ${refused.message}`
    this.emitted(
      this.actors.send(id, { type: 'pod.rejected', node: pod.spec.nodeName, reason: refused.reason, message, at }),
    )
  }

  /** What the pods this kubelet has taken on take up; counted once a turn and then kept up to date. */
  #occupancy(node: string): Occupancy {
    const known = this.#occupancies.get(node)
    if (known !== undefined) return known
    const taken = this.view
      .by('pods', 'node', node)
      .filter((pod) => this.actors.get(podActorId(pod))?.matches('pending') === false)
    const occupancy = occupancyOf(taken)
    this.#occupancies.set(node, occupancy)
    return occupancy
  }

  /** The time a pod may be active has run out. */
  exceed(key: string): void {
    const { namespace, name } = splitKey(key)
    const pod = this.view.get('pods', namespace, name)
    if (pod === undefined) return
    this.intents.push(podReport(pod, 'DeadlineExceeded', deadlineMessage, 'Normal'))
    const event = { type: 'containers.failed', reason: 'DeadlineExceeded', message: deadlineMessage, at: this.now }
    this.emitted(this.actors.send(`pods/${key}`, event))
  }

  hostIp(node: string): string {
    const addresses = this.view.get('nodes', '', node)?.status?.addresses as readonly {
      type: string
      address: string
    }[]
    const own = addresses?.find(({ type }) => type === 'InternalIP')?.address
    return own ?? nodeAddress(this.#memory.nodes.get(node) ?? 0)
  }

  /** The next free address of the node's range. */
  #nextIp(node: string): string {
    const given: string = this.view.get('nodes', '', node)?.spec?.podCIDR ?? ''
    const range = given.endsWith('.0/24') ? given : podCidr(this.#memory.nodes.get(node) ?? 0)
    const prefix = range.replace('0/24', '')
    let last = this.#memory.lastIp.get(node) ?? 1
    for (let tries = 0; tries < 253; tries++) {
      last = last >= 254 ? 2 : last + 1
      if (this.view.by('pods', 'ip', prefix + last).every(isPodFinished)) break
    }
    this.own('lastIp').set(node, last)
    return prefix + last
  }

  #podAsked({ actor, type }: Emitted): void {
    const [, namespace = '', name = '', container] = actor.split('/')
    const key = objectKey(namespace, name)
    const pod = this.view.get('pods', namespace, name)
    this.look(key)
    if (pod === undefined || type === 'startContainers') return
    if (type === 'changed') this.#dirty.add(key)
    else if (type === 'stopContainers') this.#stopContainers(pod)
    else if (type === 'removeObject') this.#dirty.add(key)
    else if (type === 'reportBlocked' && container === undefined)
      this.intents.push(
        podReport(pod, 'FailedMount', (this.actors.get(actor)?.context as PodContext | undefined)?.blocked ?? ''),
      )
    else if (container !== undefined) this.#containerAsked(pod, actor, container, type)
  }

  #containerAsked(pod: KubeObject, actor: string, container: string, type: string): void {
    const inits = (pod.spec?.initContainers ?? []) as ContainerSpec[]
    const ephemeral = (pod.spec?.ephemeralContainers ?? []) as ContainerSpec[]
    const all = [...((pod.spec?.containers ?? []) as ContainerSpec[]), ...inits, ...ephemeral]
    const spec = all.find((one) => one.name === container)
    if (spec === undefined) return
    if (type === 'askForStart') {
      this.#removeFiles(`pod/${pod.metadata.uid}/root/${container}/`)
      return start(this, pod, spec)
    }
    const context = this.actors.get(actor)?.context as ContainerContext
    if (type === 'reportPulled' && !context.plan.cached)
      this.own('images').set(`${pod.spec.nodeName} ${spec.image}`, true)
    const list = ephemeral.includes(spec)
      ? 'ephemeralContainers'
      : inits.includes(spec)
        ? 'initContainers'
        : 'containers'
    const report = this.talks(pod.spec.nodeName)
      ? containerReport(type, context, pod, `spec.${list}{${container}}`)
      : undefined
    if (report !== undefined) this.intents.push(report)
  }

  #stopContainers(pod: KubeObject): void {
    const graceMs = (this.actors.get(podActorId(pod))?.context as PodContext | undefined)?.graceMs ?? 0
    for (const list of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
      for (const { spec, snapshot } of containerStates(this, pod, list)) {
        if (snapshot === undefined || snapshot.matches('exited')) continue
        if (list === 'initContainers' && isSidecar(spec)) continue
        this.emitted(
          this.actors.send(`${podActorId(pod)}/${spec.name}`, { type: 'stop.requested', graceMs, at: this.now }),
        )
      }
    }
  }

  #statusOf(pod: KubeObject, actor: AnyMachineSnapshot): AgentIntent[] {
    const inits = containerStates(this, pod, 'initContainers')
    const containers = containerStates(this, pod, 'containers')
    const ephemeral = containerStates(this, pod, 'ephemeralContainers')
    const hostIP = this.hostIp(pod.spec.nodeName)
    const resize = this.#resize(pod, [...inits, ...containers])
    const status = podStatus({ pod, actor, inits, containers, ephemeral, hostIP, resize, now: this.now })
    if (equal(status, pod.status)) return []
    const { namespace = '', name, uid = '' } = pod.metadata
    const ref = { resource: 'pods', namespace, name }
    return [{ type: 'update', ref, object: { ...pod, status }, subresource: 'status', uid, trusted: true }]
  }

  #resize(pod: KubeObject, states: readonly ContainerState[]): Resize {
    const { nodeName } = pod.spec
    const resize = resizeOf(pod, this.view.get('nodes', '', nodeName), () => this.#occupancy(nodeName), states)
    for (const { level, reason, message } of resize.events) this.intents.push(podReport(pod, reason, message, level))
    const graceMs = 1000 * (pod.spec?.terminationGracePeriodSeconds ?? 30)
    for (const name of resize.restarts)
      this.emitted(this.actors.send(`${podActorId(pod)}/${name}`, { type: 'stop.requested', graceMs, at: this.now }))
    return resize
  }

  /** Room came free on a node: pods that wait to be resized are looked at again. */
  roomCame(node: string | undefined): void {
    if (node === undefined) return
    for (const pod of this.view.by('pods', 'node', node)) {
      const waits = (one: { type: string; reason?: string }) =>
        one.type === 'PodResizePending' && one.reason === 'Deferred'
      if ((pod.status?.conditions ?? []).some(waits)) this.#dirty.add(keyOf(pod))
    }
  }

  #changeFiles(changes: Readonly<Record<string, string | null>>): void {
    const files = this.own('files')
    for (const [path, content] of Object.entries(changes)) {
      if (content === null) files.delete(path)
      else files.set(path, content)
    }
  }

  #removeFiles(prefix: string): void {
    const doomed: string[] = []
    this.#memory.files.forRange(prefix, `${prefix}\uffff`, false, (path) => {
      doomed.push(path)
    })
    if (doomed.length > 0) this.#changeFiles(Object.fromEntries(doomed.map((path) => [path, null])))
  }
}

/**
 * What a pod that ended asks of the server: its timer goes, and a deleted one is removed. An object that finalizers keep
 * is asked for once: its grace is 0 from then on.
 */
function endOf(pod: KubeObject, actor: AnyMachineSnapshot): AgentIntent[] {
  const { namespace = '', name, uid = '', deletionGracePeriodSeconds, finalizers = [] } = pod.metadata
  const over = ['succeeded', 'failed', 'stopped'].some((state) => actor.matches(state))
  const timed = over && pod.spec?.activeDeadlineSeconds !== undefined
  const cancel: AgentIntent[] = timed ? [{ type: 'timer.cancel', id: `deadline ${keyOf(pod)}` }] : []
  if (!actor.matches('stopped') || (deletionGracePeriodSeconds === 0 && finalizers.length > 0)) return cancel
  const ref = { resource: 'pods', namespace, name }
  return [...cancel, { type: 'delete', ref, uid, graceSeconds: 0, trusted: true }]
}
