/**
 * metrics.k8s.io: what containers and nodes use at this moment, as `kubectl top` reads it. Worked out when asked for.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/, kubernetes-sigs/metrics-server pkg/api
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { methodNotServed, notFound, resourceNotFound } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import type { ContainerUsage } from '../cluster/workloads.ts'
import { objectAnswer } from './answer.ts'
import type { Call } from './context.ts'
import { listAnswer } from './list-answer.ts'
import { objectForm } from './negotiate.ts'
import { predicateOf } from './select.ts'

export const metricsGroup = 'metrics.k8s.io'

/** Seconds a figure stands for. */
const windowText = '15s'
/** What a node itself and its kubelet use. */
const system = { cpuMilli: 50, memoryBytes: 256 * 1024 * 1024 }

/** One object or a list of PodMetrics or NodeMetrics. Throws 404 for one without figures, 405 for writes. */
export function metricsAnswer(call: Call, kind: Kind): Response {
  const { verb, name, namespace, subresource, query } = call.info
  if (subresource !== '') throw resourceNotFound()
  if (verb !== 'get' && verb !== 'list') throw methodNotServed()
  const form = objectForm(call.request.headers.get('accept'))
  const now = call.cluster.now.getTime()
  const all = kind.namespaced ? podMetrics(call, namespace) : nodeMetrics(call)
  if (name === '') {
    const selected = all.filter(predicateOf(kind, call.info))
    return listAnswer(kind, selected, {}, form, now, query)
  }
  const found = all.find(({ metadata }) => metadata.name === name)
  if (found !== undefined) return objectAnswer(kind, found, form, now, query)
  if (!kind.namespaced) throw notFound({ group: metricsGroup, resource: 'nodemetrics' }, name)
  const isPod = call.cluster.view.get('pods', namespace, name) !== undefined
  throw notFound(isPod ? { group: metricsGroup, resource: 'podmetrics' } : 'pods', `${namespace}/${name}`)
}

function podMetrics(call: Call, namespace: string): KubeObject[] {
  const pods = call.cluster.view.list('pods', namespace === '' ? undefined : namespace)
  const running = pods.filter((pod) => pod.status?.phase === 'Running')
  const usage = call.cluster.workloads.usage(running)
  return running.flatMap((pod) => {
    const used = usage.get(pod.metadata.uid ?? '') ?? []
    if (used.length === 0) return []
    const containers = used.map((one) => ({ name: one.name, usage: amounts(one) }))
    return [measured(call, 'PodMetrics', pod, { containers })]
  })
}

function nodeMetrics(call: Call): KubeObject[] {
  const { view, workloads } = call.cluster
  return view.list('nodes').flatMap((node) => {
    const isReady = (node.status?.conditions ?? []).some(
      (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
    )
    if (!isReady) return []
    return [
      measured(call, 'NodeMetrics', node, {
        usage: amounts(sum([system, ...nodeUsage(view.by('pods', 'node', node.metadata.name), workloads)])),
      }),
    ]
  })
}

/** What each container on a node uses. */
export function nodeUsage(
  pods: readonly KubeObject[],
  workloads: Call['cluster']['workloads'],
): readonly ContainerUsage[] {
  return [...workloads.usage(pods.filter((pod) => pod.status?.phase === 'Running')).values()].flat()
}

export function sum(all: readonly { cpuMilli: number; memoryBytes: number }[]): {
  cpuMilli: number
  memoryBytes: number
} {
  return all.reduce(
    (total, one) => ({ cpuMilli: total.cpuMilli + one.cpuMilli, memoryBytes: total.memoryBytes + one.memoryBytes }),
    { cpuMilli: 0, memoryBytes: 0 },
  )
}

function amounts({ cpuMilli, memoryBytes }: { cpuMilli: number; memoryBytes: number }): Record<string, string> {
  return { cpu: `${cpuMilli}m`, memory: `${Math.round(memoryBytes / 1024)}Ki` }
}

function measured(call: Call, kind: string, of: KubeObject, figures: object): KubeObject {
  const { name, namespace, labels } = of.metadata
  const now = toRfc3339(call.cluster.now.getTime())
  return {
    kind,
    apiVersion: `${metricsGroup}/v1beta1`,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: now,
      ...(labels === undefined ? {} : { labels }),
    },
    timestamp: now,
    window: windowText,
    ...figures,
  } as KubeObject
}
