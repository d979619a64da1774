/**
 * The columns of `kubectl get pods`: above all STATUS, which sums up phase, reasons and container states.
 * Source: https://kubernetes.io/docs/reference/kubectl/quick-reference/#viewing-and-finding-resources
 */
import { column, orNone, wideColumn } from '../../api/column.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, type Column, nameColumn } from '../../api/table.ts'
import { ageOf, parseTime } from '../../api/time.ts'

interface State {
  readonly waiting?: { readonly reason?: string }
  readonly running?: object
  readonly terminated?: {
    readonly reason?: string
    readonly exitCode?: number
    readonly signal?: number
    readonly finishedAt?: string
  }
}

interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly started?: boolean
  readonly restartCount?: number
  readonly state?: State
  readonly lastState?: State
}

interface Container {
  readonly name: string
  readonly restartPolicy?: string
}

interface Summary {
  readonly reason: string
  readonly restarts: number
  readonly lastRestart: number
  readonly ready: number
  readonly total: number
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

const statuses = (pod: KubeObject, field: 'initContainerStatuses' | 'containerStatuses'): readonly ContainerStatus[] =>
  pod.status?.[field] ?? []
const conditionsOf = (pod: KubeObject): readonly Condition[] => pod.status?.conditions ?? []

function isSidecar(pod: KubeObject, name: string): boolean {
  return ((pod.spec?.initContainers ?? []) as Container[]).some(
    (one) => one.name === name && one.restartPolicy === 'Always',
  )
}

function restartTime(status: ContainerStatus): number {
  const at = status.lastState?.terminated?.finishedAt
  return at === undefined || at === null ? 0 : parseTime(at)
}

function endOf(terminated: NonNullable<State['terminated']>): string {
  if (terminated.reason) return terminated.reason
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`
}

/** What the init containers say, or undefined when they are all done. */
function initReason(pod: KubeObject): string | undefined {
  const total = (pod.spec?.initContainers ?? []).length
  for (const [i, status] of statuses(pod, 'initContainerStatuses').entries()) {
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (isSidecar(pod, status.name) && status.started === true) continue
    if (terminated !== undefined) return `Init:${endOf(terminated)}`
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
    return `Init:${i}/${total}`
  }
  return undefined
}

/** The main containers from last to first: the first that has something to say names the reason. */
function mainReason(pod: KubeObject, start: string): { reason: string; running: boolean } {
  let reason = start
  let running = false
  for (const status of [...statuses(pod, 'containerStatuses')].reverse()) {
    const { waiting, terminated, running: runs } = status.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated !== undefined) reason = endOf(terminated)
    else if (status.ready === true && runs !== undefined) running = true
  }
  return { reason, running }
}

function isInitialized(pod: KubeObject): boolean {
  return conditionsOf(pod).some((condition) => condition.type === 'Initialized' && condition.status === 'True')
}

function reasonOf(pod: KubeObject): string {
  const { status = {}, metadata } = pod
  let reason: string = status.reason || (status.phase ?? '')
  const gated = conditionsOf(pod).some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')
  if (gated) reason = 'SchedulingGated'
  const init = initReason(pod)
  if (init !== undefined && !isInitialized(pod)) reason = init
  else {
    const main = mainReason(pod, reason)
    reason = main.reason
    if (reason === 'Completed' && main.running) {
      const ready = conditionsOf(pod).some((c) => c.type === 'Ready' && c.status === 'True')
      reason = ready ? 'Running' : 'NotReady'
    }
  }
  if (metadata.deletionTimestamp === undefined) return reason
  if (status.reason === 'NodeLost') return 'Unknown'
  return status.phase === 'Failed' || status.phase === 'Succeeded' ? reason : 'Terminating'
}

function summary(pod: KubeObject): Summary {
  const sidecars = statuses(pod, 'initContainerStatuses').filter((status) => isSidecar(pod, status.name))
  const main = statuses(pod, 'containerStatuses')
  const inits = statuses(pod, 'initContainerStatuses')
  const initializing = initReason(pod) !== undefined && !isInitialized(pod)
  const counted = initializing ? inits : [...main, ...sidecars]
  const running = [...main, ...sidecars].filter(
    (status) => status.ready === true && status.state?.running !== undefined,
  )
  const declared = ((pod.spec?.initContainers ?? []) as Container[]).filter((one) => one.restartPolicy === 'Always')
  return {
    reason: reasonOf(pod),
    restarts: counted.reduce((sum, status) => sum + (status.restartCount ?? 0), 0),
    lastRestart: Math.max(0, ...counted.map(restartTime)),
    ready: running.length,
    total: (pod.spec?.containers ?? []).length + declared.length,
  }
}

function restarts(pod: KubeObject, now: number): string {
  const { restarts: count, lastRestart } = summary(pod)
  return count === 0 || lastRestart === 0 ? String(count) : `${count} (${ageOf(lastRestart, now)} ago)`
}

function gates(pod: KubeObject): string {
  const wanted = (pod.spec?.readinessGates ?? []) as { conditionType: string }[]
  if (wanted.length === 0) return '<none>'
  const holding = wanted.filter((gate) =>
    conditionsOf(pod).some((c) => c.type === gate.conditionType && c.status === 'True'),
  )
  return `${holding.length}/${wanted.length}`
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column(
    'Ready',
    (pod) => `${summary(pod).ready}/${summary(pod).total}`,
    'string',
    'The aggregate readiness state of this pod for accepting traffic.',
  ),
  column('Status', (pod) => summary(pod).reason, 'string', 'The aggregate status of the containers in this pod.'),
  column(
    'Restarts',
    (pod, { now }) => restarts(pod, now),
    'string',
    'How often the containers in this pod have restarted.',
  ),
  ageColumn,
  wideColumn('IP', (pod) => orNone(pod.status?.podIP)),
  wideColumn('Node', (pod) => orNone(pod.spec?.nodeName)),
  wideColumn('Nominated Node', (pod) => orNone(pod.status?.nominatedNodeName)),
  wideColumn('Readiness Gates', (pod) => gates(pod)),
]
