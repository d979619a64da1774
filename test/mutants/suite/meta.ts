/**
 * What must be so of any set of controllers, whatever they are for: once nothing is broken any more the cluster comes to
 * rest, stays at rest, and a controller that begins anew finds nothing to do.
 */
import { isTrue } from '../../../src/api/conditions.ts'
import { isControlledBy } from '../../../src/api/owner.ts'
import { isPodReady } from '../../../src/api/pod-status.ts'
import { matchesLabelSelector } from '../../../src/api/selector.ts'
import type { KubeObject } from '../../../src/index.ts'
import type { Change } from '../../../src/store/transition.ts'
import { restartsHaveCauses } from './ends.ts'
import type { Monitor } from './monitor.ts'
import { patch, roots } from './operation-tools.ts'
import { evicted } from './operations-cluster.ts'
import type { Rig } from './rig.ts'
import type { Scenario } from './scenarios.ts'

/** How long it may take, and how long it is watched afterwards. */
const restMs = 3 * 3600_000
const watchedMs = 20 * 60_000
/** Lost nodes: longer than pods stand it by default. */
const lostMs = 7 * 60_000
/** What may still be made, removed or wanted otherwise in a cluster at rest. Pods that crash go on telling of it. */
const quietWrites = 40

export async function broughtToRest(rig: Rig, monitor: Monitor, scenario: Scenario): Promise<void> {
  const isThorough = rig.calm
  rig.heal(true)
  await maintained(rig, scenario)
  if (rig.down.size > 0) await withNodesLost(rig, monitor)
  if (monitor.violation !== undefined) return
  rig.heal()
  monitor.peace = true
  rig.drain()
  if (scenario.endless === true) {
    rig.advance(isThorough ? watchedMs : watchedMs / 4)
    for (const { metadata } of rig.cluster.list('CronJob'))
      await rig.cluster.patch('CronJob', metadata.name, { spec: { suspend: true } })
  }
  if (!(await rested(rig, monitor))) return
  // What was refused is tried again after a while: within 1,000 s at most.
  if (isFailing(rig)) rig.advance(1_000_000)
  if (!(await rested(rig, monitor))) return
  monitor.settled()
  nobodyHaunts(rig, monitor)
  if (monitor.violation !== undefined) return
  // Those who look by the clock have looked at what there is now.
  rig.advance(16_000)
  if (!(await rested(rig, monitor))) return
  nodesAreWell(rig, monitor)
  begunAnew(rig, monitor)
  if (monitor.violation !== undefined) return
  // Watching takes most of the time of a run: only the runs without faults do.
  if (!isThorough) return
  restartsHaveCauses(rig, monitor)
  const before = written(rig)
  rig.advance(watchedMs)
  if (!(await rested(rig, monitor))) return
  const writes = written(rig) - before
  if (writes > quietWrites)
    monitor.fail(
      'a cluster at rest stays at rest',
      `${writes} writes in ${watchedMs / 60_000} minutes: ${lastWrites(rig)}`,
    )
  monitor.settled()
  if (monitor.violation === undefined) await unhealthyMayGo(rig, monitor)
  if (monitor.violation === undefined) await drainsEnd(rig, monitor)
}

/**
 * A pod that runs and is not ready may be evicted whatever its budget has left, when the budget says AlwaysAllow.
 * Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
 */
async function unhealthyMayGo(rig: Rig, monitor: Monitor): Promise<void> {
  const budgets = rig.cluster.list('PodDisruptionBudget')
  for (const pod of rig.cluster.list('Pod')) {
    const { metadata, status } = pod
    if (status?.phase !== 'Running' || isPodReady(pod) || metadata.deletionTimestamp !== undefined) continue
    const covering = budgets.filter(({ spec }) => matchesLabelSelector(spec?.selector, metadata.labels))
    if (covering.length !== 1 || covering[0]?.spec?.unhealthyPodEvictionPolicy !== 'AlwaysAllow') continue
    const said = await evicted(rig, metadata.name, 'default')
    if (!said.endsWith(': 201')) monitor.fail('what is unhealthy may be evicted when the budget says so (P3)', said)
  }
  if (budgets.length > 0) await rested(rig, monitor)
}

