/** What a real kubectl does inside pods: commands and their streams, over WebSocket and over SPDY. */
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
