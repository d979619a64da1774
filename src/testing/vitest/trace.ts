/** The trace of a test that failed: what the cluster was, and every write with its cause. Where it is kept is a port. */
import type { Cluster } from '../../cluster/cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { watching } from './watching.ts'

/** Keeps text under a name and answers where. */
export type KeepTrace = (name: string, text: string) => string

/** The run up to now as plain data that can be repeated; throws for one that cannot be kept. */
export type RunSoFar = (title: string) => object

interface Tracing {
  readonly name: string
  readonly keep: KeepTrace
  readonly run: RunSoFar | undefined
  path: string | undefined
}

const traced = new WeakMap<Cluster, Tracing>()

/** From now on failures of this cluster keep a trace under this name: the run itself where there is one. */
export function traces(cluster: Cluster, name: string, keep: KeepTrace, run?: RunSoFar): void {
  traced.set(cluster, { name, keep, run, path: undefined })
}

/** Keeps the trace, once; answers a line that says where, or '' when nobody wants one. */
export function keptTrace(cluster: Cluster): string {
  const tracing = traced.get(cluster)
  if (tracing === undefined) return ''
  tracing.path ??= tracing.keep(tracing.name, textOf(cluster, tracing))
  return `\ntrace: ${tracing.path}${runOf(tracing) === undefined ? '' : ' (kybern inspect opens it)'}`
}

/** The run; undefined for one that code of the test's own is part of. */
function runOf({ name, run }: Tracing): object | undefined {
  try {
    return run?.(name)
  } catch (error) {
    if (error instanceof KybernError) return undefined
    throw error
  }
}

function textOf(cluster: Cluster, tracing: Tracing): string {
  const { name } = tracing
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
  const run = runOf(tracing) ?? {
    format: 'kybern-trace/1',
    test: name,
    options,
    now: cluster.now,
    hash: cluster.hash(),
  }
  return JSON.stringify({ ...run, writes }, null, 1)
}
