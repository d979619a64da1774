/**
 * What kubelets need of a container runtime: types only. The simulated one (`simulated/runtime.ts`) says beforehand what
 * will happen when; one that runs real processes would plan without an end and tell of it in events.
 */
import type { ContainerPlan } from '../../machines/container.ts'
import type { KubeObject } from '../api/object.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'

/** One start of a container at one moment. */
export interface Start {
  readonly pod: KubeObject
  readonly container: ContainerSpec
  /** Starts before this one. */
  readonly restarts: number
  /** Is the image on the node, and may it be used without asking the registry? */
  readonly cached: boolean
  /** In [0, 1), by site and seed: for durations. */
  readonly chance: (site: string) => number
}

/** What a container uses at a rate of requests per second. */
export interface Usage {
  readonly cpuMilli: number
  readonly memoryBytes: number
}

export interface Runtime {
  /** What will happen: pull, start, probes, exit, stop. Throws when the container cannot be created, saying why. */
  plan(start: Start): ContainerPlan
  usage(pod: KubeObject, container: ContainerSpec, requestsPerSecond: number, now: number): Usage
}
