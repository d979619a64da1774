/** Rows D and R: Deployments and ReplicaSets. */
import { getCondition } from '../../../../src/api/conditions.ts'
import { scaledValue } from '../../../../src/api/int-or-string.ts'
import { matchesLabelSelector } from '../../../../src/api/selector.ts'
import { parseTime } from '../../../../src/api/time.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Property, settled, type Write } from '../../../../src/testing/property.ts'
import {
  about,
  activeOf,
  asksForEnd,
  controllerOf,
  first,
  isDeleting,
  isPodFinished,
  isPodReady,
  owned,
  same,
  seen,
  who,
} from './tools.ts'

const replicasOf = (object: KubeObject | undefined): number => object?.spec?.replicas ?? 1
const hash = 'pod-template-hash'

/** The Deployment whose reconcile wrote, as it was when it decided. */
function deploymentOf({ reconciled, believed, by }: Write): KubeObject | undefined {
  if (by !== 'controller/deployment') return undefined
  const [namespace = '', name = ''] = reconciled.split('/')
  return believed.get('Deployment', name, namespace)
}

interface Fences {
  readonly surge: number
  readonly unavailable: number
}

function fences({ spec }: KubeObject): Fences {
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: spec.replicas ?? 1 }
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, spec.replicas ?? 1, true)
  const unavailable = scaledValue(maxUnavailable, spec.replicas ?? 1, false)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function total(s: Moment, deployment: KubeObject, number: (one: KubeObject) => number): number {
  return owned(s, 'ReplicaSet', deployment).reduce((sum, one) => sum + number(one), 0)
}

/** Pods a ReplicaSet will surely keep available: no more than it says, no more than it is told to have. */
const sure = (one: KubeObject): number => Math.min(one.status?.availableReplicas ?? 0, replicasOf(one))

/** Nothing is being resized: all ReplicaSets were told the size the Deployment has. */
function isEven(write: Write, deployment: KubeObject): boolean {
  const told = 'deployment.kubernetes.io/desired-replicas'
  return owned(write.believed, 'ReplicaSet', deployment).every(
    (one) =>
      replicasOf(one) === 0 ||
      one.metadata.annotations?.[told] === undefined ||
      one.metadata.annotations[told] === String(replicasOf(deployment)),
  )
}

