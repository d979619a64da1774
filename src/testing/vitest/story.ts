/** Why a matcher failed, as something to read: the object as it is, its last events, its last writes and their causes. */
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Committed } from '../../store/transition.ts'
import { belongingsOf, objectLines } from './belongings.ts'
import type { ObjectHandle } from './handle.ts'
import { causesOf, watching } from './watching.ts'

/** The story of one object, or of the whole cluster when none is named. */
export function storyOf(cluster: Cluster, about?: ObjectHandle): string {
  const { writes } = watching(cluster)
  const lines = [`it is ${toRfc3339(cluster.now.getTime())} in the cluster, revision ${cluster.snapshot.revision}`]
  if (about !== undefined) {
    const { kind, name, namespace } = about
    const object = cluster.get(kind, name, namespace)
    lines.push(
      object === undefined ? `${kind} ${name} is not there` : `${kind} ${name}: ${JSON.stringify(statusOf(object))}`,
    )
    const belongings = belongingsOf(about)
    if (belongings.length > 0) lines.push('what belongs to it:', ...objectLines(cluster, belongings))
    lines.push(...eventsOf(cluster, [...(object === undefined ? [] : [object]), ...belongings], about))
    const own = writes.filter(({ change }) => change.object.kind === kind && change.object.metadata.name === name)
    const last = own[own.length - 1]
    if (last !== undefined) lines.push('its last write, and why:', ...causesOf(writes, last.revision).map(writeLine))
  } else {
    const told = writes.filter(isTold).slice(-8).map(writeLine)
    lines.push(...(told.length === 0 ? ['nothing was written'] : ['last writes:', ...told]))
  }
  const busy = cluster.plane.loop.busy()
  if (busy.length > 0) lines.push(`still busy: ${busy.slice(0, 8).join(', ')}`)
  return lines.join('\n')
}

function statusOf({ status, spec }: KubeObject): unknown {
  if (status === undefined) return spec ?? {}
  const { containerStatuses, ...rest } = status
  if (containerStatuses === undefined) return rest
  const containers = containerStatuses.map(({ name, ready, restartCount, state }: Record<string, unknown>) => ({
    name,
    ready,
    restartCount,
    state,
  }))
  return { phase: rest.phase, reason: rest.reason, message: rest.message, containers }
}

/** The last events of an object and of what belongs to it, or of its name when it is not there. */
function eventsOf(cluster: Cluster, objects: readonly KubeObject[], { kind, name, namespace }: ObjectHandle): string[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid))
  const events = cluster
    .list('Event', { namespace: '*' })
    .filter(
      ({ involvedObject: it }) =>
        uids.has(it.uid) || (it.kind === kind && it.name === name && (it.namespace ?? namespace) === namespace),
    )
  if (events.length === 0) return []
  const line = ({ lastTimestamp, eventTime, involvedObject: it, reason, message }: KubeObject): string =>
    `  ${lastTimestamp ?? eventTime} ${it.kind} ${it.name} ${reason}: ${message}`
  return ['its last events:', ...events.slice(-6).map(line)]
}

/** Heartbeats and events say nothing about why. */
const isTold = ({ change }: Committed): boolean => !/^(leases|events)\b/.test(change.resource)

function writeLine({ revision, time, cause, change }: Committed): string {
  const what = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'removed' }[change.type]
  const key = cause.key === undefined ? '' : ` for ${cause.key}`
  return `  ${revision} ${toRfc3339(time)} ${cause.by}${key} ${what} ${change.resource} ${change.key}`
}
