/**
 * The quality of service class of a pod, from its containers' requests and limits.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 */
import type { KubeObject } from './object.ts'
import { compareQuantity, parseQuantity } from './quantity.ts'

type Amounts = Readonly<Record<string, string>>

interface Container {
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts }
}

const counted = ['cpu', 'memory']

/** Guaranteed: every container limits cpu and memory and asks for as much. BestEffort: none asks for either. */
export function qosClass(pod: KubeObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const own = pod.spec?.resources
  const containers: Container[] = isAsking(own)
    ? [{ resources: own }]
    : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const asks = ({ resources }: Container): boolean =>
    counted.some((name) => isSome(resources?.requests?.[name]) || isSome(resources?.limits?.[name]))
  if (!containers.some(asks)) return 'BestEffort'
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

/** Whether the pod as a whole has requests or limits, which then decide alone. */
function isAsking(resources: Container['resources']): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0
}

function isSome(text: string | undefined): boolean {
  return text !== undefined && compareQuantity(parseQuantity(text), parseQuantity('0')) > 0
}

function isGuaranteed({ resources }: Container): boolean {
  return counted.every((name) => {
    const limit = resources?.limits?.[name]
    const request = resources?.requests?.[name] ?? limit
    if (limit === undefined || request === undefined || !isSome(limit)) return false
    return compareQuantity(parseQuantity(limit), parseQuantity(request)) === 0
  })
}
