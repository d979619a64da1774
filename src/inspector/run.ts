/** Saving a run, and repeating one. */
import { toRfc3339 } from '../api/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { objectsOf } from '../cluster/manifest.ts'
import type { ClusterOptions } from '../cluster/options.ts'
import type { StartWorld } from '../cluster/world/read-world.ts'
import { KybernError } from '../lib/coded-error.ts'
import { begun, isPlain, plain } from './calls.ts'
import { type RunFile, type RunStep, runFileVersion } from './run-file.ts'
import { summaryOf } from './summary.ts'
import type { Watched } from './watched.ts'

/** Options that the edge brings, and those that do not matter to a run in virtual time. */
const unsaved: ReadonlySet<string> = new Set(['clock', 'logger', 'outside', 'time', 'start', 'seed', 'nodes'])

/** The options under which the run is repeated in virtual time. Throws KYB-INSPECT-UNSAVABLE for what is no plain data. */
export function savedOptions(watched: Watched): RunFile['options'] {
  const { options, plane } = watched.cluster
  const rest = Object.entries(options).filter(([name, value]) => !unsaved.has(name) && value !== undefined)
  for (const [name, value] of rest) {
    if (isPlain(value)) continue
    throw new KybernError(
      'KYB-INSPECT-UNSAVABLE',
      `the cluster was made with ${name}, which is code of its program; a file cannot hold that`,
    )
  }
  if (watched.cluster.used.length > 0)
    throw new KybernError(
      'KYB-INSPECT-UNSAVABLE',
      'the cluster was given controllers by use(), which are code of its program; a file cannot hold that',
    )
  const kept = Object.fromEntries(rest.map(([name, value]) => [name, plain(value)]))
  const { startedAt } = watched
  const start = startedAt % 1000 === 0 ? toRfc3339(startedAt) : startedAt
  return { nodes: plain(nodesOf(options)), seed: plane.world.seed, start, ...kept }
}

/** The nodes asked for beside those that the cluster's world brought. */
function nodesOf({ nodes = 3, world }: ClusterOptions): NonNullable<ClusterOptions['nodes']> {
  if (world === undefined || typeof nodes === 'number') return nodes
  const brought = isStartWorld(world)
    ? (world.objects.nodes ?? [])
    : objectsOf(world).filter(({ kind }) => kind === 'Node')
  const names = new Set(brought.map(({ metadata }) => metadata.name))
  return nodes.filter(({ name }) => !names.has(name))
}

function isStartWorld(world: NonNullable<ClusterOptions['world']>): world is StartWorld {
  return typeof world === 'object' && !Array.isArray(world) && 'objects' in world && 'now' in world
}

/** Throws KYB-INSPECT-UNRECORDED when the steps do not reach back to the beginning. */
export function refuseUnrecorded(watched: Watched): void {
  if (watched.info.recorded) return
  throw new KybernError(
    'KYB-INSPECT-UNRECORDED',
    'what was done to this cluster is not known from its beginning; watch it from its creation on',
  )
}

/** The run up to now. */
export function runOf(watched: Watched, title: string): RunFile {
  refuseUnrecorded(watched)
  const { cluster, steps } = watched
  return { kybern: 'run', version: runFileVersion, title, options: savedOptions(watched), steps, end: endOf(cluster) }
}

/** How a cluster is: what a repeated run is compared with. */
export function endOf(cluster: Cluster): RunFile['end'] {
  const objects: Record<string, string> = {}
  for (const tree of Object.values(cluster.snapshot.collections)) {
    for (const object of tree.valuesArray()) {
      const { kind, namespace, name, status } = summaryOf(cluster.registry, object)
      if (status !== '' && kind !== 'Event')
        objects[`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`] = status
    }
  }
  return { revision: cluster.snapshot.revision, time: cluster.now.getTime(), hash: cluster.hash(), objects }
}

/** A run file of its text. Throws KYB-RUN-FILE for what is none, or is of a later version. */
export function parseRun(text: string): RunFile {
  let file: Partial<RunFile>
  try {
    file = JSON.parse(text) as Partial<RunFile>
  } catch (error) {
    throw new KybernError('KYB-RUN-FILE', `this is no run: ${(error as Error).message}`)
  }
  if (file?.kybern !== 'run' || !Array.isArray(file.steps) || file.end === undefined)
    throw new KybernError('KYB-RUN-FILE', 'this is no run that kybern saved')
  if (file.version !== runFileVersion)
    throw new KybernError('KYB-RUN-FILE', `the run is of version ${file.version}; this kybern reads ${runFileVersion}`)
  return file as RunFile
}

/** What `createCluster` is given to repeat a run. */
export function optionsOf(file: RunFile): ClusterOptions {
  return { ...(file.options as ClusterOptions), time: 'virtual' }
}

/** Repeats one step: time passes up to it, then its calls. Answers why it was refused, or undefined. */
export async function repeatStep(cluster: Cluster, step: RunStep): Promise<string | undefined> {
  await passTo(cluster, step.at)
  const refusals: string[] = []
  for (const call of step.calls)
    await begun(cluster, call).catch((error: unknown) =>
      refusals.push(error instanceof Error ? error.message : String(error)),
    )
  return refusals.length === 0 ? undefined : refusals.join('\n')
}

/** Lets time pass up to a time; one that is past already is now. */
export async function passTo(cluster: Cluster, time: number): Promise<void> {
  const now = cluster.now.getTime()
  if (time > now) await cluster.advance(time - now)
}
