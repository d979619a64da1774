/** Budgets add up: what a budget's status must say when nothing is left to do, worked out anew from its spec. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled } from '../property.ts'
import { isPodFinished, isPodReady, matchesLabelSelector, scaledValue } from './documented.ts'
import { page, row } from './row.ts'
import { budgets, eachOf, isGoing, keeperOf, named, timeOf } from './words.ts'

/** Kinds that can be scaled, whose replicas a percentage is of. */
const scalable = ['replicasets.apps', 'statefulsets.apps', 'replicationcontrollers', 'deployments.apps'] as const

const ownerOf = (s: Moment, object: KubeObject): KubeObject | undefined => {
  const uid = keeperOf(object)
  if (uid === undefined) return undefined
  for (const resource of scalable) {
    const found = s
      .list(resource, { namespace: object.metadata.namespace ?? '' })
      .find(({ metadata }) => metadata.uid === uid)
    if (found !== undefined) return found
  }
  return undefined
}

/** What the controllers of the pods want together, each counted once; undefined when one has none that can be scaled. */
function wantedOf(s: Moment, pods: readonly KubeObject[]): number | undefined {
  const sizes = new Map<string, number>()
  for (const pod of pods) {
    if (keeperOf(pod) === undefined) continue
    const owner = ownerOf(s, pod)
    if (owner === undefined) return undefined
    const top = ownerOf(s, owner) ?? owner
    sizes.set(top.metadata.uid ?? '', top.spec?.replicas ?? 1)
  }
  return [...sizes.values()].reduce((sum, one) => sum + one, 0)
}

interface Numbers {
  readonly expectedPods: number
  readonly desiredHealthy: number
  readonly currentHealthy: number
  readonly disruptionsAllowed: number
}

/** An eviction that was granted counts for two minutes, or until its pod goes. */
const grantedMs = 120_000

function numbersOf(s: Moment, budget: KubeObject): Numbers | undefined {
  const { minAvailable, maxUnavailable, selector } = budget.spec ?? {}
  const pods = s
    .list('pods', { namespace: budget.metadata.namespace ?? '' })
    .filter((pod) => matchesLabelSelector(selector, pod.metadata.labels) && !isPodFinished(pod))
  const ofAll = typeof minAvailable === 'number'
  const expectedPods = ofAll ? pods.length : wantedOf(s, pods)
  if (expectedPods === undefined || (minAvailable === undefined && maxUnavailable === undefined)) return undefined
  const desiredHealthy =
    minAvailable === undefined
      ? Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, true))
      : scaledValue(minAvailable, expectedPods, true)
  const granted = (budget.status?.disruptedPods ?? {}) as Readonly<Record<string, string>>
  const isGranted = ({ metadata }: KubeObject): boolean =>
    s.now < (timeOf(granted[metadata.name]) ?? Number.NEGATIVE_INFINITY) + grantedMs
  const currentHealthy = pods.filter((pod) => isPodReady(pod) && !isGoing(pod) && !isGranted(pod)).length
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  return { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed }
}

function addsUp(s: Moment, budget: KubeObject): Held {
  const { status = {}, metadata } = budget
  if (isGoing(budget)) return true
  const wanted = numbersOf(s, budget)
  if (wanted === undefined) return true
  if (status.observedGeneration !== metadata.generation)
    return `${named(budget)} is of generation ${metadata.generation} and tells of ${status.observedGeneration}`
  const first = eachOf(Object.entries(wanted), ([field, is]) => {
    const said: number = status[field] ?? 0
    return said === is || `${named(budget)} says ${field} ${said} and it is ${is}`
  })
  if (first !== true) return first
  const told = ((status.conditions ?? []) as { type: string; status: string; reason?: string }[]).find(
    ({ type }) => type === 'DisruptionAllowed',
  )
  const [said, reason] = wanted.disruptionsAllowed > 0 ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods']
  return (
    (told?.status === said && told.reason === reason) ||
    `${named(budget)} allows ${wanted.disruptionsAllowed} and says DisruptionAllowed=${told?.status} (${told?.reason})`
  )
}

/** `settled ⇒ allowed = max(0, healthy − desired) ∧ desired, expected = what spec and controllers say`. */
export const budgetsAddUp = row(
  {
    id: 'P4',
    name: 'budgetsAddUp',
    says: 'When nothing is left to do, a budget tells how many pods there should be, how many must be and are healthy, and allows exactly the difference; percentages are of what the controllers want, rounded up.',
    class: 'C',
    source: page('tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages'),
  },
  settled((s) => eachOf(s.list(budgets), (budget) => addsUp(s, budget))),
)
