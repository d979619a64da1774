/** What the rows have in common. */
import { isPodActive } from '../../../../src/api/pod-status.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Held, type Property, step, type Write } from '../../../../src/testing/property.ts'

export { controllerOf } from '../../../../src/api/owner.ts'
export { isPodActive, isPodFinished, isPodReady } from '../../../../src/api/pod-status.ts'

// biome-ignore lint/suspicious/noExplicitAny: parts of objects, as the cluster has them
export type Part = any

export const apps = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'] as const

/** The object as its writer saw it, when it was there already. */
export function seen(write: Write, kind: string, object: KubeObject): KubeObject | undefined {
  const found = write.believed.get(kind, object.metadata.name, object.metadata.namespace)
  return found?.metadata.uid === object.metadata.uid ? found : undefined
}

export function isDeleting(object: KubeObject | undefined): boolean {
  return object?.metadata.deletionTimestamp !== undefined
}

/** True when this write is the one that asks for the object's end: marks it, or removes it unmarked. */
export function asksForEnd({ type, previous, object }: Write): boolean {
  if (isDeleting(previous)) return false
  return type === 'DELETED' || (type === 'MODIFIED' && isDeleting(object))
}

export function owned(s: Moment, kind: string, owner: KubeObject): readonly KubeObject[] {
  return s.ownedBy(kind, owner.metadata.uid ?? '')
}

export function activeOf(s: Moment, owner: KubeObject): readonly KubeObject[] {
  return owned(s, 'Pod', owner).filter(isPodActive)
}

export function who({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

/** A claim about writes of some resources by some agents. */
export function about(
  name: string,
  where: { readonly by?: string; readonly resource?: string; readonly type?: Write['type'] },
  claim: (write: Write, before: Moment, after: Moment) => Held | undefined,
): Property {
  return step((write, before, after) => {
    if (where.by !== undefined && write.by !== where.by) return undefined
    if (where.resource !== undefined && write.resource !== where.resource) return undefined
    if (where.type !== undefined && write.type !== where.type) return undefined
    return claim(write, before, after)
  }).as(name)
}

/** The first fault there is, or true. */
export function first(faults: Iterable<string | undefined>): Held {
  for (const fault of faults) if (fault !== undefined) return fault
  return true
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
