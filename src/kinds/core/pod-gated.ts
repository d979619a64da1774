/**
 * A pod that scheduling gates hold back may still be told more narrowly where to run.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/#mutable-pod-scheduling-directives
 */
import { entriesOf, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path } from '../../api/field-error.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'

/** The spec with the old placement when the pod is gated, and the faults of a placement that is not narrower. */
export function gatedPlacement(next: Part, previous: Part, place: Path): { spec: Part; errors: FieldError[] } {
  if (!isFilled(previous.schedulingGates)) return { spec: next, errors: [] }
  const old = previous.affinity?.nodeAffinity
  const { nodeAffinity, ...others } = next.affinity ?? {}
  const affinity = isSet(old) ? { ...others, nodeAffinity: old } : others
  return {
    spec: { ...next, nodeSelector: previous.nodeSelector, affinity: isFilled(affinity) ? affinity : undefined },
    errors: [
      ...selectorFaults(next.nodeSelector, previous.nodeSelector, place.child('nodeSelector')),
      ...(semanticEqual(nodeAffinity, old)
        ? []
        : affinityFaults(nodeAffinity, old, place.child('affinity', 'nodeAffinity'))),
    ],
  }
}

const onlySelectors = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'

function selectorFaults(next: Part, previous: Part, place: Path): FieldError[] {
  const loses = entriesOf(previous).some(([key, value]) => next?.[key] !== value)
  return when(loses, invalidValue(place, next ?? null, onlySelectors))
}

function affinityFaults(next: Part, previous: Part, place: Path): FieldError[] {
  const old = listOf(previous?.[requiredTerms]?.nodeSelectorTerms)
  const now = listOf(next?.[requiredTerms]?.nodeSelectorTerms)
  if (old.length === 0) return []
  const at = place.child(requiredTerms, 'nodeSelectorTerms')
  if (now.length !== old.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [invalidValue(at, now.length === 0 ? null : now.map(goTerm), why)]
  }
  return now.flatMap((term, index) => {
    const why = 'only additions are allowed (no mutations or deletions)'
    return when(!onlyAdds(term, old[index]), invalidValue(at.index(index), goTerm(term), why))
  })
}

function onlyAdds(next: Part, previous: Part): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const
  if (lists.every((list) => listOf(previous[list]).length === 0)) return semanticEqual(next, previous)
  return lists.every((list) =>
    listOf(previous[list]).every((one, index) => semanticEqual(one, listOf(next[list])[index])),
  )
}

/** A term as the API server shows it, with Go's names. */
function goTerm(term: Part): Readonly<Record<string, unknown>> {
  const requirements = (list: unknown) =>
    isFilled(list)
      ? listOf(list).map(({ key, operator, values }) => ({ Key: key, Operator: operator, Values: values ?? null }))
      : null
  return { MatchExpressions: requirements(term.matchExpressions), MatchFields: requirements(term.matchFields) }
}
