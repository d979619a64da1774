/**
 * One pod on every node that should have one, none elsewhere, and no finished ones.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
 */
import type { KubeObject } from '../../api/object.ts'
import { isPodReady } from '../../api/pod-status.ts'
import type { Report } from '../../store/transition.ts'
import { reportOf } from '../writes.ts'
import type { Eligibility } from './eligibility.ts'
import { createdAt, failuresAnnotation, isAvailable, isUpdated, type PodsByNode, targetNode } from './pods.ts'

export const component = 'daemonset-controller'

/** Back-off between failures of a daemon on one node: a second, doubling to 15 minutes; forgotten after twice that. */
const firstBackoffMs = 1000
const longestBackoffMs = 900_000
/** From this many failures in a row on, waiting is background work. */
const patientFailures = 5

/** A node that needs a pod; `failures` is how often in a row the daemon failed there. */
export interface Need {
  readonly node: string
  readonly failures: number
}

export interface Due {
  readonly at: number
  readonly background: boolean
}

/** What should happen to the pods. */
export interface Actions {
  readonly needs: readonly Need[]
  readonly remove: readonly KubeObject[]
  readonly reports: readonly Report[]
  /** Ends of back-offs. */
  readonly due: readonly Due[]
}

/** What a daemon's pods are looked at with. */
export interface Scene {
  readonly daemonSet: KubeObject
  /** Every node with what it is to the daemon, by name. */
  readonly nodes: ReadonlyMap<string, Eligibility>
  readonly pods: PodsByNode
  readonly hash: string
  readonly surge: boolean
  readonly now: number
}

interface Draft {
  readonly needs: Need[]
  readonly remove: KubeObject[]
  readonly reports: Report[]
  readonly due: Due[]
}

export function managed(scene: Scene): Actions {
  const draft: Draft = { needs: [], remove: [], reports: [], due: [] }
  for (const [node, { run, stay }] of scene.nodes) {
    const there = scene.pods.get(node)
    if (there === undefined) {
      if (run) draft.needs.push({ node, failures: 0 })
    } else if (stay) attend(scene, node, there, run, draft)
    else draft.remove.push(...there.filter((pod) => pod.metadata.deletionTimestamp === undefined))
  }
  for (const [node, there] of scene.pods) {
    if (!scene.nodes.has(node)) draft.remove.push(...there.filter(isUnbound))
  }
  return draft
}

/** A pod still waiting for a node that no longer exists. */
function isUnbound(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && !pod.spec?.nodeName && targetNode(pod) !== undefined
}

function attend(scene: Scene, node: string, there: readonly KubeObject[], run: boolean, draft: Draft): void {
  const running: KubeObject[] = []
  let [ending, patient, failures] = [0, 0, 0]
  for (const pod of there) {
    if (pod.metadata.deletionTimestamp !== undefined) ending++
    else if (pod.status?.phase === 'Failed') {
      const counted = failed(scene, node, pod, draft)
      if (counted === undefined) patient++
      else failures = Math.max(failures, counted)
    } else if (pod.status?.phase === 'Succeeded') finished(scene, node, pod, draft)
    else running.push(pod)
  }
  // Without surge the successor of a pod that ends waits for it; what has just failed is gone at once.
  const waits = patient > 0 || running.length > 0 || (!scene.surge && (ending > 0 || failures === 0))
  if (run && !waits) draft.needs.push({ node, failures })
  if (running.length > 1) draft.remove.push(...(scene.surge ? surplusOfSurge(scene, running) : running.slice(1)))
}

function finished({ daemonSet }: Scene, node: string, pod: KubeObject, draft: Draft): void {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  const message = `Found succeeded daemon pod ${name} on node ${node}, will try to delete it`
  draft.reports.push(reportOf(component, daemonSet, 'Normal', 'SucceededDaemonPod', message))
  draft.remove.push(pod)
}

/** Removes a failed pod unless it came too soon after the one before; answers how many failed in a row with it. */
function failed({ daemonSet, now }: Scene, node: string, pod: KubeObject, draft: Draft): number | undefined {
  const age = now - createdAt(pod)
  const before = age > 2 * longestBackoffMs ? 0 : Number(pod.metadata.annotations?.[failuresAnnotation] ?? 0)
  const wait = before === 0 ? 0 : Math.min(firstBackoffMs * 2 ** (before - 1), longestBackoffMs)
  if (age < wait) {
    draft.due.push({ at: createdAt(pod) + wait, background: before > patientFailures })
    return undefined
  }
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  const message = `Found failed daemon pod ${name} on node ${node}, will try to kill it`
  draft.reports.push(reportOf(component, daemonSet, 'Warning', 'FailedDaemonPod', message))
  draft.remove.push(pod)
  return before + 1
}

/** While surging a node may have one pod of each revision: the old one goes once the new one has taken over. */
function surplusOfSurge({ daemonSet, hash, now }: Scene, running: readonly KubeObject[]): readonly KubeObject[] {
  const [newest, ...moreNew] = running.filter((pod) => isUpdated(pod, hash))
  const [oldest, ...moreOld] = running.filter((pod) => !isUpdated(pod, hash))
  const surplus = [...moreNew, ...moreOld]
  if (newest === undefined || oldest === undefined) return surplus
  return !isPodReady(oldest) || isAvailable(newest, daemonSet, now) ? [...surplus, oldest] : surplus
}
