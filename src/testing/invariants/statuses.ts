/** What statuses count is what there is: of every kind that counts something. */
import { getCondition, isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled } from '../property.ts'
import { isPodActive, isPodFinished, isPodReady, matchesLabelSelector, podAvailableAt } from './documented.ts'
import { eligible, nodeOf } from './eligible.ts'
import { row } from './row.ts'
import {
  budgets,
  cronJobs,
  daemonSets,
  deployments,
  eachOf,
  isGoing,
  jobs,
  named,
  replicaSets,
  replicasOf,
  selects,
  statefulSets,
  uidOf,
} from './words.ts'

type Counts = Readonly<Record<string, number>>

const podsOf = (s: Moment, owner: KubeObject): readonly KubeObject[] => s.ownedBy('pods', uidOf(owner))
const isOver = ({ status }: KubeObject): boolean =>
  isTrue(status?.conditions, 'Complete') || isTrue(status?.conditions, 'Failed')
const sum = (objects: readonly KubeObject[], field: string): number =>
  objects.reduce((total, { status }) => total + (status?.[field] ?? 0), 0)

/** Ready for as long as its owner asks. */
const isAvailable = (s: Moment, owner: KubeObject, pod: KubeObject): boolean =>
  (podAvailableAt(pod, owner.spec?.minReadySeconds ?? 0) ?? Number.POSITIVE_INFINITY) <= s.now

function podsAndReady(s: Moment, owner: KubeObject): Counts {
  const active = podsOf(s, owner).filter(isPodActive)
  const labels = Object.entries(owner.spec?.template?.metadata?.labels ?? {})
  const full = active.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value))
  return {
    replicas: active.length,
    fullyLabeledReplicas: full.length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isAvailable(s, owner, pod)).length,
  }
}

/** Those that end and that it selects count as terminating, until they have ended. */
function ofReplicaSet(s: Moment, owner: KubeObject): Counts {
  const ending = podsOf(s, owner).filter((pod) => isGoing(pod) && !isPodFinished(pod) && selects(owner, pod))
  return { ...podsAndReady(s, owner), terminatingReplicas: ending.length }
}

function ofDeployment(s: Moment, deployment: KubeObject): Counts {
  const sets = s.ownedBy(replicaSets, uidOf(deployment))
  const present = [...sets].sort(byAge).find((set) => sameTemplate(set, deployment))
  const wanted = sets.reduce((total, set) => total + replicasOf(set), 0)
  return {
    replicas: sum(sets, 'replicas'),
    updatedReplicas: present?.status?.replicas ?? 0,
    readyReplicas: sum(sets, 'readyReplicas'),
    availableReplicas: sum(sets, 'availableReplicas'),
    unavailableReplicas: Math.max(0, wanted - sum(sets, 'availableReplicas')),
  }
}

function sameTemplate(set: KubeObject, deployment: KubeObject): boolean {
  const bare = ({ spec }: KubeObject): unknown => {
    const { 'pod-template-hash': _hash, ...labels } = spec?.template?.metadata?.labels ?? {}
    return { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } }
  }
  return equal(bare(set), bare(deployment))
}

/** Oldest first, by name within one second. */
function byAge({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const [first, second] = [a, b].map(({ creationTimestamp = '', name }) => `${creationTimestamp} ${name}`)
  return (first as string) < (second as string) ? -1 : 1
}

/** Revisions are counted of pods that do not end. */
function ofStatefulSet(s: Moment, set: KubeObject): Counts {
  const active = podsOf(s, set).filter((pod) => !isGoing(pod))
  const { currentRevision, updateRevision } = set.status ?? {}
  const ofRevision = (wanted: unknown) =>
    active.filter(({ metadata }) => metadata.labels?.['controller-revision-hash'] === wanted).length
  const ready = active.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod))
  return {
    readyReplicas: ready.length,
    'availableReplicas at most': ready.filter((pod) => isAvailable(s, set, pod)).length,
    currentReplicas: ofRevision(currentRevision),
    updatedReplicas: ofRevision(updateRevision),
  }
}

