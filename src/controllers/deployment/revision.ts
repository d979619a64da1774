/**
 * The annotations by which Deployments and their ReplicaSets remember revisions and sizes; `kubectl rollout history`
 * and `kubectl rollout undo` read them.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment,
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#deployment-kubernetes-io-revision
 */
import type { KubeObject } from '../../api/object.ts'
import { maxTotal, replicasOf } from './fenceposts.ts'

export const revisionKey = 'deployment.kubernetes.io/revision'
export const historyKey = 'deployment.kubernetes.io/revision-history'
export const desiredKey = 'deployment.kubernetes.io/desired-replicas'
export const maxKey = 'deployment.kubernetes.io/max-replicas'

/** Not copied from a Deployment to its ReplicaSets. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  historyKey,
  desiredKey,
  maxKey,
  'deprecated.deployment.rollback.to',
])

/** Characters the revision history of one ReplicaSet may take; the oldest revisions are forgotten beyond it. */
const historyLimit = 2000

type Annotations = Readonly<Record<string, string>>

/** The revision a ReplicaSet carries, 0 when none or not a number. */
export function revisionOf(object: KubeObject): number {
  return integer(object.metadata.annotations?.[revisionKey]) ?? 0
}

/** The number in desired-replicas or max-replicas; undefined when it is none that can be. */
export function annotatedNumber(object: KubeObject, key: string): number | undefined {
  const number = integer(object.metadata.annotations?.[key])
  return number === undefined || number < 0 || number > 2_147_483_647 ? undefined : number
}

export function highestRevision(replicaSets: readonly KubeObject[]): number {
  return replicaSets.reduce((highest, replicaSet) => Math.max(highest, revisionOf(replicaSet)), 0)
}

/**
 * The newest ReplicaSet with the Deployment's annotations and at least `revision`. One that is rolled back to keeps
 * the revisions it had in its history. Answers the same object when nothing changes.
 */
export function withRevision(replicaSet: KubeObject, deployment: KubeObject, revision: number): KubeObject {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.has(key))
  const next: Record<string, string> = Object.fromEntries(copied)
  const before = replicaSet.metadata.annotations?.[revisionKey]
  if (revisionOf(replicaSet) < revision) {
    next[revisionKey] = String(revision)
    if (before !== undefined) next[historyKey] = extended(replicaSet.metadata.annotations?.[historyKey], before)
  }
  return withAnnotations(replicaSet, next)
}

/** The ReplicaSet with the Deployment's size noted on it, which is how a later change of size is noticed. */
export function withSizes(replicaSet: KubeObject, deployment: KubeObject): KubeObject {
  return withAnnotations(replicaSet, {
    [desiredKey]: String(replicasOf(deployment)),
    [maxKey]: String(maxTotal(deployment)),
  })
}

/** The object with these annotations added or changed; the same object when it has them all. */
export function withAnnotations(object: KubeObject, wanted: Annotations): KubeObject {
  const current = object.metadata.annotations ?? {}
  if (Object.entries(wanted).every(([key, value]) => current[key] === value)) return object
  return { ...object, metadata: { ...object.metadata, annotations: { ...current, ...wanted } } }
}

function extended(history: string | undefined, revision: string): string {
  const revisions = history ? history.split(',') : []
  revisions.push(revision)
  while (revisions.length > 1 && revisions.join(',').length > historyLimit) revisions.shift()
  return revisions.join(',')
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined
}
