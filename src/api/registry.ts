/** The kinds a cluster serves, as an immutable value with the lookups routes, clients and controllers need. */
import type { Kind } from './kind.ts'
import type { ResourceKey } from './object.ts'
import { compareVersions } from './version-order.ts'

/** An immutable set of kinds. `with` returns a new registry (a CRD being established); the old one is untouched. */
export interface Registry {
  /** Every kind once, in the version its objects are stored in. */
  readonly kinds: readonly Kind[]
  /** Every kind at every version it is served at; the preferred version of a kind comes first. */
  readonly served: readonly Kind[]
  /** The kind whose objects a collection holds, in its stored version. */
  byResource(resource: ResourceKey): Kind | undefined
  /** A collection's kind at one version; in its stored version when none is named. */
  at(resource: ResourceKey, apiVersion: string | undefined): Kind | undefined
  /** What a path such as `/apis/<group>/<version>/<plural>` is about; only versions that are served. */
  route(group: string, version: string, plural: string): Kind | undefined
  byKind(apiVersion: string, kind: string): Kind | undefined
  /** By anything a person may type: Kind, plural, singular, short name, these with `.group` or `.version.group`. */
  find(name: string): Kind | undefined
  with(...more: Kind[]): Registry
  without(resource: ResourceKey): Registry
}

/** Builds a registry; a later kind with the same collection key replaces an earlier one. */
export function createRegistry(kinds: readonly Kind[]): Registry {
  const resources = new Map(kinds.map((kind) => [kind.resource, kind]))
  const unique = [...resources.values()]
  const all = unique.flatMap((kind) => [kind, ...kind.versions])
  const served = unique.flatMap(servedVersions)
  const versions = new Map(all.map((kind) => [`${kind.resource} ${kind.apiVersion}`, kind]))
  const gvk = new Map(all.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]))
  const paths = new Map(served.map((kind) => [`${kind.apiVersion}/${kind.plural}`, kind]))
  let words: ReadonlyMap<string, Kind> | undefined
  const spoken = () => {
    words ??= wordsOf(served)
    return words
  }
  return {
    kinds: unique,
    served,
    byResource: (resource) => resources.get(resource),
    at: (resource, apiVersion) =>
      apiVersion === undefined ? resources.get(resource) : versions.get(`${resource} ${apiVersion}`),
    route: (group, version, plural) => paths.get(`${group === '' ? '' : `${group}/`}${version}/${plural}`),
    byKind: (apiVersion, kind) => gvk.get(`${apiVersion}/${kind}`),
    find: (name) => spoken().get(name.toLowerCase()),
    with: (...more) => createRegistry([...unique, ...more]),
    without: (resource) => createRegistry(unique.filter((kind) => kind.resource !== resource)),
  }
}

/** The versions a kind is served at: those of its own group first, the preferred ones before the others. */
function servedVersions(kind: Kind): Kind[] {
  if (kind.versions.length === 0) return kind.served ? [kind] : []
  const foreign = (one: Kind): number => (one.group === kind.group ? 0 : 1)
  return [kind, ...kind.versions]
    .filter((one) => one.served)
    .sort((a, b) => foreign(a) - foreign(b) || compareVersions(a.version, b.version))
}

/** The first kind that answers to a word has it. */
function wordsOf(served: readonly Kind[]): ReadonlyMap<string, Kind> {
  const words = new Map<string, Kind>()
  for (const kind of served) {
    const { group, version } = kind
    for (const name of [kind.plural, kind.kind, kind.singular, ...kind.shortNames]) {
      for (const ending of ['', `.${group}`, `.${version}.${group}`]) {
        const word = (name + ending).toLowerCase()
        if (!words.has(word)) words.set(word, kind)
      }
    }
  }
  return words
}
