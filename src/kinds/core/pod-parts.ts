/** What a write through a subresource of pods that changes a part of the spec leaves as it is: all else. */
import type { KubeObject } from '../../api/object.ts'

/** The stored pod with another spec; metadata stays but for who manages what. */
export function withSpecOf(next: KubeObject, previous: KubeObject, spec: KubeObject['spec']): KubeObject {
  const { managedFields } = next.metadata
  const metadata = { ...previous.metadata, ...(managedFields === undefined ? {} : { managedFields }) }
  return { ...previous, metadata, spec }
}
