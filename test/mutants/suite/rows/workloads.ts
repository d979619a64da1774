/** Rows S, DS, J and CJ: StatefulSets, DaemonSets, Jobs and CronJobs. */
import { isTrue } from '../../../../src/api/conditions.ts'
import { scaledValue } from '../../../../src/api/int-or-string.ts'
import { isOwnedBy } from '../../../../src/api/owner.ts'
import { podAvailableAt } from '../../../../src/api/pod-status.ts'
import { matchesNodeAffinity, type Toleration, untoleratedTaint } from '../../../../src/api/scheduling.ts'
import { parseTime } from '../../../../src/api/time.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Property, settled, type Write } from '../../../../src/testing/property.ts'
import {
  about,
  activeOf,
  asksForEnd,
  first,
  isDeleting,
  isPodActive,
  isPodFinished,
  isPodReady,
  owned,
  type Part,
  seen,
  who,
} from './tools.ts'

/** The object whose reconcile wrote, as it was when it decided. */
function reconciledOf(write: Write, kind: string, controller: string): KubeObject | undefined {
  if (write.by !== `controller/${controller}`) return undefined
  const [namespace = '', name = ''] = write.reconciled.split('/')
  return write.believed.get(kind, name, namespace)
}

function ordinal(set: KubeObject, pod: KubeObject): number {
  return Number(pod.metadata.name.slice(set.metadata.name.length + 1))
}

const revision = (pod: KubeObject): string => pod.metadata.labels?.['controller-revision-hash'] ?? ''
const serves = (pod: KubeObject | undefined): boolean =>
  pod !== undefined && !isDeleting(pod) && pod.status?.phase === 'Running' && isPodReady(pod)
const start = (set: KubeObject): number => set.spec.ordinals?.start ?? 0
const end = (set: KubeObject): number => start(set) + (set.spec.replicas ?? 1)
const isOrdered = (set: KubeObject): boolean => set.spec.podManagementPolicy !== 'Parallel'
const partition = (set: KubeObject): number => start(set) + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0)

