/** What is inside the pods, for their user: commands, logs, and the simulated network. */

import type { AnyMachineSnapshot } from 'xstate'
import type { KubeObject } from '../api/object.ts'
import { notFound } from '../api/status-error.ts'
import type { Plane } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { chanceOf } from '../lib/digest.ts'
import type { KubeletMemory, Load } from '../node/memory.ts'
import { request, type Served } from '../node/network/request.ts'
import { resolve } from '../node/network/resolve.ts'
import { type ContainerSpec, type Scripts, scriptOf } from '../node/simulated/behaviour.ts'
import { containerLog, type LogOptions } from '../node/simulated/logs.ts'
import { type ExecResult, execute } from '../node/simulated/shell.ts'

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

export class Workloads {
  readonly #plane: Plane
  readonly #scripts: Scripts
  readonly #act: () => void

  constructor(plane: Plane, scripts: Scripts, act: () => void) {
    this.#plane = plane
    this.#scripts = scripts
    this.#act = act
  }

  get network(): Network {
    return {
      request: async (url, options) => this.#request(url, options?.from),
      resolve: (name, namespace = 'default') => resolve(this.#plane.api.view(), name, namespace)?.ips ?? [],
      load: (url, { requestsPerSecond }) => {
        const others = this.#memory().loads.filter((load) => load.url !== url)
        const loads: Load[] = requestsPerSecond > 0 ? [...others, { url, requestsPerSecond }] : others
        this.#tell({ type: 'load.changed', loads })
      },
    }
  }

  #request(url: string, from: string | undefined): NetworkAnswer {
    const turn = this.#memory().requests
    const serve = (pod: KubeObject, container: string): Served | undefined => this.#serve(pod, container)
    const chance = (site: string): number => chanceOf(this.#plane.world.seed, site)
    const sent = from === undefined ? { url, turn } : { url, turn, from }
    const answer = request(this.#plane.api.view(), sent, { serve, chance })
    this.#tell({ type: 'request.sent' })
    if ('error' in answer) throw new KybernError('KYB-NETWORK', answer.message)
    const [namespace = '', pod = ''] = answer.pod.split('/')
    return { ...answer, pod, namespace }
  }

  /** What a container answers while its process runs. */
  #serve(pod: KubeObject, container: string): Served | undefined {
    const { namespace, name } = pod.metadata
    const running = this.#plane.host.get(`pods/${namespace}/${name}/${container}`)?.matches('running') === true
    if (!running) return undefined
    return { body: scriptOf(pod, this.#container(pod, container), this.#scripts).serves ?? `${name}\n` }
  }

  exec(name: string, command: readonly string[], where: Where): ExecResult {
    const pod = this.#pod(name, where.namespace)
    const container = this.#container(pod, where.container)
    const running = this.#plane.host.get(`pods/${pod.metadata.namespace}/${name}/${container.name}`)?.matches('running')
    if (running !== true)
      throw new KybernError('KYB-EXEC', `container "${container.name}" of pod "${name}" is not running`)
    const result = execute(this.#plane.api.view(), pod, container, this.#memory().files, command)
    if (Object.keys(result.changes).length > 0) this.#tell({ type: 'files.changed', changes: result.changes })
    return result
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

  #tell(event: { type: string; [field: string]: unknown }): void {
    this.#plane.loop.deliverTo('kubelet', 'kubelet', event)
    this.#act()
  }

  #pod(name: string, namespace = 'default'): KubeObject {
    const pod = this.#plane.api.view().get('pods', namespace, name)
    if (pod === undefined) throw notFound('pods', name)
    return pod
  }

  #container(pod: KubeObject, name: string | undefined): ContainerSpec {
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])] as ContainerSpec[]
    const found = name === undefined ? all[0] : all.find((container) => container.name === name)
    if (found === undefined)
      throw new KybernError('KYB-CONTAINER', `pod "${pod.metadata.name}" has no container "${name}"`)
    return found
  }
}
