/** The commands that talk to a running cluster: status, advance, kill, down. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterStatus } from '../../server/control.ts'
import { addressOf, ask } from './client.ts'
import { clearHome, homeOf, readClusterFile } from './home.ts'
import { columns, type Terminal } from './terminal.ts'

/** How long `down` waits for the process to end. */
const endWithinMs = 10_000
const lookEveryMs = 25

export async function status(terminal: Terminal): Promise<number> {
  const address = addressOf()
  report(await ask<ClusterStatus>(address, 'GET', 'status'), address.url, terminal)
  return 0
}

/** Skips cluster time ahead; everything due on the way happens. */
export async function advance(duration: string, terminal: Terminal): Promise<number> {
  const address = addressOf()
  const by = /^\d+$/.test(duration) ? Number(duration) : duration
  const after = await ask<ClusterStatus>(address, 'POST', 'advance', { by })
  terminal.say(`advanced ${duration}; it is ${after.now} in the cluster`)
  if (terminal.json) report(after, address.url, terminal)
  return 0
}

/** The node's machine dies with everything on it; the control plane finds out by its silence. */
export async function kill(node: string, terminal: Terminal): Promise<number> {
  const address = addressOf()
  const after = await ask<ClusterStatus>(address, 'POST', 'fault', { kill: node })
  terminal.say(`killed ${node}; its node controller notices when heartbeats stay away (kybern advance 1m)`)
  if (terminal.json) report(after, address.url, terminal)
  return 0
}

function report(status: ClusterStatus, url: string, terminal: Terminal): void {
  const { now, revision, seed, time, nodes, pods, busy } = status
  const rows = [
    ['SERVER', url],
    ['TIME', `${now} (${time})`],
    ['NODES', `${nodes.ready}/${nodes.total} ready`],
    ['PODS', `${pods.running}/${pods.total} running`],
    ['REVISION', String(revision)],
    ['SEED', String(seed)],
    ['BUSY', busy.length === 0 ? 'nobody' : busy.join(', ')],
    ['STORAGE', 'memory only: it ends with the process'],
  ]
  terminal.data(columns(rows), { server: url, ...status })
}

/** Ends the cluster of this directory. Ends no process that does not prove to be it; nothing there is no failure. */
export async function down(terminal: Terminal): Promise<number> {
  const home = homeOf()
  const file = readClusterFile(home)
  if (file === undefined) {
    terminal.say('no cluster runs here')
    terminal.data('', { ended: false })
    return 0
  }
  const alive = await ask(file, 'GET', 'status').then(
    () => true,
    () => false,
  )
  if (alive) {
    process.kill(file.pid, 'SIGTERM')
    await gone(file.pid)
  }
  clearHome(home)
  terminal.say(alive ? `the cluster at ${file.url} has ended` : 'the cluster was gone already; its files are removed')
  terminal.data('', { ended: alive, url: file.url, pid: file.pid })
  return 0
}

async function gone(pid: number): Promise<void> {
  for (let waited = 0; waited < endWithinMs && isAlive(pid); waited += lookEveryMs) await pause(lookEveryMs)
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
