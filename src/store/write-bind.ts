/**
 * Binding a pod to its node, once. Also says PodScheduled, as the real binding subresource does.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/
 */
import { setCondition } from '../api/conditions.ts'
import type { Kind } from '../api/kind.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { trackUpdate } from '../api/patch/managed-fields.ts'
import { conflict } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { Admission } from './admit.ts'
import { type CommitContext, kindFor, type Plan, storedFor } from './plan.ts'
import { edited, frozen } from './snapshot.ts'
import type { PodBind } from './transition.ts'

/** The plan of a binding, or a StatusError: 404, 409 when the pod is bound or going. */
export function planBind(context: CommitContext, transition: PodBind): Plan {
  const kind = kindFor(context, 'pods')
  const pod = storedFor(context, kind, transition.ref, transition.uid)
  const name = pod.metadata.name
  const refused = refusal(pod, transition.node)
  if (refused !== '') throw conflict('pods/binding', name, refused)
  const binding = admittedBinding(context, kind, transition)
  const scheduled = { type: 'PodScheduled', status: 'True' } as const
  const conditions = setCondition(pod.status?.conditions, scheduled, toRfc3339(context.now))
  const next = edited(pod, (draft) => {
    draft.spec.nodeName = transition.node
    draft.status = { ...pod.status, conditions }
    delete draft.status.nominatedNodeName
    if (binding.labels !== undefined) draft.metadata.labels = { ...pod.metadata.labels, ...binding.labels }
    if (binding.annotations !== undefined)
      draft.metadata.annotations = { ...pod.metadata.annotations, ...binding.annotations }
  })
  return {
    kind,
    key: objectKey(transition.ref.namespace, name),
    previous: pod,
    next: frozen(next),
    warnings: binding.warnings,
  }
}

/** The binding passes admission as a CREATE of pods/binding; its labels and annotations join the pod's. */
function admittedBinding(context: CommitContext, kind: Kind, transition: PodBind) {
  const { namespace, name } = transition.ref
  const admission = new Admission(context, transition)
  const object = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, ...(transition.uid ? { uid: transition.uid } : {}), ...transition.metadata },
    target: { kind: 'Node', name: transition.node },
  } as unknown as KubeObject
  const request = { operation: 'CREATE', kind, namespace, name, subresource: 'binding' } as const
  const mutated = admission.mutated({ ...request, object: recorded(context, transition, object) })
  admission.validate({ ...request, object: mutated })
  const { labels, annotations } = mutated.metadata
  return { labels, annotations, warnings: admission.warnings }
}

/** Who set the binding's fields, as for every object a client sends. */
function recorded(context: CommitContext, { manager = '' }: PodBind, object: KubeObject): KubeObject {
  if (manager === '') return object
  const writer = { manager, now: toRfc3339(context.now), subresource: 'binding', translate: () => undefined }
  const managedFields = trackUpdate('io.k8s.api.core.v1.Binding', undefined, object as never, writer)
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

function refusal(pod: KubeObject, node: string): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return `pod ${pod.metadata.name} is being deleted, cannot be assigned to a host`
  }
  const bound = pod.spec?.nodeName
  if (bound !== undefined && bound !== '') return `pod ${pod.metadata.name} is already assigned to node "${bound}"`
  return node === '' ? 'node name is required' : ''
}
