/** What a real kubectl does inside pods: commands and their streams, over WebSocket and over SPDY. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { kubectl, prints } = served

/** kubectl with the transport of before. */
const overSpdy = {
  KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false',
  KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false',
}
const transports = [
  ['WebSocket', {}],
  ['SPDY', overSpdy],
] as const

describe.skipIf(kubectlPath === undefined).each(transports)('kubectl over %s', (_name, env) => {
  const run = (args: readonly string[], input?: string) =>
    served.bench.run('kubectl', ['-n', served.namespace, ...args], {
      env: { KUBECONFIG: `${served.bench.folder}/kubeconfig`, ...env },
      ...(input === undefined ? {} : { input }),
    })

  test('exec prints and ends as the command does', async () => {
    await prints('run', 'web', '--image=nginx')
    expect(await run(['exec', 'web', '--', 'echo', 'hi'])).toEqual({ code: 0, stdout: 'hi\n', stderr: '' })
    expect(await run(['exec', 'web', '--', 'false'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'command terminated with exit code 1\n',
    })
    expect(await run(['exec', '-i', 'web', '--', 'hostname'], 'ignored')).toMatchObject({ code: 0, stdout: 'web\n' })
  })

  test('exec runs scripts from stdin and waits in cluster time', async () => {
    await prints('run', 'web', '--image=nginx')
    expect(await run(['exec', '-i', 'web', '--', 'sh'], 'cd /tmp\npwd\ncat\nrest\n')).toMatchObject({
      code: 0,
      stdout: '/tmp\nrest\n',
    })
    const before = served.cluster.now.getTime()
    expect(await run(['exec', 'web', '--', 'sh', '-c', 'sleep 60; echo done; exit 7'])).toEqual({
      code: 7,
      stdout: 'done\n',
      stderr: 'command terminated with exit code 7\n',
    })
    expect(served.cluster.now.getTime() - before).toBeGreaterThanOrEqual(60_000)
  })

  test('exec says what the runtime cannot start', async () => {
    await prints('run', 'web', '--image=nginx')
    const { code, stderr } = await run(['exec', 'web', '--', 'nosuch'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^error: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown\n$/,
    )
  })

  test('cp copies directories both ways without a changed byte', async () => {
    await prints('run', 'web', '--image=nginx')
    const here = mkdtempSync(join(served.bench.folder, 'cp-'))
    mkdirSync(join(here, 'in/sub'), { recursive: true })
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251))
    writeFileSync(join(here, 'in/bytes'), bytes)
    writeFileSync(join(here, 'in/sub/text'), 'ümlaut\n')
    expect(await run(['cp', join(here, 'in'), 'web:/tmp/copy'])).toMatchObject({ code: 0 })
    expect(await run(['cp', 'web:/tmp/copy', join(here, 'out')])).toMatchObject({ code: 0 })
    expect(readFileSync(join(here, 'out/bytes')).equals(bytes)).toBe(true)
    expect(readFileSync(join(here, 'out/sub/text'), 'utf8')).toBe('ümlaut\n')
  })
})

describe.skipIf(kubectlPath === undefined)('kubectl is refused', () => {
  test('without a pod or a container', async () => {
    await prints('run', 'web', '--image=nginx')
    expect(await refusal(kubectl('exec', 'nosuch', '--', 'ls'))).toBe(
      'Error from server (NotFound): pods "nosuch" not found\n',
    )
    expect(await refusal(kubectl('exec', 'web', '-c', 'x', '--', 'ls'))).toBe(
      'Error from server (BadRequest): container x is not valid for pod web\n',
    )
  })
})