function claimName(template: Part, set: KubeObject, n: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${n}`
}

export const statefulSets: readonly Property[] = [
  about('S2 ordered: a pod is made when those before it serve', { resource: 'pods', type: 'ADDED' }, (write) => {
    const set = reconciledOf(write, 'StatefulSet', 'statefulset')
    if (set === undefined || !isOrdered(set)) return undefined
    const n = ordinal(set, write.object)
    for (let i = start(set); i < n; i++) {
      const before = write.believed.get('Pod', `${set.metadata.name}-${i}`, set.metadata.namespace)
      if (!serves(before))
        return `${write.object.metadata.name} was made while ${set.metadata.name}-${i} ${before === undefined ? 'is not there' : 'does not serve'}`
    }
    return true
  }),
  about('S3 ordered: the highest goes first', { resource: 'pods' }, (write) => {
    const set = reconciledOf(write, 'StatefulSet', 'statefulset')
    if (set === undefined || !isOrdered(set) || !asksForEnd(write)) return undefined
    const n = ordinal(set, write.object)
    if (n < end(set) && n >= start(set)) return undefined
    const higher = owned(write.believed, 'Pod', set).filter((pod) => ordinal(set, pod) > n)
    return higher.length === 0 || `${write.object.metadata.name} went while ${higher[0]?.metadata.name} is there`
  }),
  about('S4 a rolling update takes one at a time, the highest first', { resource: 'pods' }, (write, before) => {
    const set = reconciledOf(write, 'StatefulSet', 'statefulset')
    const known = set && seen(write, 'Pod', write.object)
    if (set === undefined || known === undefined || !asksForEnd(write) || isPodFinished(known)) return undefined
    const n = ordinal(set, known)
    if (n >= end(set) || n < start(set)) return undefined
    if (n < partition(set)) return `${known.metadata.name} is below the partition and was replaced`
    const down: string[] = []
    for (let i = start(set); i < end(set); i++) {
      const [was, is] = [write.believed, before].map((s) =>
        s.get('Pod', `${set.metadata.name}-${i}`, set.metadata.namespace),
      )
      if (
        i > n &&
        was !== undefined &&
        revision(was) !== set.status?.updateRevision &&
        revision(was) === revision(known)
      )
        return `${known.metadata.name} was replaced before ${was.metadata.name}`
      const counts = i > n || (i < n && isOrdered(set))
      if (counts && (!serves(was) || isDeleting(is))) down.push(`${set.metadata.name}-${i}`)
    }
    return down.length === 0 || `${known.metadata.name} was replaced while ${down.join(', ')} did not serve`
  }),
  about('S5 below the partition the old revision stays', { resource: 'pods', type: 'ADDED' }, (write) => {
    const set = reconciledOf(write, 'StatefulSet', 'statefulset')
    const current: string | undefined = set?.status?.currentRevision
    if (set === undefined || current === undefined || current === set.status?.updateRevision) return undefined
    if (set.status?.observedGeneration !== set.metadata.generation || ordinal(set, write.object) >= partition(set))
      return undefined
    if (write.believed.get('ControllerRevision', current, set.metadata.namespace) === undefined) return undefined
    return (
      revision(write.object) === current ||
      `${write.object.metadata.name} is below the partition and came back as ${revision(write.object)}`
    )
  }),
  about(
    'S6 claims go only by the policy',
    { resource: 'persistentvolumeclaims', type: 'MODIFIED', by: 'controller/statefulset' },
    (write) => {
      const set = reconciledOf(write, 'StatefulSet', 'statefulset')
      const more =
        (write.object.metadata.ownerReferences?.length ?? 0) > (write.previous?.metadata.ownerReferences?.length ?? 0)
      if (set === undefined || !more) return undefined
      const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
      return (
        whenDeleted === 'Delete' ||
        whenScaled === 'Delete' ||
        `${who(write.object)} is to go with its pod though the policy is to retain it`
      )
    },
  ),
  settled((s) =>
    first(
      s.list('StatefulSet').flatMap((set) => {
        if (isDeleting(set)) return []
        const namespace = set.metadata.namespace
        return owned(s, 'Pod', set).flatMap((pod) =>
          (set.spec.volumeClaimTemplates ?? []).map((template: Part) => {
            const name = claimName(template, set, ordinal(set, pod))
            return isDeleting(pod) || s.get('PersistentVolumeClaim', name, namespace) !== undefined
              ? undefined
              : `${pod.metadata.name} waits for the claim ${name}, which nobody makes`
          }),
        )
      }),
    ),
  ).as('S6 every pod has its claims'),
  settled((s) => first(s.list('StatefulSet').map((set) => unfinished(s, set)))).as(
    'S7 a StatefulSet comes to its number and its revision',
  ),
]

/** What a set lacks though nothing stands in its way. */
function unfinished(s: Moment, set: KubeObject): string | undefined {
  if (isDeleting(set) || s.list('ResourceQuota').length > 0) return undefined
  const pods = owned(s, 'Pod', set)
  const { status = {}, metadata } = set
  if (status.observedGeneration !== metadata.generation)
    return `${who(set)} observed ${status.observedGeneration} of ${metadata.generation}`
  const waits = isOrdered(set) && pods.some((pod) => !serves(pod))
  if (pods.some(isDeleting) || waits) return undefined
  for (let n = start(set); n < end(set); n++) {
    if (pods.some((pod) => ordinal(set, pod) === n)) continue
    // Somebody else's pod may have the name.
    return s.get('Pod', `${metadata.name}-${n}`, metadata.namespace) === undefined
      ? `${who(set)} lacks pod ${n}`
      : undefined
  }
  if (pods.length > end(set) - start(set)) return `${who(set)} has ${pods.length} pods`
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined
  const highest = pods.filter((pod) => !serves(pod)).sort((a, b) => ordinal(set, b) - ordinal(set, a))[0]
  // A broken pod of a Parallel set is replaced like any other; one of the new revision is waited for.
  if (highest !== undefined && (isOrdered(set) || revision(highest) === status.updateRevision)) return undefined
  const old = pods.filter((pod) => ordinal(set, pod) >= partition(set) && revision(pod) !== status.updateRevision)
  return old.length === 0 ? undefined : `${old.map((pod) => pod.metadata.name).join(', ')} stay at an old revision`
}

const exists = (key: string, effect: string): Toleration =>
  ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }) as Toleration

/** What daemon pods stand without being told to. */
const automatic: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => exists(key, 'NoSchedule')),
]

function isEligible(daemonSet: KubeObject, node: KubeObject): boolean {
  const { spec } = daemonSet.spec.template
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return false
  if (!matchesNodeAffinity({ spec }, node)) return false
  return (
    untoleratedTaint(node.spec?.taints, [...(spec.tolerations ?? []), ...automatic], ['NoSchedule', 'NoExecute']) ===
    undefined
  )
}

/** The node a daemon pod is on or made for. */
function nodeOf(pod: KubeObject): string {
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return (
    pod.spec?.nodeName ??
    terms.flatMap((term: Part) => term.matchFields ?? []).flatMap((field: Part) => field.values)[0] ??
    ''
  )
}

function surge(daemonSet: KubeObject): number {
  return scaledValue(daemonSet.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, 100, true)
}

export const daemonSets: readonly Property[] = [
  about(
    'DS5 daemon pods stand trouble of their node',
    { resource: 'pods', type: 'ADDED', by: 'controller/daemonset' },
    ({ object }) => {
      const own: readonly Toleration[] = object.spec?.tolerations ?? []
      const lacking = automatic.find(
        ({ key, effect }) =>
          !own.some((one) => one.key === key && one.effect === effect && one.tolerationSeconds === undefined),
      )
      return lacking === undefined || `${who(object)} does not stand ${lacking.key}:${lacking.effect}`
    },
  ),
  about('DS1 a node gets one daemon pod, after the one before it', { resource: 'pods', type: 'ADDED' }, (write) => {
    const daemonSet = reconciledOf(write, 'DaemonSet', 'daemonset')
    if (daemonSet === undefined) return undefined
    const node = nodeOf(write.object)
    const there = owned(write.believed, 'Pod', daemonSet).filter((pod) => nodeOf(pod) === node && !isPodFinished(pod))
    const most = surge(daemonSet) > 0 ? 1 : 0
    return there.length <= most || `${node} has ${there.map((pod) => pod.metadata.name).join(', ')} already`
  }),
  settled((s) =>
    first(s.list('DaemonSet').flatMap((daemonSet) => s.nodes.map((node) => misplaced(s, daemonSet, node)))),
  ).as('DS2 every node that should have a daemon pod has one, and no other'),
  about(
    'DS3 a rollout takes no more pods away than may be unavailable',
    { resource: 'pods' },
    (write, _before, after) => {
      const daemonSet = reconciledOf(write, 'DaemonSet', 'daemonset')
      const known = daemonSet && seen(write, 'Pod', write.object)
      if (daemonSet === undefined || known === undefined || !asksForEnd(write) || surge(daemonSet) > 0) return undefined
      const isUp = (pod: KubeObject) =>
        !isDeleting(pod) &&
        (podAvailableAt(pod, daemonSet.spec.minReadySeconds ?? 0) ?? Number.POSITIVE_INFINITY) <= after.now
      const nodes = write.believed.nodes.filter((node) => isEligible(daemonSet, node))
      const own = nodes.find((node) => node.metadata.name === nodeOf(known))
      const pods = owned(write.believed, 'Pod', daemonSet)
      if (
        own === undefined ||
        !isUp(known) ||
        pods.filter((pod) => isPodActive(pod) && nodeOf(pod) === nodeOf(known)).length > 1
      )
        return undefined
      const gone = (pod: KubeObject) => isDeleting(after.get('Pod', pod.metadata.name, pod.metadata.namespace) ?? pod)
      const down = nodes.filter(
        (node) => !pods.some((pod) => nodeOf(pod) === node.metadata.name && isUp(pod) && !gone(pod)),
      )
      const most = Math.max(
        1,
        scaledValue(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, nodes.length, true),
      )
      return down.length <= most || `${down.length} nodes lack an available pod, ${most} may`
    },
  ),
  settled((s) =>
    first(
      s.list('DaemonSet').map((daemonSet) => {
        if (isDeleting(daemonSet)) return undefined
        const { observedGeneration, updatedNumberScheduled = 0, desiredNumberScheduled = 0 } = daemonSet.status ?? {}
        if (observedGeneration !== daemonSet.metadata.generation)
          return `${who(daemonSet)} observed ${observedGeneration} of ${daemonSet.metadata.generation}`
        const pods = owned(s, 'Pod', daemonSet)
        const isUp = (pod: KubeObject) => isPodReady(pod) && !isDeleting(pod)
        const places = new Set([
          ...pods.map(nodeOf),
          ...s.nodes.filter((node) => isEligible(daemonSet, node)).map(({ metadata }) => metadata.name),
        ])
        const down = [...places].filter((node) => !pods.some((pod) => nodeOf(pod) === node && isUp(pod))).length
        const most = scaledValue(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, places.size, true)
        if (
          daemonSet.spec.updateStrategy?.type === 'OnDelete' ||
          (down > 0 && down >= most) ||
          (surge(daemonSet) > 0 && !pods.every(isUp))
        )
          return undefined
        return updatedNumberScheduled === desiredNumberScheduled
          ? undefined
          : `${who(daemonSet)} updated ${updatedNumberScheduled} of ${desiredNumberScheduled}`
      }),
    ),
  ).as('DS4 a rollout goes on as long as pods may be unavailable'),
]

function misplaced(s: Moment, daemonSet: KubeObject, node: KubeObject): string | undefined {
  if (isDeleting(daemonSet)) return undefined
  const there = owned(s, 'Pod', daemonSet).filter((pod) => nodeOf(pod) === node.metadata.name)
  if (there.some((pod) => isDeleting(pod) || isPodFinished(pod))) return undefined
  const active = there.filter(isPodActive)
  const { name } = node.metadata
  if (isEligible(daemonSet, node))
    return active.length > 0
      ? active.length > 1 && surge(daemonSet) === 0
        ? `${name} has ${active.length} pods of ${who(daemonSet)}`
        : undefined
      : `${name} lacks a pod of ${who(daemonSet)}`
  const stays =
    untoleratedTaint(
      node.spec?.taints,
      [...(daemonSet.spec.template.spec.tolerations ?? []), ...automatic],
      ['NoExecute'],
    ) === undefined
  return active.length === 0 ||
    (stays &&
      matchesNodeAffinity({ spec: daemonSet.spec.template.spec }, node) &&
      (daemonSet.spec.template.spec.nodeName ?? name) === name)
    ? undefined
    : `${name} has a pod of ${who(daemonSet)} that does not belong there`
}

const tracking = 'batch.kubernetes.io/job-tracking'
const indexOf = (pod: KubeObject): string | undefined =>
  pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']

function isOver(job: KubeObject): boolean {
  return isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed')
}

export const jobs: readonly Property[] = [
  about('J7 a pod is counted before it is let go', { resource: 'pods', type: 'MODIFIED' }, (write, before) => {
    const job = reconciledOf(write, 'Job', 'job')
    const letGo =
      write.previous?.metadata.finalizers?.includes(tracking) && !write.object.metadata.finalizers?.includes(tracking)
    if (
      job === undefined ||
      !letGo ||
      !isOwnedBy(write.object, job.metadata.uid ?? '') ||
      isOver(job) ||
      isDeleting(job) ||
      job.spec.completionMode === 'Indexed' ||
      // Stopped because there are too many: it counts for nothing.
      !isPodFinished(write.object)
    )
      return undefined
    const now = before.get('Job', job.metadata.name, job.metadata.namespace)
    const { succeeded = [], failed = [] } = now?.status?.uncountedTerminatedPods ?? {}
    return (
      [...succeeded, ...failed].includes(write.object.metadata.uid) ||
      `${who(write.object)} was let go and ${who(job)} has not counted it`
    )
  }),
  about(
    'J1 what succeeded is counted once and not taken back',
    { resource: 'jobs.batch', type: 'MODIFIED' },
    (write) => {
      const [was, is] = [write.previous?.status?.succeeded ?? 0, write.object.status?.succeeded ?? 0]
      if (was === is || write.by !== 'controller/job') return undefined
      if (is < was) return `${who(write.object)} had ${was} successes and has ${is}`
      return undefined
    },
  ),
  about('J2 no more successes than completions', { resource: 'jobs.batch' }, ({ object }) => {
    const { completions } = object.spec
    return (
      completions === undefined ||
      (object.status?.succeeded ?? 0) <= completions ||
      `${who(object)} has ${object.status.succeeded} of ${completions}`
    )
  }),
  about(
    'J3 no more pods than the parallelism and what is left',
    { resource: 'pods', type: 'ADDED' },
    (write, _before, after) => {
      const job = reconciledOf(write, 'Job', 'job')
      if (job === undefined) return undefined
      const { parallelism = 1, completions } = job.spec
      const most =
        completions === undefined ? parallelism : Math.min(parallelism, completions - (job.status?.succeeded ?? 0))
      const count = activeOf(after, job).filter((pod) => !isPodFinished(pod)).length
      return count <= most || `${who(job)} has ${count} pods, ${most} are to run`
    },
  ),
  about(
    'J4 a Job ends once, one way, for good',
    { resource: 'jobs.batch', type: 'MODIFIED' },
    ({ object, previous }) => {
      const ends = ['Complete', 'Failed'].filter((type) => isTrue(object.status?.conditions, type))
      if (ends.length === 2) return `${who(object)} is complete and failed`
      const was = ['Complete', 'Failed'].filter((type) => isTrue(previous?.status?.conditions, type))
      return was.length === 0 || was[0] === ends[0] || `${who(object)} was ${was[0]} and is not any more`
    },
  ),
  about('J4 a Job that ended makes no pods', { resource: 'pods', type: 'ADDED' }, (write) => {
    const job = reconciledOf(write, 'Job', 'job')
    return job === undefined || !isOver(job) || `${who(job)} is over and made ${who(write.object)}`
  }),
  settled((s) =>
    first(
      s.list('Job').map((job) => {
        const { failed = 0, succeeded = 0 } = job.status ?? {}
        const isEnding = isTrue(job.status?.conditions, 'FailureTarget')
        if (isDeleting(job) || isOver(job) || isEnding || job.spec.suspend === true) return undefined
        if (failed > (job.spec.backoffLimit ?? 6)) return `${who(job)} failed ${failed} times and goes on`
        const { completions, parallelism = 1 } = job.spec
        const isStuck =
          parallelism > 0 && !owned(s, 'Pod', job).some((pod) => !isPodFinished(pod)) && (completions ?? 1) > succeeded
        return isStuck && s.list('ResourceQuota').length === 0
          ? `${who(job)} has ${succeeded} of ${completions} and no pod`
          : undefined
      }),
    ),
  ).as('J5 a Job comes to an end'),
  about('J6 an index has one pod', { resource: 'pods', type: 'ADDED' }, (write) => {
    const job = reconciledOf(write, 'Job', 'job')
    const index = indexOf(write.object)
    if (job === undefined || index === undefined) return undefined
    const twin = activeOf(write.believed, job).find((pod) => indexOf(pod) === index)
    return twin === undefined || `${who(twin)} has index ${index} already`
  }),
]

export const cronJobs: readonly Property[] = [
  about('CJ1 Forbid: one Job at a time', { resource: 'jobs.batch', type: 'ADDED' }, (write) => {
    const cronJob = reconciledOf(write, 'CronJob', 'cronjob')
    if (cronJob?.spec.concurrencyPolicy !== 'Forbid') return undefined
    const others = owned(write.believed, 'Job', cronJob).filter((job) => !isOver(job))
    return others.length === 0 || `${who(write.object)} was made while ${who(others[0] as KubeObject)} runs`
  }),
  about(
    'CJ2 Replace: the one before goes first',
    { resource: 'jobs.batch', type: 'ADDED' },
    (write, _before, after) => {
      const cronJob = reconciledOf(write, 'CronJob', 'cronjob')
      if (cronJob?.spec.concurrencyPolicy !== 'Replace') return undefined
      const others = owned(after, 'Job', cronJob).filter(
        (job) => !isOver(job) && !isDeleting(job) && job.metadata.uid !== write.object.metadata.uid,
      )
      return others.length === 0 || `${who(write.object)} was made while ${who(others[0] as KubeObject)} runs`
    },
  ),
  about(
    'CJ3 nothing is started later than the deadline',
    { resource: 'jobs.batch', type: 'ADDED' },
    (write, _before, after) => {
      const cronJob = reconciledOf(write, 'CronJob', 'cronjob')
      const seconds = cronJob?.spec.startingDeadlineSeconds
      const at = write.object.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']
      if (seconds === undefined || at === undefined) return undefined
      const late = (after.now - parseTime(at)) / 1000
      return late <= seconds || `${who(write.object)} was started ${late} s late, ${seconds} may be`
    },
  ),
  settled((s) =>
    first(
      s.list('CronJob').map((cronJob) => {
        if (isDeleting(cronJob)) return undefined
        const finished = (type: string) =>
          owned(s, 'Job', cronJob).filter((job) => isTrue(job.status?.conditions, type) && !isDeleting(job)).length
        const { successfulJobsHistoryLimit: good = 3, failedJobsHistoryLimit: bad = 1 } = cronJob.spec
        const kept = [finished('Complete'), finished('Failed')]
        return (kept[0] ?? 0) <= good && (kept[1] ?? 0) <= bad
          ? undefined
          : `${who(cronJob)} keeps ${kept} finished Jobs, limits ${[good, bad]}`
      }),
    ),
  ).as('CJ3 history limits are kept'),
  settled((s) =>
    first(
      s.list('CronJob').map((cronJob) => {
        const said = (cronJob.status?.active ?? []).map((one: Part) => one.uid)
        const is = owned(s, 'Job', cronJob)
          .filter((job) => !isOver(job))
          .map((job) => job.metadata.uid)
        return isDeleting(cronJob) || (said.length === is.length && is.every((uid) => said.includes(uid)))
          ? undefined
          : `${who(cronJob)} says ${said.length} active and there are ${is.length}`
      }),
    ),
  ).as('G13 what a CronJob says is active is active'),
]
