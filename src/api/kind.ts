/**
 * A kind is one value: everything the API server, discovery, tables, tests and generators know of a resource.
 * Adding a kind is its file, one line in `src/kinds/index.ts` and a fixture. A CRD becomes the same value at run time.
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md
 */

import { KybernError } from '../lib/coded-error.ts'
import type { ClientConfig } from '../ports.ts'
import type { FieldError } from './field-error.ts'
import type { NameRule } from './names.ts'
import type { KubeObject, ResourceKey } from './object.ts'
import { resourceKey } from './object.ts'
import type { MergeSchema } from './patch/shape.ts'
import { canonicalObject } from './protobuf/canonical.ts'
import type { Definition } from './schema/schema.ts'
import type { Structural } from './structural/schema.ts'
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

/**
 * A further group version at which the same stored objects are served. What is left out is as in the stored version.
 * Functions over objects (columns, fields, validate) are given stored objects; data paths (scale) address the served form.
 */
export interface VersionSpec
  extends Partial<
    Pick<
      KindSpec,
      | 'group'
      | 'schema'
      | 'custom'
      | 'served'
      | 'shortNames'
      | 'categories'
      | 'subresources'
      | 'verbs'
      | 'columns'
      | 'fields'
      | 'validate'
      | 'deprecated'
    >
  > {
  readonly version: string
  /** The stored form of a complete object of this version. Pure; apiVersion and kind are set by the caller. */
  readonly toStorage: (object: KubeObject) => KubeObject
  /** This version's form of a stored object. Pure; apiVersion and kind are set by the caller. */
  readonly fromStorage: (object: KubeObject) => KubeObject
}

/** The schema of a custom kind at one version. */
export interface CustomSchema {
  readonly structural: Structural
  readonly definition: Definition
  /** Set when a webhook converts between the versions. */
  readonly conversion?: Conversion
}

/** An object in the version named. May throw when nobody knows it in that version yet. */
export type Convert = (object: KubeObject, apiVersion: string) => KubeObject

/** How a webhook converts the objects of a custom kind. */
export interface Conversion {
  /** The definition's name. */
  readonly name: string
  readonly client: ClientConfig
  readonly reviewVersions: readonly string[]
  /** The stored kind, with versions, whose objects are converted so. */
  readonly bind: (convert: Convert) => Kind
}

/** By what objects of a kind merge. */
export function mergeSchemaOf(kind: Pick<KindSpec, 'schema' | 'custom'>): MergeSchema {
  return kind.custom?.definition ?? kind.schema
}

/** What one author of a kind writes. */
export interface KindSpec {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular?: string
  /** Kind and `List` when absent. */
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  /** What metadata.name may look like; a DNS subdomain when absent. */
  readonly nameRule?: NameRule
  /** The schema definition's name (`io.k8s.api.apps.v1.Deployment`); `undefined` only for schemaless custom kinds. */
  readonly schema?: string
  /** What a custom kind has instead: its structural schema and the form of it by which objects merge. */
  readonly custom?: CustomSchema
  readonly subresources?: Subresources
  /** Verbs served; all eight when absent. */
  readonly verbs?: readonly string[]
  /** A question that the server answers and never stores: a review. */
  readonly virtual?: true
  /** What decoding itself changes: fields that are another spelling of others. Before defaults, for every sender but trusted ones. Pure. */
  readonly convert?: (object: KubeObject) => KubeObject
  /** The strategies: what the server itself changes before an object is stored (drop status, allocate nothing). Pure. */
  readonly prepare?: {
    readonly create?: (object: KubeObject, context: PrepareContext) => KubeObject
    readonly update?: (next: KubeObject, previous: KubeObject, context: PrepareContext) => KubeObject
  }
  /** The part of a written object that its writer comes to own, where the server resets others; all but status when absent. */
  readonly owned?: (object: KubeObject, subresource: string) => KubeObject
  /** Cross-field rules the schema cannot say, in Kubernetes' wording. `previous` is set for updates. Pure. */
  readonly validate?: (object: KubeObject, previous: KubeObject | undefined, subresource: string) => FieldError[]
  /** What the sender is told beside the answer, in Kubernetes' wording. `previous` is set for updates. Pure. */
  readonly warnings?: (object: KubeObject, previous: KubeObject | undefined) => readonly string[]
  /** An object without a name gets a UUID for one. */
  readonly namesItself?: boolean
  /** A PUT to a name that is free creates the object. */
  readonly createOnUpdate?: boolean
  /** A PUT must say which resourceVersion it replaces. */
  readonly updateNeedsVersion?: boolean
  /** Columns of `kubectl get` after NAME (and before AGE, which the table adds when the kind does not). */
  readonly columns?: readonly Column[]
  /** The fields beside metadata.name and metadata.namespace that field selectors may use, with their value. */
  readonly fields?: Readonly<Record<string, (object: KubeObject) => string>>
  /** Secondary indexes kept in the snapshot: index name → values of one object. Every kind has `owner` by itself. */
  readonly indexes?: Readonly<Record<string, (object: KubeObject) => readonly string[]>>
  /** Seconds of graceful deletion, or undefined for immediate removal. */
  readonly graceSeconds?: (object: KubeObject, requested: number | undefined) => number | undefined
  /** What a delete marks beside the time; for kinds whose end a controller brings about, without a grace period. Pure. */
  readonly marksDeletion?: (object: KubeObject, nowText: string) => KubeObject
  /** What who deletes without naming a propagation is told. */
  readonly warnsOfOrphans?: string
  /** True when a DELETE that removes at once answers the object, not a Status. */
  readonly answersDeleted?: boolean
  /** Default propagation when a DELETE names none; 'background' for everything modern. */
  readonly defaultPropagation?: 'Background' | 'Orphan'
  /** Whether metadata.generation counts the changes; absent: for objects with a `spec`; 'later': not the creation. */
  readonly hasGeneration?: boolean | 'later'
  /** False when the version that objects are stored in is not served itself. */
  readonly served?: boolean
  /** Further group versions at which the same objects are served. */
  readonly versions?: readonly VersionSpec[]
  /** The warning every request to this version is answered with. */
  readonly deprecated?: string
  /** The machine in `machines/` that is the life of one object of this kind, when it has one. */
  readonly life?: string
}

