/** The columns of roles and bindings. Source: https://kubernetes.io/docs/reference/kubectl/ */
import { column, wideColumn } from '../../api/column.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Subject } from '../../api/rbac/resolve.ts'
import { ageColumn, type Column, nameColumn } from '../../api/table.ts'

const subjectsOf = (object: KubeObject, kind: string): string =>
  ((object.subjects ?? []) as readonly Subject[])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ')

export const bindingColumns = (kind: string): readonly Column[] => [
  nameColumn,
  column('Role', ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`),
  ageColumn,
  wideColumn('Users', (object) => subjectsOf(object, 'User'), 'string', `Users in the ${kind}`),
  wideColumn('Groups', (object) => subjectsOf(object, 'Group'), 'string', `Groups in the ${kind}`),
  wideColumn(
    'ServiceAccounts',
    (object) => subjectsOf(object, 'ServiceAccount'),
    'string',
    `ServiceAccounts in the ${kind}`,
  ),
]

export const roleColumns: readonly Column[] = [
  nameColumn,
  column('Created At', ({ metadata }) => metadata.creationTimestamp ?? null, 'date'),
]
