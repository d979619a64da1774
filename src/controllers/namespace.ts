/**
 * Deleting a namespace: its pods first, then everything else in it, then the finalizer that kept it.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace and KEP-5080
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { kinds, Namespace } from '../kinds/index.ts'
import type { Change, Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { type Controller, controller } from './controller.ts'
import { deletionConditions, type Remainder } from './namespace/conditions.ts'
import { deleteOf, refOf, statusOf, updateOf } from './writes.ts'

const finalizer = 'kubernetes'

/** Deletes what is in the namespace; says what is left while something waits; lets the namespace go when nothing is. */
export function reconcile(view: View, key: string, all: readonly Kind[] = kinds): Transition[] {
  const namespace = view.get(Namespace, '', key)
  if (namespace === undefined || namespace.metadata.deletionTimestamp === undefined) return []
  if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return []
  const remaining = contentOf(view, key, all)
  const going = nextToGo(remaining)
  const deletes = going.flatMap(({ kind, objects }) =>
    objects.filter((object) => object.metadata.deletionTimestamp === undefined).map((object) => deleteOf(kind, object)),
  )
  if (deletes.length > 0) return deletes
  return remaining.length > 0 ? progress(view, namespace, remaining) : [finalized(namespace)]
}

function contentOf(view: View, namespace: string, all: readonly Kind[]): Remainder[] {
  return all
    .filter((kind) => kind.namespaced)
    .map((kind) => ({ kind, objects: view.list(kind, namespace) }))
    .filter(({ objects }) => objects.length > 0)
}

/** While there are pods, only they go: nothing they rely on (network policies, claims) is taken from under them. */
function nextToGo(remaining: readonly Remainder[]): readonly Remainder[] {
  const pods = remaining.filter(({ kind }) => kind.resource === 'pods')
  return pods.length > 0 ? pods : remaining
}

function progress(view: View, namespace: KubeObject, remaining: readonly Remainder[]): Transition[] {
  const before = namespace.status?.conditions
  const conditions = deletionConditions(before, remaining, toRfc3339(view.now))
  if (conditions === before && namespace.status?.phase === 'Terminating') return []
  return [statusOf(Namespace, { ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } })]
}

function finalized(namespace: KubeObject): Transition {
  const finalizers = namespace.spec.finalizers.filter((one: string) => one !== finalizer)
  const object = { ...namespace, spec: { ...namespace.spec, finalizers } }
  return { ...updateOf(Namespace, object), ref: refOf(Namespace, namespace), subresource: 'finalize' }
}

/** Content that goes, changes or still arrives wakes its namespace while that is being deleted. */
function namespaceOf(object: KubeObject, view: View, _change: Change): string[] {
  const name = object.metadata.namespace ?? ''
  return view.get(Namespace, '', name)?.metadata.deletionTimestamp === undefined ? [] : [name]
}

/** The controller over these kinds; a cluster with custom kinds makes it anew with those among them. */
export function namespaceControllerOf(all: readonly Kind[]): Controller {
  return controller({
    name: 'namespace',
    live: true,
    of: Namespace,
    matters: ({ object }) => object.metadata.deletionTimestamp !== undefined,
    watches: all.filter((kind) => kind.namespaced).map((kind) => ({ kind, keys: namespaceOf })),
    reconcile: (view, key) => reconcile(view, key, all),
  })
}

export const namespaceController = namespaceControllerOf(kinds)
