/** What is inside the pods, for their user: commands, logs, and the simulated network. */

import type { AnyMachineSnapshot } from 'xstate'
import type { KubeObject } from '../api/object.ts'
import { notFound } from '../api/status-error.ts'
import type { Input, Plane } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { chanceOf } from '../lib/digest.ts'
import type { KubeletMemory, Load } from '../node/memory.ts'
import { requestRates } from '../node/metrics.ts'
import { type Response as Answered, listener, request, type Served } from '../node/network/request.ts'
import { resolve } from '../node/network/resolve.ts'
import type { Usage } from '../node/runtime.ts'
import { type ContainerSpec, interactiveCommand, type Scripts, scriptOf } from '../node/simulated/behaviour.ts'
import { containerLog, type LogOptions, logOf, type RunLog } from '../node/simulated/logs.ts'
import { simulatedRuntime } from '../node/simulated/runtime.ts'
import { type Begun, begin, type ExecResult, type ShellHost } from '../node/simulated/shell.ts'
import { behaviourOf, type Images } from '../node/simulated/userland/image.ts'
import type { FetchEffect, Fetched } from '../node/simulated/userland/program.ts'
import { runNow } from '../node/simulated/userland/run.ts'

export interface Where {
  readonly namespace?: string
  readonly container?: string
}

/** The answer to one request, and who gave it. */
export interface NetworkAnswer {
  readonly status: number
  readonly body: string
  readonly pod: string
  readonly namespace: string
  readonly node: string
  readonly container: string
  readonly latencyMs: number
}

/** The simulated network as a program in the cluster sees it. */
export interface Network {
  /** Sends one request, from outside or from a pod (`namespace/name`). Rejects with KYB-NETWORK when nobody answers. */
  request(url: string, options?: { readonly from?: string }): Promise<NetworkAnswer>
  /** The addresses a name resolves to; empty when there is no such name. */
  resolve(name: string, namespace?: string): readonly string[]
  /** Steady traffic to a URL from now on; 0 ends it. It shows in the pods' CPU usage. */
  load(url: string, options: { readonly requestsPerSecond: number }): void
}

/** What one container uses. */
export type ContainerUsage = Usage & { readonly name: string }

type Routed =
  | { readonly error: string }
  | { readonly answer: Answered; readonly pod: KubeObject; readonly container: string }

export class Workloads {
  readonly #plane: Plane
  readonly #scripts: Scripts
  readonly #images: Images
  readonly #act: () => void

  constructor(plane: Plane, { scripts = {}, images = {} }: { scripts?: Scripts; images?: Images }, act: () => void) {
    this.#plane = plane
    this.#scripts = scripts
    this.#images = images
    this.#act = act
  }

