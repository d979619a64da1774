/** Rows K, N and P: scheduling, nodes, disruption. */
import { getCondition, isTrue } from '../../../../src/api/conditions.ts'
import { scaledValue } from '../../../../src/api/int-or-string.ts'
import { milliValue, value } from '../../../../src/api/quantity.ts'
import {
  matchesNodeAffinity,
  type Taint,
  type Toleration,
  toleratesTaint,
  tolerationMatches,
  untoleratedTaint,
} from '../../../../src/api/scheduling.ts'
import { matchesLabelSelector } from '../../../../src/api/selector.ts'
import { parseTime } from '../../../../src/api/time.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Property, settled, type Write } from '../../../../src/testing/property.ts'
import {
  about,
  asksForEnd,
  controllerOf,
  first,
  isDeleting,
  isPodActive,
  isPodFinished,
  isPodReady,
  type Part,
  seen,
  who,
} from './tools.ts'

/** Where the scheduler knew pods to be when it decided: as it saw them, and where it put them since. */
function placements(
  { believed, object }: Write,
  after: Moment,
): readonly { readonly pod: KubeObject; readonly node: string }[] {
  return believed.pods.flatMap((pod) => {
    if (isPodFinished(pod) || pod.metadata.uid === object.metadata.uid) return []
    const now = after.get('Pod', pod.metadata.name, pod.metadata.namespace)
    const node: string =
      pod.spec?.nodeName ?? (now?.metadata.uid === pod.metadata.uid ? now?.spec?.nodeName : undefined) ?? ''
    return node === '' ? [] : [{ pod, node }]
  })
}

function request(pod: KubeObject, resource: 'cpu' | 'memory'): number {
  const amount = (text: string | undefined) =>
    text === undefined ? 0 : resource === 'cpu' ? milliValue(text) : value(text)
  const sum = (pod.spec?.containers ?? []).reduce(
    (total: number, one: Part) => total + amount(one.resources?.requests?.[resource]),
    0,
  )
  return Math.max(
    sum,
    ...(pod.spec?.initContainers ?? []).map((one: Part) => amount(one.resources?.requests?.[resource])),
  )
}

function overfull(node: KubeObject, pods: readonly KubeObject[]): string | undefined {
  const { allocatable = {} } = node.status ?? {}
  for (const resource of ['cpu', 'memory'] as const) {
    const used = pods.reduce((sum, pod) => sum + request(pod, resource), 0)
    const there = resource === 'cpu' ? milliValue(allocatable.cpu ?? '0') : value(allocatable.memory ?? '0')
    if (used > there) return `${node.metadata.name} has ${there} of ${resource} and ${used} are asked for`
  }
  return pods.length <= Number(allocatable.pods ?? 110) ? undefined : `${node.metadata.name} has ${pods.length} pods`
}

const effects = ['NoSchedule', 'NoExecute']
const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as Taint

/** Why the pod must not be put there, as far as the node alone says. */
function unfit(pod: KubeObject, node: KubeObject): string | undefined {
  const { tolerations } = pod.spec
  if (node.spec?.unschedulable === true && !toleratesTaint(tolerations, cordon))
    return `${node.metadata.name} is cordoned`
  const taint = untoleratedTaint(node.spec?.taints, tolerations, effects)
  if (taint !== undefined) return `${node.metadata.name} has the taint ${taint.key}`
  return matchesNodeAffinity(pod, node) ? undefined : `${node.metadata.name} is not what the pod selects`
}

const priority = (pod: KubeObject): number => pod.spec?.priority ?? 0

