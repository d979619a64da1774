/** `kubectl describe`: an object's fields in the order people look for them, and its events. */
import type { KubeObject } from '../../api/object.ts'
import type { KindInfo } from '../questions.ts'
import type { Line } from './line.ts'
import { columns, Failure, namespaceOf, type Shell } from './shell.ts'

export async function describe(shell: Shell, line: Line): Promise<string> {
  const [, typed = '', ...names] = line.words
  if (typed === '')
    throw new Failure(
      'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  const targets = typed.includes('/') ? await shell.targets(line.words.slice(1)) : []
  const kind = targets[0]?.kind ?? (await shell.kind(typed))
  const wanted = targets.length > 0 ? targets.map(({ name }) => name) : names
  const namespace = namespaceOf(line) ?? 'default'
  const objects: KubeObject[] = []
  if (wanted.length === 0) {
    const list = JSON.parse(await shell.read(shell.path(kind, namespaceOf(line)))) as { items: KubeObject[] }
    objects.push(...list.items.map((one) => ({ ...one, kind: kind.kind })))
  } else for (const name of wanted) objects.push(JSON.parse(await shell.read(shell.path(kind, namespace, name))))
  if (objects.length === 0)
    return kind.namespaced ? `No resources found in ${namespace} namespace.` : 'No resources found'
  const texts = await Promise.all(objects.map((object) => described(shell, kind, object)))
  return texts.join('\n\n\n')
}

type Field = readonly [name: string, value: string | readonly string[]]

async function described(shell: Shell, kind: KindInfo, object: KubeObject): Promise<string> {
  const { metadata } = object
  const fields: Field[] = [
    ['Name', metadata.name],
    ...(kind.namespaced ? [['Namespace', metadata.namespace ?? ''] as const] : []),
    ['Labels', pairs(metadata.labels, '=')],
    ['Annotations', pairs(shown(metadata.annotations), ': ')],
    ...own(object),
  ]
  const events = JSON.parse(
    await shell.read(`/api/v1/events?fieldSelector=${encodeURIComponent(`involvedObject.uid=${metadata.uid}`)}`),
  ) as { items: KubeObject[] }
  return `${fieldText(fields)}\n${eventText(events.items)}`
}

function shown(annotations: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...rest } = annotations
  return rest
}

function pairs(record: Readonly<Record<string, string>> = {}, sign: string): string[] {
  const lines = Object.keys(record)
    .sort()
    .map((name) => `${name}${sign}${record[name]}`)
  return lines.length === 0 ? ['<none>'] : lines
}

function fieldText(fields: readonly Field[]): string {
  const width = Math.max(...fields.map(([name]) => name.length)) + 3
  return fields
    .map(([name, value]) => {
      const [first = '<none>', ...rest] = Array.isArray(value) ? value : [value as string]
      return [
        `${`${name}:`.padEnd(width)}${first}`.trimEnd(),
        ...rest.map((one: string) => ' '.repeat(width) + one),
      ].join('\n')
    })
    .join('\n')
}

/** What each kind shows of its own. */
function own({ kind, spec = {}, status = {}, metadata, ...rest }: KubeObject): Field[] {
  const conditions: Field = ['Conditions', (status.conditions ?? []).map(conditionText)]
  switch (kind) {
    case 'Pod':
      return [
        ['Node', `${spec.nodeName ?? '<none>'}`],
        ['Status', metadata.deletionTimestamp === undefined ? String(status.phase) : 'Terminating'],
        ...(status.reason === undefined ? [] : [['Reason', String(status.reason)] as const]),
        ['IP', String(status.podIP ?? '')],
        ['Controlled By', (metadata.ownerReferences ?? []).map((owner) => `${owner.kind}/${owner.name}`)],
        ['Containers', (spec.containers ?? []).flatMap((one: { name: string }) => containerText(one, status))],
        conditions,
      ]
    case 'Deployment':
      return [
        ['Selector', pairs(spec.selector?.matchLabels, '=').join(',')],
        [
          'Replicas',
          `${spec.replicas} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
        ],
        ['StrategyType', String(spec.strategy?.type)],
        ['Pod Template', templateText(spec.template)],
        conditions,
      ]
    case 'ReplicaSet':
    case 'StatefulSet':
      return [
        ['Selector', pairs(spec.selector?.matchLabels, '=').join(',')],
        ['Replicas', `${status.readyReplicas ?? 0} current / ${spec.replicas} desired`],
        ['Pod Template', templateText(spec.template)],
      ]
    case 'Service':
      return [
        ['Selector', pairs(spec.selector, '=').join(',')],
        ['Type', String(spec.type)],
        ['IP', String(spec.clusterIP)],
        [
          'Port',
          (spec.ports ?? []).map(
            (port: Record<string, unknown>) => `${port.name ?? '<unset>'}  ${port.port}/${port.protocol}`,
          ),
        ],
      ]
    case 'Node':
      return ofNode(spec, status, conditions)
    default:
      return Object.entries({ spec, status, ...rest })
        .filter(
          ([name, value]) => !['apiVersion', 'managedFields'].includes(name) && Object.keys(value ?? {}).length > 0,
        )
        .map(([name, value]) => [name[0]?.toUpperCase() + name.slice(1), JSON.stringify(value, null, 2).split('\n')])
  }
}

function ofNode(spec: KubeObject['spec'], status: KubeObject['status'], conditions: Field): Field[] {
  return [
    [
      'Taints',
      (spec.taints ?? []).map(
        (one: Record<string, unknown>) => `${one.key}${one.value ? `=${one.value}` : ''}:${one.effect}`,
      ),
    ],
    ['Unschedulable', String(spec.unschedulable === true)],
    conditions,
    ['Capacity', pairs(status.capacity, ': ')],
    ['Allocatable', pairs(status.allocatable, ': ')],
  ]
}

function conditionText(one: Record<string, unknown>): string {
  return [`${one.type}=${one.status}`, one.reason, one.message]
    .filter((part) => part !== undefined && part !== '')
    .join('  ')
}

function containerText(one: { name: string; image?: string }, status: KubeObject['status']): string[] {
  const state = (status.containerStatuses ?? []).find((each: { name: string }) => each.name === one.name)
  const [word = 'Waiting', more = {}] = Object.entries(state?.state ?? {})[0] ?? []
  const { reason, exitCode } = more as { reason?: string; exitCode?: number }
  const why = [reason, exitCode === undefined ? undefined : `exit code ${exitCode}`]
    .filter((part) => part !== undefined)
    .join(', ')
  return [
    `${one.name}:`,
    `  Image:          ${one.image}`,
    `  State:          ${word}${why === '' ? '' : ` (${why})`}`,
    `  Ready:          ${state?.ready === true ? 'True' : 'False'}`,
    `  Restart Count:  ${state?.restartCount ?? 0}`,
  ]
}

function templateText(template: { spec?: { containers?: { name: string; image: string }[] } } | undefined): string[] {
  return (template?.spec?.containers ?? []).map(({ name, image }) => `${name}: ${image}`)
}

function eventText(events: readonly KubeObject[]): string {
  if (events.length === 0) return 'Events:  <none>'
  const rows = events.map((one) => [`  ${one.type}`, one.reason, one.source?.component ?? '', one.message])
  return `Events:\n${columns([['  Type', 'Reason', 'From', 'Message'], ['  ----', '------', '----', '-------'], ...rows])}`
}
