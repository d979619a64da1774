/** Whether a namespace takes new objects: controllers do not try what the API would refuse until the namespace is gone. */
import type { View } from '../store/view.ts'

/** False while the namespace is being deleted. */
export function acceptsContent(view: View, namespace: string): boolean {
  const found = view.get('namespaces', '', namespace)
  return (
    found === undefined || (found.metadata.deletionTimestamp === undefined && found.status?.phase !== 'Terminating')
  )
}
