/** `kybern up`: a cluster with an HTTPS API until Ctrl-C, its kubeconfig in `.kybern`. */
import { KybernError } from '../../lib/coded-error.ts'
import { ask } from './client.ts'
import { demo } from './demo.ts'
import { detach } from './detach.ts'
import { type ClusterFile, clearHome, type Home, homeOf, makeHome, readClusterFile, writeSecret } from './home.ts'
import { mergeIntoUserKubeconfig } from './merge.ts'
import { untilSignal } from './signals.ts'
import { type Started, type StartOptions, start } from './start.ts'
import type { Terminal } from './terminal.ts'

/** The port tried first when none is asked for: kube-apiserver's. */
export const defaultPort = 6443

export interface UpOptions extends Omit<StartOptions, 'ports' | 'inspectorPort'> {
  /** False for none, a port for that one. */
  readonly inspector?: number | boolean
  readonly port?: number
  readonly detach?: boolean
  readonly demo?: boolean
  readonly merge?: boolean
}

/** What `up --output json` prints. */
interface UpReport {
  readonly url: string
  readonly kubeconfig: string
  /** The page's address, when there is one. */
  readonly inspector?: string
  readonly pid: number
  readonly time: string
  readonly seed: number
  readonly nodes: number
}

/** Runs until it is told to end; resolves with the exit code. */
export async function up(options: UpOptions, terminal: Terminal): Promise<number> {
  const home = homeOf()
  await refuseSecond(home)
  makeHome(home)
  if (options.detach === true) return detach(home, terminal)
  const ends = untilSignal()
  const ports = options.port === undefined ? [defaultPort, 0] : [options.port]
  let started: Started | undefined
  let undoMerge = (): void => {}
  try {
    const { inspector = true, ...rest } = options
    const inspectorPort = typeof inspector === 'number' ? inspector : 0
    started = await start({ ...rest, ports, ...(inspector === false ? {} : { inspectorPort }) }, terminal)
    writeFiles(home, started, options)
    if (options.merge === true) {
      const merged = mergeIntoUserKubeconfig(started.endpoint.kubeconfig)
      undoMerge = merged.undo
      terminal.say(`merged into ${merged.path}; taken out again when the cluster ends`)
    }
    announce(home, started, options, terminal)
    const { cluster, inspector: page } = started
    if (options.demo === true) await Promise.race([demo(cluster, home.kubeconfig, page?.url, terminal), ends])
    await ends
    terminal.say('ending the cluster')
    return 0
  } finally {
    undoMerge()
    await started?.close()
    clearHome(home)
  }
}

/** A directory has one cluster. What a dead one left behind is no reason to refuse. */
async function refuseSecond(home: Home): Promise<void> {
  const old = readClusterFile(home)
  if (old === undefined) return
  const alive = await ask(old, 'GET', 'status').then(
    () => true,
    () => false,
  )
  if (alive) throw new KybernError('KYB-RUNNING', `a cluster runs here already: ${old.url}, process ${old.pid}`)
}

function writeFiles(home: Home, { endpoint, inspector }: Started, options: UpOptions): void {
  writeSecret(home.kubeconfig, endpoint.kubeconfig)
  const file: ClusterFile = {
    pid: process.pid,
    url: endpoint.url,
    token: endpoint.token,
    ca: endpoint.ca,
    kubeconfig: home.kubeconfig,
    ...(inspector === undefined ? {} : { inspector: inspector.url }),
    time: options.time,
    seed: options.seed,
    startedAt: new Date().toISOString(),
  }
  writeSecret(home.clusterFile, `${JSON.stringify(file, null, 2)}\n`)
}

function announce(home: Home, { cluster, endpoint, inspector }: Started, options: UpOptions, terminal: Terminal): void {
  const nodes = cluster.list('Node').length
  const report: UpReport = {
    url: endpoint.url,
    kubeconfig: home.kubeconfig,
    ...(inspector === undefined ? {} : { inspector: inspector.url }),
    pid: process.pid,
    time: options.time,
    seed: options.seed,
    nodes,
  }
  terminal.say(
    `kybern is up at ${endpoint.url} with ${nodes} simulated nodes (time: ${options.time}, seed: ${options.seed})`,
  )
  if (inspector !== undefined) terminal.say(`inspector: ${inspector.url}`)
  terminal.say('its state is in memory only: it ends with this process')
  terminal.data(`export KUBECONFIG=${home.kubeconfig}`, report)
  if (process.send !== undefined) process.send({ ready: report }, () => process.disconnect())
  else terminal.say('Ctrl-C ends it')
}
