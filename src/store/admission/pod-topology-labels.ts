/**
 * PodTopologyLabels: a pod has the zone and region of its node as labels, from the binding on.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtopologylabels
 */
import type { AdmissionStep } from '../admission-step.ts'

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

export const podTopologyLabels: AdmissionStep = ({ kind, operation, subresource, object }, view) => {
  if (kind.resource !== 'pods' || operation !== 'CREATE') return object
  const binding = subresource === 'binding'
  if (!binding && subresource !== '') return object
  const node: string | undefined = binding ? object.target?.name : object.spec?.nodeName
  const labels = node ? view.get('nodes', '', node)?.metadata.labels : undefined
  const found = copied.flatMap((key): [string, string][] => {
    const value = labels?.[key]
    return value === undefined ? [] : [[key, value]]
  })
  if (found.length === 0) return object
  const next = { ...object.metadata.labels, ...Object.fromEntries(found) }
  return { ...object, metadata: { ...object.metadata, labels: next } }
}
