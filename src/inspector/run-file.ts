/** A run as one file: how the cluster began, what was done to it and when, and how it ended. `kybern replay` executes it. */
import type { Json, KubeObject } from '../api/object.ts'
import type { Transition } from '../store/transition.ts'
import type { CommandName } from './questions.ts'

export const runFileVersion = 1

/** JSON, in UTF-8. */
export interface RunFile {
  readonly kybern: 'run'
  readonly version: number
  readonly title: string
  /** What `createCluster` was given; what is not plain data cannot be saved. */
  readonly options: Readonly<Record<string, Json | undefined>>
  readonly steps: readonly RunStep[]
  readonly end: {
    readonly revision: number
    /** ms of cluster time. */
    readonly time: number
    /** `cluster.hash()`. */
    readonly hash: string
    /** Status words by `Kind namespace/name`, for people. */
    readonly objects: Readonly<Record<string, string>>
  }
}

/** One thing that was done. `at` is the cluster's time when it was, in ms: whoever repeats the run advances to it first. */
export interface RunStep {
  readonly at: number
  /** The cluster's time when it was done: later for what lets time pass. */
  readonly until: number
  /** `dispatch`: a write that did not come through a session. */
  readonly do: CommandName | 'dispatch'
  /** In words: `scale deployment/web to 3`. */
  readonly text: string
  /** What it comes to, call by call. */
  readonly calls: readonly Call[]
  /** True when a fault held its request back: its answer came later. */
  readonly late?: boolean
  /** What was refused stays in the run: the message. */
  readonly refused?: string
}

/** One call on a cluster, with plain data. */
export type Call =
  | { readonly call: 'apply'; readonly manifest: string | readonly KubeObject[] }
  | {
      readonly call: 'patch'
      readonly kind: string
      readonly name: string
      readonly patch: Json
      readonly options: Json
    }
  | { readonly call: 'delete'; readonly kind: string; readonly name: string; readonly options: Json }
  | { readonly call: 'dispatch'; readonly transition: Transition }
  /** A request to the API: what needs more than one write, such as an eviction. */
  | { readonly call: 'request'; readonly method: string; readonly path: string; readonly body: Json }
  | { readonly call: 'fault'; readonly fault: Readonly<Record<string, Json | undefined>> }
  /** Of a rule: the first that was put in force is 1. */
  | { readonly call: 'lift'; readonly id: number }
  | {
      readonly call: 'send'
      readonly kind: string
      readonly name: string
      readonly namespace: string
      readonly event: { readonly type: string }
    }
  /** One request through the simulated network. */
  | { readonly call: 'network'; readonly url: string; readonly from?: string }
  /** Steady traffic from now on; 0 ends it. */
  | { readonly call: 'load'; readonly url: string; readonly requestsPerSecond: number }
  /** A command in a container, to its end. */
  | {
      readonly call: 'exec'
      readonly pod: string
      readonly command: readonly string[]
      readonly options: { readonly namespace?: string; readonly container?: string }
    }
  | { readonly call: 'advance'; readonly by: number | string }
  | { readonly call: 'settle' }
