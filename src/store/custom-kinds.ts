/**
 * What a CustomResourceDefinition means: a kind like those that are built in, made from the definition's data. The
 * registry follows from the definitions in the snapshot and nothing else.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */

import { validateRules } from '../api/cel/rules/validate.ts'
import type { CelSchema } from '../api/cel/schema.ts'
import { column, wideColumn } from '../api/column.ts'
import { isTrue } from '../api/conditions.ts'
import { type FieldError, path } from '../api/field-error.ts'
import { parseJsonPath, valuesAt } from '../api/json-path.ts'
import {
  type CustomSchema,
  defineKind,
  type Kind,
  type KindSpec,
  type ScalePaths,
  type VersionSpec,
} from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { definitionOf } from '../api/structural/definition.ts'
import type { Structural } from '../api/structural/schema.ts'
import { validateValue } from '../api/structural/validate.ts'
import { ageColumn, type Cell, type Column, nameColumn, translateTimestamp } from '../api/table.ts'
import { compareVersions } from '../api/version-order.ts'
import { withConversions } from './custom-versions.ts'
import type { Change } from './transition.ts'

export const definitions = 'customresourcedefinitions.apiextensions.k8s.io'

interface Version {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: Structural }
  readonly subresources?: {
    readonly status?: object
    readonly scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string }
  }
  readonly additionalPrinterColumns?: readonly PrinterColumn[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
}

interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

/** The registry after a change of a definition; the same one after any other change. */
export function registryAfter(registry: Registry, change: Change): Registry {
  if (change.resource !== definitions) return registry
  const { object, previous, type } = change
  const before = previous === undefined ? undefined : customKind(previous)
  const after = type === 'DELETED' ? undefined : customKind(object)
  if (after !== undefined) return sameMeaning(object, previous) ? registry : registry.with(after)
  return before === undefined ? registry : registry.without(before.resource)
}

function sameMeaning(object: KubeObject, previous: KubeObject | undefined): boolean {
  return previous !== undefined && object.spec === previous.spec && isEstablished(object) === isEstablished(previous)
}

function isEstablished(crd: KubeObject): boolean {
  return isTrue(crd.status?.conditions, 'Established')
}

// A memo of frozen definitions: equal ones mean the same kind.
const made = new WeakMap<KubeObject, Kind>()

/** The kind an established definition defines; undefined before. */
export function customKind(crd: KubeObject): Kind | undefined {
  if (!isEstablished(crd)) return undefined
  const known = made.get(crd)
  if (known !== undefined) return known
  const kind = kindOf(crd)
  if (kind !== undefined) made.set(crd, kind)
  return kind
}

function kindOf(crd: KubeObject): Kind | undefined {
  const { group, names, scope, versions } = crd.spec as {
    group: string
    names: Record<string, never>
    scope: string
    versions: readonly Version[]
  }
  const storage = versions.find((version) => version.storage)
  if (storage === undefined) return undefined
  const accepted = { ...names, ...crd.status?.acceptedNames }
  const better = versions
    .filter((version) => version.served && version.deprecated !== true)
    .sort((a, b) => compareVersions(a.name, b.name))[0]?.name
  const others = versions.filter((version) => version !== storage)
  const parts = { group, kind: accepted.kind, better }
  const kind = defineKind({
    group,
    kind: accepted.kind,
    plural: accepted.plural,
    singular: accepted.singular,
    listKind: accepted.listKind,
    shortNames: accepted.shortNames ?? [],
    categories: accepted.categories ?? [],
    namespaced: scope === 'Namespaced',
    hasGeneration: true,
    defaultPropagation: 'Background',
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    createOnUpdate: false,
    updateNeedsVersion: true,
    ...versionParts(parts, storage),
    version: storage.name,
    served: storage.served,
    versions: others.map((version) => otherVersion(parts, version)),
  })
  return withConversions(kind, crd)
}

