/** `kybern inspect`, `kybern fork`: the inspector of the running cluster. */
import { spawn } from 'node:child_process'
import { InspectorClient } from '../../inspector/client.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { dialChannel } from '../websocket-dial.ts'
import { addressOf } from './client.ts'
import { homeOf, readClusterFile } from './home.ts'
import type { Terminal } from './terminal.ts'

/** The inspector of this directory's cluster. Throws KYB-NOT-RUNNING, KYB-INSPECT-OFF. */
function inspectorUrl(): string {
  addressOf()
  const url = readClusterFile(homeOf())?.inspector
  if (url !== undefined) return url
  throw new KybernError('KYB-INSPECT-OFF', 'the cluster runs without an inspector')
}

/** Prints the address; with `open` also shows it in the browser. */
export async function inspect({ open = false }: { readonly open?: boolean }, terminal: Terminal): Promise<number> {
  const url = inspectorUrl()
  const client = new InspectorClient(await dialChannel(url))
  try {
    const { clusters } = await client.welcome
    terminal.data(url, { url, clusters })
  } finally {
    client.close()
  }
  if (open) openInBrowser(url, terminal)
  return 0
}

/** Forks the cluster at this moment; the fork lives in the process of the first one and is seen in the inspector. */
export async function fork(terminal: Terminal): Promise<number> {
  const url = inspectorUrl()
  const client = new InspectorClient(await dialChannel(url))
  try {
    await client.welcome
    const made = await client.ask('fork', {})
    const { revision = 0, time = 0 } = made.parent ?? {}
    const at = new Date(time).toISOString()
    terminal.say(
      `${made.name} is the cluster of revision ${revision} at ${at}, in virtual time; choose it in the inspector`,
    )
    terminal.data(made.name, { ...made, inspector: url })
  } finally {
    client.close()
  }
  return 0
}

/** The system's own way of showing an address. That there is none is no failure: the address was printed. */
export function openInBrowser(url: string, terminal: Terminal): void {
  const [command = '', ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => terminal.say(`there is no ${command} here; open the address yourself`))
  child.unref()
}
