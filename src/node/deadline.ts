/**
 * How long a pod may be active on its node: spec.activeDeadlineSeconds, which may still come or be shortened while it runs.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#lifecycle
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { PodContext } from '../../machines/pod.ts'
import type { AgentIntent } from '../actors/agent.ts'
import { type KubeObject, keyOf } from '../api/object.ts'

export const deadlineMessage = 'Pod was active on the node longer than the specified deadline'

/** The timer of a pod that was taken on at `startedAt` (ms); none without a deadline. */
export function deadlineOf(pod: KubeObject, startedAt: number): AgentIntent[] {
  const seconds: number | undefined = pod.spec?.activeDeadlineSeconds
  if (seconds === undefined) return []
  const key = keyOf(pod)
  return [{ type: 'timer.set', id: `deadline ${key}`, at: startedAt + seconds * 1000, data: { key } }]
}

/** The timer again, for a deadline that came or changed; none when the pod is not active. */
export function newDeadline(pod: KubeObject, actor: AnyMachineSnapshot | undefined): AgentIntent[] {
  const active = ['preparing', 'initializing', 'starting', 'running'].some((state) => actor?.matches(state))
  return actor === undefined || !active ? [] : deadlineOf(pod, (actor.context as PodContext).startedAt)
}
