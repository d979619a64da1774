/** Small makers for columns, so that a kind's table reads as a list. */
import type { KubeObject } from './object.ts'
import { type Cell, type CellContext, type Column, nameColumn } from './table.ts'

type Value = (object: KubeObject, context: CellContext) => Cell

/** A column that is always shown. */
export function column(name: string, value: Value, type: Column['type'] = 'string', description = ''): Column {
  return { name, type, description, priority: 0, value }
}

/** A column of `-o wide`. */
export function wideColumn(name: string, value: Value, type: Column['type'] = 'string', description = ''): Column {
  return { name, type, description, priority: 1, value }
}

/** The columns of kinds Kubernetes prints no others for. */
export const createdAtColumns: readonly Column[] = [
  nameColumn,
  column('Created At', (object) => object.metadata.creationTimestamp ?? '', 'date'),
]

/** `<none>` for an empty text, as kubectl's tables say it. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text
}

interface Container {
  readonly name: string
  readonly image?: string
}

/** CONTAINERS and IMAGES of a pod template. */
export function templateColumns(): Column[] {
  const containers = (object: KubeObject): readonly Container[] => object.spec?.template?.spec?.containers ?? []
  return [
    wideColumn('Containers', (object) =>
      containers(object)
        .map((one) => one.name)
        .join(','),
    ),
    wideColumn('Images', (object) =>
      containers(object)
        .map((one) => one.image ?? '')
        .join(','),
    ),
  ]
}
