/** What a real kubectl does inside pods: commands and their streams, over WebSocket and over SPDY. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Running } from '../support/cli.ts'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, rows, useServedCluster } from '../support/served.ts'

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

  const starts = (args: readonly string[]): Running =>
    served.bench.start('kubectl', ['-n', served.namespace, ...args], {
      env: { KUBECONFIG: `${served.bench.folder}/kubeconfig`, ...env },
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

  test('port-forward carries requests to what listens, and says when nothing does', async () => {
    await prints('run', 'web', '--image=nginx', '--port=80')
    await prints('expose', 'pod', 'web')
    for (const target of ['pod/web', 'service/web']) {
      const forward = starts(['port-forward', target, ':80'])
      const port = await portOf(forward)
      for (const path of ['a', 'b']) {
        const response = await fetch(`http://127.0.0.1:${port}/${path}`)
        expect([response.status, await response.text()]).toEqual([200, 'web\n'])
      }
      await forward.end()
    }
    const forward = starts(['port-forward', 'pod/web', ':81'])
    await expect(fetch(`http://127.0.0.1:${await portOf(forward)}/`)).rejects.toThrow()
    await forward.says(/error forwarding port 81 to pod [0-9a-f]{64}, uid : .*connect: connection refused/)
    await forward.end()
  })

  test('run -i --rm goes through the main process and ends with its code', async () => {
    expect(
      await run(['run', '-i', '--rm', 'tmp', '--image=busybox', '--restart=Never'], 'echo hi there\nexit 3\n'),
    ).toMatchObject({ code: 3, stdout: expect.stringContaining('hi there\n') })
    expect(served.cluster.get('Pod', 'tmp', served.namespace)).toBeUndefined()
  })

  test('debug: beside a container, in a copy, and on a node', async () => {
    await prints('run', 'web', '--image=nginx')
    const debug = await run(['debug', '-i', 'web', '--image=busybox', '--target=web', '-c', 'dbg'], 'hostname\nexit\n')
    expect(debug).toMatchObject({ code: 0, stdout: expect.stringContaining('web\n') })
    const web = served.cluster.get('Pod', 'web', served.namespace)
    expect(web?.spec.ephemeralContainers).toMatchObject([{ name: 'dbg', image: 'busybox', targetContainerName: 'web' }])
    expect(web?.status.ephemeralContainerStatuses[0].state.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
    })
    expect(web?.status.phase).toBe('Running')
    await prints('debug', 'web', '--image=busybox', '--copy-to=copy', '-c', 'dbg', '--', 'sleep', 'infinity')
    expect(rows(await prints('get', 'pod', 'copy', '--no-headers'))[0]?.slice(1, 3)).toEqual(['2/2', 'Running'])
    const node = await run(['debug', '-i', 'node/node-1', '--image=busybox'], 'ls -d /host\nexit\n')
    expect(node).toMatchObject({ code: 0, stdout: expect.stringContaining('/host\n') })
  })

  test('attach shows what the main process writes from now on', async () => {
    await served.applied(pod('chatty', { containers: [{ name: 'main', image: 'app:1' }] }, 'log "tick" every 10s'))
    const attach = starts(['attach', 'chatty'])
    // Whoever attaches sees what comes from then on: time passes until it is there.
    for (let round = 0; round < 60 && !attach.stdout().includes('tick\ntick\n'); round++) {
      await served.cluster.advance('1m')
      await prints('get', 'pod', 'chatty')
    }
    expect(attach.stdout()).toContain('tick\ntick\n')
    await attach.end()
  })
})

const pod = (name: string, spec: object, script: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'kybern.dev/script': script } },
    spec: { restartPolicy: 'Never', ...spec },
  })

async function portOf(forward: Running): Promise<string> {
  await forward.says(/Forwarding from 127.0.0.1:(\d+) -> /)
  return /127.0.0.1:(\d+) -> /.exec(forward.stdout())?.[1] as string
}

describe.skipIf(kubectlPath === undefined)('kubectl', () => {
  test('top of pods, containers and nodes', async () => {
    await served.applied(
      pod(
        'busy',
        {
          containers: [
            { name: 'a', image: 'app:1' },
            { name: 'b', image: 'app:1' },
          ],
        },
        'a: cpu 20m\nb: memory 64Mi',
      ),
    )
    expect(rows(await prints('top', 'pod'))).toEqual([
      ['NAME', 'CPU(cores)', 'MEMORY(bytes)'],
      ['busy', '21m', '80Mi'],
    ])
    expect(rows(await prints('top', 'pod', 'busy', '--containers')).slice(1)).toEqual([
      ['busy', 'a', '20m', '16Mi'],
      ['busy', 'b', '1m', '64Mi'],
    ])
    expect(rows(await prints('top', 'node'))[0]).toEqual(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'])
    expect(await refusal(kubectl('top', 'pod', 'nosuch'))).toContain('not found')
  })

  test('proxies to pods, services and kubelets', async () => {
    await prints('run', 'web', '--image=nginx', '--port=80')
    await prints('expose', 'pod', 'web')
    const base = `/api/v1/namespaces/${served.namespace}`
    expect(await prints('get', '--raw', `${base}/pods/web:80/proxy/any`)).toBe('web\n')
    expect(await prints('get', '--raw', `${base}/services/http:web:80/proxy/any`)).toBe('web\n')
    expect(await prints('get', '--raw', '/api/v1/nodes/node-1/proxy/healthz')).toBe('ok')
    expect(JSON.parse(await prints('get', '--raw', '/api/v1/nodes/node-1/proxy/stats/summary')).node.nodeName).toBe(
      'node-1',
    )
    expect(await refusal(kubectl('get', '--raw', `${base}/services/web:81/proxy/`))).toBe(
      'Error from server (ServiceUnavailable): no service port 81 found for service "web"\n',
    )
    expect(await refusal(kubectl('get', '--raw', `${base}/pods/web:81/proxy/`))).toMatch(
      /error trying to reach service: dial tcp \S+:81: connect: connection refused/,
    )
    const proxy = served.starts('proxy', '--port=0')
    await proxy.says(/Starting to serve on 127.0.0.1:\d+/)
    const port = /127.0.0.1:(\d+)/.exec(proxy.stdout())?.[1]
    expect(await (await fetch(`http://127.0.0.1:${port}${base}/pods/web/proxy/`)).text()).toBe('web\n')
    await proxy.end()
  })

  test('logs follow, look back, and are refused', async () => {
    const script = 'log "one" after 1s; log "two" every 10s'
    await served.applied(pod('talker', { containers: [{ name: 'main', image: 'app:1' }] }, script))
    await served.cluster.advance('1m')
    const logs = served.starts('logs', '-f', 'talker', '--tail=1')
    await logs.says(/o/)
    await served.cluster.advance('1m')
    await logs.says(/two\ntwo\n/)
    await logs.end()
    expect(await prints('logs', 'talker', '--limit-bytes=5')).toBe('one\nt')
    expect(await prints('logs', 'talker', '--timestamps', '--tail=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z two\n$/)
    expect(await refusal(kubectl('logs', 'talker', '--previous'))).toBe(
      'Error from server (BadRequest): previous terminated container "main" in pod "talker" not found\n',
    )
    const two = {
      containers: [
        { name: 'a', image: 'app:1' },
        { name: 'b', image: 'invalid.example/x' },
      ],
    }
    await served.applied(pod('two', two, 'a: log "x"'))
    expect(await refusal(kubectl('logs', 'two', '-c', 'b'))).toBe(
      'Error from server (BadRequest): container "b" in pod "two" is waiting to start: trying and failing to pull image\n',
    )
    expect(await refusal(kubectl('get', '--raw', `/api/v1/namespaces/${served.namespace}/pods/two/log`))).toBe(
      'Error from server (BadRequest): a container name must be specified for pod two, choose one of: [a b]\n',
    )
    expect(
      await refusal(
        kubectl('get', '--raw', `/api/v1/namespaces/${served.namespace}/pods/talker/log?tailLines=-1&limitBytes=0`),
      ),
    ).toBe(
      'The PodLogOptions "talker" is invalid: \n* tailLines: Invalid value: -1: must be greater than or equal to 0\n* limitBytes: Invalid value: 0: must be greater than 0\n',
    )
    const followed = served.starts('logs', '-f', 'talker')
    await followed.says(/one\ntwo\n/)
    await prints('delete', 'pod', 'talker', '--now')
    await expect(followed.says(/never said/)).rejects.toThrow('kubectl ended with 0')
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
