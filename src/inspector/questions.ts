/**
 * What a page may ask a session: by name, what goes with the question and what is answered. Questions read and change
 * nothing; commands do something to the cluster and are recorded. `revision` absent means now. Times in ms, durations
 * as ms or text such as `5m`.
 */
import type { Json, KubeObject } from '../api/object.ts'
import type { Cause } from '../store/transition.ts'
import type { Chart } from './chart-words.ts'
import type { RunFile } from './run-file.ts'
import type { ActorSummary, ClockState, ClusterInfo, FieldChange, ObjectSummary, TimerSummary } from './words.ts'

/** Names an object: by uid (deleted ones too), or by resource (or kind), namespace and name. */
export type ObjectName =
  | { readonly uid: string }
  | { readonly kind: string; readonly namespace?: string; readonly name: string }

export interface AtRevision {
  readonly revision?: number
}

interface Reads {
  clusters: { with: object; answer: readonly ClusterInfo[] }
  kinds: { with: object; answer: readonly KindInfo[] }
  clock: { with: object; answer: ClockState }
  /** Everything in short, as it was right after a revision, or at the end of a time. */
  moment: { with: AtRevision & { readonly time?: number }; answer: MomentAnswer }
  object: { with: ObjectName & AtRevision; answer: ObjectAnswer }
  /** Every change of one object, oldest first, as far back as is kept. */
  history: { with: ObjectName; answer: readonly ObjectChange[] }
  /** From a write back to the person, the boot or the fault: the write itself comes first. */
  why: { with: { readonly revision: number }; answer: readonly CauseStep[] }
  /** For each field of an object the write that last set it. */
  blame: { with: ObjectName & AtRevision; answer: readonly FieldBlame[] }
  /** Why a pod is or is not on each node. */
  scheduling: { with: ObjectName & AtRevision; answer: SchedulingAnswer }
  /** What each controller, the scheduler and the kubelets last saw, against what is. */
  beliefs: { with: object; answer: readonly Belief[] }
  /** Fault rules in force. */
  faults: { with: object; answer: readonly FaultInForce[] }
  actors: { with: AtRevision; answer: readonly ActorSummary[] }
  actor: { with: { readonly id: string } & AtRevision; answer: ActorAnswer }
  timers: { with: AtRevision; answer: readonly TimerSummary[] }
  /** The statecharts of all machines. */
  charts: { with: object; answer: readonly Chart[] }
  /** One machine as text. */
  export: { with: { readonly machine: string; readonly format: 'scxml' | 'mermaid' | 'json' }; answer: string }
  /** What is wrong with a manifest, without applying it: its YAML, its fields, and what admission says of it. */
  check: { with: { readonly text: string }; answer: readonly Diagnostic[] }
  /** What may stand at a place of a manifest. `offset` counts UTF-16 units. */
  complete: { with: { readonly text: string; readonly offset: number }; answer: Completions }
  /** Objects that differ between two clusters of the session at this moment. */
  diff: { with: { readonly with: string }; answer: readonly ObjectDifference[] }
  /** A vitest program that repeats what was done. */
  test: { with: { readonly name?: string }; answer: string }
  save: { with: { readonly title?: string }; answer: RunFile }
  /** A GET of the cluster's API, as an administrator: the server's own tables and lists. */
  read: {
    with: { readonly path: string; readonly accept?: string }
    answer: { readonly status: number; readonly text: string }
  }
  /** The steady traffic of a moment, and what of it each pod gets (requests a second by uid). */
  traffic: { with: AtRevision; answer: TrafficAnswer }
  /** What a container wrote; `previous`: its run before. */
  log: {
    with: { readonly pod: ObjectName; readonly container?: string; readonly previous?: boolean }
    answer: string
  }
}

