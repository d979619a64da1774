/**
 * A PodDisruptionBudget's status: how many of its pods may be evicted now. The status is always computed anew from the
 * budget as it was read, and written against that resourceVersion: an eviction that took its share in between refuses it.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets
 */
import { type Condition, setCondition } from '../api/conditions.ts'
import { type KubeObject, keyOf, splitKey } from '../api/object.ts'
import { matchesLabelSelector } from '../api/selector.ts'
import { toRfc3339 } from '../api/time.ts'
import { kinds, Pod, PodDisruptionBudget } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller, type Intent } from './controller.ts'
import { disrupted, type Expected, expected, healthy } from './pod-disruption-budget/numbers.ts'
import { reportOf, statusOf } from './writes.ts'

const component = 'controllermanager'

export function reconcile(view: View, key: string): readonly Intent[] {
  const { namespace, name } = splitKey(key)
  const budget = view.get(PodDisruptionBudget, namespace, name)
  if (budget === undefined) return []
  const pods = view.list(Pod, namespace).filter((pod) => selects(budget, pod))
  if (pods.length === 0)
    return written(view, budget, pods, { expectedPods: 0, desiredHealthy: wantedOf(budget), unmanaged: [] })
  try {
    return written(view, budget, pods, expected(view, budget, pods))
  } catch (error) {
    return failed(view, budget, error instanceof Error ? error.message : String(error))
  }
}

/** Without pods only an absolute minAvailable says how many should be healthy. */
function wantedOf(budget: KubeObject): number {
  const wanted = budget.spec?.minAvailable
  return typeof wanted === 'number' ? wanted : 0
}

/** policy/v1: an empty selector selects every pod of the namespace, an absent one none. */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  return matchesLabelSelector(budget.spec?.selector ?? undefined, pod.metadata.labels)
}

function written(view: View, budget: KubeObject, pods: readonly KubeObject[], wanted: Expected): Intent[] {
  const leaving = disrupted(budget, pods, view.now)
  const currentHealthy = healthy(pods, leaving.pods)
  const { expectedPods, desiredHealthy } = wanted
  const spare = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0
  const { disruptedPods: _before, ...rest } = budget.status ?? {}
  const status = {
    ...rest,
    ...(Object.keys(leaving.pods).length > 0 ? { disruptedPods: leaving.pods } : {}),
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed: spare,
    observedGeneration: budget.metadata.generation,
    conditions: conditionsFor(view, budget, spare),
  }
  const said = leaving.expired.map((pod) => notDeleted(budget, pod))
  const differs = !equal(status, budget.status)
  const unmanaged = differs && wanted.unmanaged.length > 0 ? [unmanagedPods(budget, wanted.unmanaged)] : []
  const writes = differs ? [statusOf(PodDisruptionBudget, { ...budget, status })] : []
  const wake: Intent[] = leaving.recheckAt === undefined ? [] : [{ type: 'wake', at: leaving.recheckAt }]
  return [...said, ...unmanaged, ...writes, ...wake]
}

function conditionsFor(view: View, budget: KubeObject, spare: number): readonly Condition[] {
  const allowed = spare > 0
  const change = {
    type: 'DisruptionAllowed',
    status: allowed ? 'True' : 'False',
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation,
  } as const
  return setCondition(budget.status?.conditions, change, toRfc3339(view.now))
}

/** What cannot be computed allows nothing: failing is failing safe. */
function failed(view: View, budget: KubeObject, why: string): Intent[] {
  const change = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message: why,
    observedGeneration: budget.metadata.generation,
  } as const
  const conditions = setCondition(budget.status?.conditions, change, toRfc3339(view.now))
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {}
  const numbers = { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed: 0 }
  const status = { ...budget.status, ...numbers, observedGeneration: budget.metadata.generation, conditions }
  if (equal(status, budget.status)) return []
  const message = `Failed to calculate the number of expected pods: ${why}`
  return [
    reportOf(component, budget, 'Warning', 'CalculateExpectedPodCountFailed', message),
    statusOf(PodDisruptionBudget, { ...budget, status }),
  ]
}

function unmanagedPods(budget: KubeObject, pods: readonly KubeObject[]): Transition {
  const names = pods.map(keyOf).join(' ')
  const message = `Pods selected by this PodDisruptionBudget (selector: ${JSON.stringify(budget.spec?.selector ?? {})}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value. Pods: [${names}]`
  return reportOf(component, budget, 'Warning', 'UnmanagedPods', message)
}

function notDeleted(budget: KubeObject, pod: KubeObject): Transition {
  const message = `Pod was expected by PDB ${keyOf(budget)} to be deleted but it wasn't`
  return reportOf(component, pod, 'Warning', 'NotDeleted', message)
}

/** The budgets of a pod, by its labels now and before. */
function budgetsOf(pod: KubeObject, view: View, change: Change): string[] {
  const both = change.previous === undefined ? [pod] : [pod, change.previous]
  return view
    .list(PodDisruptionBudget, pod.metadata.namespace)
    .filter((budget) => both.some((one) => selects(budget, one)))
    .map(keyOf)
}

/** A controller that is scaled changes what its pods' budgets expect. */
function budgetsOfScaled(owner: KubeObject, view: View, { previous }: Change): string[] {
  if (previous !== undefined && previous.spec?.replicas === owner.spec?.replicas) return []
  const labels = owner.spec?.template?.metadata?.labels
  return view
    .list(PodDisruptionBudget, owner.metadata.namespace)
    .filter((budget) => matchesLabelSelector(budget.spec?.selector ?? undefined, labels))
    .map(keyOf)
}

export const podDisruptionBudgetController = controller({
  name: 'pod-disruption-budget',
  of: PodDisruptionBudget,
  matters: ({ type }) => type !== 'DELETED',
  watches: [
    { kind: Pod, keys: budgetsOf },
    ...kinds.filter((kind) => kind.subresources.scale !== undefined).map((kind) => ({ kind, keys: budgetsOfScaled })),
  ],
  reconcile,
})
