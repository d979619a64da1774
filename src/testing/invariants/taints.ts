/** Taints that follow a node's state: which there must be, and which not. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled } from '../property.ts'
import { isPodFinished, type Taint, type Toleration, tolerationMatches } from './documented.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, timeOf } from './words.ts'

const prefix = 'node.kubernetes.io/'
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'memory-pressure',
  DiskPressure: 'disk-pressure',
  PIDPressure: 'pid-pressure',
  NetworkUnavailable: 'network-unavailable',
}
const known = ['not-ready', 'unreachable', 'unschedulable', ...Object.values(pressures)]

const conditionsOf = ({ status }: KubeObject): readonly { type: string; status: string }[] => status?.conditions ?? []
const readyOf = (node: KubeObject): string | undefined =>
  conditionsOf(node).find(({ type }) => type === 'Ready')?.status

/** The word for a node that is not well; undefined for one that is. */
function trouble(node: KubeObject): string | undefined {
  const ready = readyOf(node)
  return ready === 'True' ? undefined : ready === 'Unknown' ? 'unreachable' : 'not-ready'
}

/** Taints of the node controller's own with this effect, without their prefix. */
const taintsOf = ({ spec }: KubeObject, effect: string): readonly string[] =>
  ((spec?.taints ?? []) as readonly Taint[])
    .filter((taint) => taint.effect === effect && taint.key.startsWith(prefix))
    .map(({ key }) => key.slice(prefix.length))
    .filter((key) => known.includes(key))
    .sort()

function schedulingOf(node: KubeObject): readonly string[] {
  const pressed = conditionsOf(node).flatMap(({ type, status }) => (status === 'True' ? (pressures[type] ?? []) : []))
  const cordoned = node.spec?.unschedulable === true ? ['unschedulable'] : []
  return [...pressed, ...cordoned, ...[trouble(node) ?? ''].filter(Boolean)].sort()
}

const zoneOf = ({ metadata }: KubeObject): string =>
  ['region', 'zone'].map((word) => metadata.labels?.[`topology.kubernetes.io/${word}`] ?? '').join(':')
/** From this part of a zone on, and three nodes, it is not the nodes that are taken to be at fault. */
const unhealthyShare = 0.55

/** Whether the controller is to expel the node's pods; undefined where that is for its limits to say. */
function expels(s: Moment, node: KubeObject): boolean | undefined {
  if (trouble(node) === undefined) return false
  if (readyOf(node) === undefined || s.nodes.every((one) => trouble(one) !== undefined)) return undefined
  const zone = s.nodes.filter((one) => zoneOf(one) === zoneOf(node))
  const lost = zone.filter((one) => trouble(one) !== undefined).length
  return lost > 2 && lost / zone.length >= unhealthyShare ? undefined : true
}

function taintsHeld(s: Moment, node: KubeObject): Held {
  const [is, wanted] = [taintsOf(node, 'NoSchedule').join(', '), schedulingOf(node).join(', ')]
  if (is !== wanted) return `${named(node)} keeps pods away for "${is}", and it is "${wanted}"`
  const [expelled, word] = [taintsOf(node, 'NoExecute'), trouble(node)]
  const strange = expelled.find((one) => one !== word && (one === 'not-ready' || one === 'unreachable'))
  if (strange !== undefined) return `${named(node)} expels pods for ${strange}, and is ${word ?? 'well'}`
  return expels(s, node) !== true || expelled.length > 0 || `${named(node)} is ${word} and expels nobody`
}

/** `settled ⇒ taints(n) = what conditions and spec of n call for`. */
export const taintsFollowConditions = row(
  {
    id: 'N6b',
    name: 'taintsFollowConditions',
    says: 'When nothing is left to do, a node has exactly the NoSchedule taints that its conditions and its cordon call for, and the NoExecute one of its trouble, unless all nodes or most of its zone are in trouble.',
    class: 'C',
    source: page('concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition'),
  },
  settled((s) => eachOf(s.nodes, (node) => isGoing(node) || taintsHeld(s, node))),
)

/** Why the pod may not be on the node any more; undefined when it may. */
function overstays(s: Moment, pod: KubeObject, taint: Taint): string | undefined {
  const own = ((pod.spec?.tolerations ?? []) as readonly Toleration[]).find((one) => tolerationMatches(one, taint))
  if (own === undefined) return `${named(pod)} does not stand ${taint.key} of ${pod.spec?.nodeName} and is there`
  if (own.tolerationSeconds === undefined) return undefined
  const since = [taint.timeAdded, pod.metadata.creationTimestamp, pod.status?.startTime].map((at) => timeOf(at) ?? 0)
  const until = Math.max(...since) + Math.max(0, own.tolerationSeconds) * 1000
  return s.now > until + roundingMs ? `${named(pod)} stands ${taint.key} no longer and is there` : undefined
}

/** Times are stored in whole seconds. */
const roundingMs = 2000

/** `settled ⇒ ∀ taint NoExecute of node(p): stood by p, and still`. */
export const nobodyOverstays = row(
  {
    id: 'N1c',
    name: 'nobodyOverstays',
    says: 'When nothing is left to do, no pod is on a node with a NoExecute taint that it does not stand, or stood for a time that is over.',
    class: 'C',
    source: page('concepts/scheduling-eviction/taint-and-toleration/#concepts'),
  },
  settled((s) =>
    eachOf(s.nodes, (node) => {
      const taints = ((node.spec?.taints ?? []) as readonly Taint[]).filter(({ effect }) => effect === 'NoExecute')
      if (taints.length === 0) return true
      const left = s.indexed('pods', 'node', node.metadata.name).filter((pod) => !isGoing(pod) && !isPodFinished(pod))
      return eachOf(left, (pod) => {
        const why = taints.map((taint) => overstays(s, pod, taint)).find((one) => one !== undefined)
        return why ?? true
      })
    }),
  ),
)