interface Commands {
  apply: { with: { readonly text: string; readonly namespace?: string }; answer: ApplyAnswer }
  delete: { with: ObjectName & { readonly graceSeconds?: number; readonly propagation?: Propagation }; answer: Done }
  /** The whole object, edited. Refused with a conflict when it has changed since. */
  replace: { with: { readonly object: KubeObject }; answer: Done }
  patch: { with: ObjectName & { readonly patch: Json; readonly subresource?: string }; answer: Done }
  scale: { with: ObjectName & { readonly replicas: number }; answer: Done }
  /** Of the container named, or of the only one. */
  setImage: { with: ObjectName & { readonly container?: string; readonly image: string }; answer: Done }
  rolloutRestart: { with: ObjectName; answer: Done }
  /** To the revision named, or to the one before. */
  rolloutUndo: { with: ObjectName & { readonly toRevision?: number }; answer: Done }
  cordon: { with: { readonly node: string }; answer: Done }
  uncordon: { with: { readonly node: string }; answer: Done }
  /** Cordons and evicts what is not of a DaemonSet. What a disruption budget holds back is named in the answer. */
  drain: { with: { readonly node: string }; answer: Done }
  /**
   * As `cluster.fault` takes it: `{ kill: 'node-1' }`, `{ crash: 'deployment' }`, or a rule as plain data:
   * `{ type: 'watch', resource: 'pods', from: 'scheduler', lag: 'hold' }`.
   */
  fault: { with: { readonly fault: Readonly<Record<string, Json | undefined>> }; answer: Done }
  /** Ends a rule. */
  lift: { with: { readonly id: number }; answer: Done }
  /** A program in a container, to its end; programs that would have to wait are refused. */
  exec: {
    with: { readonly pod: ObjectName; readonly container?: string; readonly command: readonly string[] }
    answer: { readonly code: number; readonly text: string }
  }
  /** One request through the simulated network, from outside or from a pod (`namespace/name`): who answered is told. */
  request: { with: { readonly url: string; readonly from?: string }; answer: Done }
  /** Steady traffic to a URL from now on, spread over the ready endpoints; 0 ends it. */
  load: { with: { readonly url: string; readonly requestsPerSecond: number }; answer: Done }
  /** An event for an actor, as its chart names it. */
  send: { with: { readonly actor: string; readonly event: { readonly type: string } }; answer: Done }
  advance: { with: { readonly by: number | string }; answer: ClockState }
  settle: { with: object; answer: ClockState }
  /** Runs to the next instant at which something is due. */
  step: { with: object; answer: ClockState }
  /** Lets time pass at this many cluster seconds a second, until `pause`. */
  play: { with: { readonly speed: number }; answer: ClockState }
  pause: { with: object; answer: ClockState }
  /** A second cluster from this moment, from a past revision, or from a past time (ms); its time is virtual. */
  fork: { with: AtRevision & { readonly time?: number }; answer: ClusterInfo }
  /** Takes back what was done last: a fork from before it. */
  undo: { with: object; answer: ClusterInfo }
  /** Ends a fork. */
  close: { with: object; answer: readonly ClusterInfo[] }
  /** A run file as a new cluster of the session, at its end. */
  open: { with: { readonly text: string }; answer: OpenAnswer }
}

type Everything = Reads & Commands

export type Question = keyof Everything
/** What goes with each question. */
export type Questions = { readonly [Q in Question]: Everything[Q]['with'] }
export type Answers = { readonly [Q in Question]: Everything[Q]['answer'] }
/** The questions that change the cluster. */
export type CommandName = keyof Commands

type Propagation = 'Background' | 'Foreground' | 'Orphan'

export interface KindInfo {
  readonly kind: string
  readonly resource: string
  readonly apiVersion: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  /** The machine that is the life of one object. */
  readonly machine?: string
}

/** Everything at one moment. Objects in the order of kind, namespace, name. */
export interface MomentAnswer {
  readonly revision: number
  readonly time: number
  readonly objects: readonly ObjectSummary[]
  readonly actors: readonly ActorSummary[]
  readonly timers: readonly TimerSummary[]
  /** Objects that are gone by then, as they were last, with when: as far back as is kept. */
  readonly gone: readonly { readonly object: ObjectSummary; readonly time: number; readonly revision: number }[]
  /** The seq of the first record that comes after this moment. */
  readonly nextSeq: number
}

export interface ObjectAnswer {
  readonly object: KubeObject
  readonly summary: ObjectSummary
  /** As `kubectl get -o yaml` shows it, without managedFields. */
  readonly yaml: string
  /** The revision that wrote it, and when. */
  readonly revision: number
  readonly time: number
  /** True when it is gone at the moment asked for: this is its last state. */
  readonly gone: boolean
}

export interface ObjectChange {
  readonly revision: number
  readonly time: number
  readonly change: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly cause: Cause
  readonly saw?: number
  readonly status: string
  readonly diff: readonly FieldChange[]
}

/** One link of a chain of causes. */
export interface CauseStep {
  readonly revision: number
  readonly time: number
  readonly change: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly cause: Cause
  readonly saw?: number
  readonly diff: readonly FieldChange[]
  /** In words: `controller/replicaset created Pod default/web-x, because of …`. */
  readonly text: string
  /** What the chain ends with, at its last link. `forgotten`: the records do not reach further back. */
  readonly end?: 'request' | 'boot' | 'fault' | 'timer' | 'actor' | 'forgotten'
  /** The fault behind it, when there is one. */
  readonly fault?: string
}

