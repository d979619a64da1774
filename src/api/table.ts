/**
 * Tables: what `kubectl get` prints, made by the server from a kind's columns.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
import type { KubeObject } from './object.ts'
import { ageOf, parseTime } from './time.ts'

/** What a cell may know beside its object: the cluster's time in ms. */
export interface CellContext {
  readonly now: number
}

/** What a cell holds; null where a value is missing. */
export type Cell = string | number | boolean | null

/** One column. `priority` 0 is always shown, 1 and above only with `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description: string
  readonly priority: number
  readonly value: (object: KubeObject, context: CellContext) => Cell
  /** A cell that rows have and heads do not: Kubernetes forgot the column. */
  readonly undeclared?: boolean
}

/** A column's head as a table carries it. */
export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

/** One row; `object` is what `includeObject` asked for. */
export interface TableRow {
  readonly cells: readonly Cell[]
  readonly object?: unknown
}

/** A meta.k8s.io/v1 Table. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: {
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly columnDefinitions: readonly ColumnDefinition[]
  readonly rows: readonly TableRow[]
}

/** How much of the object a row carries. */
export type IncludeObject = 'Metadata' | 'Object' | 'None'

/** The first column of every kind. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
  value: (object) => object.metadata.name,
}

/** The age column of most kinds. */
export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  priority: 0,
  value: (object, { now }) => translateTimestamp(object.metadata.creationTimestamp, now),
}

/** The age of a time as a cell: `5m`, `<unknown>` when there is no time, `<invalid>` when it is not one. */
export function translateTimestamp(text: string | undefined | null, now: number): string {
  if (text === undefined || text === null || text === '') return '<unknown>'
  try {
    return ageOf(parseTime(text), now)
  } catch {
    return '<invalid>'
  }
}

/** The columns of a table in order: NAME first, the kind's own, AGE when the kind has none (at the end of priority 0). */
export function completeColumns(columns: readonly Column[]): Column[] {
  if (columns.some((column) => column.name === 'Name')) return [...columns]
  const named = [nameColumn, ...columns]
  if (named.some((column) => column.name === 'Age')) return named
  const wide = named.findIndex((column) => column.priority > 0)
  return wide < 0 ? [...named, ageColumn] : named.toSpliced(wide, 0, ageColumn)
}

/**
 * The Table of some objects. `columns` are the kind's own (NAME and AGE are added when missing), `now` is in ms.
 * `metadata` is the list's: resourceVersion, continue. Columns read `objects` as they are; rows carry them as `shown`.
 */
export function toTable(
  columns: readonly Column[],
  objects: readonly KubeObject[],
  now: number,
  includeObject: IncludeObject,
  metadata: Table['metadata'] = {},
  shown: (object: KubeObject) => KubeObject = (object) => object,
): Table {
  const all = completeColumns(columns)
  const rows = objects.map((object) => {
    const cells = all.map((column) => column.value(object, { now }))
    return includeObject === 'None'
      ? { cells, object: null }
      : { cells, object: rowObject(shown(object), includeObject) }
  })
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: all.filter((one) => one.undeclared !== true).map(definitionOf),
    rows,
  }
}

function definitionOf({ name, type, format = '', description, priority }: Column): ColumnDefinition {
  return { name, type, format, description, priority }
}

function rowObject(object: KubeObject, include: IncludeObject): unknown {
  if (include === 'Object') return object
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}
