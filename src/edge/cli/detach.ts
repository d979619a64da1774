/** `up --detach`: the same command in a process of its own; this one ends when that one is up or has failed. */
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { KybernError } from '../../lib/coded-error.ts'
import type { Home } from './home.ts'
import type { Terminal } from './terminal.ts'

interface Report {
  readonly ready?: {
    readonly url: string
    readonly kubeconfig: string
    readonly pid: number
    readonly inspector?: string
  }
  readonly failed?: { readonly code: string; readonly message: string }
}

/** Resolves with 0 when the cluster is up. Throws what made it fail. */
export function detach(home: Home, terminal: Terminal): Promise<number> {
  const log = openSync(home.log, 'w', 0o600)
  const own = process.argv.slice(2).filter((word) => word !== '--detach')
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...own], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', ({ ready, failed }: Report) => {
      if (ready === undefined) return reject(new KybernError(failed?.code ?? 'KYB-INTERNAL', failed?.message ?? ''))
      terminal.say(`kybern is up at ${ready.url} as process ${ready.pid}; its log is ${home.log}`)
      if (ready.inspector !== undefined) terminal.say(`inspector: ${ready.inspector}`)
      terminal.say('its state is in memory only; `kybern down` ends it')
      terminal.data(`export KUBECONFIG=${ready.kubeconfig}`, ready)
      child.unref()
      child.disconnect?.()
      resolve(0)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new KybernError('KYB-DETACH', `the cluster's process ended with ${code}`)))
  })
}
