/** The earlier templates of a rollout, as kubectl rollout undo finds them. */
import type { Json, KubeObject } from '../api/object.ts'
import { isControlledBy } from '../api/owner.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { plain } from './calls.ts'

const revisionKey = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'

/** The template to go back to and the number of its revision. Throws KYB-INSPECT-ASK when there is none. */
export function undoTemplate(
  cluster: Cluster,
  object: KubeObject,
  toRevision: number | undefined,
): { template: Json; revision: number } {
  const earlier = object.kind === 'Deployment' ? ofReplicaSets(cluster, object) : ofControllerRevisions(cluster, object)
  const sorted = earlier.sort((a, b) => b.revision - a.revision)
  const found = toRevision === undefined ? sorted[1] : sorted.find(({ revision }) => revision === toRevision)
  if (found !== undefined) return found
  const known = sorted.map(({ revision }) => revision).join(', ')
  const which = toRevision === undefined ? 'an earlier revision' : `revision ${toRevision}`
  throw new KybernError('KYB-INSPECT-ASK', `${object.kind} ${object.metadata.name} has no ${which}; it has ${known}`)
}

function ofReplicaSets(cluster: Cluster, deployment: KubeObject): { template: Json; revision: number }[] {
  const { namespace = 'default', uid = '' } = deployment.metadata
  const sets = cluster.list('ReplicaSet', { namespace }).filter((one) => isControlledBy(one, uid))
  return sets.map(({ metadata, spec }) => {
    const { [hashLabel]: _hash, ...labels } = spec.template.metadata?.labels ?? {}
    const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } }
    return { template: plain(template), revision: Number(metadata.annotations?.[revisionKey] ?? 0) }
  })
}

function ofControllerRevisions(cluster: Cluster, owner: KubeObject): { template: Json; revision: number }[] {
  const { namespace = 'default', uid = '' } = owner.metadata
  const all = cluster.list('ControllerRevision', { namespace }).filter((one) => isControlledBy(one, uid))
  return all.map(({ data, revision }) => {
    const { $patch: _how, ...template } = data?.spec?.template ?? {}
    return { template: plain(template), revision: Number(revision) }
  })
}