export const scheduling: readonly Property[] = [
  about('K2 no node is given more than it has', { by: 'scheduler', resource: 'pods' }, (write, _before, after) => {
    const node = write.verb === 'bind' ? write.believed.get('Node', write.object.spec.nodeName) : undefined
    if (node === undefined) return undefined
    const there = placements(write, after).filter((one) => one.node === node.metadata.name)
    return overfull(node, [...there.map(({ pod }) => pod), write.object]) ?? true
  }),
  about('K3 N4 the filters hold where a pod is put', { by: 'scheduler', resource: 'pods' }, (write) => {
    if (write.verb !== 'bind') return undefined
    const node = write.believed.get('Node', write.object.spec.nodeName)
    if (node === undefined) return `${who(write.object)} was put on ${write.object.spec.nodeName}, which is not there`
    return unfit(write.object, node) ?? true
  }),
  about('K4 a pod is put where the skew allows it', { by: 'scheduler', resource: 'pods' }, (write, _before, after) => {
    if (write.verb !== 'bind') return undefined
    const hard = (write.object.spec.topologySpreadConstraints ?? []).filter(
      (one: Part) => one.whenUnsatisfiable === 'DoNotSchedule',
    )
    return first(hard.map((one: Part) => skewed(write, after, one)))
  }),
  about('K5 pods that keep apart are kept apart', { by: 'scheduler', resource: 'pods' }, (write, _before, after) => {
    if (write.verb !== 'bind') return undefined
    const others = placements(write, after)
    return first(
      others.map(
        ({ pod, node }) =>
          crowded(write.believed, write.object, write.object.spec.nodeName, pod, node) ??
          crowded(write.believed, pod, node, write.object, write.object.spec.nodeName),
      ),
    )
  }),
  about('K6 only pods of lower priority make way', { by: 'scheduler', resource: 'pods' }, (write, _before, after) => {
    if (!asksForEnd(write)) return undefined
    const { nodeName } = write.object.spec
    const forWhom = after.pods.filter((pod) => !pod.spec?.nodeName && pod.status?.nominatedNodeName === nodeName)
    const may = forWhom.some((pod) => priority(pod) > priority(write.object) && pod.spec?.preemptionPolicy !== 'Never')
    return may || `${who(write.object)} made way for ${forWhom.map(who).join(', ') || 'nobody'}`
  }),
  settled((s) => first(s.pods.map((pod) => forgotten(s, pod)))).as('K9 a pod that fits somewhere is not forgotten'),
]

function skewed({ believed, object }: Write, after: Moment, constraint: Part): string | undefined {
  const key: string = constraint.topologyKey
  const nodes = believed.nodes.filter(
    (node) => node.metadata.labels?.[key] !== undefined && matchesNodeAffinity(object, node),
  )
  const domain = (name: string) => nodes.find((node) => node.metadata.name === name)?.metadata.labels?.[key]
  const counts = new Map(nodes.map((node) => [node.metadata.labels?.[key] as string, 0]))
  const matches = (pod: KubeObject) =>
    pod.metadata.namespace === object.metadata.namespace &&
    matchesLabelSelector(constraint.labelSelector, pod.metadata.labels)
  for (const { pod, node } of placements({ believed, object } as Write, after)) {
    const at = domain(node)
    if (at !== undefined && matches(pod) && !isDeleting(pod)) counts.set(at, (counts.get(at) ?? 0) + 1)
  }
  const at = domain(object.spec.nodeName)
  if (at === undefined) return `${object.spec.nodeName} has no ${key}`
  const least = Math.min(...counts.values())
  const skew = (counts.get(at) ?? 0) + (matches(object) ? 1 : 0) - least
  return skew <= constraint.maxSkew
    ? undefined
    : `${who(object)} in ${at} makes a skew of ${skew}, ${constraint.maxSkew} may be`
}

/** Whether `one` on its node keeps away from `other` on its. */
function crowded(s: Moment, one: KubeObject, at: string, other: KubeObject, there: string): string | undefined {
  const terms: readonly Part[] =
    one.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  for (const { topologyKey, labelSelector } of terms) {
    if (
      one.metadata.namespace !== other.metadata.namespace ||
      !matchesLabelSelector(labelSelector, other.metadata.labels)
    )
      continue
    const [a, b] = [at, there].map((name) => s.get('Node', name)?.metadata.labels?.[topologyKey])
    if (a !== undefined && a === b) return `${who(one)} keeps away from ${who(other)} and both are in ${a}`
  }
  return undefined
}