export interface FieldBlame {
  readonly path: string
  readonly value: Json
  readonly revision: number
  readonly time: number
  readonly by: string
  /** Who or what is at the end of the chain of causes, in words. */
  readonly root: string
  readonly rootRevision: number
  /** False when the records do not reach back to the write: `revision` is the oldest kept then. */
  readonly exact: boolean
}

export interface SchedulingAnswer {
  readonly pod: string
  /** The node it is on; '' for none. */
  readonly node: string
  /** What the scheduler wrote last into the condition PodScheduled. */
  readonly message: string
  /** All filter plugins, in the order they are asked. */
  readonly plugins: readonly string[]
  /** When the pod is refused everywhere at once. */
  readonly everywhere: readonly { readonly plugin: string; readonly reason: string }[]
  readonly nodes: readonly {
    readonly node: string
    readonly feasible: boolean
    /** Points of all score plugins together; absent when it is not feasible. */
    readonly points?: number
    /** What each plugin that refuses says. */
    readonly refusals: readonly { readonly plugin: string; readonly reason: string }[]
  }[]
}

export interface TrafficAnswer {
  readonly loads: readonly { readonly url: string; readonly requestsPerSecond: number }[]
  readonly pods: Readonly<Record<string, number>>
}

export interface Belief {
  /** `controller/deployment`, `scheduler`, `kubelet`, `lives`. */
  readonly agent: string
  /** `idle`, `reconciling`, `backingOff`, `crashed` … */
  readonly state: string
  /** The revision it saw at its last turn; `behind` is how many revisions of what it watches came since. */
  readonly saw: number
  readonly behind: number
  /** Changes that wait for its next turn, and those its watches hold back. */
  readonly waiting: number
  /** Keys in its queue, and those that failed and are backed off. */
  readonly queued: readonly string[]
  readonly failing: readonly string[]
}

export interface FaultInForce {
  readonly id: number
  /** In words: `watch pods of scheduler: hold`. */
  readonly text: string
  /** Requests struck, or changes lost, so far. */
  readonly hits: number
  /** The revision at which it came. */
  readonly since: number
}

export interface ActorAnswer extends ActorSummary {
  /** XState's value. */
  readonly value: Json
  /** Large parts are cut. Agents' memories are left out. */
  readonly context: Json
  /** What it would react to now, by its guards too, and what would come of it. */
  readonly enabled: readonly EnabledEvent[]
  readonly timers: readonly TimerSummary[]
  /** The last event that moved it. */
  readonly last?: {
    readonly event: string
    readonly from: readonly string[]
    readonly time: number
    readonly revision: number
  }
  /** The arrows its last event took: indexes into `Chart.arrows`. */
  readonly lastArrows: readonly number[]
}

export interface EnabledEvent {
  /** What `send` takes. */
  readonly type: string
  /** For people: `after pull` for the event of a delay. */
  readonly label: string
  /** The state whose transition it is. */
  readonly state: string
  readonly targets: readonly string[]
  readonly guard?: string
  /** False when its guard says no at this moment, or another transition for the event comes first. */
  readonly passes: boolean
  /** For delayed ones: when it is due. Firing it early is possible too. */
  readonly at?: number
}

/** Something wrong with a text. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** `spec.replicas`, when a field is at fault. */
  readonly field?: string
}

export interface ApplyAnswer {
  readonly applied: readonly {
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly result: 'created' | 'configured' | 'unchanged'
  }[]
  readonly problems: readonly Diagnostic[]
  readonly clock: ClockState
}

export interface Completions {
  /** The stretch of the text that a chosen one replaces. */
  readonly from: number
  readonly to: number
  readonly options: readonly {
    readonly label: string
    readonly kind: 'field' | 'value'
    /** `integer`, `[]Container`, `enum`. */
    readonly type: string
    readonly required: boolean
    readonly doc: string
    /** What is put in: `replicas: `. */
    readonly insert: string
  }[]
}

export interface ObjectDifference {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** In only one of the two, or in both and different. `first` is the cluster asked. */
  readonly where: 'first' | 'second' | 'both'
  /** uids in the first and second. */
  readonly uids: readonly [string | undefined, string | undefined]
  /** From the first to the second. */
  readonly diff: readonly FieldChange[]
}

export interface OpenAnswer {
  readonly cluster: ClusterInfo
  /** True when its end is what the file says it should be. */
  readonly same: boolean
  readonly expected: string
  readonly found: string
}

/** What a command came to. `lines` are for people: `deployment.apps/web scaled`. */
export interface Done {
  readonly lines: readonly string[]
  readonly clock: ClockState
}
