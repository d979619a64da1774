/** `kybern run -- COMMAND…`: a cluster for one command. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KybernError } from '../../lib/coded-error.ts'
import { writeSecret } from './home.ts'
import { type Started, type StartOptions, start } from './start.ts'
import type { Terminal } from './terminal.ts'

/** What a command that cannot be found or started ends with, as shells have it. */
const notFound = 127
const notExecutable = 126

/** Resolves with the command's exit code, 128 + n when signal n ended it. Throws KYB-COMMAND when it cannot be started. */
export async function run(
  options: Omit<StartOptions, 'ports'>,
  command: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kybern-'))
  let started: Started | undefined
  try {
    started = await start({ ...options, ports: [0] }, terminal)
    return await finished(command, environment(started, folder), terminal)
  } finally {
    await started?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The caller's environment, pointing at this cluster; what would point a client at another one is taken out. */
function environment({ endpoint }: Started, folder: string): NodeJS.ProcessEnv {
  const kubeconfig = join(folder, 'kubeconfig')
  const ca = join(folder, 'ca.crt')
  writeSecret(kubeconfig, endpoint.kubeconfig)
  writeSecret(ca, endpoint.ca)
  const {
    KUBERNETES_SERVICE_HOST: _host,
    KUBERNETES_SERVICE_PORT: _port,
    HELM_KUBECONTEXT: _context,
    ...env
  } = process.env
  return {
    ...env,
    PATH: [shim(folder), env.PATH ?? ''].join(delimiter),
    KUBECONFIG: kubeconfig,
    KYBERN_SERVER: endpoint.url,
    KYBERN_TOKEN: endpoint.token,
    KYBERN_CA: ca,
  }
}

/** A folder with a `kybern` that is this very one, so that the command may move time and break nodes. */
function shim(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const main = [process.execPath, ...process.execArgv, process.argv[1] ?? ''].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  )
  writeFileSync(join(bin, 'kybern'), `#!/bin/sh\nexec ${main.join(' ')} "$@"\n`, { mode: 0o755 })
  return bin
}

function finished(command: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: 'inherit', env })
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the child by itself.
    if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, forward)
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      terminal.failure(new KybernError('KYB-COMMAND', `cannot run ${file}: ${error.message}`))
      resolve(error.code === 'ENOENT' ? notFound : notExecutable)
    })
    child.once('close', (code, signal) => {
      for (const one of signals) process.off(one, forward)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
