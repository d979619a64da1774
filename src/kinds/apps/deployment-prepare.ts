/**
 * What the server does to Deployments. A change of their annotations is a new generation too, since these go on to the
 * ReplicaSets.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

/** The Deployment with its next generation when a main update changed its annotations. */
export function prepareDeploymentUpdate(next: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource !== '' || semanticEqual(next.metadata.annotations, previous.metadata.annotations)) return next
  return { ...next, metadata: { ...next.metadata, generation: (previous.metadata.generation ?? 0) + 1 } }
}
