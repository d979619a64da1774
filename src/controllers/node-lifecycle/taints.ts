/**
 * The taints a node's state asks for: NoSchedule by its conditions, NoExecute when it is lost, the latter no faster
 * than its zone allows. How much a zone has used of its allowance is read off the taints themselves.
 * Source: https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction and
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-not-ready
 */
import type { Condition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Taint } from '../../api/scheduling.ts'
import { parseTime, toRfc3339 } from '../../api/time.ts'
import { Node } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { readyOf } from './health.ts'

const notReady = 'node.kubernetes.io/not-ready'
const unreachable = 'node.kubernetes.io/unreachable'
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
}
const unschedulable = 'node.kubernetes.io/unschedulable'
const byCondition: readonly string[] = [notReady, unreachable, unschedulable, ...Object.values(pressures)]

/** Nodes a second may be given up in one zone, and in a large zone most of whose nodes are lost. */
const evictionsPerSecond = 0.1
const secondaryEvictionsPerSecond = 0.01
const unhealthyShare = 0.55
const largeZone = 50

const zoneLabels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'] as const

/** What a node's taints should be now; `at` (ms) asks to look again when its turn to be given up may have come. */
export interface WantedTaints {
  readonly taints: readonly Taint[]
  readonly at: number | undefined
}

/** Keeps taints of others and the times of those that stay. */
export function wantedTaints(view: View, node: KubeObject): WantedTaints {
  // Stored in whole seconds: rounded up, so that no toleration runs out early.
  const now = toRfc3339(Math.ceil(view.now / 1000) * 1000)
  const before: readonly Taint[] = node.spec?.taints ?? []
  const { key, at } = expelling(view, node)
  const wanted: Taint[] = schedulingKeys(node).map((one) => ({ key: one, effect: 'NoSchedule' }))
  if (key !== undefined) wanted.push({ key, effect: 'NoExecute' })
  const kept = before.filter((taint) => !isOurs(taint) || wanted.some((one) => same(one, taint)))
  const added = wanted.filter((one) => !before.some((taint) => same(one, taint)))
  return { taints: [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))], at }
}

function isOurs(taint: Taint): boolean {
  if (taint.effect === 'NoSchedule') return byCondition.includes(taint.key)
  return isExpulsion(taint)
}

function isExpulsion(taint: Taint): boolean {
  return taint.effect === 'NoExecute' && (taint.key === notReady || taint.key === unreachable)
}

function same(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}

function schedulingKeys(node: KubeObject): string[] {
  const conditions: readonly Condition[] = node.status?.conditions ?? []
  const keys = conditions.flatMap((condition) => {
    const key = condition.status === 'True' ? pressures[condition.type] : undefined
    return key === undefined ? [] : [key]
  })
  const trouble = troubleOf(node)
  return [
    ...(trouble === undefined ? [] : [trouble]),
    ...keys,
    ...(node.spec?.unschedulable === true ? [unschedulable] : []),
  ]
}

/** not-ready, unreachable, or nothing. A node that never spoke is not ready. */
function troubleOf(node: KubeObject): string | undefined {
  const status = readyOf(node)?.status
  return status === 'True' ? undefined : status === 'Unknown' ? unreachable : notReady
}

interface Expelling {
  readonly key: string | undefined
  readonly at: number | undefined
}

const nothing: Expelling = { key: undefined, at: undefined }

/** Whether the node's pods are to go now: at most one node of a zone in each interval, the longest lost first. */
function expelling(view: View, node: KubeObject): Expelling {
  const key = readyOf(node) === undefined ? undefined : troubleOf(node)
  if (key === undefined || node.metadata.deletionTimestamp !== undefined) return nothing
  const nodes = view.list(Node)
  if (nodes.every((one) => troubleOf(one) !== undefined)) return nothing
  const own: readonly Taint[] = node.spec?.taints ?? []
  if (own.some(isExpulsion)) return { key, at: undefined }
  const zone = nodes.filter((one) => zoneOf(one) === zoneOf(node))
  const rate = rateOf(zone)
  if (rate === 0) return nothing
  const intervalMs = 1000 / rate
  const used = zone.flatMap((one) => (one.spec?.taints ?? []).filter(isExpulsion)).flatMap(timesOf)
  const next = Math.max(...used.map((time) => time + intervalMs), view.now)
  const turn = queueOf(zone).indexOf(node.metadata.name)
  const due = next + turn * intervalMs
  return due <= view.now ? { key, at: undefined } : { key: undefined, at: due }
}

function timesOf(taint: Taint): number[] {
  return taint.timeAdded ? [parseTime(taint.timeAdded)] : []
}

/** Lost nodes of a zone that are not given up yet, the longest lost first. */
function queueOf(zone: readonly KubeObject[]): string[] {
  const waiting = zone.filter(
    (one) =>
      readyOf(one) !== undefined &&
      troubleOf(one) !== undefined &&
      one.metadata.deletionTimestamp === undefined &&
      !(one.spec?.taints ?? []).some(isExpulsion),
  )
  const since = (one: KubeObject) => readyOf(one)?.lastTransitionTime ?? ''
  const sorted = waiting.sort((a, b) =>
    since(a) === since(b) ? order(a.metadata.name, b.metadata.name) : order(since(a), since(b)),
  )
  return sorted.map((one) => one.metadata.name)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function zoneOf(node: KubeObject): string {
  return zoneLabels.map((label) => node.metadata.labels?.[label] ?? '').join(':')
}

/** Nodes a second: the usual rate, less in a zone most of which is lost, but the usual one when all of it is. */
function rateOf(zone: readonly KubeObject[]): number {
  const lost = zone.filter((one) => troubleOf(one) !== undefined).length
  const partly = lost < zone.length && lost > 2 && lost / zone.length >= unhealthyShare
  if (!partly) return evictionsPerSecond
  return zone.length > largeZone ? secondaryEvictionsPerSecond : 0
}
