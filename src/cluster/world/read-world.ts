/**
 * A world to start from, as `kubectl get -A -o yaml` prints it: every object as it is stored, with uids, versions and
 * statuses. What cannot be stored as it is said is refused by name; nothing is left out in silence.
 * Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_get/
 */
import type { Kind } from '../../api/kind.ts'
import { type KubeObject, keyOf, type ResourceKey } from '../../api/object.ts'
import { createRegistry, type Registry } from '../../api/registry.ts'
import { StatusError } from '../../api/status-error.ts'
import { toRfc3339 } from '../../api/time.ts'
import { kinds } from '../../kinds/index.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { prngOf, uuidFrom } from '../../lib/prng.ts'
import { definitions, registryAfter } from '../../store/custom-kinds.ts'
import { decoded } from '../../store/decode.ts'
import { frozen } from '../../store/snapshot.ts'
import { type Manifest, objectsOf } from '../manifest.ts'
import { epoch } from '../options.ts'
import { type Complete, completed } from './completions.ts'
import { newestTime } from './newest-time.ts'

/** Objects by collection in stored form, all that a cluster needs to begin with them. */
export interface StartWorld {
  readonly objects: Readonly<Record<ResourceKey, readonly KubeObject[]>>
  /** The highest resourceVersion among them. */
  readonly revision: number
  /** When they were written down, in ms. */
  readonly now: number
  /** The kinds their definitions define, beside the built-in ones. */
  readonly kinds: readonly Kind[]
  /** What was changed or completed on the way in, in words. */
  readonly notes: readonly string[]
}

export interface ReadOptions {
  /** Kinds that are not taken over: `Certificate`, `Certificate.cert-manager.io`. Without it an unknown kind is an error. */
  readonly leaveOut?: readonly string[]
  /** Further kinds there are, beside the built-in ones and those that definitions in the text define. */
  readonly kinds?: readonly Kind[]
}

/** Worked out from others or asked for, never stored. */
const computed = (kind: Kind): boolean => kind.virtual === true || !kind.verbs.includes('create')

/**
 * Reads the text or objects. Throws KYB-YAML and KYB-MANIFEST for what is no manifest, KYB-IMPORT for objects of unknown
 * kinds, without a name, twice, or with values their kind cannot have, and for pods on nodes that are not there.
 */
export function readWorld(manifest: Manifest, options: ReadOptions = {}): StartWorld {
  const given = objectsOf(manifest)
  if (given.length === 0)
    throw new KybernError('KYB-IMPORT', 'there are no objects in the text; did kubectl get -A -o yaml answer an error?')
  const notes: string[] = []
  const registry = registryOf(given, options)
  const kept = given.filter((object) => !isLeftOut(object, options.leaveOut ?? []))
  refuseUnknown(kept, registry)
  const now = newestTime(kept) ?? epoch
  const complete = completer(kept, now)
  const read = kept.flatMap((object) => {
    const kind = registry.byKind(object.apiVersion, object.kind) as Kind
    if (computed(kind)) return []
    const stored = storedForm(kind, object, notes)
    notes.push(...lackedBy(stored))
    return [{ kind, object: complete(stored, kind) }]
  })
  const objects = byCollection(read)
  const all = completed(objects, complete, notes)
  refuseHomeless(all)
  refuseUnbound(all)
  judgeOwners(all, registry, notes)
  const revision = Object.values(all)
    .flat()
    .reduce((most, { metadata }) => Math.max(most, Number(metadata.resourceVersion)), 1)
  const custom = registry.kinds.filter((kind) => kind.custom !== undefined)
  return { objects: all, revision, now, kinds: custom, notes }
}

function registryOf(objects: readonly KubeObject[], { kinds: further = [] }: ReadOptions): Registry {
  return objects
    .filter((object) => object.kind === 'CustomResourceDefinition')
    .map((object) => frozen(object))
    .reduce<Registry>(
      (registry, object) =>
        registryAfter(registry, {
          type: 'ADDED',
          resource: definitions,
          key: object.metadata.name,
          object,
          previous: undefined,
          revision: 0,
          time: 0,
          cause: { why: 'boot', by: 'import' },
        }),
      createRegistry([...kinds, ...further]),
    )
}

function isLeftOut({ apiVersion, kind }: KubeObject, leaveOut: readonly string[]): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return leaveOut.includes(kind) || leaveOut.includes(`${kind}.${group}`)
}

