/** Cordoned nodes take only pods that tolerate the taint of cordoning. Source: https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration */
import { toleratesTaint } from '../../api/scheduling.ts'
import { type Filter, refusedForGood } from '../plugin.ts'

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const refusal = refusedForGood('node(s) were unschedulable')

export const nodeUnschedulable: Filter = {
  name: 'NodeUnschedulable',
  filter: (pod) => {
    const tolerated = toleratesTaint(pod.pod.spec?.tolerations, cordon)
    return ({ node }) => (node.spec?.unschedulable === true && !tolerated ? refusal : undefined)
  },
}