/** What all versions of a kind are told of it; `better` is the version to use instead of a deprecated one. */
interface Common {
  readonly group: string
  readonly kind: string
  readonly better: string | undefined
}

function otherVersion(common: Common, version: Version): VersionSpec {
  const same = (object: KubeObject): KubeObject => object
  const { name, served } = version
  return { ...versionParts(common, version), version: name, served, toStorage: same, fromStorage: same }
}

type Parts = Pick<KindSpec, 'custom' | 'subresources' | 'columns' | 'fields' | 'validate' | 'prepare' | 'deprecated'>

function versionParts({ group, kind, better }: Common, version: Version): Parts {
  const structural = version.schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true }
  const definition = definitionOf(`${group}.${version.name}.${kind}`, structural)
  const { status, scale } = version.subresources ?? {}
  const hasStatus = status !== undefined
  const instead = better === undefined ? '' : `; use ${group}/${better} ${kind}`
  const warning = version.deprecationWarning ?? `${group}/${version.name} ${kind} is deprecated${instead}`
  return {
    custom: { structural, definition } satisfies CustomSchema,
    subresources: {
      ...(hasStatus ? { status: true } : {}),
      ...(scale === undefined ? {} : { scale: scalePaths(scale) }),
    },
    columns: columnsOf(version.additionalPrinterColumns),
    fields: fieldsOf(version.selectableFields ?? []),
    validate: (object, previous) => customFaults(structural, object, previous),
    ...(hasStatus ? { prepare: { create: withoutStatus } } : {}),
    ...(version.deprecated === true ? { deprecated: warning } : {}),
  }
}

/** What the schema refuses, and then what its rules refuse; rules are not run over values of the wrong type. */
function customFaults(structural: Structural, object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const faults = validateValue(structural, object, path(), previous === undefined ? undefined : { value: previous })
  if (faults.some(({ type }) => type === 'FieldValueTypeInvalid')) return faults
  return [...faults, ...validateRules(structural as CelSchema, object, previous, path()).errors]
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  return rest as KubeObject
}

function scalePaths(scale: {
  specReplicasPath: string
  statusReplicasPath: string
  labelSelectorPath?: string
}): ScalePaths {
  return {
    spec: scale.specReplicasPath,
    status: scale.statusReplicasPath,
    selector: scale.labelSelectorPath ?? '.status.selector',
  }
}

function fieldsOf(fields: readonly { readonly jsonPath: string }[]): KindSpec['fields'] {
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const parsed = parseJsonPath(jsonPath)
      return [jsonPath.replace(/^\./, ''), (object: KubeObject) => String(valuesAt(parsed, object)[0] ?? '')]
    }),
  )
}

/** Name and what the definition adds; Name and Age when it adds nothing. */
function columnsOf(columns: readonly PrinterColumn[] | undefined): readonly Column[] {
  if (columns === undefined || columns.length === 0) return [nameColumn, ageColumn]
  return [nameColumn, ...columns.map(columnOf)]
}

function columnOf({ name, type, format, description, priority = 0, jsonPath }: PrinterColumn): Column {
  const parsed = parseJsonPath(jsonPath)
  const value = (object: KubeObject, { now }: { now: number }): Cell => cellOf(type, valuesAt(parsed, object), now)
  const make = priority === 0 ? column : wideColumn
  const shown = make(
    name,
    value,
    type as Column['type'],
    description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
  )
  return { ...shown, priority, ...(format === undefined ? {} : { format }) }
}

function cellOf(type: string, values: readonly unknown[], now: number): Cell {
  const [first] = values
  if (first === undefined || first === null) return null
  switch (type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null
    case 'number':
      return typeof first === 'number' ? first : null
    case 'boolean':
      return typeof first === 'boolean' ? first : null
    case 'date':
      return typeof first === 'string' ? translateTimestamp(first, now) : null
    default:
      return typeof first === 'object' ? JSON.stringify(first) : String(first)
  }
}
