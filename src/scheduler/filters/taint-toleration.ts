/** Nodes with a NoSchedule or NoExecute taint refuse pods that do not tolerate it. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import { untoleratedTaint } from '../../api/scheduling.ts'
import { type Filter, refusedForGood } from '../plugin.ts'

/** The wording of Kubernetes 1.36, which no longer names the taint. */
const refusal = refusedForGood('node(s) had untolerated taint(s)')
const effects = ['NoSchedule', 'NoExecute']

export const taintToleration: Filter = {
  name: 'TaintToleration',
  filter:
    (pod) =>
    ({ node }) =>
      untoleratedTaint(node.spec?.taints, pod.pod.spec?.tolerations, effects) === undefined ? undefined : refusal,
}
