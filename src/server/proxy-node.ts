/**
 * nodes/<name>/proxy: what the simulated kubelet of a node tells over HTTP.
 * Source: k8s.io/kubernetes pkg/kubelet/server; https://kubernetes.io/docs/reference/node/kubelet-files/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { notFound } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { json, text } from './answer.ts'
import type { Call } from './context.ts'
import { nodeUsage, sum } from './metrics-api.ts'
import { redirect, restOf, targetOf, unreachable } from './proxy.ts'

/** Throws 404 for a node that is not there, 503 for one whose kubelet does not answer. */
export async function proxyNode(call: Call, kind: Kind): Promise<Response> {
  const { name } = targetOf(call.info.name, 'node')
  const node = call.cluster.view.get(kind, '', name)
  if (node === undefined) throw notFound(kind.groupResource, name)
  const moved = redirect(call)
  if (moved !== undefined) return moved
  if (call.cluster.plane.host.get(`nodes/${name}`)?.matches('ready') !== true) {
    const addresses = (node.status?.addresses ?? []) as { type: string; address: string }[]
    const ip = addresses.find(({ type }) => type === 'InternalIP')?.address ?? name
    throw unreachable(`dial tcp ${ip}:10250: connect: connection refused`)
  }
  const [path = '/'] = restOf(call).split('?')
  const answer = pages[path.replace(/(.)\/+$/, '$1')]
  return answer === undefined
    ? text('404 page not found\n', 'text/plain; charset=utf-8', { code: 404 })
    : answer(call, node)
}

const podsOn = (call: Call, node: KubeObject): readonly KubeObject[] =>
  call.cluster.view.by('pods', 'node', node.metadata.name)

const pages: Readonly<Record<string, (call: Call, node: KubeObject) => Response>> = {
  '/healthz': () => text('ok'),
  '/healthz/ping': () => text('ok'),
  '/healthz/syncloop': () => text('ok'),
  '/healthz/log': () => text('ok'),
  '/pods': (call, node) =>
    json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: podsOn(call, node).map(bare) }),
  '/runningpods': (call, node) =>
    json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: podsOn(call, node).filter(isRunning).map(bare) }),
  '/configz': () =>
    json({
      kubeletconfig: {
        kind: 'KubeletConfiguration',
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        nodeStatusUpdateFrequency: '10s',
        nodeStatusReportFrequency: '5m0s',
        nodeLeaseDurationSeconds: 40,
        maxPods: 110,
        clusterDomain: 'cluster.local',
        clusterDNS: ['10.96.0.10'],
      },
    }),
  '/stats/summary': (call, node) => json(summary(call, node)),
  '/metrics': (call, node) => text(metrics(call, node), 'text/plain; version=0.0.4; charset=utf-8'),
  '/metrics/resource': (call, node) => text(resourceMetrics(call, node), 'text/plain; version=0.0.4; charset=utf-8'),
}

const isRunning = (pod: KubeObject): boolean => pod.status?.phase === 'Running'

function bare({ apiVersion: _apiVersion, kind: _kind, ...rest }: KubeObject): object {
  return rest
}

function usageAt(time: string, { cpuMilli, memoryBytes }: { cpuMilli: number; memoryBytes: number }): object {
  return {
    cpu: { time, usageNanoCores: cpuMilli * 1_000_000 },
    memory: { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes, rssBytes: memoryBytes },
  }
}

function summary(call: Call, node: KubeObject): object {
  const time = toRfc3339(call.cluster.now.getTime())
  const pods = podsOn(call, node).filter(isRunning)
  const usage = call.cluster.workloads.usage(pods)
  return {
    node: {
      nodeName: node.metadata.name,
      startTime: node.metadata.creationTimestamp,
      ...usageAt(time, sum(nodeUsage(pods, call.cluster.workloads))),
    },
    pods: pods.map((pod) => {
      const { name, namespace, uid = '' } = pod.metadata
      const used = usage.get(uid) ?? []
      return {
        podRef: { name, namespace, uid },
        startTime: pod.status?.startTime,
        containers: used.map((one) => ({ name: one.name, startTime: pod.status?.startTime, ...usageAt(time, one) })),
        ...usageAt(time, sum(used)),
      }
    }),
  }
}

function metrics(call: Call, node: KubeObject): string {
  const pods = podsOn(call, node).filter(isRunning)
  const version = node.status?.nodeInfo?.kubeletVersion ?? ''
  return [
    "# HELP kubelet_node_name [ALPHA] The node's name. The count is always 1.",
    '# TYPE kubelet_node_name gauge',
    `kubelet_node_name{node="${node.metadata.name}"} 1`,
    '# HELP kubelet_running_containers [ALPHA] Number of containers currently running',
    '# TYPE kubelet_running_containers gauge',
    `kubelet_running_containers{container_state="running"} ${nodeUsage(pods, call.cluster.workloads).length}`,
    '# HELP kubelet_running_pods [ALPHA] Number of pods that have a running pod sandbox',
    '# TYPE kubelet_running_pods gauge',
    `kubelet_running_pods ${pods.length}`,
    "# HELP kubernetes_build_info [ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
    '# TYPE kubernetes_build_info gauge',
    `kubernetes_build_info{git_version="${version}"} 1`,
    '',
  ].join('\n')
}

function resourceMetrics(call: Call, node: KubeObject): string {
  const pods = podsOn(call, node).filter(isRunning)
  const usage = call.cluster.workloads.usage(pods)
  const total = sum([...usage.values()].flat())
  const containers = pods.flatMap(({ metadata }) =>
    (usage.get(metadata.uid ?? '') ?? []).map(
      (one) =>
        `container_memory_working_set_bytes{container="${one.name}",namespace="${metadata.namespace}",pod="${metadata.name}"} ${one.memoryBytes}`,
    ),
  )
  return [
    '# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes',
    '# TYPE container_memory_working_set_bytes gauge',
    ...containers,
    '# HELP node_memory_working_set_bytes [STABLE] Current working set of the node in bytes',
    '# TYPE node_memory_working_set_bytes gauge',
    `node_memory_working_set_bytes ${total.memoryBytes}`,
    '',
  ].join('\n')
}
