/** The kinds a cluster serves, as an immutable value with the lookups routes, clients and controllers need. */
import type { Kind } from './kind.ts'
import type { ResourceKey } from './object.ts'

/** An immutable set of kinds. `with` returns a new registry (a CRD being established); the old one is untouched. */
export interface Registry {
  readonly kinds: readonly Kind[]
  byResource(resource: ResourceKey): Kind | undefined
  byKind(apiVersion: string, kind: string): Kind | undefined
  /** By anything a person may type: Kind, plural, singular, short name, `plural.group`, case-insensitive. */
  find(name: string): Kind | undefined
  with(...more: Kind[]): Registry
  without(resource: ResourceKey): Registry
}

/** Builds a registry; a later kind with the same collection key replaces an earlier one. */
export function createRegistry(kinds: readonly Kind[]): Registry {
  const resources = new Map(kinds.map((kind) => [kind.resource, kind]))
  const unique = [...resources.values()]
  const gvk = new Map(unique.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]))
  const words = new Map<string, Kind>()
  for (const kind of unique) {
    const spoken = [kind.resource, kind.kind, kind.plural, kind.singular, ...kind.shortNames]
    for (const word of spoken) if (!words.has(word.toLowerCase())) words.set(word.toLowerCase(), kind)
  }
  return {
    kinds: unique,
    byResource: (resource) => resources.get(resource),
    byKind: (apiVersion, kind) => gvk.get(`${apiVersion}/${kind}`),
    find: (name) => words.get(name.toLowerCase()),
    with: (...more) => createRegistry([...unique, ...more]),
    without: (resource) => createRegistry(unique.filter((kind) => kind.resource !== resource)),
  }
}
