/**
 * What simulated containers use: their script's figures plus their share of the traffic that is simulated. Published as
 * PodMetrics while an autoscaler reads them, every fifteen seconds, and only when a figure changed.
 */
import type { AgentIntent } from '../actors/agent.ts'
import type { KubeObject } from '../api/object.ts'
import { parseTime, toRfc3339 } from '../api/time.ts'
import { equal } from '../lib/equal.ts'
import type { View } from '../store/view.ts'
import type { Load } from './memory.ts'
import { parseUrl } from './network/request.ts'
import { resolve } from './network/resolve.ts'
import { destinations, outsideClient } from './network/route.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'
import type { KubeletTurn } from './turn.ts'

export const metricsMs = 15_000
/** An autoscaler doubts figures of a pod this young: theirs are written even when they are the same. */
const youngMs = 330_000
const resource = 'pods.metrics.k8s.io'

/** The writes that bring PodMetrics up to date, and the next timer while an autoscaler exists. */
export function metricsIntents(work: KubeletTurn): AgentIntent[] {
  if (work.view.count('horizontalpodautoscalers.autoscaling') === 0) return []
  const rates = requestRates(work.view, work.memory.loads)
  const intents = work.view.list('pods').flatMap((pod) => podIntents(work, pod, rates.get(pod.metadata.uid ?? '') ?? 0))
  const gone = work.view
    .list(resource)
    .filter(({ metadata }) => work.view.get('pods', metadata.namespace ?? '', metadata.name) === undefined)
  const removals = gone.map(
    ({ metadata }): AgentIntent => ({
      type: 'delete',
      ref: { resource, namespace: metadata.namespace ?? '', name: metadata.name },
      trusted: true,
    }),
  )
  return [...intents, ...removals, { type: 'timer.set', id: 'metrics', at: work.now + metricsMs, background: true }]
}

/** Requests per second by pod uid: each load spread evenly over the ready endpoints it reaches. */
export function requestRates(view: View, loads: readonly Load[]): Map<string, number> {
  const rates = new Map<string, number>()
  for (const { url, requestsPerSecond } of loads) {
    const address = parseUrl(url)
    const ips = address === undefined ? [] : (resolve(view, address.host, 'default')?.ips ?? [])
    const targets = ips.flatMap((ip) => {
      const found = destinations(view, outsideClient, ip, address?.port ?? 0)
      return 'error' in found ? [] : found.targets
    })
    for (const { pod } of targets) {
      const uid = pod?.metadata.uid ?? ''
      rates.set(uid, (rates.get(uid) ?? 0) + requestsPerSecond / targets.length)
    }
  }
  return rates
}

function podIntents(work: KubeletTurn, pod: KubeObject, rate: number): AgentIntent[] {
  const { name, namespace = '' } = pod.metadata
  const stored = work.view.get(resource, namespace, name)
  const ref = { resource, namespace, name }
  if (pod.status?.phase !== 'Running') return stored === undefined ? [] : [{ type: 'delete', ref, trusted: true }]
  const containers = ((pod.spec?.containers ?? []) as ContainerSpec[]).map((container) => {
    const { cpuMilli, memoryBytes } = work.runtime.usage(pod, container, rate, work.now)
    return { name: container.name, usage: { cpu: `${cpuMilli}m`, memory: `${Math.round(memoryBytes / 1024)}Ki` } }
  })
  const isOld =
    parseTime(stored?.timestamp ?? pod.metadata.creationTimestamp ?? '') > parseTime(pod.status.startTime) + youngMs
  if (stored !== undefined && isOld && equal(stored.containers, containers)) return []
  const labels = pod.metadata.labels === undefined ? {} : { labels: pod.metadata.labels }
  const object = {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, namespace, ...labels },
    timestamp: toRfc3339(work.now),
    window: '15s',
    containers,
  }
  return [
    stored === undefined
      ? { type: 'create', resource, namespace, object, trusted: true }
      : { type: 'update', ref, object, trusted: true },
  ]
}
