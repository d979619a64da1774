/** `kubectl get`, from the server's own tables: what it prints is what kubectl prints. */
import type { KubeObject } from '../../api/object.ts'
import type { KindInfo } from '../questions.ts'
import { yamlOf } from '../yaml-text.ts'
import type { Line } from './line.ts'
import { columns, Failure, named, namespaceOf, type Shell } from './shell.ts'

const tables = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const all = [
  'pods',
  'replicationcontrollers',
  'services',
  'daemonsets',
  'deployments',
  'replicasets',
  'statefulsets',
  'horizontalpodautoscalers',
  'cronjobs',
  'jobs',
]

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: KubeObject }[]
}

export async function get(shell: Shell, line: Line): Promise<string> {
  const [, typed = '', ...names] = line.words
  if (typed === '')
    throw new Failure(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (typed.includes('/')) return ofNames(shell, line, await shell.targets(line.words.slice(1)))
  const kinds = await Promise.all((typed === 'all' ? all : typed.split(',')).map((one) => shell.kind(one)))
  if (names.length > 0)
    return ofNames(
      shell,
      line,
      names.map((name) => ({ kind: kinds[0] as KindInfo, name })),
    )
  const parts: string[] = []
  for (const kind of kinds) {
    const part = await listed(shell, line, kind, kinds.length > 1)
    if (part !== '') parts.push(part)
  }
  return parts.length > 0 ? parts.join('\n\n') : nothing(line, kinds)
}

function nothing(line: Line, kinds: readonly KindInfo[]): string {
  const namespace = namespaceOf(line)
  return namespace === undefined || kinds.every(({ namespaced }) => !namespaced)
    ? 'No resources found'
    : `No resources found in ${namespace} namespace.`
}

async function ofNames(
  shell: Shell,
  line: Line,
  targets: readonly { kind: KindInfo; name: string }[],
): Promise<string> {
  const objects: KubeObject[] = []
  const rows: string[] = []
  for (const { kind, name } of targets) {
    const path = shell.path(kind, namespaceOf(line) ?? 'default', name)
    if (isData(line)) objects.push(JSON.parse(await shell.read(path)))
    else rows.push(tableText(JSON.parse(await shell.read(path, tables)), line, kind, false, rows.length === 0))
  }
  return isData(line) ? data(line, objects, targets[0]?.kind, targets.length === 1) : rows.join('\n')
}

async function listed(shell: Shell, line: Line, kind: KindInfo, prefixed: boolean): Promise<string> {
  const { selector } = line.flags
  const query = new URLSearchParams({
    ...(selector === undefined ? {} : { labelSelector: selector }),
    ...(line.flags['field-selector'] === undefined ? {} : { fieldSelector: line.flags['field-selector'] }),
  })
  const path = `${shell.path(kind, namespaceOf(line))}${query.size === 0 ? '' : `?${query}`}`
  if (isData(line)) {
    const list = JSON.parse(await shell.read(path)) as { items: KubeObject[]; apiVersion: string; kind: string }
    const type = { apiVersion: kind.apiVersion, kind: kind.kind }
    return list.items.length === 0 && line.flags.output === 'name'
      ? ''
      : data(
          line,
          list.items.map((one) => ({ ...type, ...one })),
          kind,
          false,
        )
  }
  const table = JSON.parse(await shell.read(path, tables)) as Table
  return table.rows.length === 0 ? '' : tableText(table, line, kind, prefixed, true)
}

const isData = ({ flags: { output = '' } }: Line): boolean => !['', 'wide'].includes(output)

function tableText(
  { columnDefinitions, rows }: Table,
  { flags }: Line,
  kind: KindInfo,
  prefixed: boolean,
  headers: boolean,
): string {
  const wide = flags.output === 'wide'
  const shown = columnDefinitions.flatMap(({ priority }, i) => (priority === 0 || wide ? [i] : []))
  const spaced = flags['all-namespaces'] === 'true' && kind.namespaced
  const labels = flags['show-labels'] === 'true'
  const head = [
    ...(spaced ? ['NAMESPACE'] : []),
    ...shown.map((i) => (columnDefinitions[i]?.name ?? '').toUpperCase()),
    ...(labels ? ['LABELS'] : []),
  ]
  const body = rows.map(({ cells, object }) => [
    ...(spaced ? [object.metadata.namespace ?? ''] : []),
    ...shown.map((i) => (i === 0 && prefixed ? named(kind, String(cells[0])) : cellText(cells[i]))),
    ...(labels ? [labelText(object.metadata.labels)] : []),
  ])
  return columns(headers && flags['no-headers'] !== 'true' ? [head, ...body] : body)
}

function cellText(cell: unknown): string {
  return cell === null || cell === undefined ? '<none>' : String(cell)
}

export function labelText(labels: Readonly<Record<string, string>> = {}): string {
  const text = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(',')
  return text === '' ? '<none>' : text
}

function data(
  { flags: { output = '' } }: Line,
  objects: readonly KubeObject[],
  kind: KindInfo | undefined,
  single: boolean,
): string {
  const bare = objects.map(({ metadata: { managedFields: _fields, ...metadata }, ...object }) => ({
    ...object,
    metadata,
  }))
  const value = single ? bare[0] : { apiVersion: 'v1', items: bare, kind: 'List', metadata: { resourceVersion: '' } }
  if (output === 'name') return objects.map(({ metadata }) => named(kind as KindInfo, metadata.name)).join('\n')
  if (output === 'json') return JSON.stringify(ordered(value), null, 4)
  if (output === 'yaml') return yamlOf(ordered(value) as KubeObject).trimEnd()
  const path = /^jsonpath=['"]?\{?(.*?)\}?['"]?$/s.exec(output)
  if (path === null)
    throw new Failure(
      `error: unable to match a printer suitable for the output format "${output}", allowed formats are: json,name,wide,yaml,jsonpath`,
    )
  return atPath(value, path[1] as string)
}

/** Keys in order, as kubectl prints them. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  const record = value as Record<string, unknown>
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, ordered(record[key])]),
  )
}

/** `.spec.replicas`, `.items[*].metadata.name`: the common part of JSONPath. */
function atPath(value: unknown, path: string): string {
  let found: unknown[] = [value]
  for (const [, name, index] of path.matchAll(/\.([\w-]+)|\[(\*|\d+)\]/g)) {
    found = found.flatMap((one) => {
      if (name !== undefined) return [(one as Record<string, unknown> | null)?.[name]]
      const list = Array.isArray(one) ? one : []
      return index === '*' ? list : [list[Number(index)]]
    })
  }
  return found
    .filter((one) => one !== undefined)
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .join(' ')
}
