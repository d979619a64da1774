/** What most strategies do on creation: a status that a client sent is not taken. */
import type { KubeObject } from '../api/object.ts'

/** The object with the status it begins with. */
export function withStatus(object: KubeObject, status: Readonly<Record<string, unknown>>): KubeObject {
  return { ...object, status }
}

/** The object with an empty status. */
export function withoutStatus(object: KubeObject): KubeObject {
  return withStatus(object, {})
}
