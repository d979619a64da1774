/** What conditions and revisions tell is so: of Deployments, ReplicaSets, Jobs, and of whoever keeps a history. */
import { getCondition, isTrue } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step, type Write } from '../property.ts'
import { isPodActive, scaledValue } from './documented.ts'
import { page, row } from './row.ts'
import {
  deployments,
  eachOf,
  isDeletion,
  isGoing,
  jobs,
  keeperOf,
  named,
  orElse,
  replicaSets,
  replicasOf,
  timeOf,
  uidOf,
} from './words.ts'

const revisionKey = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'
const histories = 'controllerrevisions.apps'
const noDeadline = 2_147_483_647

/** The pods that have to be available for a Deployment to say that it is. */
function leastOf(deployment: KubeObject): number {
  const { type = 'RollingUpdate', rollingUpdate } = deployment.spec?.strategy ?? {}
  const replicas = replicasOf(deployment)
  if (type !== 'RollingUpdate' || replicas === 0) return replicas
  const surge = scaledValue(rollingUpdate?.maxSurge ?? '25%', replicas, true)
  const short = scaledValue(rollingUpdate?.maxUnavailable ?? '25%', replicas, false)
  return Math.max(0, replicas - (short === 0 && surge === 0 ? 1 : short))
}

const hasDeadline = ({ spec }: KubeObject): boolean => (spec?.progressDeadlineSeconds ?? noDeadline) !== noDeadline

function ofDeployment(deployment: KubeObject): Held {
  const { conditions, availableReplicas = 0 } = deployment.status ?? {}
  const [said, least] = [getCondition(conditions, 'Available')?.status, leastOf(deployment)]
  if (said !== undefined && (said === 'True') !== availableReplicas >= least)
    return `${named(deployment)} says Available=${said} with ${availableReplicas} of at least ${least}`
  const reason = getCondition(conditions, 'Progressing')?.reason
  if (!hasDeadline(deployment) || reason === undefined || reason === 'ProgressDeadlineExceeded') return true
  const isPaused = deployment.spec?.paused === true
  return orElse(
    isPaused === (reason === 'DeploymentPaused'),
    () => `${named(deployment)} is ${isPaused ? '' : 'not '}paused and says ${reason}`,
  )
}

function ofReplicaSet(s: Moment, set: KubeObject): Held {
  const active = s.ownedBy('pods', uidOf(set)).filter(isPodActive).length
  const fails = isTrue(set.status?.conditions, 'ReplicaFailure')
  return orElse(
    !fails || active !== replicasOf(set),
    () => `${named(set)} has the pods it wants and says ReplicaFailure`,
  )
}

function ofJob(job: KubeObject): Held {
  const { conditions, startTime, completionTime } = job.status ?? {}
  const isComplete = isTrue(conditions, 'Complete')
  if (isComplete !== (completionTime !== undefined))
    return `${named(job)} is ${isComplete ? '' : 'not '}complete and has ${completionTime ?? 'no'} completionTime`
  if (isComplete || isTrue(conditions, 'Failed') || job.spec?.managedBy !== undefined) return true
  const isSuspended = job.spec?.suspend === true
  const decided = isTrue(conditions, 'FailureTarget') || isTrue(conditions, 'SuccessCriteriaMet')
  if (decided) return true
  if (isSuspended !== isTrue(conditions, 'Suspended'))
    return `${named(job)} is ${isSuspended ? '' : 'not '}suspended and its condition says otherwise`
  return orElse(
    isSuspended === (startTime === undefined),
    () => `${named(job)} is ${isSuspended ? '' : 'not '}suspended and has ${startTime ?? 'no'} startTime`,
  )
}

/** `settled ⇒ conditions = what specs and numbers say`. */
export const conditionsAgree = row(
  {
    id: 'G13c',
    name: 'conditionsAgree',
    says: 'When nothing is left to do, conditions and times in statuses of Deployments, ReplicaSets and Jobs agree with their specs and numbers.',
    class: 'C',
    source:
      'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties',
  },
  settled((s) => {
    const alive = (resource: string) => s.list(resource).filter((one) => !isGoing(one))
    const first = eachOf(alive(deployments), ofDeployment)
    if (first !== true) return first
    const second = eachOf([...alive(replicaSets), ...alive('replicationcontrollers')], (one) => ofReplicaSet(s, one))
    return second === true ? eachOf(alive(jobs), ofJob) : second
  }),
)

const numberOf = (object: KubeObject): number =>
  object.kind === 'ReplicaSet' ? Number(object.metadata.annotations?.[revisionKey] ?? 0) : Number(object.revision ?? 0)