function refuseUnknown(objects: readonly KubeObject[], registry: Registry): void {
  const counts = new Map<string, number>()
  for (const { apiVersion, kind } of objects) {
    const word = `${kind} (${apiVersion})`
    if (registry.byKind(apiVersion, kind) === undefined) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  if (counts.size === 0) return
  const told = [...counts].map(([word, count]) => `${count} of ${word}`).join(', ')
  throw new KybernError(
    'KYB-IMPORT',
    `nobody serves the kinds of some objects: ${told}; give their CustomResourceDefinitions too, or name them in leaveOut`,
  )
}

function storedForm(kind: Kind, object: KubeObject, notes: string[]): KubeObject {
  const { name, namespace } = object.metadata ?? {}
  const who = `${kind.kind} ${kind.namespaced ? `${namespace ?? 'default'}/` : ''}${name ?? ''}`
  if (typeof name !== 'string' || name === '')
    throw new KybernError('KYB-IMPORT', `an object of the kind ${kind.kind} has no name`)
  try {
    const { object: read, warnings } = decoded(kind, object, { fieldValidation: 'Warn' })
    for (const warning of warnings) notes.push(`${who}: ${warning}; it is left out`)
    return read
  } catch (error) {
    throw new KybernError('KYB-IMPORT', `${who}: ${error instanceof StatusError ? error.message : String(error)}`)
  }
}

function completer(objects: readonly KubeObject[], now: number): Complete {
  const prng = prngOf(objects.length)
  return (object, kind) => {
    const { uid, resourceVersion, creationTimestamp, namespace, ...rest } = object.metadata
    const metadata = {
      ...rest,
      ...(kind.namespaced ? { namespace: namespace ?? 'default' } : {}),
      uid: uid || uuidFrom(prng),
      resourceVersion: Number(resourceVersion) > 0 ? resourceVersion : '1',
      creationTimestamp: creationTimestamp ?? toRfc3339(now),
    }
    return frozen({ ...object, metadata } as KubeObject)
  }
}

/** What a real server always gives and this object does not have. */
function lackedBy({ kind, metadata }: KubeObject): string[] {
  const fields = (['uid', 'resourceVersion', 'creationTimestamp'] as const).filter((field) => !metadata[field])
  return fields.length === 0 ? [] : [`${kind} ${metadata.name} was given what it lacked: ${fields.join(', ')}`]
}

function byCollection(stored: readonly { kind: Kind; object: KubeObject }[]): Record<ResourceKey, KubeObject[]> {
  const known = new Map<string, KubeObject>()
  for (const { kind, object } of stored) {
    const place = `${kind.resource} ${keyOf(object)}`
    const other = known.get(place)
    if (other !== undefined && other.metadata.uid !== object.metadata.uid)
      throw new KybernError('KYB-IMPORT', `${kind.kind} ${keyOf(object)} is there twice, with different uids`)
    known.set(place, object)
  }
  const collections: Record<ResourceKey, KubeObject[]> = {}
  for (const [place, object] of known) {
    const resource = place.slice(0, place.indexOf(' '))
    collections[resource] = [...(collections[resource] ?? []), object]
  }
  return collections
}

/** Pods that run nowhere would be removed at once: whoever gives pods gives their nodes. */
function refuseHomeless(objects: Readonly<Record<ResourceKey, readonly KubeObject[]>>): void {
  const nodes = new Set((objects.nodes ?? []).map(({ metadata }) => metadata.name))
  const missing = new Set(
    (objects.pods ?? []).flatMap(({ spec }) =>
      spec?.nodeName && !nodes.has(spec.nodeName) ? [spec.nodeName as string] : [],
    ),
  )
  if (missing.size > 0)
    throw new KybernError(
      'KYB-IMPORT',
      `pods run on nodes that are not in the text: ${[...missing].sort().join(', ')}; add the output of kubectl get nodes -o yaml`,
    )
}

/** Claims without their volumes would be lost. */
function refuseUnbound({ persistentvolumeclaims: claims = [], persistentvolumes }: StartWorld['objects']): void {
  const bound = claims.filter(({ spec }) => spec?.volumeName)
  if (bound.length > 0 && persistentvolumes === undefined)
    throw new KybernError(
      'KYB-IMPORT',
      `${bound.length} claims are bound to PersistentVolumes, of which the text has none; let kubectl get them too`,
    )
}

/** What is owned by nobody is collected as garbage: whoever gives objects gives their owners. Kinds nobody serves own for good. */
function judgeOwners(
  objects: Readonly<Record<ResourceKey, readonly KubeObject[]>>,
  registry: Registry,
  notes: string[],
): void {
  const uids = new Set(
    Object.values(objects)
      .flat()
      .map(({ metadata }) => metadata.uid),
  )
  const orphaned = new Map<string, number>()
  for (const object of Object.values(objects).flat())
    for (const { apiVersion, kind: name, uid } of object.metadata.ownerReferences ?? []) {
      const owner = registry.byKind(apiVersion, name)
      if (owner === undefined || uids.has(uid)) continue
      const words = `${object.kind} objects owned by a ${name}`
      if (objects[owner.resource] === undefined) orphaned.set(words, (orphaned.get(words) ?? 0) + 1)
      else
        notes.push(
          `${object.kind} ${keyOf(object)} is owned by a ${name} that is not in the text: it will be collected`,
        )
    }
  if (orphaned.size === 0) return
  const told = [...orphaned].map(([words, count]) => `${count} ${words}`).join(', ')
  throw new KybernError(
    'KYB-IMPORT',
    `the text has ${told}, and no object of the owners' kinds: they would be collected as garbage; let kubectl get those kinds too`,
  )
}