/** Machines that the user lost stay lost for a while; when everybody has come to terms with that, it is looked at. */
async function withNodesLost(rig: Rig, monitor: Monitor): Promise<void> {
  rig.advance(lostMs)
  const isQuiet = await rig.cluster.settle({ within: '1h' }).then(
    () => true,
    () => false,
  )
  if (isQuiet && !isFailing(rig)) monitor.settled()
}

/** A node whose machine runs and whose kubelet is heard says that it is well, and what it has. */
function nodesAreWell(rig: Rig, monitor: Monitor): void {
  const { world } = rig.cluster.plane
  for (const { metadata, status } of rig.cluster.list('Node')) {
    if (world.actors.get(`nodes/${metadata.name}`)?.snapshot.status !== 'active') continue
    const name = 'a node that runs is ready and says what it has (N2)'
    if (!isTrue(status?.conditions, 'Ready')) monitor.fail(name, `${metadata.name} runs and is not said to be ready`)
    if (status?.allocatable?.pods === undefined) monitor.fail(name, `${metadata.name} runs and has no capacity`)
  }
}

/** What runs on nodes are the pods there are, and no others. */
function nobodyHaunts(rig: Rig, monitor: Monitor): void {
  const { world } = rig.cluster.plane
  const pods = new Set(
    rig.cluster.list('Pod', { namespace: '*' }).map(({ metadata }) => `pods/${metadata.namespace}/${metadata.name}`),
  )
  for (const id of world.actors.keys()) {
    const [kind, namespace, name] = id.split('/')
    if (kind === 'pods' && !pods.has(`pods/${namespace}/${name}`))
      monitor.fail('nothing runs that is not there (S1)', `${id} runs and there is no such pod`)
  }
}

/**
 * Nodes are drained one after the other: where every pod may leave (all that its budget covers are well and one may go,
 * or none is well and the policy lets those go), the drain comes to an end.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
 */
async function drainsEnd(rig: Rig, monitor: Monitor): Promise<void> {
  const nodes = rig.cluster.list('Node')
  if (rig.cluster.list('PodDisruptionBudget').length === 0 || nodes.length < 2) return
  for (const { metadata } of nodes)
    await rig.cluster.patch('Node', metadata.name, { spec: { unschedulable: null } }, { type: 'merge' })
  if (!(await rested(rig, monitor))) return
  for (const { metadata } of nodes) {
    const there = () =>
      rig.cluster
        .list('Pod', { fieldSelector: `spec.nodeName=${metadata.name}` })
        .filter((pod) => pod.metadata.ownerReferences !== undefined)
    if (!there().every((pod) => mayLeave(rig, pod))) continue
    await rig.cluster.patch('Node', metadata.name, { spec: { unschedulable: true } }, { type: 'merge' })
    for (let tries = 0; tries < 40 && there().length > 0; tries++) {
      for (const pod of there())
        if (pod.metadata.deletionTimestamp === undefined) await evicted(rig, pod.metadata.name, 'default')
      rig.advance(15_000)
    }
    const left = there().map((pod) => pod.metadata.name)
    if (left.length > 0)
      return monitor.fail(
        'a drain ends when pods may leave (P3)',
        `after ten minutes ${left.join(', ')} are still on ${metadata.name}`,
      )
    await rig.cluster.patch('Node', metadata.name, { spec: { unschedulable: null } }, { type: 'merge' })
    if (!(await rested(rig, monitor))) return
  }
}

function mayLeave(rig: Rig, pod: KubeObject): boolean {
  const budgets = rig.cluster
    .list('PodDisruptionBudget')
    .filter(({ spec }) => matchesLabelSelector(spec?.selector, pod.metadata.labels))
  const [budget] = budgets
  if (budget === undefined) return true
  if (budgets.length > 1) return false
  const covered = rig.cluster
    .list('Pod')
    .filter(({ metadata }) => matchesLabelSelector(budget.spec?.selector, metadata.labels))
  if (covered.every(isPodReady)) return (budget.status?.disruptionsAllowed ?? 0) > 0
  return !covered.some(isPodReady) && budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow'
}

/**
 * Maintenance of nodes ends: a pod that stands a taint for a while only would come back and leave again for ever, and so
 * would one that is tied to a node that is not there or has no room (kubernetes#131116): it is deleted and made again.
 */
