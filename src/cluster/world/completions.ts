/** What an exported world may lack and a running one has: namespaces, revisions, the authority behind the root certificates. */
import type { Kind } from '../../api/kind.ts'
import type { KubeObject, ResourceKey } from '../../api/object.ts'
import { withRevisions } from './revisions.ts'

/** Fills in what a server always gives: uid, version, time, and the namespace of what has one. */
export type Complete = (object: KubeObject, kind: Pick<Kind, 'kind' | 'namespaced'>) => KubeObject

type Objects = Record<ResourceKey, KubeObject[]>

/** The objects with those that were missing; each of them is noted. */
export function completed(objects: Objects, complete: Complete, notes: string[]): Objects {
  return withRevisions(withNamespaces(withAuthority(objects, complete), complete, notes), complete, notes)
}

/** Namespaces that objects are in and that the text does not have are made. */
function withNamespaces(objects: Objects, complete: Complete, notes: string[]): Objects {
  const there = new Set((objects.namespaces ?? []).map(({ metadata }) => metadata.name))
  const used = new Set(
    Object.values(objects)
      .flat()
      .flatMap(({ metadata }) => metadata.namespace ?? []),
  )
  const missing = [...used].filter((name) => !there.has(name)).sort()
  if (missing.length === 0) return objects
  notes.push(`the text has no Namespaces ${missing.join(', ')}, which objects in it are in; they were made`)
  const made = missing.map((name) =>
    complete(
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      },
      { kind: 'Namespace', namespaced: false },
    ),
  )
  return { ...objects, namespaces: [...(objects.namespaces ?? []), ...made] }
}

const rootMap = 'kube-root-ca.crt'
const authority = 'extension-apiserver-authentication'

/** The certificate that pods trust is that of the exported cluster until another one is published. */
function withAuthority(objects: Objects, complete: Complete): Objects {
  const maps = objects.configmaps ?? []
  const root = maps.find(({ metadata }) => metadata.name === rootMap)?.data?.['ca.crt']
  if (root === undefined || maps.some(({ metadata }) => metadata.name === authority)) return objects
  const metadata = { name: authority, namespace: 'kube-system' }
  const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'client-ca-file': root } } as KubeObject
  return { ...objects, configmaps: [...maps, complete(made, { kind: 'ConfigMap', namespaced: true })] }
}
