/**
 * What a property may look at: the cluster at one moment, read only. The same reading serves the explorer, a live
 * cluster, a recorded run and an audit log, so a property is written once.
 */
import { type KubeObject, type OwnerReference, splitKey } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import { matchesRequirements, parseLabelSelector } from '../api/selector.ts'
import type { View } from '../store/view.ts'

/** Narrows `Moment.list`. `namespace` absent or `'*'` is all of them. */
export interface Narrowed {
  readonly namespace?: string
  readonly labelSelector?: string
}

/** How a workload stands, for formulas: absent numbers are 0. */
export interface WorkloadState {
  readonly object: KubeObject | undefined
  /** spec.replicas. */
  readonly replicas: number
  /** status.replicas. */
  readonly current: number
  readonly ready: number
  readonly available: number
  readonly updated: number
  /** The image of the first container of the template; '' when there is none. */
  readonly image: string
}

/** The resource a kind's objects are kept in, or undefined for a kind nobody serves: `Pod` → `pods`. */
export type ResourceOf = (kind: string) => string | undefined

/** A reading of the cluster at one moment. */
export class Moment {
  readonly #view: View
  readonly #resourceOf: ResourceOf

  constructor(view: View, resourceOf: ResourceOf) {
    this.#view = view
    this.#resourceOf = resourceOf
  }

  /** The cluster's clock in ms. */
  get now(): number {
    return this.#view.now
  }

  /** The object by kind (`'Pod'`) or resource (`'pods'`), or undefined. `namespace` is ignored for cluster-scoped kinds. */
  get(kind: string, name: string, namespace = 'default'): KubeObject | undefined {
    const resource = this.#resource(kind)
    return this.#view.get(resource, namespace, name) ?? this.#view.get(resource, '', name)
  }

  /** Objects of a kind or resource in key order. */
  list(kind: string, { namespace, labelSelector }: Narrowed = {}): readonly KubeObject[] {
    const all = this.#view.list(this.#resource(kind), namespace === '*' ? undefined : namespace)
    if (labelSelector === undefined) return all
    const wanted = parseLabelSelector(labelSelector)
    return all.filter((object) => matchesRequirements(wanted, object.metadata.labels))
  }

  /** Objects any of whose owners has this uid. */
  ownedBy(kind: string, uid: string): readonly KubeObject[] {
    return this.#view.by(this.#resource(kind), 'owner', uid)
  }

  /** Objects whose index of that kind has the value: pods by `node`, `orphan` (a namespace), `ip`; slices by `service`. */
  indexed(kind: string, index: string, value: string): readonly KubeObject[] {
    return this.#view.by(this.#resource(kind), index, value)
  }

  /** The object a reference of an object in that namespace points at; undefined when it is gone or another has its name. */
  ownerOf(reference: OwnerReference, namespace = ''): KubeObject | undefined {
    const found = this.#view.owner(reference, namespace)
    return found?.metadata.uid === reference.uid ? found : undefined
  }

  /** The object by key of its collection (`namespace/name`, or `name`). */
  at(resource: string, key: string): KubeObject | undefined {
    const { namespace, name } = splitKey(key)
    return this.#view.get(resource, namespace, name)
  }

  /** The object with this uid, or undefined: looks through all of a kind. */
  byUid(kind: string, uid: string): KubeObject | undefined {
    return this.list(kind).find((object) => object.metadata.uid === uid)
  }

  /** All pods. */
  get pods(): readonly KubeObject[] {
    return this.list('pods')
  }

  /** Pods that are neither finished nor being deleted. */
  get activePods(): readonly KubeObject[] {
    return this.pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !isPodFinished(pod))
  }

  get nodes(): readonly KubeObject[] {
    return this.list('nodes')
  }

  deployment(name: string, namespace = 'default'): WorkloadState {
    return workloadState(this.get('deployments.apps', name, namespace))
  }

  replicaSet(name: string, namespace = 'default'): WorkloadState {
    return workloadState(this.get('replicasets.apps', name, namespace))
  }

  statefulSet(name: string, namespace = 'default'): WorkloadState {
    return workloadState(this.get('statefulsets.apps', name, namespace))
  }

  /** The image of the first container of a Deployment's template; '' when there is none. */
  image(deployment: string, namespace = 'default'): string {
    return this.deployment(deployment, namespace).image
  }

  #resource(kind: string): string {
    return this.#resourceOf(kind) ?? kind
  }
}

function workloadState(object: KubeObject | undefined): WorkloadState {
  const status = object?.status
  return {
    object,
    replicas: object?.spec?.replicas ?? (object === undefined ? 0 : 1),
    current: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    image: object?.spec?.template?.spec?.containers?.[0]?.image ?? '',
  }
}