async function maintained(rig: Rig, scenario: Scenario): Promise<void> {
  const isTied = ({ spec }: KubeObject): boolean => spec.template.spec.nodeName !== undefined
  const tied = roots(rig, ['Deployment', 'ReplicaSet']).filter(
    (object) =>
      isTied(object) ||
      rig.cluster.list('ReplicaSet').some((set) => isTied(set) && isControlledBy(set, object.metadata.uid ?? '')),
  )
  for (const { kind, metadata } of tied) await rig.cluster.delete(kind, metadata.name)
  for (const object of roots(rig, ['DaemonSet']))
    if (isTied(object) && rig.cluster.get('Node', object.spec.template.spec.nodeName) === undefined)
      await patch(rig, object, { spec: { template: { spec: { nodeName: null } } } })
  rig.drain()
  if (tied.length > 0) await rig.cluster.apply(scenario.manifest)
  for (const { metadata, spec } of rig.cluster.list('Node')) {
    const taints = (spec?.taints ?? []).filter((one: { key: string }) => one.key.includes('/'))
    if (taints.length !== (spec?.taints ?? []).length)
      await rig.cluster.patch('Node', metadata.name, { spec: { taints } }, { type: 'merge' })
  }
}

/** Something was refused, or had to wait because it was asked for too often, and will be tried again. */
function isFailing(rig: Rig): boolean {
  const isRetry = ({ data }: { data: { id: string } }) => data.id.startsWith('retry ')
  return rig.agents.some((id) => failuresOf(rig, id) > 0) || rig.cluster.plane.world.timers.all().some(isRetry)
}

function failuresOf(rig: Rig, id: string): number {
  return (rig.cluster.plane.host.get(id)?.context as { failing?: number } | undefined)?.failing ?? 0
}

async function rested(rig: Rig, monitor: Monitor): Promise<boolean> {
  try {
    await rig.cluster.settle({ within: restMs })
  } catch (error) {
    monitor.fail('the cluster comes to rest', (error as Error).message)
  }
  return monitor.violation === undefined
}

/**
 * Every controller starts without memory and looks at everything: level-triggered ones write nothing. One that has been
 * refused something and waits to try again is not asked.
 */
function begunAnew(rig: Rig, monitor: Monitor): void {
  const controllers = rig.agents.filter(
    // The autoscaler looks by the clock, and what it says depends on when.
    (id) => id.startsWith('controller/') && id !== 'controller/horizontal-pod-autoscaler' && failuresOf(rig, id) === 0,
  )
  const before = rig.cluster.snapshot.revision
  for (const id of controllers) rig.restart(id)
  rig.drain()
  const writes = changesSince(rig, before).filter(({ cause }) => cause.by.startsWith('controller/'))
  if (writes.length === 0) return
  const told = writes.slice(0, 3).map(({ cause, type, resource, key }) => `${cause.by} ${type} ${resource}/${key}`)
  monitor.fail('a converged controller that starts anew writes nothing', told.join('; '))
}

function changesSince(rig: Rig, revision: number) {
  return (rig.cluster.plane.world.store.log.since(revision + 1) ?? []).filter(({ resource }) => !isNoise(resource))
}

function isNoise(resource: string): boolean {
  return resource.startsWith('events') || resource.startsWith('leases')
}

const counts = new WeakMap<Rig, { writes: number }>()

/** Such writes so far. */
function written(rig: Rig): number {
  const known = counts.get(rig)
  if (known !== undefined) return known.writes
  const count = { writes: 0 }
  counts.set(rig, count)
  rig.cluster.transition$.subscribe(({ change }) => {
    if (!isNoise(change.resource) && isMore(change)) count.writes++
  })
  return 0
}

/** More than a status. */
function isMore({ type, object, previous }: Change): boolean {
  return (
    type !== 'MODIFIED' ||
    object.spec !== previous?.spec ||
    object.metadata.deletionTimestamp !== previous?.metadata.deletionTimestamp
  )
}

function lastWrites(rig: Rig): string {
  const last = changesSince(rig, Math.max(0, rig.cluster.snapshot.revision - 300)).filter(isMore)
  return last
    .slice(-4)
    .map(({ cause, type, resource, key }) => `${cause.by} ${type} ${resource}/${key}`)
    .join('; ')
}
