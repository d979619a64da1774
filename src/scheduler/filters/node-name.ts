/** A pod that names its node goes nowhere else. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename */
import { type Filter, refusedForGood } from '../plugin.ts'

const refusal = refusedForGood("node(s) didn't match the requested node name")

export const nodeName: Filter = {
  name: 'NodeName',
  filter: (pod) => {
    const wanted = pod.pod.spec?.nodeName
    return ({ name }) => (wanted && wanted !== name ? refusal : undefined)
  },
}
