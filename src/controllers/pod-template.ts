/** Equality of pod templates as workload controllers mean it, and the pods made from them. */
import type { KubeObject, ObjectMeta } from '../api/object.ts'
import { controllerReference } from '../api/owner.ts'
import { equal } from '../lib/equal.ts'

/** A PodTemplateSpec, or the parts of it that are looked at. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: readonly string[]
    readonly [field: string]: unknown
  }
  // biome-ignore lint/suspicious/noExplicitAny: a stored PodSpec, checked by its schema when it was written
  readonly spec?: any
}

/** True when both mean the same: a field left out equals one that is null, an empty list or an empty object. */
export function sameMeaning(a: unknown, b: unknown): boolean {
  return equal(a, b) || equal(essence(a), essence(b))
}

function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => essence(item) ?? item)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const meant = essence(inner)
    return meant === undefined ? [] : [[key, meant]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** A pod of the template, owned by `owner`; its name is the owner's with a suffix from the seed. */
export function podFrom(owner: KubeObject, template: PodTemplate): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  const metadata: Omit<ObjectMeta, 'name'> = {
    generateName: `${owner.metadata.name}-`,
    namespace: owner.metadata.namespace,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
    ownerReferences: [controllerReference(owner)],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadata as ObjectMeta, spec: template.spec }
}
