/** `kybern doctor`: whether this machine has what kybern needs, and what to do where it has not. */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import type { ClusterStatus } from '../../server/control.ts'
import { ask } from './client.ts'
import { homeOf, readClusterFile } from './home.ts'
import { columns, paint, type Terminal } from './terminal.ts'
import { defaultPort } from './up.ts'

interface Finding {
  readonly check: string
  readonly result: 'ok' | 'warning' | 'problem'
  readonly detail: string
  readonly todo: string
}

const minimumNode = [20, 19] as const
const run = promisify(execFile)

/** 0 when there is no problem; warnings are none. */
export async function doctor(terminal: Terminal): Promise<number> {
  const findings = [node(), await kubectl(), await port(), folder(), await cluster()]
  const colours = { ok: 'green', warning: 'yellow', problem: 'red' } as const
  const rows = findings.map(({ check, result, detail, todo }) => [
    check,
    result,
    todo === '' ? detail : `${detail}; ${todo}`,
  ])
  const text = columns([['CHECK', 'RESULT', 'DETAIL'], ...rows])
  const painted = process.stdout.isTTY === true ? text.replaceAll(/ (ok|warning|problem) /g, colour) : text
  function colour(word: string): string {
    return paint(colours[word.trim() as 'ok'], word)
  }
  terminal.data(painted, findings)
  return findings.some(({ result }) => result === 'problem') ? 1 : 0
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])
  return finding('node', enough ? 'ok' : 'problem', process.version, `install Node ${minimumNode.join('.')} or later`)
}

async function kubectl(): Promise<Finding> {
  const file = process.env.KUBECTL ?? 'kubectl'
  const todo = 'install kubectl 1.27 or later, or set KUBECTL; only you need it, kybern does not'
  try {
    const { stdout } = await run(file, ['version', '--client', '--output=json'], { timeout: 10_000 })
    const { clientVersion } = JSON.parse(stdout) as { clientVersion: { gitVersion: string; minor: string } }
    const old = Number.parseInt(clientVersion.minor, 10) < 27
    return finding('kubectl', old ? 'warning' : 'ok', `${file} ${clientVersion.gitVersion}`, todo)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return finding('kubectl', 'warning', missing ? 'not found' : ((error as Error).message.split('\n')[0] ?? ''), todo)
  }
}

function port(): Promise<Finding> {
  const todo = '`up` takes a free one; or say --port'
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(finding('port', 'warning', `${defaultPort} is in use`, todo)))
    probe.listen(defaultPort, '127.0.0.1', () => {
      probe.close(() => resolve(finding('port', 'ok', `${defaultPort} is free`, todo)))
    })
  })
}

function folder(): Finding {
  const home = homeOf()
  const place = existsSync(home.folder) ? home.folder : process.cwd()
  try {
    accessSync(place, constants.W_OK)
    return finding('kubeconfig', 'ok', `${home.kubeconfig} can be written`, '')
  } catch {
    return finding('kubeconfig', 'problem', `${place} cannot be written`, 'go to a directory that is yours')
  }
}

async function cluster(): Promise<Finding> {
  const file = readClusterFile(homeOf())
  if (file === undefined) return finding('cluster', 'ok', 'none runs here', '')
  try {
    const { nodes, pods } = await ask<ClusterStatus>(file, 'GET', 'status')
    return finding(
      'cluster',
      'ok',
      `${file.url}: ${nodes.ready}/${nodes.total} nodes, ${pods.running}/${pods.total} pods`,
      '',
    )
  } catch {
    return finding('cluster', 'warning', `${file.url} does not answer`, '`kybern down` removes what it left')
  }
}

/** What to do is left out where all is well. */
function finding(check: string, result: Finding['result'], detail: string, todo: string): Finding {
  return { check, result, detail, todo: result === 'ok' ? '' : todo }
}
