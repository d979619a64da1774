/** What statuses count is what there is: of every kind that counts something. */
import { getCondition, isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { isPodActive, isPodFinished, isPodReady } from '../../api/pod-status.ts'
import { matchesLabelSelector } from '../../api/selector.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled } from '../property.ts'
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
  statefulSets,
  uidOf,
} from './words.ts'

type Counts = Readonly<Record<string, number>>

const podsOf = (s: Moment, owner: KubeObject): readonly KubeObject[] => s.ownedBy('pods', uidOf(owner))
const isOver = ({ status }: KubeObject): boolean =>
  isTrue(status?.conditions, 'Complete') || isTrue(status?.conditions, 'Failed')
const sum = (objects: readonly KubeObject[], field: string): number =>
  objects.reduce((total, { status }) => total + (status?.[field] ?? 0), 0)

function podsAndReady(s: Moment, owner: KubeObject): Counts {
  const active = podsOf(s, owner).filter(isPodActive)
  return { replicas: active.length, readyReplicas: active.filter(isPodReady).length }
}

function ofDeployment(s: Moment, deployment: KubeObject): Counts {
  const sets = s.ownedBy(replicaSets, uidOf(deployment))
  return {
    replicas: sum(sets, 'replicas'),
    readyReplicas: sum(sets, 'readyReplicas'),
    availableReplicas: sum(sets, 'availableReplicas'),
  }
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
  [replicaSets]: podsAndReady,
  replicationcontrollers: podsAndReady,
  [deployments]: ofDeployment,
  [statefulSets]: (s, set) => ({
    readyReplicas: podsOf(s, set).filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod) && !isGoing(pod))
      .length,
  }),
  [daemonSets]: (s, set) => ({
    'numberReady at most': podsOf(s, set).filter((pod) => isPodReady(pod) && !isGoing(pod)).length,
  }),
  [jobs]: (s, job): Counts => (isOver(job) ? {} : { active: podsOf(s, job).filter(isPodActive).length }),
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