/** Does a pod still have this revision, by its name or by the hash in it? */
const hasPods = (pods: readonly KubeObject[], revision: KubeObject): boolean =>
  pods.some(({ metadata }) => {
    const hash = metadata.labels?.['controller-revision-hash']
    return hash !== undefined && (revision.metadata.name === hash || revision.metadata.name.endsWith(`-${hash}`))
  })

const forgets = ['controller/deployment', 'controller/daemonset', 'controller/statefulset']

/** Of a history only what nobody uses goes, and of that the oldest first: judged in what the controller saw. */
export const oldestIsForgotten = row(
  {
    id: 'D6d',
    name: 'oldestIsForgotten',
    says: 'When a Deployment, DaemonSet or StatefulSet cuts its history, no revision goes that pods have, and the oldest go first.',
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#clean-up-policy'),
  },
  step((write, _before, after) => {
    if (!forgets.includes(write.by) || !isDeletion(write)) return undefined
    if (write.resource !== replicaSets && write.resource !== histories) return undefined
    return forgotten(write, after)
  }),
)

function forgotten(write: Write, after: Moment): Held {
  const owner = keeperOf(write.object) ?? ''
  const pods = write.believed.ownedBy('pods', owner)
  if (write.resource === histories && hasPods(pods, write.object)) return `pods have ${named(write.object)}`
  // The revision a StatefulSet is at stays, pods or not: it is what a partition goes back to.
  const at = [write.believed, after].map((s) => s.at('statefulsets.apps', write.reconciled)?.status?.currentRevision)
  const isIdle = (one: KubeObject): boolean =>
    write.resource === histories
      ? !hasPods(pods, one) && !at.includes(one.metadata.name)
      : replicasOf(one) === 0 &&
        (one.status?.replicas ?? 0) === 0 &&
        one.metadata.generation === one.status?.observedGeneration
  const older = write.believed.ownedBy(write.resource, owner).find((one) => {
    if (numberOf(one) >= numberOf(write.object) || isGoing(one) || !isIdle(one)) return false
    const still = after.get(write.resource, one.metadata.name, one.metadata.namespace)
    return still !== undefined && uidOf(still) === uidOf(one) && !isGoing(still)
  })
  return orElse(older === undefined, () => `${named(write.object)} went before the older ${older?.metadata.name}`)
}

function bare(template: KubeObject['spec']): unknown {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

/** `settled ⇒ revision(present template) = max = what the Deployment says`: what a rollback counts from. */
export const presentIsNewest = row(
  {
    id: 'D6e',
    name: 'presentIsNewest',
    says: "When nothing is left to do, the ReplicaSet of a Deployment's template has the highest revision, after a rollback too, and the Deployment says it.",
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#rolling-back-to-a-previous-revision'),
  },
  settled((s) =>
    eachOf(s.list(deployments), (deployment) => {
      if (isGoing(deployment) || deployment.spec?.paused === true) return true
      const sets = s.ownedBy(replicaSets, uidOf(deployment)).filter((one) => !isGoing(one))
      const present = sets.filter((one) => equal(bare(one.spec?.template), bare(deployment.spec?.template)))
      if (present.length === 0) return true
      const [highest, is] = [Math.max(...sets.map(numberOf)), Math.max(...present.map(numberOf))]
      const said = Number(deployment.metadata.annotations?.[revisionKey] ?? 0)
      return orElse(
        is === highest && said === highest,
        () => `${named(deployment)} says revision ${said}; its present one has ${is}, the highest is ${highest}`,
      )
    }),
  ),
)

/** `[ProgressDeadlineExceeded ⇒ now ≥ last progress + progressDeadlineSeconds]`. */
export const stuckIsNotSaidEarly = row(
  {
    id: 'D8b',
    name: 'stuckIsNotSaidEarly',
    says: 'A rollout is called stuck only when progressDeadlineSeconds have gone by since it last got on.',
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#progress-deadline-seconds'),
  },
  step((write) => {
    if (write.resource !== deployments || write.by !== 'controller/deployment') return undefined
    const reason = 'ProgressDeadlineExceeded'
    const progress = (one: KubeObject | undefined) => getCondition(one?.status?.conditions, 'Progressing')
    const [was, is] = [progress(write.previous), progress(write.object)]
    if (is?.reason !== reason || was === undefined || was.reason === reason) return undefined
    const since = timeOf(was.lastUpdateTime ?? was.lastTransitionTime) ?? 0
    const seconds: number = write.object.spec?.progressDeadlineSeconds ?? 600
    return orElse(
      write.believed.now >= since + seconds * 1000,
      () => `${named(write.object)} is called stuck ${(write.believed.now - since) / 1000} s after it got on`,
    )
  }),
)