/** Of the nodes; which pod of a node counts is left open. */
function ofDaemonSet(s: Moment, set: KubeObject): Counts {
  const pods = podsOf(s, set).filter((pod) => !isGoing(pod) || !isPodFinished(pod))
  const has = ({ metadata }: KubeObject) => pods.some((pod) => nodeOf(pod) === metadata.name)
  const run = s.nodes.filter((node) => eligible(set, node).run)
  const available = pods.filter((pod) => isAvailable(s, set, pod)).length
  return {
    desiredNumberScheduled: run.length,
    currentNumberScheduled: run.filter(has).length,
    numberMisscheduled: s.nodes.filter((node) => !run.includes(node) && has(node)).length,
    'numberReady at most': pods.filter((pod) => isPodReady(pod) && !isGoing(pod)).length,
    'numberAvailable at most': available,
    numberUnavailable: run.length - (set.status?.numberAvailable ?? 0),
  }
}

function ofJob(s: Moment, job: KubeObject): Counts {
  if (isOver(job)) return {}
  const active = podsOf(s, job).filter(isPodActive)
  return { active: active.length, ready: active.filter(isPodReady).length }
}

function ofCronJob(s: Moment, cronJob: KubeObject): Counts {
  const running = s.ownedBy(jobs, uidOf(cronJob)).filter((job) => !isOver(job))
  const said = ((cronJob.status?.active ?? []) as { uid?: string }[]).map(({ uid }) => uid)
  return { active: running.length, 'active that run': running.filter((job) => said.includes(job.metadata.uid)).length }
}

function ofBudget(s: Moment, budget: KubeObject): Counts {
  if (getCondition(budget.status?.conditions, 'DisruptionAllowed')?.reason === 'SyncFailed') return {}
  const pods = s.list('pods', { namespace: budget.metadata.namespace ?? '' })
  const well = pods.filter(
    (pod) =>
      matchesLabelSelector(budget.spec?.selector, pod.metadata.labels) &&
      !isPodFinished(pod) &&
      isPodReady(pod) &&
      !isGoing(pod),
  )
  return { currentHealthy: well.length }
}

/** Numbers that a status must tell, by kind. */
const counted: Readonly<Record<string, (s: Moment, object: KubeObject) => Counts>> = {
  [replicaSets]: ofReplicaSet,
  replicationcontrollers: podsAndReady,
  [deployments]: ofDeployment,
  [statefulSets]: ofStatefulSet,
  [daemonSets]: ofDaemonSet,
  [jobs]: ofJob,
  [cronJobs]: ofCronJob,
  [budgets]: ofBudget,
}

/** The number itself, or how long the list is; `field` may say more after a space. */
function saidBy({ status }: KubeObject, field: string): number {
  const value: unknown = status?.[field.split(' ')[0] ?? '']
  return Array.isArray(value) ? value.length : Number(value ?? 0)
}

function countsHeld(object: KubeObject, counts: Counts): Held {
  return eachOf(Object.entries(counts), ([field, is]) => {
    const said = saidBy(object, field)
    const holds = field.endsWith('at most') ? said <= is : said === is
    return holds || `${named(object)} says ${field} ${said} and it is ${is}`
  })
}

/** `settled ⇒ ∀ counts: status = what there is`. */
export const statusesAreTrue = row(
  {
    id: 'G13b',
    name: 'statusesAreTrue',
    says: 'When nothing is left to do, the numbers in statuses of workloads, Jobs, CronJobs and budgets are what can be counted.',
    class: 'C',
    source:
      'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties',
  },
  settled((s) =>
    eachOf(Object.entries(counted), ([resource, countsOf]) =>
      eachOf(s.list(resource), (object) => isGoing(object) || countsHeld(object, countsOf(s, object))),
    ),
  ),
)
