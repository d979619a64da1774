/** The trace of a test that failed: what the cluster was, and every write with its cause. Where it is kept is a port. */
import type { Cluster } from '../../cluster/cluster.ts'
import { watching } from './watching.ts'

/** Keeps text under a name and answers where. */
export type KeepTrace = (name: string, text: string) => string

interface Tracing {
  readonly name: string
  readonly keep: KeepTrace
  path: string | undefined
}

const traced = new WeakMap<Cluster, Tracing>()

/** From now on failures of this cluster keep a trace under this name. */
export function traces(cluster: Cluster, name: string, keep: KeepTrace): void {
  traced.set(cluster, { name, keep, path: undefined })
}

/** Keeps the trace, once; answers a line that says where, or '' when nobody wants one. */
export function keptTrace(cluster: Cluster): string {
  const tracing = traced.get(cluster)
  if (tracing === undefined) return ''
  tracing.path ??= tracing.keep(tracing.name, textOf(cluster, tracing.name))
  return `\ntrace: ${tracing.path}`
}

function textOf(cluster: Cluster, name: string): string {
  const { nodes, seed, start, time } = cluster.options
  const writes = watching(cluster).writes.map(({ revision, time: at, cause, change }) => ({
    revision,
    at,
    cause,
    type: change.type,
    resource: change.resource,
    key: change.key,
    object: change.object,
  }))
  const options = { nodes, seed, start, time }
  return JSON.stringify(
    { format: 'kybern-trace/1', test: name, options, now: cluster.now, hash: cluster.hash(), writes },
    null,
    1,
  )
}
