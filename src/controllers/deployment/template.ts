/**
 * Pod templates as a Deployment compares and stamps them.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
 */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'

export const hashLabel = 'pod-template-hash'

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly [field: string]: unknown }
  readonly spec?: unknown
}

/** Whether a ReplicaSet makes the pods the Deployment asks for: the templates are equal, the hash label aside. */
export function sameTemplate(replicaSet: KubeObject, deployment: KubeObject): boolean {
  const [a, b]: Template[] = [replicaSet.spec.template, deployment.spec.template]
  return equal(essence(withoutHash(a)), essence(withoutHash(b)))
}

/** The template with the hash among its labels. */
export function withHash(template: Template, hash: string): Template {
  return {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [hashLabel]: hash } },
  }
}

function withoutHash(template: Template | undefined): Template {
  if (template?.metadata?.labels?.[hashLabel] === undefined) return template ?? {}
  const { [hashLabel]: _hash, ...labels } = template.metadata.labels
  return { ...template, metadata: { ...template.metadata, labels } }
}

/** The value without nulls and without empty lists and objects inside objects: a field left out equals an empty one. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => essence(item) ?? item)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const meant = essence(inner)
    return meant === undefined ? [] : [[key, meant]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
