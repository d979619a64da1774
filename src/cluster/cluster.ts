/**
 * A cluster as its user holds it. Everything here reads the world's values or sends transitions; nothing is kept beside.
 */

import { map, type Observable, type SchedulerLike, type Subscription } from 'rxjs'
import type { AnyActorRef } from 'xstate'
import type { ActorEvent } from '../actors/actor.ts'
import { type InspectionEvent, inspectionEvents } from '../actors/inspect.ts'
import { actorView } from '../actors/ref.ts'
import { forkWorld, type World } from '../actors/world.ts'
import type { AuditEvent } from '../api/audit.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import type { Plane, Trouble } from '../cluster.ts'
import { controllerAgent } from '../controllers/agent.ts'
import type { Controller } from '../controllers/controller.ts'
import { controllersOfAll } from '../controllers/index.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { LogOptions } from '../node/simulated/logs.ts'
import type { RequestRule, WatchRule } from '../store/faults.ts'
import type { Snapshot } from '../store/snapshot.ts'
import type { Cause, Committed, Delete, Outcome, Patch, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { type AdmitOptions, type Admitted, admittedAs, trialOf } from './admit.ts'
import { applied } from './apply.ts'
import { Clocks, type ClusterClock } from './clocks.ts'
import { Driver } from './driver.ts'
import { arm, type Fault, inflict, type OngoingFault, ongoingFaults } from './fault.ts'
import { hashOf } from './hash.ts'
import { type Manifest, objectsOf } from './manifest.ts'
import { type ClusterOptions, paceOf } from './options.ts'
import { outsideOf, Questions } from './questions.ts'
import { type ListOptions, selectedFrom, shownFrom } from './selecting.ts'
import { unknownKind } from './unknown-kind.ts'
import { Workloads } from './workloads.ts'

const userCause: Cause = { why: 'request', by: 'embedder' }

export class Cluster implements AsyncDisposable {
  readonly #plane: Plane
  readonly #options: ClusterOptions
  readonly #over: (world: World, used: readonly Controller[]) => Plane
  /** Controllers added at run time: a fork has them too. */
  #used: readonly Controller[]
  readonly #driver: Driver
  readonly questions: Questions
  readonly #clocks: Clocks
  /** What is inside the pods: exec, logs, files, and the simulated network. */
  readonly #workloads: Workloads

  constructor(
    plane: Plane,
    options: ClusterOptions,
    over: (world: World, used: readonly Controller[]) => Plane,
    used: readonly Controller[] = [],
  ) {
    this.#plane = plane
    this.#options = options
    this.#over = over
    this.#used = used
    this.questions = new Questions(plane.api, outsideOf(options))
    this.#driver = new Driver(plane.world, plane.loop, this.questions, paceOf(options.time ?? 'virtual'), options.clock)
    this.#clocks = new Clocks(plane.world, () => this.#driver.wake())
    plane.running.add(plane.loop.callback$.subscribe((id) => this.#clocks.fire(id)))
    this.#workloads = new Workloads(plane, options, () => this.#driver.act())
  }

  /** The cluster's clock. */
  get now(): Date {
    return new Date(this.#driver.now)
  }

  /** The immutable value of this moment. */
  get snapshot(): Snapshot {
    return this.#plane.world.store.snapshot
  }

  /** The cluster's clock as XState's `Clock`. */
  get clock(): ClusterClock {
    return this.#clocks.clock
  }

  /** The cluster's clock as an RxJS scheduler. */
  get scheduler(): SchedulerLike {
    return this.#clocks.scheduler
  }

  /** This moment's snapshot and every one after it, in order. */
  get snapshot$(): Observable<Snapshot> {
    return this.#plane.api.pipe(map((snapshot) => snapshot))
  }

  /** Every committed transition with revision, time and cause. */
  get transition$(): Observable<Committed> {
    return this.#plane.api.committed$
  }

  /** What controllers could not do: thrown reconciles and refused writes, which are backed off and tried again. */
  get trouble$(): Observable<Trouble> {
    return this.#plane.trouble$.asObservable()
  }

  /** What is asked of the API over HTTP or through `handle`, as audit.k8s.io/v1 events. Made only while somebody listens. */
  get audit$(): Observable<AuditEvent> {
    return this.#plane.audit$.asObservable()
  }

  /** A reading of this moment with indexes, as controllers get it. */
  get view(): View {
    return this.#plane.api.view()
  }

  /** Every kind once, in the version its objects are stored in. */
  get kinds(): readonly Kind[] {
    return this.registry.kinds
  }

  /** The kinds of this moment with their versions, by every name they have. */
  get registry(): Registry {
    return this.#plane.world.store.registry
  }

  /** The machinery, for the parts of kybern that stand on it (server, testing, inspector). */
  get plane(): Plane {
    return this.#plane
  }

  get driver(): Driver {
    return this.#driver
  }

  get options(): ClusterOptions {
    return this.#options
  }

  /** Controllers that were added by `use`. */
  get used(): readonly Controller[] {
    return this.#used
  }

  /** What is inside the pods, for the parts of kybern that stand on it. */
  get workloads(): Workloads {
    return this.#workloads
  }

  get network(): Workloads['network'] {
    return this.#workloads.network
  }

  /** Runs a command the simulated containers understand. Throws KYB-EXEC for what they do not. */
  exec(pod: string, command: readonly string[], where: { namespace?: string; container?: string } = {}) {
    return this.#workloads.exec(pod, command, where)
  }

  /** The lines a container wrote, oldest first. */
  logs(pod: string, where: { namespace?: string; container?: string; previous?: boolean } = {}): string {
    return this.#workloads.logs(pod, where)
  }

  /** The lines of one container, narrowed; what `kubectl logs` shows. */
  logLines(pod: KubeObject, container: string, options: LogOptions = {}): string[] {
    return this.#workloads.logLines(pod, container, options)
  }

  /**
   * Creates or three-way merges every object of the manifest, in order, as `kubectl apply` does. Nothing is applied when
   * the text does not parse. A refused object throws its StatusError (an AggregateError when several are refused); the
   * others are applied.
   */
  async apply(manifest: Manifest): Promise<KubeObject[]> {
    const applied: KubeObject[] = []
    const errors: Error[] = []
    for (const object of objectsOf(manifest)) {
      try {
        applied.push(await this.#applyOne(object))
        // What follows may be of the kind that a definition has just brought.
        if (object.kind === 'CustomResourceDefinition') this.#driver.act()
      } catch (error) {
        errors.push(error as Error)
      }
    }
    this.#driver.act()
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1) throw new AggregateError(errors, errors.map((error) => error.message).join('\n'))
    return applied
  }

  /** What creating the object (replacing it, when it exists) would be answered; nothing is written, refusals do not throw. */
  async admit(wanted: KubeObject, options: AdmitOptions = {}): Promise<Admitted> {
    const kind = this.#plane.world.store.registry.byKind(wanted.apiVersion, wanted.kind)
    if (kind === undefined) throw unknownKind(wanted)
    return admittedAs(await this.#submit(trialOf(this.view, kind, wanted, options, userCause)))
  }

  get(kind: string, name: string, namespace = 'default'): KubeObject | undefined {
    const found = this.#kind(kind)
    const stored = this.view.get(found, found.namespaced ? namespace : '', name)
    return stored === undefined ? undefined : shownFrom(found, stored)
  }

  list(kind: string, options: ListOptions = {}): KubeObject[] {
    const found = this.#kind(kind)
    const namespace = options.namespace ?? 'default'
    const all = this.view.list(found, !found.namespaced || namespace === '*' ? undefined : namespace)
    return selectedFrom(found, all, options).map((object) => shownFrom(found, object))
  }

  /** Merges a patch into an object (JSON merge patch, or the type named). */
  async patch(
    kind: string,
    name: string,
    patch: unknown,
    options: { namespace?: string; type?: Patch['patchType']; subresource?: string } = {},
  ): Promise<KubeObject> {
    const { namespace, type = 'strategic', subresource = '' } = options
    const found = this.#kind(kind)
    const patchType = type === 'strategic' && found.schema === undefined ? 'merge' : type
    const ref = this.#ref(found, name, namespace)
    const { apiVersion } = found
    const writing = { apiVersion, fieldValidation: 'Strict', cause: userCause } as const
    return shownFrom(found, await this.#act({ type: 'patch', ref, patchType, patch, subresource, ...writing }))
  }

  /** Deletes an object; propagation Background unless said otherwise. Throws a StatusError 404 when there is none. */
  async delete(
    kind: string,
    name: string,
    options: { namespace?: string; graceSeconds?: number; propagation?: Delete['propagation'] } = {},
  ): Promise<KubeObject> {
    const { namespace, ...rest } = options
    const found = this.#kind(kind)
    const ref = this.#ref(found, name, namespace)
    return shownFrom(found, await this.#act({ type: 'delete', ref, ...rest, cause: userCause }))
  }

  /** Sends a transition and answers what came of it. Everybody acts on it at this moment; time does not move. */
  async dispatch(transition: Transition): Promise<Outcome> {
    const outcome = await this.#submit(transition)
    this.#driver.act()
    return outcome
  }

  /** Runs until nothing is left to do (heartbeats and other endless periodic work aside); the error names who is busy. */
  async settle(options: { within?: number | string } = {}): Promise<void> {
    await this.#driver.settle(options.within)
  }

  /** Moves the clock, firing everything due in order, nested timers included. Number = ms. */
  async advance(duration: number | string): Promise<void> {
    await this.#driver.advance(duration)
  }

  /** Moves the clock until the condition holds; throws KYB-UNTIL when it does not within the duration (default 10m). */
  async until(done: (cluster: Cluster) => boolean, options: { within?: number | string } = {}): Promise<void> {
    await this.#driver.until(() => done(this), options.within ?? '10m')
  }

  /** The actor of an object, a controller (`Controller`, `deployment`) or a container (`Container`, `pod/container`). */
  actor(kind: string, name: string, namespace = 'default'): AnyActorRef {
    const { host, news$ } = this.#plane
    const deliver = (id: string, event: ActorEvent) => this.#deliver(id, event)
    return actorView(
      { news$, get: (id) => host.get(id), deliver },
      this.#actorId(kind, name, namespace),
    ) as unknown as AnyActorRef
  }

  /** XState inspection events of all actors from now on: what Stately's inspector takes. */
  inspect(listener: (event: InspectionEvent) => void): Subscription {
    const deliver = (id: string, event: ActorEvent) => this.#deliver(id, event)
    return this.#plane.news$.subscribe((news) => {
      const owner = this.#plane.world.actors.get(news.id)?.owner
      for (const event of inspectionEvents(news, owner, deliver)) listener(event)
    })
  }

  /** An independent cluster from this very moment: API, actors, queues, timers, clock, randomness. Its time is virtual. */
  fork(): Cluster {
    this.#driver.refuseClosed()
    if (this.#plane.loop.turning)
      throw new KybernError('KYB-FORK-BUSY', 'a cluster cannot be forked in the middle of a turn or a delivery')
    const options = { ...this.#options, time: 'virtual' as const }
    const plane = this.#over(forkWorld(this.#plane.world), this.#used)
    return new Cluster(plane, options, this.#over, this.#used)
  }

  /** Adds controllers and kinds at run time; forks have them too. Throws KYB-AGENT for a controller's name that is taken. */
  use(...parts: (Controller | Kind)[]): this {
    this.#driver.refuseClosed()
    const { world, add, loop, onTrouble } = this.#plane
    for (const part of parts) {
      if (typeof part !== 'object' || part === null || !('reconcile' in part || 'resource' in part))
        throw new KybernError('KYB-USE', 'use() takes what controller() and defineKind() make')
      if ('reconcile' in part) {
        add(controllerAgent(part, onTrouble))
        this.#used = [...this.#used, part]
      } else {
        world.store.registry = world.store.registry.with(part)
        for (const one of controllersOfAll(world.store.registry.kinds)) loop.replace(controllerAgent(one, onTrouble))
      }
    }
    this.#driver.act()
    return this
  }

  /**
   * Breaks something: a node, a controller at once; requests and watches by a rule (`fault.on(…)`, `fault.watch(…)`), which
   * goes on until it is lifted. Throws KYB-FAULT.
   */
  fault(fault: Fault): void
  fault(rule: RequestRule | WatchRule): OngoingFault
  fault(fault: Fault | RequestRule | WatchRule): OngoingFault | undefined {
    this.#driver.refuseClosed()
    if (typeof fault === 'object' && fault !== null && 'type' in fault)
      return arm(this.#plane, fault, (lift) => this.fault({ lift }))
    inflict(this.#plane, fault)
    this.#driver.act()
    return undefined
  }

  /** The fault rules in force, oldest first. */
  get faults(): OngoingFault[] {
    return ongoingFaults(this.#plane, (lift) => this.fault({ lift }))
  }

  /** A digest of all objects, all lives with their contexts, timers, clock, seed and faults: equal worlds, equal text. */
  hash(): string {
    return hashOf(this.#plane.world)
  }

  /** Ends the clock and every stream. What was read stays; whatever would move the cluster throws KYB-CLOSED. */
  async close(): Promise<void> {
    this.#driver.stop()
    this.#plane.loop.stop()
    this.#plane.running.unsubscribe()
    const { news$, trouble$, input$, audit$ } = this.#plane
    for (const subject of [news$, trouble$, input$, audit$]) subject.complete()
    this.#plane.api.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #deliver(id: string, event: ActorEvent): void {
    this.#driver.refuseClosed()
    this.#plane.loop.deliver(id, event)
    this.#plane.input$.next({ type: 'send', actor: id, event })
    this.#driver.act()
  }

  async #applyOne(wanted: KubeObject): Promise<KubeObject> {
    const { kind, transition } = applied(this.view, this.registry, wanted)
    return shownFrom(kind, await this.#done({ ...transition, cause: userCause }))
  }

  async #act(transition: Transition): Promise<KubeObject> {
    const object = await this.#done(transition)
    this.#driver.act()
    return object
  }

  async #done(transition: Transition): Promise<KubeObject> {
    const outcome = await this.#submit(transition)
    if (!outcome.ok) throw outcome.error
    return outcome.object
  }

  async #submit(transition: Transition): Promise<Outcome> {
    this.#driver.refuseClosed()
    return new Promise((resolve) => {
      this.#plane.api.submit(transition, resolve)
      if (this.#plane.loop.waiting) this.#driver.act()
    })
  }

  #kind(name: string): Kind {
    const kind = this.registry.find(name)
    if (kind === undefined) throw new KybernError('KYB-KIND', `the cluster serves no kind "${name}"`)
    return kind
  }

  #ref(kind: Kind, name: string, namespace = 'default') {
    return { resource: kind.resource, namespace: kind.namespaced ? namespace : '', name }
  }

  #actorId(kind: string, name: string, namespace: string): string {
    const word = kind.toLowerCase()
    if (word === 'controller') return `controller/${name}`
    if (word === 'scheduler' || word === 'kubelet') return word
    if (word === 'container') return `pods/${namespace}/${name}`
    const found = this.#kind(kind)
    return found.namespaced ? `${found.resource}/${namespace}/${name}` : `${found.resource}/${name}`
  }
}