/**
 * A kind as the rest of the house uses it, at one of its versions: the author's value with names filled in. All versions
 * of a kind share `resource`, the key of the collection that holds its objects in their stored form.
 */
export interface Kind extends Omit<KindSpec, 'versions'> {
  readonly apiVersion: string
  readonly resource: ResourceKey
  /** `plural.group` of this version, as error messages say it; differs from `resource` when the group does. */
  readonly groupResource: string
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: Subresources
  readonly columns: readonly Column[]
  readonly verbs: readonly string[]
  readonly served: boolean
  /** The other versions of a stored kind; empty for those versions themselves. */
  readonly versions: readonly Kind[]
  /** The group of the stored version, as validation errors say it. */
  readonly storedGroup: string
  /** From this version to the stored one; the object itself when this is the stored one. */
  readonly toStorage: (object: KubeObject) => KubeObject
  /** From the stored version to this one; objects of other kinds (a Scale) pass as they are. */
  readonly fromStorage: (object: KubeObject) => KubeObject
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const asItIs = (object: KubeObject): KubeObject => object

/** Completes a kind's value: apiVersion, collection key, singular, list kind. Throws on an empty kind or plural. */
export function defineKind(spec: KindSpec): Kind {
  if (spec.kind === '' || spec.plural === '') throw new KybernError('KYB-KIND-NAME', 'a kind needs a name and a plural')
  const stored = {
    shortNames: [],
    categories: [],
    subresources: {},
    columns: [],
    verbs: allVerbs,
    served: true,
    ...spec,
    singular: spec.singular ?? spec.kind.toLowerCase(),
    listKind: spec.listKind ?? `${spec.kind}List`,
    apiVersion: apiVersionOf(spec.group, spec.version),
    resource: resourceKey(spec.group, spec.plural),
    groupResource: resourceKey(spec.group, spec.plural),
    storedGroup: spec.group,
    versions: [],
    toStorage: asItIs,
    fromStorage: asItIs,
  }
  return Object.freeze({ ...stored, versions: Object.freeze((spec.versions ?? []).map((one) => served(stored, one))) })
}

function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** A stored kind at another of its versions. */
function served(stored: Kind, spec: VersionSpec): Kind {
  const group = spec.group ?? stored.group
  const { apiVersion, kind } = stored
  const here = apiVersionOf(group, spec.version)
  return Object.freeze({
    ...stored,
    ...spec,
    served: spec.served ?? true,
    group,
    apiVersion: here,
    groupResource: resourceKey(group, stored.plural),
    toStorage: (object: KubeObject) => ({ ...spec.toStorage(object), apiVersion, kind }),
    fromStorage: remembered((object) =>
      object.apiVersion === apiVersion && object.kind === kind
        ? canonicalObject({ ...spec.fromStorage(object), apiVersion: here, kind })
        : object,
    ),
  })
}

/** Converts each immutable object once: lists and watches of many clients show the same ones again and again. */
function remembered(convert: (object: KubeObject) => KubeObject): (object: KubeObject) => KubeObject {
  const known = new WeakMap<KubeObject, KubeObject>()
  return (object) => {
    const before = known.get(object)
    if (before !== undefined) return before
    const converted = convert(object)
    if (Object.isFrozen(object)) known.set(object, converted)
    return converted
  }
}
