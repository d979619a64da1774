/** A connection to an object's subresource: admission is asked, nothing is written. */
import { objectKey } from '../api/object.ts'
import { Admission } from './admit.ts'
import { type CommitContext, kindFor, type Plan, storedFor } from './plan.ts'
import type { Connect } from './transition.ts'

/** A plan that leaves the object as it is, or the StatusError of a plugin; 404 for an object that is not there. */
export function planConnect(context: CommitContext, transition: Connect): Plan {
  const { ref, subresource, object } = transition
  const { resource, namespace, name } = ref
  const kind = kindFor(context, resource, transition.apiVersion)
  const admission = new Admission(context, transition)
  const request = { operation: 'CONNECT', kind, namespace, name, subresource } as const
  const shown = admission.mutated({ ...request, object })
  admission.validate({ ...request, object: shown })
  const stored = storedFor(
    context,
    kind,
    { ...ref, name: subresource === 'proxy' ? targetName(name) : name },
    undefined,
  )
  return { kind, key: objectKey(namespace, name), previous: stored, next: stored, ...admission.said() }
}

/** The object of `name`, `name:port` or `scheme:name:port`. */
function targetName(id: string): string {
  const parts = id.split(':')
  return (parts.length === 3 ? parts[1] : parts[0]) ?? ''
}
