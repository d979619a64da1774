/** A ReplicaSet named web with an autoscaler in a workshop, and loads on its pods. */
import { getCondition } from '../../src/api/conditions.ts'
import { defineKind } from '../../src/api/kind.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import { horizontalPodAutoscalerController } from '../../src/controllers/horizontal-pod-autoscaler.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { Workshop } from './workshop.ts'

export const PodMetrics = defineKind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  namespaced: true,
})

export const labels = { app: 'web' }
export const key = 'default/web'
export const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

export interface Wanted {
  readonly replicas?: number
  readonly requests?: Record<string, string>
  readonly spec?: object
}

/** A ReplicaSet of ready pods that request 1 CPU each, and its autoscaler. */
export function scene({ replicas = 2, requests = { cpu: '1' }, spec = {} }: Wanted = {}): Workshop {
  const shop = new Workshop(1, [PodMetrics])
  const container = { name: 'c', image: 'nginx', resources: { requests } }
  shop.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  })
  run(shop)
  shop.now += 600_000
  shop.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [cpu(50)],
      ...spec,
    },
  })
  return shop
}

export const run = (shop: Workshop) => shop.settle([replicaSetController], () => shop.runPods())

export function metered(shop: Workshop, pod: KubeObject, usage: Record<string, string>): void {
  const { name } = pod.metadata
  const body = {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, namespace: 'default' },
    timestamp: toRfc3339(shop.now),
    window: '30s',
    containers: [{ name: 'c', usage }],
  }
  const ref = { resource: PodMetrics.resource, namespace: 'default', name }
  const outcome = shop.send({ type: 'update', ref, object: body, trusted: true })
  if (!outcome.ok)
    shop.send({ type: 'create', resource: PodMetrics.resource, namespace: 'default', object: body, trusted: true })
}

/** Every pod uses so many thousandths of a CPU. */
export function load(shop: Workshop, ...milli: number[]): void {
  shop.list('Pod').forEach((pod, index) => {
    const used = milli[Math.min(index, milli.length - 1)]
    if (used !== undefined && used >= 0) metered(shop, pod, { cpu: `${used}m` })
  })
}

export const look = (shop: Workshop) => shop.reconcile(horizontalPodAutoscalerController, key)
export const size = (shop: Workshop) => shop.get('ReplicaSet', 'web').spec.replicas
export const condition = (shop: Workshop, type: string) =>
  getCondition(shop.get('HorizontalPodAutoscaler', 'web').status?.conditions, type)

/** Looks every 15 s; between the looks pods follow, all using what `milli` says. */
export function later(shop: Workshop, seconds: number, milli: (pods: number) => number): void {
  for (let passed = 0; passed < seconds; passed += 15) {
    shop.now += 15_000
    load(shop, milli(shop.list('Pod').length))
    look(shop)
    run(shop)
  }
}
