/**
 * A daemon's templates as ControllerRevisions, which `kubectl rollout history` and `undo` read.
 * Source: https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/
 */
import { podTemplateHash } from '../../api/hash.ts'
import type { KubeObject } from '../../api/object.ts'
import { controllerReference } from '../../api/owner.ts'
import { ControllerRevision } from '../../kinds/index.ts'
import type { Transition } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import { sameMeaning } from '../pod-template.ts'
import { createOf, deleteOf, updateOf } from '../writes.ts'
import { revisionLabel } from './pods.ts'

export interface History {
  /** The present template's revision: its name, and the hash in its label. */
  readonly name: string
  readonly hash: string
  readonly old: readonly KubeObject[]
  readonly writes: readonly Transition[]
}

/**
 * The revisions after the present template has one with the highest number, or 'collision' when its name is taken. `label` is
 * where a revision has its hash: StatefulSets have another one.
 */
export function historyOf(
  view: View,
  daemonSet: KubeObject,
  revisions: readonly KubeObject[],
  label = revisionLabel,
): History | 'collision' {
  const sorted = [...revisions].sort(byRevision)
  const current = sorted.findLast((revision) => isOf(revision, daemonSet))
  const old = sorted.filter((revision) => revision !== current)
  const number = old.reduce((highest, revision) => Math.max(highest, revision.revision), 0) + 1
  if (current === undefined) return snapshot(view, daemonSet, old, number, label)
  const { name, labels } = current.metadata
  const hash = labels?.[label] ?? name
  if (current.revision >= number) return { name, hash, old, writes: [] }
  return { name, hash, old, writes: [updateOf(ControllerRevision, { ...current, revision: number })] }
}

function byRevision(a: KubeObject, b: KubeObject): number {
  return a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1)
}

function isOf(revision: KubeObject, daemonSet: KubeObject): boolean {
  const { $patch: _replace, ...template } = revision.data?.spec?.template ?? {}
  return sameMeaning(template, daemonSet.spec.template)
}

function snapshot(
  view: View,
  daemonSet: KubeObject,
  old: readonly KubeObject[],
  number: number,
  label: string,
): History | 'collision' {
  const { template } = daemonSet.spec
  const hash = podTemplateHash(template, daemonSet.status?.collisionCount)
  const name = `${daemonSet.metadata.name}-${hash}`
  const namespace = daemonSet.metadata.namespace ?? ''
  if (view.get(ControllerRevision, namespace, name) !== undefined) return 'collision'
  const { annotations } = daemonSet.metadata
  const revision: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace,
      labels: { ...template.metadata?.labels, [label]: hash },
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(daemonSet)],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: number,
  }
  return { name, hash, old, writes: [createOf(ControllerRevision, namespace, revision)] }
}

/** Removes the oldest revisions beyond the limit that no pod carries. */
export function forgotten(daemonSet: KubeObject, history: History, pods: readonly KubeObject[]): readonly Transition[] {
  const surplus = history.old.length - (daemonSet.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return []
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[revisionLabel]))
  return history.old
    .filter((revision) => !live.has(revision.metadata.labels?.[revisionLabel]))
    .slice(0, surplus)
    .map((revision) => deleteOf(ControllerRevision, revision))
}
