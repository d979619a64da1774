/** What the feed of a cluster is made of, and how objects, actors and timers are told in short. Plain data. */
import type { Json } from '../api/object.ts'
import type { Cause } from '../store/transition.ts'

/** One cluster of a session: the first one and its forks. */
export interface ClusterInfo {
  /** `main`, `fork-1` …; names messages. */
  readonly name: string
  /** What it was forked from, at which revision and time (ms); absent for the first. */
  readonly parent?: { readonly name: string; readonly revision: number; readonly time: number }
  readonly seed: number
  /** `virtual`, `real`, `eager`, `60x`. Only in virtual time can the page play, pause and rewind. */
  readonly time: string
  /** Cluster time of its start in ms. */
  readonly startedAt: number
  /** True when commands are recorded from its start, so that it can be rewound, copied as a test and saved. */
  readonly recorded: boolean
}

/** How time stands. Times in ms of cluster time. */
export interface ClockState {
  readonly now: number
  /** The newest revision. */
  readonly revision: number
  /** The oldest revision that `moment` still answers. */
  readonly oldestRevision: number
  /** True while time passes by itself: by the wall, or since `play`. */
  readonly playing: boolean
  /** Cluster seconds a wall second; 0 while it stands. */
  readonly speed: number
  /** When the next timer is due: the next of all, and the next that is no heartbeat or the like. */
  readonly nextDue?: number
  readonly nextWorkDue?: number
  /** Who has something to do at this moment; empty at rest. */
  readonly busy: readonly string[]
}

interface RecordBase {
  /** Numbers the records of one cluster without gaps. */
  readonly seq: number
  /** The newest revision at that time; for commits their own. */
  readonly revision: number
  /** Cluster time in ms. */
  readonly time: number
}

/** One piece of a run. */
export type FeedRecord = CommitRecord | ActorRecord | FaultRecord | CommandRecord | TroubleRecord

/** A committed transition. */
export interface CommitRecord extends RecordBase {
  readonly type: 'commit'
  readonly change: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly cause: Cause
  /** The revision its writer had before its eyes when it decided; absent for people and the boot. */
  readonly saw?: number
  /** The object after it; of a removal, its last state. */
  readonly object: ObjectSummary
  /**
   * What differs from before: the first five fields (`history` tells all), `…` for more; empty for ADDED and DELETED.
   * Bookkeeping (managedFields, resourceVersion) is left out.
   */
  readonly diff: readonly FieldChange[]
}

/** One field that changed: `spec.replicas`, `status.conditions[Ready].status`; elements of lists by type or name, or by place. `from` or `to` is absent when the field was or is. */
export interface FieldChange {
  readonly path: string
  readonly from?: Json
  readonly to?: Json
}

/** An actor came, moved or left. */
export interface ActorRecord extends RecordBase {
  readonly type: 'actor'
  readonly id: string
  /** The machine's name, as in `charts`. */
  readonly machine: string
  /** The agent it lives beneath: `kubelet`, `lives`, or itself. */
  readonly owner: string
  readonly news: 'spawned' | 'moved' | 'stopped'
  /** The event that moved it. */
  readonly event: string
  /** Ids of the states it is in now, outermost first (`running`, `running.ready`), as in its chart; empty when stopped. */
  readonly states: readonly string[]
  /** Those it was in before. */
  readonly from: readonly string[]
}

/** Somebody broke something: the fault as it was told to `cluster.fault`. */
export interface FaultRecord extends RecordBase {
  readonly type: 'fault'
  readonly fault: Readonly<Record<string, Json | undefined>>
  /** In words: `kill node-1`. */
  readonly text: string
}

/** Something was done through the session. */
export interface CommandRecord extends RecordBase {
  readonly type: 'command'
  /** As a line of a run file: `scale deployment/web to 3`. */
  readonly text: string
}

/** Something a controller could not do. */
export interface TroubleRecord extends RecordBase {
  readonly type: 'trouble'
  readonly by: string
  readonly key: string
  readonly error: string
}

/** How well an object is: for colour and symbol together. */
export type Health = 'good' | 'busy' | 'bad' | 'done' | 'none'

/** An object in short: enough for rows, boxes and arrows. What does not concern its kind is absent. */
export interface ObjectSummary {
  readonly resource: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly owners: readonly OwnerSummary[]
  readonly labels: Readonly<Record<string, string>>
  /** Cluster time in ms. */
  readonly created: number
  /** When its deletion was asked for. */
  readonly deleting?: number
  /** One word: a pod's STATUS as kubectl shows it, a phase, `Ready`, `3/3`; '' when there is nothing to say. */
  readonly status: string
  readonly health: Health
  /** The id of its actor when its kind has a life: `pods/default/web-0`. */
  readonly actor?: string
  readonly pod?: PodSummary
  readonly node?: NodeSummary
  /** Of workloads. */
  readonly replicas?: ReplicaSummary
  /** Of Services: label selector, cluster IP and ports as `80/TCP`. */
  readonly service?: {
    readonly selector: Readonly<Record<string, string>>
    readonly ip: string
    readonly ports: readonly string[]
  }
  /** Of EndpointSlices. */
  readonly endpoints?: {
    readonly service: string
    readonly to: readonly { readonly ip: string; readonly pod: string; readonly ready: boolean }[]
  }
  /** Of Events: what they are about. */
  readonly event?: {
    readonly level: string
    readonly reason: string
    readonly message: string
    readonly regarding: {
      readonly kind: string
      readonly namespace: string
      readonly name: string
      readonly uid: string
    }
    readonly count: number
    readonly from: string
  }
}

export interface OwnerSummary {
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller: boolean
}

export interface PodSummary {
  /** '' while it has none. */
  readonly node: string
  readonly ip: string
  readonly ready: boolean
  readonly restarts: number
  readonly requests: { readonly cpuMilli: number; readonly memoryBytes: number }
  readonly containers: readonly ContainerSummary[]
}

export interface ContainerSummary {
  readonly name: string
  readonly image: string
  readonly ready: boolean
  readonly restarts: number
  /** `waiting`, `running`, `terminated`, with the reason when there is one: `waiting: ImagePullBackOff`. */
  readonly state: string
  readonly init: boolean
  /** Its actor. */
  readonly actor: string
}

export interface NodeSummary {
  readonly ready: boolean
  readonly cordoned: boolean
  readonly capacity: { readonly cpuMilli: number; readonly memoryBytes: number; readonly pods: number }
  /** `key=value:effect`. */
  readonly taints: readonly string[]
}

export interface ReplicaSummary {
  readonly wanted: number
  readonly current: number
  readonly ready: number
  readonly updated: number
  readonly available: number
}

/** An actor at one moment. */
export interface ActorSummary {
  readonly id: string
  readonly machine: string
  readonly owner: string
  /** As in `ActorRecord.states`. */
  readonly states: readonly string[]
  /** Since when it is in them, ms; absent when that is before the records begin. */
  readonly since?: number
}

/** A timer that is set. */
export interface TimerSummary {
  readonly id: string
  /** When it is due, ms. */
  readonly at: number
  /** Heartbeats and the like: `settle` does not wait for it. */
  readonly background: boolean
  /** The agent, and the actor beneath it when it is a delayed transition of one. */
  readonly agent: string
  readonly actor?: string
  /** The event the actor gets. */
  readonly event?: string
}
