/**
 * What a namespace that is being deleted says about its progress.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/#NamespaceStatus
 */
import { type Condition, type ConditionChange, setCondition } from '../../api/conditions.ts'
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'

/** Objects of one kind that are still there. */
export interface Remainder {
  readonly kind: Kind
  readonly objects: readonly KubeObject[]
}

/** The conditions for what remains; the list itself when they say so already. */
export function deletionConditions(
  before: readonly Condition[] | undefined,
  remaining: readonly Remainder[],
  nowText: string,
): readonly Condition[] {
  let conditions = before ?? []
  for (const change of [...steady, contentRemaining(remaining), finalizersRemaining(remaining)])
    conditions = setCondition(conditions, change, nowText)
  return conditions
}

const steady: readonly ConditionChange[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    status: 'False',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    status: 'False',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    status: 'False',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
]

function contentRemaining(remaining: readonly Remainder[]): ConditionChange {
  const type = 'NamespaceContentRemaining'
  if (remaining.length === 0)
    return { type, status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' }
  const parts = remaining.map(({ kind, objects }) => `${resourceText(kind)} has ${objects.length} resource instances`)
  const message = `Some resources are remaining: ${parts.sort().join(', ')}`
  return { type, status: 'True', reason: 'SomeResourcesRemain', message }
}

/** `pods.` for the core group, as the real controller prints a group and resource. */
function resourceText(kind: Kind): string {
  return `${kind.plural}.${kind.group}`
}

function finalizersRemaining(remaining: readonly Remainder[]): ConditionChange {
  const type = 'NamespaceFinalizersRemaining'
  const counts = new Map<string, number>()
  for (const { objects } of remaining)
    for (const object of objects)
      for (const finalizer of object.metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  if (counts.size === 0)
    return {
      type,
      status: 'False',
      reason: 'ContentHasNoFinalizers',
      message: 'All content-preserving finalizers finished',
    }
  const parts = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
  const message = `Some content in the namespace has finalizers remaining: ${parts.sort().join(', ')}`
  return { type, status: 'True', reason: 'SomeFinalizersRemain', message }
}