  get network(): Network {
    return {
      request: async (url, options) => this.#request(url, options?.from),
      resolve: (name, namespace = 'default') => resolve(this.#plane.api.view(), name, namespace)?.ips ?? [],
      load: (url, { requestsPerSecond }) => {
        const others = this.#memory().loads.filter((load) => load.url !== url)
        const loads: Load[] = requestsPerSecond > 0 ? [...others, { url, requestsPerSecond }] : others
        this.#tell({ type: 'load.changed', loads }, { type: 'load', url, requestsPerSecond })
      },
    }
  }

  async #request(url: string, from: string | undefined): Promise<NetworkAnswer> {
    const routed = this.#routed(url, from)
    if ('error' in routed) throw new KybernError('KYB-NETWORK', routed.error)
    const { answer, pod, container } = routed
    const { status, body } = await this.#served(pod, container, {
      type: 'fetch',
      url,
      method: 'GET',
      headers: {},
      body: '',
    })
    return { ...answer, pod: pod.metadata.name, namespace: pod.metadata.namespace ?? '', status, body }
  }

  /** Which container a request reaches, or why none. */
  #routed(url: string, from: string | undefined): Routed {
    const turn = this.#memory().requests
    let pod: KubeObject | undefined
    const serve = (one: KubeObject, name: string): Served | undefined => {
      pod = one
      return this.isRunning(one, name) ? { body: '' } : undefined
    }
    const chance = (site: string): number => chanceOf(this.#plane.world.seed, site)
    const sent = from === undefined ? { url, turn } : { url, turn, from }
    const answer = request(this.#plane.api.view(), sent, { serve, chance })
    this.#tell({ type: 'request.sent' }, { type: 'network', url, ...(from === undefined ? {} : { from }) })
    if ('error' in answer) return { error: answer.message }
    return { answer, pod: pod as KubeObject, container: answer.container }
  }

  /** Is the container's process there? */
  isRunning(pod: KubeObject, container: string): boolean {
    const { namespace, name } = pod.metadata
    return this.#plane.host.get(`pods/${namespace}/${name}/${container}`)?.matches('running') === true
  }

  /** A request of a program in a pod (`namespace/name`) or from outside, through the simulated network. */
  async fetch(effect: FetchEffect, from?: string): Promise<Fetched> {
    const routed = this.#routed(effect.url, from)
    return 'error' in routed ? routed : this.#served(routed.pod, routed.container, effect)
  }

  /** What listens on a port of the pod answers; undefined when nothing does. */
  async serve(
    pod: KubeObject,
    port: number,
    effect: FetchEffect,
  ): Promise<Exclude<Fetched, { error: string }> | undefined> {
    const container = listener(pod, port)
    if (container === undefined || !this.isRunning(pod, container)) return undefined
    return this.#served(pod, container, effect)
  }

  /** Does anything listen on a port of the pod? */
  listens(pod: KubeObject, port: number): boolean {
    const container = listener(pod, port)
    return container !== undefined && this.isRunning(pod, container)
  }

  async #served(pod: KubeObject, container: string, effect: FetchEffect): Promise<Exclude<Fetched, { error: string }>> {
    const handler = behaviourOf(this.#images, this.#container(pod, container).image)?.serve
    if (handler === undefined) return this.#said(pod, container)
    const { method, headers } = effect
    const body = method === 'GET' || method === 'HEAD' ? {} : { body: effect.body }
    const response = await handler(new Request(effect.url, { method, headers, ...body }), pod)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }

  /** What a container answers by its script. */
  #said(pod: KubeObject, container: string): Exclude<Fetched, { error: string }> {
    const body = scriptOf(pod, this.#container(pod, container), this.#scripts).serves ?? `${pod.metadata.name}\n`
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
  }

  /** Runs a command that waits for nothing. */
  exec(name: string, command: readonly string[], where: Where): ExecResult {
    const pod = this.#pod(name, where.namespace)
    const container = this.#container(pod, where.container)
    if (!this.isRunning(pod, container.name))
      throw new KybernError('KYB-EXEC', `container "${container.name}" of pod "${name}" is not running`)
    const begun = this.begin(pod, container.name, command, false)
    if ('failure' in begun) throw new KybernError('KYB-EXEC', begun.failure)
    return runNow(begun.run, begun.machine.files, (effect) => this.#fetchNow(effect, pod))
  }

  #fetchNow(effect: FetchEffect, from: KubeObject): Fetched {
    const routed = this.#routed(effect.url, `${from.metadata.namespace}/${from.metadata.name}`)
    if ('error' in routed) return routed
    if (behaviourOf(this.#images, this.#container(routed.pod, routed.container).image)?.serve !== undefined)
      throw new KybernError('KYB-EXEC', 'the answer comes later, which exec() cannot wait for; use network.request')
    return this.#said(routed.pod, routed.container)
  }

  /** Begins a command in a container; who calls runs it. */
  begin(pod: KubeObject, container: string, command: readonly string[], tty: boolean): Begun {
    return begin(this.#host, pod, this.#container(pod, container), command, tty)
  }

  get #host(): ShellHost {
    return {
      images: this.#images,
      view: () => this.#plane.api.view(),
      now: () => this.#plane.world.store.now,
      stored: () => this.#memory().files,
      change: (changes) => this.#tell({ type: 'files.changed', changes }, { type: 'files' }),
    }
  }

  /** What is typed to the container's process goes to this command; undefined when it reads nothing. */
  attached(pod: KubeObject, container: string): readonly string[] | undefined {
    return interactiveCommand(pod, this.#container(pod, container), this.#scripts)
  }

  /** The process of a container ended by itself. */
  ended(pod: KubeObject, container: string, exitCode: number): void {
    const { namespace, name } = pod.metadata
    const actor = `pods/${namespace}/${name}/${container}`
    const event = { type: 'program.exited', exitCode }
    this.#plane.loop.deliver(actor, event)
    this.#plane.input$.next({ type: 'send', actor, event })
    this.#act()
  }

  /** What one run of a container wrote. */
  log(pod: KubeObject, container: string, previous: boolean): RunLog {
    const snapshot = this.#plane.host.get(`pods/${pod.metadata.namespace}/${pod.metadata.name}/${container}`)
    const { now } = this.#plane.world.store
    return logOf(pod, this.#container(pod, container), snapshot, this.#scripts, now, previous)
  }

  /** What each container of a running pod uses; those of others use nothing. */
  usage(pods: readonly KubeObject[]): ReadonlyMap<string, readonly ContainerUsage[]> {
    const rates = requestRates(this.#plane.api.view(), this.#memory().loads)
    const runtime = simulatedRuntime(this.#scripts)
    const { now } = this.#plane.world.store
    const of = (pod: KubeObject): ContainerUsage[] => {
      const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
      const all = [...containers, ...initContainers, ...ephemeralContainers] as ContainerSpec[]
      const running = all.filter(({ name }) => this.isRunning(pod, name))
      const rate = rates.get(pod.metadata.uid ?? '') ?? 0
      const used = (one: ContainerSpec) => runtime.usage(pod, one, containers.includes(one) ? rate : 0, now)
      return running.map((one) => ({ name: one.name, ...used(one) }))
    }
    return new Map(pods.map((pod) => [pod.metadata.uid ?? '', of(pod)]))
  }

  logs(name: string, where: Where & { previous?: boolean }): string {
    const pod = this.#pod(name, where.namespace)
    const lines = this.logLines(pod, this.#container(pod, where.container).name, { previous: where.previous === true })
    return lines.map((line) => `${line}\n`).join('')
  }

  logLines(pod: KubeObject, container: string, options: LogOptions): string[] {
    const spec = this.#container(pod, container)
    const snapshot = this.#plane.host.get(`pods/${pod.metadata.namespace}/${pod.metadata.name}/${container}`)
    return containerLog(pod, spec, snapshot, this.#scripts, this.#plane.world.store.now, options)
  }

  #memory(): KubeletMemory {
    const kubelet = this.#plane.host.get('kubelet') as AnyMachineSnapshot
    return (kubelet.context as { memory: KubeletMemory }).memory
  }

  #tell(event: { type: string; [field: string]: unknown }, input: Input): void {
    this.#plane.loop.deliverTo('kubelet', 'kubelet', event)
    this.#plane.input$.next(input)
    this.#act()
  }

  #pod(name: string, namespace = 'default'): KubeObject {
    const pod = this.#plane.api.view().get('pods', namespace, name)
    if (pod === undefined) throw notFound('pods', name)
    return pod
  }

  #container(pod: KubeObject, name: string | undefined): ContainerSpec {
    const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
    const all = [...containers, ...initContainers, ...ephemeralContainers] as ContainerSpec[]
    const found = name === undefined ? all[0] : all.find((container) => container.name === name)
    if (found === undefined)
      throw new KybernError('KYB-CONTAINER', `pod "${pod.metadata.name}" has no container "${name}"`)
    return found
  }
}
