/**
 * Transitions: how anybody says that the world should be different, as plain data. Nothing is written any other way.
 * The commit function (`commit.ts`) is the only one that turns a transition into a next snapshot.
 */
import type { KubeObject, ObjectMeta, Ref, ResourceKey } from '../api/object.ts'
import type { StatusError } from '../api/status-error.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { OutsideRecord } from './outside.ts'

/** Why a transition was sent. `because` is the revision of the change that led to it: follow it back to the user. */
export interface Cause {
  readonly why: 'request' | 'reconcile' | 'actor' | 'timer' | 'boot' | 'fault'
  /** Who sent it: a user, or an actor's id (`controller/deployment`, `kubelet/node-1`, `scheduler`). */
  readonly by: string
  /** The key whose reconcile sent it, or the request's id. */
  readonly key?: string
  /** The revision of the change that woke the sender; absent when a person or the boot sent it. */
  readonly because?: number
}

/** Keys that a body repeats, as found where its text was read. */
export interface Repeats {
  /** Of JSON objects: all fields in document order, so that unknown and repeated ones are told in that order. */
  readonly fields?: readonly string[]
  /** Of YAML: what its reader says, line by line. */
  readonly lines?: readonly string[]
  /** Of patches: whole texts. */
  readonly texts?: readonly string[]
}

/** What every transition may carry. `trusted` skips decoding checks and validation: built-in senders only. */
export interface TransitionBase {
  readonly cause?: Cause
  readonly dryRun?: boolean
  readonly trusted?: boolean
  /** metadata.managedFields manager; '' or absent leaves managedFields alone. */
  readonly manager?: string
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  readonly user?: string
  /** The program that asks, as its requests name it: `kubectl/v1.36.0 (linux/amd64)`. */
  readonly agent?: string
  /** Who asks, with groups; admission and webhooks are told. */
  readonly userInfo?: UserInfo
  /** The options as the client said them, for admission to be told; worked out from the other fields when absent. */
  readonly asked?: Readonly<Record<string, unknown>>
  /** Answers from outside that were collected for this write (store/outside.ts). */
  readonly outside?: OutsideRecord
  /** What the body said twice. */
  readonly repeats?: Repeats
  /** The served version the sender speaks: of the object or patch in it, and in managedFields. */
  readonly apiVersion?: string
}

/** A new object. `object.metadata.generateName` is completed by the seed's generator. */
export interface Create extends TransitionBase {
  readonly type: 'create'
  readonly resource: ResourceKey
  readonly namespace: string
  readonly object: KubeObject
}

/** A whole object (or one of its subresources) replaced. A resourceVersion in it must be the stored one. */
export interface Update extends TransitionBase {
  readonly type: 'update'
  readonly ref: Ref
  readonly object: KubeObject
  /** '' or absent: everything but status; 'status': only status (and metadata the server allows). */
  readonly subresource?: string
  /** The uid the stored object must have. */
  readonly uid?: string
}

/** A patch in one of the four content types. */
export interface Patch extends TransitionBase {
  readonly type: 'patch'
  readonly ref: Ref
  readonly patchType: 'json' | 'merge' | 'strategic' | 'apply'
  readonly patch: unknown
  readonly subresource?: string
  readonly force?: boolean
  readonly uid?: string
}

/** A removal, graceful where the kind says so. `uid` and `resourceVersion` are preconditions. */
export interface Delete extends TransitionBase {
  readonly type: 'delete'
  readonly ref: Ref
  readonly uid?: string
  readonly resourceVersion?: string
  readonly graceSeconds?: number
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
  /** One of many that a request without a name deletes. */
  readonly collection?: boolean
  /** The Eviction that asks for it: admission is told of that instead. */
  readonly eviction?: KubeObject
}

/** A pod is given its node, once. Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/ */
export interface PodBind extends TransitionBase {
  readonly type: 'pod.bind'
  readonly ref: Ref
  readonly uid?: string
  readonly node: string
  /** Labels and annotations the binding gives to the pod. */
  readonly metadata?: Pick<ObjectMeta, 'labels' | 'annotations'>
}

/** Something worth telling about an object: becomes a core/v1 Event, or raises the count of an equal one. */
export interface Report extends TransitionBase {
  readonly type: 'report'
  readonly regarding: KubeObject
  readonly level: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The component and, for kubelets, the host. */
  readonly source: { readonly component: string; readonly host?: string }
  /** involvedObject.fieldPath, for example `spec.containers{nginx}`. */
  readonly fieldPath?: string
}

/** A connection to a subresource (exec, port-forward, proxy): nothing is written, but admission may refuse it. */
export interface Connect extends TransitionBase {
  readonly type: 'connect'
  readonly ref: Ref
  readonly subresource: string
  /** PodExecOptions and the like. */
  readonly object: KubeObject
}

export type Transition = Create | Update | Patch | Delete | PodBind | Report | Connect

/** What changed: one entry of the log that watches, controllers and the inspector read. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: ResourceKey
  /** Key inside the collection (`namespace/name`). */
  readonly key: string
  /** The object after the change; for DELETED the last state, with the deletion's resourceVersion. */
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
  readonly revision: number
  /** Cluster time in ms. */
  readonly time: number
  readonly cause: Cause
}

/** The answer to one transition. `change` is absent when nothing had to be written (an update without difference, a dry run). */
export type Outcome =
  | {
      readonly ok: true
      readonly object: KubeObject
      readonly change?: Change
      readonly warnings: readonly string[]
      readonly audit?: Readonly<Record<string, string>>
    }
  | { readonly ok: false; readonly error: StatusError }

/** The log's public form: a committed transition with its revision, time (ms) and cause. */
export interface Committed {
  readonly transition: Transition
  readonly revision: number
  readonly time: number
  readonly cause: Cause
  readonly change: Change
}