function withoutHash(template: KubeObject['spec']): unknown {
  const { [hash]: _hash, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

/** Why a workload may rest short of its number. */
function hasExcuse(s: Moment, owner: KubeObject): boolean {
  if (getCondition(owner.status?.conditions, 'ReplicaFailure')?.status === 'True') return true
  return (
    owned(s, 'Pod', owner).some((pod) => pod.status?.phase === 'Failed' || isDeleting(pod)) ||
    s.list('ResourceQuota').length > 0
  )
}

export const replicas: readonly Property[] = [
  about(
    'D1 a Deployment does not scale down below what must be available',
    { resource: 'replicasets.apps', type: 'MODIFIED' },
    (write, before, after) => {
      const deployment = deploymentOf(write)
      if (
        deployment === undefined ||
        deployment.spec.strategy?.type === 'Recreate' ||
        !isEven(write, deployment) ||
        isDeleting(deployment)
      )
        return undefined
      if (replicasOf(write.object) >= replicasOf(write.previous)) return undefined
      const least = replicasOf(deployment) - fences(deployment).unavailable
      const [was, is] = [total(before, deployment, sure), total(after, deployment, sure)]
      return is >= least || is === was || `${is} pods are sure to be available, ${least} must be`
    },
  ),
  about(
    'D2 ReplicaSets together want no more than the surge lets them',
    { resource: 'replicasets.apps' },
    (write, before, after) => {
      const deployment = deploymentOf(write)
      if (
        deployment === undefined ||
        write.type === 'DELETED' ||
        replicasOf(write.object) <= (write.previous === undefined ? 0 : replicasOf(write.previous))
      )
        return undefined
      const most = replicasOf(deployment) + fences(deployment).surge
      const [was, is] = [total(before, deployment, replicasOf), total(after, deployment, replicasOf)]
      return is <= most || is <= was || `${is} are wanted, ${most} may be`
    },
  ),
  settled((s) =>
    first(
      s.list('Deployment').map((deployment) => {
        const sets = owned(s, 'ReplicaSet', deployment).filter((one) => !isDeleting(one))
        const twins = sets.filter((one, i) =>
          sets.some((other, j) => j < i && same(withoutHash(one.spec.template), withoutHash(other.spec.template))),
        )
        return twins.length === 0 ? undefined : `${who(deployment)} has two ReplicaSets of one template`
      }),
    ),
  ).as('D3 one ReplicaSet for each template'),
  about('D4 Recreate waits until the old pods are gone', { resource: 'replicasets.apps' }, (write) => {
    const deployment = deploymentOf(write)
    if (deployment?.spec.strategy?.type !== 'Recreate' || write.type === 'DELETED') return undefined
    const before = write.previous === undefined ? 0 : replicasOf(write.previous)
    if (
      before > 0 ||
      replicasOf(write.object) === 0 ||
      !same(withoutHash(write.object.spec.template), withoutHash(deployment.spec.template))
    )
      return undefined
    const others = owned(write.believed, 'ReplicaSet', deployment).filter(
      (one) => one.metadata.name !== write.object.metadata.name,
    )
    const left = others.flatMap((one) => owned(write.believed, 'Pod', one)).filter((pod) => !isPodFinished(pod))
    return left.length === 0 || `${who(left[0] as KubeObject)} of an older revision is still there`
  }),
  about('D5 a paused Deployment does not roll', { resource: 'replicasets.apps' }, (write) => {
    const deployment = deploymentOf(write)
    if (deployment?.spec.paused !== true || write.type === 'DELETED') return undefined
    if (write.type === 'ADDED') return `${who(deployment)} is paused and made ${who(write.object)}`
    const newest = owned(write.believed, 'ReplicaSet', deployment).find((one) =>
      same(withoutHash(one.spec.template), withoutHash(deployment.spec.template)),
    )
    const shrank = replicasOf(write.object) < replicasOf(write.previous) && isEven(write, deployment)
    const isDone = newest !== undefined && sure(newest) === replicasOf(deployment)
    const most = replicasOf(deployment) + fences(deployment).surge
    if (!shrank || isDone || isDeleting(deployment) || activeSets(write, deployment) <= 1) return undefined
    return (
      total(write.believed, deployment, replicasOf) > most ||
      `${who(deployment)} is paused and ${who(write.object)} shrank`
    )
  }),
  about(
    'D6 only empty ReplicaSets are cleaned up',
    { by: 'controller/deployment', resource: 'replicasets.apps' },
    (write) => {
      if (!asksForEnd(write)) return undefined
      const known = seen(write, 'ReplicaSet', write.object) ?? write.object
      return (
        (replicasOf(known) === 0 && (known.status?.replicas ?? 0) === 0) ||
        `${who(known)} still has ${known.status?.replicas} pods`
      )
    },
  ),
  settled((s) => first(s.list('Deployment').map((one) => incomplete(s, one)))).as(
    'D7 a rollout whose pods are ready completes',
  ),
  settled((s) => first(s.list('Deployment').map((one) => notCalledStuck(s, one)))).as(
    'D8 a rollout that is stuck is called so',
  ),
  about(
    'R1 a ReplicaSet makes no more pods than it is to have',
    { by: 'controller/replicaset', resource: 'pods', type: 'ADDED' },
    (write, _before, after) => {
      const reference = controllerOf(write.object)
      const known = reference && write.believed.get('ReplicaSet', reference.name, write.object.metadata.namespace)
      if (known === undefined) return undefined
      const count = activeOf(after, known).length
      return count <= replicasOf(known) || `${who(known)} wants ${replicasOf(known)} pods and has ${count}`
    },
  ),
  settled((s) =>
    first(
      [...s.list('ReplicaSet'), ...s.list('ReplicationController')].map((one) => {
        const count = activeOf(s, one).length
        if (isDeleting(one) || count === replicasOf(one)) return undefined
        return count < replicasOf(one) && hasExcuse(s, one)
          ? undefined
          : `${who(one)} wants ${replicasOf(one)} pods and has ${count}`
      }),
    ),
  ).as('R2 a ReplicaSet comes to its number'),
  settled((s) =>
    first(
      s.list('ReplicaSet').map((one) => {
        const active = activeOf(s, one)
        const said = [one.status?.replicas ?? 0, one.status?.readyReplicas ?? 0]
        const is = [active.length, active.filter(isPodReady).length]
        if (isDeleting(one)) return undefined
        if (one.status?.observedGeneration !== one.metadata.generation)
          return `${who(one)} observed ${one.status?.observedGeneration} of ${one.metadata.generation}`
        return same(said, is) ? undefined : `${who(one)} says replicas, ready ${said} and has ${is}`
      }),
    ),
  ).as('G13 the status of a ReplicaSet is what is so'),
  about('R3 only orphans that match are adopted, by who is not going', { type: 'MODIFIED' }, (write, before) => {
    const [was, is] = [write.previous && controllerOf(write.previous), controllerOf(write.object)]
    if (is === undefined || is.uid === was?.uid || write.by === 'user') return undefined
    // Claims are given to whom they go with, by their set's policy.
    if (write.resource === 'persistentvolumeclaims') return undefined
    if (was !== undefined) return `${who(write.object)} of ${was.name} was taken by ${is.name}`
    const owner = before.get(is.kind, is.name, write.object.metadata.namespace)
    if (owner?.metadata.uid !== is.uid || isDeleting(owner))
      return `${is.kind} ${is.name} adopted ${who(write.object)} and is ${owner === undefined ? 'gone' : 'going'}`
    if (isDeleting(write.previous)) return `${who(write.object)} was adopted on its way out`
    const { selector } = owner.spec
    const wanted = owner.kind === 'ReplicationController' ? { matchLabels: selector } : selector
    return (
      matchesLabelSelector(wanted, write.object.metadata.labels) || `${who(owner)} does not select ${who(write.object)}`
    )
  }),
  about('R4 what no longer matches is released, not deleted', { resource: 'pods' }, (write) => {
    if (!/^controller\/(replicaset|statefulset|daemonset)$/.test(write.by) || !asksForEnd(write)) return undefined
    const known = seen(write, 'Pod', write.object) ?? write.object
    const reference = controllerOf(known) ?? controllerOf(write.previous ?? known)
    const owner = reference && write.believed.get(reference.kind, reference.name, known.metadata.namespace)
    return (
      owner === undefined ||
      matchesLabelSelector(owner.spec.selector, known.metadata.labels) ||
      `${who(owner)} deleted ${who(known)} that it does not select`
    )
  }),
  about(
    'R6 pods that do not serve go before those that do',
    { by: 'controller/replicaset', resource: 'pods' },
    (write, before) => {
      if (!asksForEnd(write)) return undefined
      const known = seen(write, 'Pod', write.object)
      const reference = known && controllerOf(known)
      const owner = reference && write.believed.get('ReplicaSet', reference.name, known.metadata.namespace)
      if (known === undefined || owner === undefined || replicasOf(owner) === 0) return undefined
      const others = activeOf(write.believed, owner).filter(
        (one) => one.metadata.uid !== known.metadata.uid && isThere(before, one),
      )
      const worse = others.find((one) => rank(one) < rank(known))
      return worse === undefined || `${who(known)} went and ${who(worse)}, which serves less, stays`
    },
  ),
]

function activeSets(write: Write, deployment: KubeObject): number {
  return owned(write.believed, 'ReplicaSet', deployment).filter((one) => replicasOf(one) > 0).length
}

function isThere(s: Moment, pod: KubeObject): boolean {
  const now = s.get('Pod', pod.metadata.name, pod.metadata.namespace)
  return now?.metadata.uid === pod.metadata.uid && !isDeleting(now)
}

/** How much a pod serves: no node, pending, not ready, ready. */
function rank(pod: KubeObject): number {
  if (!pod.spec?.nodeName) return 0
  const phase = ({ Pending: 1, Unknown: 2 } as Record<string, number>)[pod.status?.phase ?? 'Pending'] ?? 3
  return phase * 2 + (isPodReady(pod) ? 1 : 0)
}

function incomplete(s: Moment, deployment: KubeObject): string | undefined {
  if (isDeleting(deployment) || deployment.spec.paused === true) return undefined
  const { status = {}, metadata } = deployment
  if (status.observedGeneration !== metadata.generation)
    return `${who(deployment)} observed ${status.observedGeneration} of ${metadata.generation}`
  const sets = owned(s, 'ReplicaSet', deployment)
  const pods = sets.flatMap((one) => owned(s, 'Pod', one))
  if (sets.some((one) => hasExcuse(s, one)) || pods.some((pod) => !isPodReady(pod))) return undefined
  const wanted = replicasOf(deployment)
  const said = [status.replicas ?? 0, status.updatedReplicas ?? 0, status.availableReplicas ?? 0]
  return said.every((count) => count === wanted)
    ? undefined
    : `${who(deployment)} wants ${wanted} and says replicas, updated, available ${said}`
}

function notCalledStuck(s: Moment, deployment: KubeObject): string | undefined {
  const progressing = getCondition(deployment.status?.conditions, 'Progressing') as
    | { reason?: string; status: string; lastUpdateTime?: string }
    | undefined
  if (progressing?.lastUpdateTime === undefined || isDeleting(deployment) || deployment.spec.paused === true)
    return undefined
  if (/NewReplicaSetAvailable|DeploymentPaused|ProgressDeadlineExceeded/.test(progressing.reason ?? ''))
    return undefined
  const wanted = replicasOf(deployment)
  const { status } = deployment
  if (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  )
    return undefined
  const late = parseTime(progressing.lastUpdateTime) + ((deployment.spec.progressDeadlineSeconds ?? 600) + 10) * 1000
  return s.now <= late
    ? undefined
    : `${who(deployment)} has made no progress since ${progressing.lastUpdateTime} and says ${progressing.reason}`
}
