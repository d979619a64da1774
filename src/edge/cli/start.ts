/** What `up` and `run` share: reading manifests, making the cluster, serving it. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import type { TimeMode } from '../../cluster/options.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { StartWorld } from '../../testing/import.ts'
import type { ApiEndpoint, InspectorEndpoint } from '../server.ts'
import type { Terminal } from './terminal.ts'

export interface StartOptions {
  readonly filename?: readonly string[]
  /** 3 when absent; beside an imported world none. */
  readonly nodes?: number
  /** Files with the objects of another cluster, as kubectl prints them, and the kinds that are left out. */
  readonly import?: readonly string[]
  readonly leaveOut?: readonly string[]
  readonly seed: number
  readonly time: TimeMode
  /** Tried in order; the last one's failure counts. */
  readonly ports: readonly number[]
  /** The inspector's port, 0 for any free one; without it there is no inspector. */
  readonly inspectorPort?: number
}

export interface Started {
  readonly cluster: Cluster
  readonly endpoint: ApiEndpoint
  readonly inspector: InspectorEndpoint | undefined
  /** Ends server and cluster. */
  close(): Promise<void>
}

/** Reads the manifests, then brings a cluster up with them applied. Throws coded errors; nothing is left running then. */
export async function start(options: StartOptions, terminal: Terminal): Promise<Started> {
  const manifests = (options.filename ?? []).flatMap(manifestsIn)
  const [{ createCluster }, { serve, inspect }] = await Promise.all([import('../../index.ts'), import('../server.ts')])
  const { nodes, seed, time } = options
  const world = await imported(options, terminal)
  const cluster = await createCluster({
    seed,
    time,
    ...(nodes === undefined ? {} : { nodes }),
    ...(world && { world }),
  })
  const { inspectorPort } = options
  const inspector = inspectorPort === undefined ? undefined : await inspect(cluster, { port: inspectorPort })
  try {
    for (const { path, text } of manifests) {
      const applied = await cluster.apply(text)
      terminal.say(`applied ${path}: ${applied.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ')}`)
    }
    if (options.time === 'eager') await cluster.settle()
    const endpoint = await served(cluster, options.ports, serve, terminal)
    const close = async (): Promise<void> => {
      await inspector?.close()
      await endpoint.close()
      await cluster.close()
    }
    return { cluster, endpoint, inspector, close }
  } catch (error) {
    await inspector?.close()
    await cluster.close()
    throw error
  }
}

/** The world of the files to import, if any; what was completed is told. */
async function imported(
  { import: paths, leaveOut = [] }: StartOptions,
  terminal: Terminal,
): Promise<StartWorld | undefined> {
  if (paths === undefined) return undefined
  const { importWorld } = await import('../../testing/import.ts')
  const text = paths.flatMap(manifestsIn).map((file) => file.text)
  const world = importWorld(text, { leaveOut })
  for (const note of world.notes) terminal.say(note)
  const count = Object.values(world.objects).reduce((sum, objects) => sum + objects.length, 0)
  terminal.say(
    `imported ${count} objects from ${paths.join(', ')}: ${world.objects.nodes?.length ?? 0} nodes, ${world.objects.pods?.length ?? 0} pods`,
  )
  return world
}

async function served(
  cluster: Cluster,
  ports: readonly number[],
  serve: typeof import('../server.ts').serve,
  terminal: Terminal,
): Promise<ApiEndpoint> {
  const logger = {
    debug() {},
    info() {},
    warn: (line: string) => terminal.say(line),
    error: (line: string) => terminal.say(line),
  }
  const [port = 0, ...rest] = ports
  try {
    return await serve(cluster, { port, logger })
  } catch (error) {
    if (rest.length === 0 || !(error instanceof KybernError) || error.code !== 'KYB-PORT') throw error
    terminal.say(`port ${port} is in use; taking a free one`)
    return served(cluster, rest, serve, terminal)
  }
}

interface ManifestFile {
  readonly path: string
  readonly text: string
}

const manifestNames = /\.(ya?ml|json)$/

/** The manifests at a path: a file, `-` for standard input, or a folder's files in order of name. Throws KYB-FILE. */
function manifestsIn(path: string): ManifestFile[] {
  try {
    if (path === '-') return [{ path: 'standard input', text: readFileSync(0, 'utf8') }]
    if (!statSync(path).isDirectory()) return [{ path, text: readFileSync(path, 'utf8') }]
    const names = readdirSync(path).filter((name) => manifestNames.test(name))
    return names.sort().map((name) => ({ path: join(path, name), text: readFileSync(join(path, name), 'utf8') }))
  } catch (error) {
    throw new KybernError('KYB-FILE', `cannot read ${path}: ${(error as Error).message}`)
  }
}
