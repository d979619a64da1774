/** Why a matcher failed, as something to read: the object as it is, its last events, its last writes and their causes. */
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Committed } from '../../store/transition.ts'
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
    lines.push(...eventsOf(cluster, about))
    const own = writes.filter(({ change }) => change.object.kind === kind && change.object.metadata.name === name)
    const last = own[own.length - 1]
    if (last !== undefined) lines.push('its last write, and why:', ...causesOf(writes, last.revision).map(writeLine))
  } else lines.push('last writes:', ...writes.slice(-8).map(writeLine))
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

function eventsOf(cluster: Cluster, { kind, name, namespace }: ObjectHandle): string[] {
  const events = cluster
    .list('Event', { namespace: '*' })
    .filter(
      ({ involvedObject: it }) => it.kind === kind && it.name === name && (it.namespace ?? namespace) === namespace,
    )
  if (events.length === 0) return []
  return ['its last events:', ...events.slice(-6).map((one) => `  ${one.lastTimestamp} ${one.reason}: ${one.message}`)]
}

function writeLine({ revision, time, cause, change }: Committed): string {
  const what = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'removed' }[change.type]
  const key = cause.key === undefined ? '' : ` for ${cause.key}`
  return `  ${revision} ${toRfc3339(time)} ${cause.by}${key} ${what} ${change.resource} ${change.key}`
}
