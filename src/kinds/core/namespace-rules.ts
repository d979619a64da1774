/**
 * What the server does to Namespaces and what it refuses.
 * Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
 */
import { listOf, qualifiedName, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, path } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const standard = ['kubernetes', 'orphan', 'foregroundDeletion']

/** A new namespace is active, is finalized by the namespace controller, and carries its name as a label. */
export function prepareNamespace(namespace: KubeObject): KubeObject {
  const given: readonly string[] = namespace.spec?.finalizers ?? []
  const finalizers = given.includes('kubernetes') ? given : [...given, 'kubernetes']
  return labelled({ ...namespace, spec: { ...namespace.spec, finalizers }, status: { phase: 'Active' } })
}

/** Finalizers change by /finalize only, which changes nothing else; the label is always there. */
export function prepareNamespaceUpdate(next: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource === 'finalize') return labelled({ ...next, status: previous.status })
  return labelled(subresource === '' && next.spec !== previous.spec ? withOldFinalizers(next, previous) : next)
}

function withOldFinalizers(next: KubeObject, previous: KubeObject): KubeObject {
  const { finalizers: _sent, ...rest } = next.spec ?? {}
  const old = previous.spec?.finalizers
  return { ...next, spec: old === undefined ? rest : { ...rest, finalizers: old } }
}

function labelled(namespace: KubeObject): KubeObject {
  const { labels, name } = namespace.metadata
  if (labels?.[nameLabel] === name) return namespace
  return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [nameLabel]: name } } }
}

/** The faults of a Namespace, its status or its finalizers. */
export function validateNamespace(namespace: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (previous === undefined || subresource === 'finalize') return finalizerFaults(namespace.spec?.finalizers)
  return subresource === 'status' ? phaseFaults(namespace) : []
}

function finalizerFaults(list: unknown): FieldError[] {
  const at = path('spec', 'finalizers')
  const why = 'name is neither a standard finalizer name nor is it fully qualified'
  return listOf(list).flatMap((name: string) => [
    ...qualifiedName(name, at),
    ...when(!name.includes('/') && !standard.includes(name), invalidValue(at, name, why)),
  ])
}

function phaseFaults({ metadata, status }: KubeObject): FieldError[] {
  const ends = metadata.deletionTimestamp !== undefined
  const wanted = ends ? 'Terminating' : 'Active'
  const phase: string = status?.phase ?? ''
  const why = `may only be '${wanted}' if \`deletionTimestamp\` is ${ends ? 'not empty' : 'empty'}`
  return when(phase !== wanted, invalidValue(path('status', 'Phase'), phase, why))
}
