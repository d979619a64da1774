/** What kubelets tell about pods and nodes, in the words of Kubernetes. Source: kubelet events as clients see them. */
import type { ContainerContext } from '../../machines/container.ts'
import type { KubeObject } from '../api/object.ts'
import type { Report } from '../store/transition.ts'

type Words = (context: ContainerContext, pod: KubeObject) => { level: Report['level']; reason: string; message: string }

const normal = (reason: string, message: string) => ({ level: 'Normal', reason, message }) as const
const warning = (reason: string, message: string) => ({ level: 'Warning', reason, message }) as const

/** By the name of the action a container's machine asks for. */
const containerWords: Readonly<Record<string, Words>> = {
  reportPulling: ({ image }) => normal('Pulling', `Pulling image "${image}"`),
  reportPulled: ({ image, plan }) => {
    if (plan.cached)
      return normal('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`)
    const took = `${plan.pullMs / 1000}s`
    return normal(
      'Pulled',
      `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${plan.imageBytes} bytes.`,
    )
  },
  reportPullFailure: ({ image }) =>
    warning(
      'Failed',
      `Failed to pull image "${image}": failed to pull and unpack image "${image}": ${image}: not found`,
    ),
  reportPullBackoff: ({ image }) => normal('BackOff', `Back-off pulling image "${image}"`),
  reportCreated: () => normal('Created', 'Container created'),
  reportStarted: () => normal('Started', 'Container started'),
  reportUnready: () => warning('Unhealthy', 'Readiness probe failed: the simulated container does not answer yet'),
  reportUnhealthy: ({ plan }) => {
    const probe = plan.unhealthyMs < plan.startupMs ? 'Startup' : 'Liveness'
    return warning('Unhealthy', `${probe} probe failed: the simulated container does not answer`)
  },
  reportKilling: (context, pod) => normal('Killing', whyKilled(context, pod)),
  reportBlocked: ({ blocked, blockedReason }) =>
    warning('Failed', blockedReason === 'ErrImageNeverPull' ? `Error: ErrImageNeverPull` : `Error: ${blocked}`),
  reportBackoff: ({ name }, pod) =>
    warning(
      'BackOff',
      `Back-off restarting failed container ${name} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
    ),
}

function whyKilled({ name, image, unhealthy, plan }: ContainerContext, pod: KubeObject): string {
  if (unhealthy) {
    const probe = plan.unhealthyMs < plan.startupMs ? 'startup' : 'liveness'
    return `Container ${name} failed ${probe} probe, will be restarted`
  }
  const all: readonly { name: string; image: string }[] = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []),
  ]
  const wanted = all.find((one) => one.name === name)?.image
  if (wanted !== image && pod.metadata.deletionTimestamp === undefined)
    return `Container ${name} definition changed, will be restarted`
  return `Stopping container ${name}`
}

/** The report of a container's action, or undefined when the action is no report. */
export function containerReport(
  action: string,
  context: ContainerContext,
  pod: KubeObject,
  fieldPath: string,
): Report | undefined {
  const words = containerWords[action]
  if (words === undefined) return undefined
  const source = { component: 'kubelet', host: pod.spec?.nodeName as string }
  return { type: 'report', regarding: pod, ...words(context, pod), source, fieldPath, trusted: true }
}

/** A report about the pod as a whole. */
export function podReport(
  pod: KubeObject,
  reason: string,
  message: string,
  level: Report['level'] = 'Warning',
): Report {
  const source = { component: 'kubelet', host: pod.spec?.nodeName as string }
  return { type: 'report', regarding: pod, level, reason, message, source, trusted: true }
}

/** A report about the node itself. */
export function nodeReport(node: KubeObject, reason: string, message: string): Report {
  const source = { component: 'kubelet', host: node.metadata.name }
  return { type: 'report', regarding: node, level: 'Normal', reason, message, source, trusted: true }
}