function forgotten(s: Moment, pod: KubeObject): string | undefined {
  const { spec } = pod
  if (spec?.nodeName || isDeleting(pod) || isPodFinished(pod) || (spec?.schedulingGates?.length ?? 0) > 0)
    return undefined
  if (
    spec?.topologySpreadConstraints !== undefined ||
    spec?.affinity?.podAntiAffinity !== undefined ||
    spec?.volumes?.some((one: Part) => one.persistentVolumeClaim)
  )
    return undefined
  const keep = s.pods.filter(
    (other) =>
      other.status?.nominatedNodeName &&
      priority(other) >= priority(pod) &&
      other.metadata.uid !== pod.metadata.uid &&
      !other.spec?.nodeName,
  )
  const others = s.pods.filter((other) => !isPodFinished(other))
  if (others.some((other) => other.spec?.affinity?.podAntiAffinity !== undefined)) return undefined
  const fits = s.nodes.find((node) => {
    if (isDeleting(node) || unfit(pod, node) !== undefined) return false
    const there = [
      ...others.filter((other) => other.spec?.nodeName === node.metadata.name),
      ...keep.filter((other) => other.status?.nominatedNodeName === node.metadata.name),
    ]
    return overfull(node, [...there, pod]) === undefined
  })
  return fits === undefined ? undefined : `${who(pod)} waits and ${fits.metadata.name} has room for it`
}

const lostTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const readyOf = (node: KubeObject): string => getCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown'

/** When the pod must be off the node; undefined when it may stay. */
function leavesAt(pod: KubeObject, node: KubeObject): number | undefined {
  const tolerations: readonly Toleration[] = pod.spec?.tolerations ?? []
  const times = ((node.spec?.taints ?? []) as (Taint & { timeAdded?: string })[])
    .filter(({ effect }) => effect === 'NoExecute')
    .flatMap((taint) => {
      const own = tolerations.filter((one) => tolerationMatches(one, taint))
      if (own.length === 0) return [0]
      const seconds = own.map((one) => one.tolerationSeconds).find((one) => one !== undefined)
      if (seconds === undefined) return []
      const since = [taint.timeAdded, pod.status?.startTime ?? pod.metadata.creationTimestamp].flatMap((text) =>
        text ? [parseTime(text)] : [],
      )
      return taint.timeAdded === undefined
        ? [Number.POSITIVE_INFINITY]
        : [Math.max(...since) + Math.max(0, seconds) * 1000]
    })
  return times.length === 0 ? undefined : Math.min(...times)
}

