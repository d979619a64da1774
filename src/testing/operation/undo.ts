/**
 * `kubectl rollout undo`: the patch that brings back the template of an earlier revision.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment,
 * https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/
 */
import type { KubeObject } from '../../api/object.ts'
import { isControlledBy } from '../../api/owner.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import type { Patch } from '../../store/transition.ts'
import type { Moment } from '../moment.ts'

type Change = Pick<Patch, 'patchType' | 'patch'>

/** Of a Deployment these stay as they are; all others come from the ReplicaSet that is gone back to. */
const kept = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]

/** The patch, or undefined when there is no such revision, it is the present one, or the rollout is paused. */
export function undoPatch(moment: Moment, workload: KubeObject, toRevision = 0): Change | undefined {
  return workload.kind === 'Deployment'
    ? deploymentPatch(moment, workload, toRevision)
    : historyPatch(moment, workload, toRevision)
}

function deploymentPatch(moment: Moment, deployment: KubeObject, toRevision: number): Change | undefined {
  if (deployment.spec.paused === true) return undefined
  const sets = owned(moment, 'replicasets.apps', deployment)
  const revisionOf = (set: KubeObject): number =>
    Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'])
  const set = chosen(
    sets.filter((one) => revisionOf(one) >= 0),
    revisionOf,
    toRevision,
  )
  if (set === undefined) return undefined
  const template = withoutHash(set.spec.template)
  if (semanticEqual(template, withoutHash(deployment.spec.template))) return undefined
  const stay = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => kept.includes(key))
  const come = Object.entries(set.metadata.annotations ?? {}).filter(([key]) => !kept.includes(key))
  const annotations = Object.fromEntries([...stay, ...come])
  const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })
  return {
    patchType: 'json',
    patch: [replace('/spec/template', template), replace('/metadata/annotations', annotations)],
  }
}

function historyPatch(moment: Moment, workload: KubeObject, toRevision: number): Change | undefined {
  const revisions = owned(moment, 'controllerrevisions.apps', workload)
  const revision = chosen(revisions, (one) => one.revision, toRevision)
  if (revision === undefined) return undefined
  const { $patch: _replace, ...template } = revision.data?.spec?.template ?? {}
  if (semanticEqual(template, workload.spec.template)) return undefined
  return { patchType: 'strategic', patch: revision.data }
}

function owned(moment: Moment, resource: string, { metadata: { uid = '' } }: KubeObject): KubeObject[] {
  return moment.ownedBy(resource, uid).filter((one) => isControlledBy(one, uid))
}

/** The one of the revision named; of none named, the last but one. */
function chosen(all: readonly KubeObject[], revisionOf: (one: KubeObject) => number, toRevision: number) {
  if (toRevision > 0) return all.find((one) => revisionOf(one) === toRevision)
  return [...all].sort((a, b) => revisionOf(a) - revisionOf(b)).at(-2)
}

function withoutHash(template: KubeObject): unknown {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}
