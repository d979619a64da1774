/**
 * Pod templates as a Deployment compares and stamps them.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
 */
import type { KubeObject } from '../../api/object.ts'
import { type PodTemplate, sameMeaning } from '../pod-template.ts'

export const hashLabel = 'pod-template-hash'

/** Whether a ReplicaSet makes the pods the Deployment asks for: the templates are equal, the hash label aside. */
export function sameTemplate(replicaSet: KubeObject, deployment: KubeObject): boolean {
  return sameMeaning(withoutHash(replicaSet.spec.template), withoutHash(deployment.spec.template))
}

/** The template with the hash among its labels. */
export function withHash(template: PodTemplate, hash: string): PodTemplate {
  return {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [hashLabel]: hash } },
  }
}

function withoutHash(template: PodTemplate): PodTemplate {
  if (template.metadata?.labels?.[hashLabel] === undefined) return template
  const { [hashLabel]: _hash, ...labels } = template.metadata.labels
  return { ...template, metadata: { ...template.metadata, labels } }
}