export const nodes: readonly Property[] = [
  about(
    'N1 pods are expelled by a taint that is there, when their time is up',
    { by: 'controller/taint-eviction', resource: 'pods' },
    (write, _before, after) => {
      const known = seen(write, 'Pod', write.object)
      if (known === undefined || !asksForEnd(write)) return undefined
      const node = write.believed.get('Node', known.spec?.nodeName ?? '')
      const at = node && leavesAt(known, node)
      if (at === undefined)
        return `${who(known)} was expelled and ${known.spec?.nodeName} has no taint it does not stand`
      return at <= after.now || `${who(known)} was expelled ${(at - after.now) / 1000} s too soon`
    },
  ),
  settled((s) =>
    first(
      s.pods.filter(isPodActive).map((pod) => {
        const node = s.get('Node', pod.spec?.nodeName ?? '')
        const at = node && leavesAt(pod, node)
        return at !== undefined && at <= s.now
          ? `${who(pod)} is still on ${node?.metadata.name}, whose taints it does not stand`
          : undefined
      }),
    ),
  ).as('N1 no pod stays where it does not stand the taints'),
  about(
    'N2 a node is given up when its lease has run out',
    { by: 'controller/node-lifecycle', resource: 'nodes', type: 'MODIFIED' },
    (write) => {
      if (write.previous === undefined || readyOf(write.previous) === 'Unknown' || readyOf(write.object) !== 'Unknown')
        return undefined
      const renewed = write.believed.get('Lease', write.object.metadata.name, 'kube-node-lease')?.spec?.renewTime
      if (renewed === undefined) return undefined
      const age = write.believed.now - parseTime(renewed)
      return age >= 40_000 || `${who(write.object)} was given up ${age / 1000} s after its lease was renewed`
    },
  ),
  about(
    'N3 nobody is expelled when every node is lost',
    { by: 'controller/node-lifecycle', resource: 'nodes', type: 'MODIFIED' },
    (write) => {
      const expels = (node: KubeObject | undefined) =>
        (node?.spec?.taints ?? []).some((one: Taint) => one.effect === 'NoExecute' && lostTaints.includes(one.key))
      if (expels(write.previous) || !expels(write.object)) return undefined
      return (
        write.believed.nodes.some((node) => readyOf(node) === 'True') ||
        `${who(write.object)} is given up though no node is well`
      )
    },
  ),
  settled((s) =>
    first(
      s.nodes.map((node) => {
        const own = ((node.spec?.taints ?? []) as Taint[]).filter(({ key }) => lostTaints.includes(key))
        const well = readyOf(node) === 'True'
        if (well && own.length > 0) return `${who(node)} is well and has the taint ${own[0]?.key}`
        return well || own.length > 0 ? undefined : `${who(node)} is lost and has no taint`
      }),
    ),
  ).as('N4 taints say how a node is'),
  settled((s) =>
    first(
      s.pods.map((pod) => {
        const node = s.get('Node', pod.spec?.nodeName ?? '')
        return node !== undefined && readyOf(node) === 'Unknown' && isPodReady(pod)
          ? `${who(pod)} is said to be ready on ${node.metadata.name}, which is lost`
          : undefined
      }),
    ),
  ).as('E1 no pod of a lost node is ready'),
  settled((s) =>
    first(
      s.pods.map((pod) =>
        isDeleting(pod) && !pod.spec?.nodeName && (pod.metadata.finalizers?.length ?? 0) === 0
          ? `${who(pod)} has no node and does not go`
          : undefined,
      ),
    ),
  ).as('N6 what never ran and is deleted goes'),
  settled((s) =>
    first(
      s.pods.map((pod) =>
        pod.spec?.nodeName &&
        s.get('Node', pod.spec.nodeName) === undefined &&
        !isPodFinished(pod) &&
        (pod.metadata.finalizers?.length ?? 0) === 0
          ? `${who(pod)} is on ${pod.spec.nodeName}, which is not there`
          : undefined,
      ),
    ),
  ).as('N7 pods of nodes that are gone go'),
]

/** How many of a budget's pods must be healthy, by its spec and the sizes that are wanted. */
function desired(s: Moment, budget: KubeObject, pods: readonly KubeObject[]): number | undefined {
  const { minAvailable, maxUnavailable } = budget.spec
  if (typeof minAvailable === 'number') return minAvailable
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    const set = owner && s.get(owner.kind, owner.name, pod.metadata.namespace)
    if (set === undefined || set.metadata.uid !== owner?.uid) return undefined
    const above = controllerOf(set)
    const top = (above && s.get(above.kind, above.name, pod.metadata.namespace)) ?? set
    scales.set(top.metadata.uid ?? '', top.spec?.replicas ?? 1)
  }
  const wanted = [...scales.values()].reduce((sum, one) => sum + one, 0)
  if (minAvailable !== undefined) return scaledValue(minAvailable, wanted, true)
  return Math.max(0, wanted - scaledValue(maxUnavailable ?? 0, wanted, true))
}

