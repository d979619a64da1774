/**
 * A kind is one value: everything the API server, discovery, tables, tests and generators know of a resource.
 * Adding a kind is its file, one line in `src/kinds/index.ts` and a fixture. A CRD becomes the same value at run time.
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md
 */
import { KybernError } from '../lib/coded-error.ts'
import type { FieldError } from './field-error.ts'
import type { NameRule } from './names.ts'
import type { KubeObject, ResourceKey } from './object.ts'
import { resourceKey } from './object.ts'
import type { Column } from './table.ts'

/** What a strategy may know beside the object: the cluster's time in ms and, for updates, the subresource written. */
export interface PrepareContext {
  readonly now: number
  readonly subresource: string
}

/** Paths of the scale subresource, as in a CRD: `.spec.replicas`, `.status.replicas`, `.status.selector`. */
export interface ScalePaths {
  readonly spec: string
  readonly status: string
  readonly selector: string
}

/** The subresources a kind has. `status: true` splits writes; `scale` adds autoscaling/v1 Scale; others name their own. */
export interface Subresources {
  readonly status?: true
  readonly scale?: ScalePaths
  /** Further ones, by name, with the kind they take (`eviction` → policy/v1 Eviction) and their verbs. */
  readonly [name: string]: true | ScalePaths | SubresourceSpec | undefined
}

export interface SubresourceSpec {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

/** What one author of a kind writes. */
export interface KindSpec {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  /** What metadata.name may look like; a DNS subdomain when absent. */
  readonly nameRule?: NameRule
  /** The schema definition's name (`io.k8s.api.apps.v1.Deployment`); `undefined` only for schemaless custom kinds. */
  readonly schema?: string
  readonly subresources?: Subresources
  /** Verbs served; all eight when absent. */
  readonly verbs?: readonly string[]
  /** The strategies: what the server itself changes before an object is stored (drop status, allocate nothing). Pure. */
  readonly prepare?: {
    readonly create?: (object: KubeObject, context: PrepareContext) => KubeObject
    readonly update?: (next: KubeObject, previous: KubeObject, context: PrepareContext) => KubeObject
  }
  /** Cross-field rules the schema cannot say, in Kubernetes' wording. `previous` is set for updates. Pure. */
  readonly validate?: (object: KubeObject, previous: KubeObject | undefined, subresource: string) => FieldError[]
  /** Columns of `kubectl get` after NAME (and before AGE, which the table adds when the kind does not). */
  readonly columns?: readonly Column[]
  /** The fields beside metadata.name and metadata.namespace that field selectors may use, with their value. */
  readonly fields?: Readonly<Record<string, (object: KubeObject) => string>>
  /** Secondary indexes kept in the snapshot: index name → values of one object. Every kind has `owner` by itself. */
  readonly indexes?: Readonly<Record<string, (object: KubeObject) => readonly string[]>>
  /** Seconds of graceful deletion, or undefined for immediate removal. */
  readonly graceSeconds?: (object: KubeObject, requested: number | undefined) => number | undefined
  /** Default propagation when a DELETE names none; 'background' for everything modern. */
  readonly defaultPropagation?: 'Background' | 'Orphan'
  /** Fields whose change does not bump metadata.generation; kinds without `spec` have no generation at all. */
  readonly hasGeneration?: boolean
  /** The machine in `machines/` that is the life of one object of this kind, when it has one. */
  readonly life?: string
}

/** A kind as the rest of the house uses it: the author's value with names filled in. */
export interface Kind extends KindSpec {
  readonly apiVersion: string
  readonly resource: ResourceKey
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: Subresources
  readonly columns: readonly Column[]
  readonly verbs: readonly string[]
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** Completes a kind's value: apiVersion, collection key, singular, list kind. Throws on an empty kind or plural. */
export function defineKind(spec: KindSpec): Kind {
  if (spec.kind === '' || spec.plural === '') throw new KybernError('KYB-KIND-NAME', 'a kind needs a name and a plural')
  return Object.freeze({
    shortNames: [],
    categories: [],
    subresources: {},
    columns: [],
    verbs: allVerbs,
    ...spec,
    singular: spec.singular ?? spec.kind.toLowerCase(),
    listKind: `${spec.kind}List`,
    apiVersion: spec.group === '' ? spec.version : `${spec.group}/${spec.version}`,
    resource: resourceKey(spec.group, spec.plural),
  })
}
