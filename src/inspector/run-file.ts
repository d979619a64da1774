/** A run as one file: how the cluster began, what was done to it and when, and how it ended. `kybern replay` executes it. */
import type { Json } from '../api/object.ts'
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

/** One thing that was done. Commands that move time are steps too; `at` is the cluster's time when it was done, in ms. */
export interface RunStep {
  readonly at: number
  readonly do: CommandName
  readonly with: Json
  /** In words: `scale deployment/web to 3`. */
  readonly text: string
  /** What was refused stays in the run: `KYB-REFUSED …`. */
  readonly refused?: string
}
