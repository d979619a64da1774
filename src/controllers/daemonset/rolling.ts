/**
 * Replacing a daemon's pods by those of the present template, so many nodes at a time.
 * Source: https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/, KEP-1591 (surge)
 */
import { type IntOrString, scaledValue } from '../../api/int-or-string.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Need, Scene } from './manage.ts'
import { isAvailable, isUpdated } from './pods.ts'

interface Limits {
  /** Nodes that should run the daemon. */
  readonly desired: number
  readonly maxSurge: number
  readonly maxUnavailable: number
}

interface Pair {
  readonly old: KubeObject | undefined
  readonly updated: KubeObject | undefined
}

/** What a step of the rolling update makes and removes. */
export interface Replacement {
  readonly needs: readonly Need[]
  readonly remove: readonly KubeObject[]
}

/** True when the strategy lets a node have a pod of each revision for a while. */
export function surges(daemonSet: KubeObject): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = daemonSet.spec.updateStrategy ?? {}
  return type === 'RollingUpdate' && scaledValue(rollingUpdate?.maxSurge ?? 0, 100, true) > 0
}

export function replaced(scene: Scene): Replacement {
  const most = limits(scene)
  return most.maxSurge > 0 ? surged(scene, most) : swapped(scene, most.maxUnavailable)
}

/** Percentages are of the nodes that should run the daemon and round up; nothing at all means one unavailable. */
function limits({ daemonSet, nodes }: Scene): Limits {
  let desired = 0
  for (const { run } of nodes.values()) if (run) desired++
  const rolling: { maxSurge?: IntOrString; maxUnavailable?: IntOrString } =
    daemonSet.spec.updateStrategy?.rollingUpdate ?? {}
  const maxSurge = scaledValue(rolling.maxSurge ?? 0, desired, true)
  const maxUnavailable = scaledValue(rolling.maxUnavailable ?? 1, desired, true)
  return { desired, maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable }
}

/**
 * Removes old pods; the next reconcile makes their successors. Pods that are unavailable anyway may go at once, and
 * count against the limit for the others.
 */
function swapped(scene: Scene, maxUnavailable: number): Replacement {
  const { daemonSet, now } = scene
  const broken: KubeObject[] = []
  const candidates: KubeObject[] = []
  let unavailable = 0
  for (const pods of podsOfNodes(scene)) {
    const pair = pairOf(scene, pods)
    if (pair === undefined || (pair.old === undefined) === (pair.updated === undefined)) unavailable++
    else if (pair.updated !== undefined) unavailable += isAvailable(pair.updated, daemonSet, now) ? 0 : 1
    else if (pair.old !== undefined) (isAvailable(pair.old, daemonSet, now) ? candidates : broken).push(pair.old)
  }
  const left = Math.max(0, maxUnavailable - unavailable - broken.length)
  return { needs: [], remove: [...broken, ...candidates.slice(0, left)] }
}

/**
 * Makes new pods beside the old ones, and removes an old one when its successor is available. On a node where the daemon
 * should not run any more there is no successor: an old pod goes when it is of no use, or when enough others are available.
 */
function surged(scene: Scene, { maxSurge, desired }: Limits): Replacement {
  const { daemonSet, now } = scene
  const remove: KubeObject[] = []
  const broken: Need[] = []
  const candidates: Need[] = []
  const leaving: KubeObject[] = []
  let [surging, available] = [0, 0]
  for (const [node, pods] of scene.pods) {
    const eligibility = scene.nodes.get(node)
    if (eligibility === undefined) continue
    const pair = pairOf(scene, pods)
    if (pair === undefined) {
      surging++
      continue
    }
    const { old, updated } = pair
    const serving = old ?? updated
    const serves = serving !== undefined && isAvailable(serving, daemonSet, now)
    if (serves) available++
    if (old === undefined) continue
    if (updated !== undefined) {
      if (isAvailable(updated, daemonSet, now)) remove.push(old)
      else surging++
    } else if (eligibility.run) (serves ? candidates : broken).push({ node, failures: 0 })
    else (serves ? leaving : remove).push(old)
  }
  const left = Math.max(0, maxSurge - surging)
  const spare = Math.max(0, available - desired)
  return {
    needs: [...broken, ...candidates.slice(0, left)],
    remove: [...remove, ...leaving.slice(0, spare)],
  }
}

/** The pods of every node that should run the daemon or has one; none for a node that still lacks it. */
function* podsOfNodes({ nodes, pods }: Scene): Iterable<readonly KubeObject[]> {
  for (const [node, { run, stay }] of nodes) {
    const there = pods.get(node)
    if (run || (stay && there !== undefined)) yield there ?? []
  }
}

/** The old and the updated pod of a node; undefined when there is more than one of either. */
function pairOf({ hash }: Scene, pods: readonly KubeObject[]): Pair | undefined {
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const updated = living.filter((pod) => isUpdated(pod, hash))
  const old = living.filter((pod) => !isUpdated(pod, hash))
  return updated.length > 1 || old.length > 1 ? undefined : { old: old[0], updated: updated[0] }
}
