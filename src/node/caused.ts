/** Why a kubelet writes: its key, and the change that led to it. */
import type { AgentIntent } from '../actors/agent.ts'
import { type KubeObject, keyOf, objectKey } from '../api/object.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'

/** Every write names its object as its key: a refused one keeps back only later writes of the same object. */
export function caused(intent: AgentIntent, view: View): AgentIntent {
  if (intent.type === 'timer.set' || intent.type === 'timer.cancel' || intent.cause !== undefined) return intent
  const by = { why: 'actor', by: 'kubelet', key: keyOfWrite(intent) } as const
  const because = Number(podOf(intent, view)?.metadata.resourceVersion ?? 0)
  return { ...intent, cause: because === 0 ? by : { ...by, because } }
}

/** The pod as it stands when its kubelet writes about it: its last change is why the kubelet acts. */
function podOf(write: Transition, view: View): KubeObject | undefined {
  if (write.type === 'report') return write.regarding.kind === 'Pod' ? write.regarding : undefined
  if (write.type === 'create' || write.ref.resource !== 'pods') return undefined
  return view.get('pods', write.ref.namespace, write.ref.name)
}

function keyOfWrite(write: Transition): string {
  if (write.type === 'report') return `report ${write.regarding.kind} ${keyOf(write.regarding)} ${write.reason}`
  if (write.type === 'create') return `${write.resource} ${keyOf(write.object)}`
  return `${write.ref.resource} ${objectKey(write.ref.namespace, write.ref.name)}`
}