export const disruption: readonly Property[] = [
  about(
    'P1 a budget allows no more than can be spared',
    { by: 'controller/pod-disruption-budget', resource: 'poddisruptionbudgets.policy', type: 'MODIFIED' },
    (write) => {
      const { object, believed } = write
      const pods = believed
        .list('Pod', { namespace: object.metadata.namespace ?? '' })
        .filter((pod) => matchesLabelSelector(object.spec.selector, pod.metadata.labels))
      const least = desired(believed, object, pods)
      const leaving: Readonly<Record<string, string>> = object.status?.disruptedPods ?? {}
      const healthy = pods.filter(
        (pod) => isPodReady(pod) && !isDeleting(pod) && leaving[pod.metadata.name] === undefined,
      ).length
      const allowed: number = object.status?.disruptionsAllowed ?? 0
      if (least === undefined || object.status?.observedGeneration !== object.metadata.generation) return undefined
      return (
        allowed <= Math.max(0, healthy - least) ||
        `${who(object)} allows ${allowed}: ${healthy} are healthy, ${least} must be`
      )
    },
  ),
  about(
    'P1 a granted eviction is not forgotten',
    { by: 'controller/pod-disruption-budget', resource: 'poddisruptionbudgets.policy', type: 'MODIFIED' },
    ({ object, previous }, before, after) => {
      const kept: Readonly<Record<string, string>> = object.status?.disruptedPods ?? {}
      const lost = Object.entries((previous?.status?.disruptedPods ?? {}) as Record<string, string>).find(
        ([name, since]) => {
          const pod = before.get('Pod', name, object.metadata.namespace)
          return (
            kept[name] === undefined && pod !== undefined && !isDeleting(pod) && after.now < parseTime(since) + 120_000
          )
        },
      )
      return lost === undefined || `${lost[0]} was granted its eviction, is still there, and is not counted`
    },
  ),
  about(
    'P1 an eviction takes its share of a budget that is up to date',
    { by: 'user', resource: 'poddisruptionbudgets.policy', type: 'MODIFIED' },
    ({ object, previous }) => {
      const [was, is] = [previous?.status, object.status]
      const more = Object.keys(is?.disruptedPods ?? {}).length > Object.keys(was?.disruptedPods ?? {}).length
      if (!more) return undefined
      if ((was?.observedGeneration ?? 0) < (object.metadata.generation ?? 0))
        return `${who(object)} was changed and not computed anew`
      if ((was?.disruptionsAllowed ?? 0) <= 0) return `${who(object)} allowed none`
      return (
        is?.disruptionsAllowed === (was?.disruptionsAllowed ?? 0) - 1 ||
        `${who(object)} allowed ${was?.disruptionsAllowed} and allows ${is?.disruptionsAllowed}`
      )
    },
  ),
  about(
    'P1 a healthy pod under a budget is evicted only when the budget gave it up',
    { by: 'user', resource: 'pods' },
    (write, before) => {
      if (
        !asksForEnd(write) ||
        !/\/eviction$/.test(write.cause.key ?? '') ||
        write.previous === undefined ||
        !isPodReady(write.previous)
      )
        return undefined
      const { name, namespace = '' } = write.object.metadata
      const budgets = before
        .list('PodDisruptionBudget', { namespace })
        .filter((budget) => matchesLabelSelector(budget.spec?.selector, write.object.metadata.labels))
      return first(
        budgets.map((budget) =>
          budget.status?.disruptedPods?.[name] === undefined ? `${who(budget)} was not asked` : undefined,
        ),
      )
    },
  ),
  settled((s) =>
    first(
      s.list('PodDisruptionBudget').map((budget) => {
        const pods = s
          .list('Pod', { namespace: budget.metadata.namespace ?? '' })
          .filter((pod) => matchesLabelSelector(budget.spec?.selector, pod.metadata.labels))
        const healthy = pods.filter((pod) => isPodReady(pod) && !isDeleting(pod)).length
        if (
          isTrue(budget.status?.conditions, 'DisruptionAllowed') === false &&
          getCondition(budget.status?.conditions, 'DisruptionAllowed')?.reason === 'SyncFailed'
        )
          return undefined
        return (budget.status?.currentHealthy ?? 0) === healthy
          ? undefined
          : `${who(budget)} says ${budget.status?.currentHealthy} are healthy and ${healthy} are`
      }),
    ),
  ).as('G13 a budget knows how many are healthy'),
]
