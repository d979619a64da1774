/**
 * The default scheduler's policy: by priority, the best node by the default plugins, preemption when there is none.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
 */
import { failureMessage } from '../message.ts'
import { preempt } from '../preemption.ts'
import { byPriority, type Decision, type Policy } from './policy.ts'

export const kubernetesPolicy: Policy = {
  name: 'default-scheduler',
  claims: (pod) => (pod.spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler',
  order: (queue) => [...queue].sort(byPriority),
  place({ facts }, desk): Decision {
    const look = desk.look(facts)
    const node = desk.best(look)
    if (node !== undefined) return { type: 'bind', node }
    const failure = desk.failure(look)
    const { plugins } = failure
    const refuse = { type: 'refuse', plugins, victims: [], nominate: undefined } as const
    if (failure.nodes === 0) return { ...refuse, message: failureMessage(failure, '') }
    const found = preempt(desk, facts, failure)
    if ('message' in found) {
      const nominate = found.keepsNomination ? undefined : ''
      return { ...refuse, message: failureMessage(failure, found.message), nominate }
    }
    return { ...refuse, message: failureMessage(failure, ''), victims: found.victims, nominate: found.node }
  },
}
