/** How the command behaves: exit codes, what goes where, files, signals. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useBench } from '../support/cli.ts'

const bench = useBench()
const folder = (): string => mkdtempSync(join(bench.folder, 'work-'))
const nginx = `${process.cwd()}/fixtures/nginx-deployment.yaml`

describe('without a cluster', () => {
  test('version, on stdout alone', async () => {
    const { code, stdout, stderr } = await bench.kybern('version')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^kybern \d+\.\d+\.\d+ \(Kubernetes API v1\.36/)
    expect(JSON.parse((await bench.kybern('version', '--output', 'json')).stdout)).toMatchObject({ kybern: /\d/ })
  })

  test('words that are no command end with 2', async () => {
    for (const words of [['nonsense'], ['up', '--nodes', 'many'], ['up', '--port', '70000'], ['advance'], []]) {
      const { code, stdout, stderr } = await bench.kybern(...words)
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
      expect(stderr).toMatch(/^error KYB-USAGE: .*\n {2}why: .*\n {2}what to do: .*\n$/)
    }
  })

  test('commands that need a cluster name the code, also as JSON', async () => {
    for (const words of [['status'], ['advance', '10m'], ['kill', 'node-1'], ['inspect'], ['fork']]) {
      const { code, stdout, stderr } = await bench.kybern(...words, '--output', 'json')
      expect({ words, code, stdout }).toEqual({ words, code: 1, stdout: '' })
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'KYB-NOT-RUNNING', todo: 'kybern up starts one' } })
    }
    expect(await bench.kybern('down')).toMatchObject({ code: 0, stderr: 'no cluster runs here\n' })
  })

  test('explain knows a code by its whole or half name', async () => {
    expect((await bench.kybern('explain', 'KYB-PORT')).stdout).toMatch(/what to do +choose another/)
    expect((await bench.kybern('explain', 'port')).stdout).toMatch(/^KYB-PORT/)
    expect(await bench.kybern('explain', 'KYB-NOWHERE')).toMatchObject({ code: 1, stdout: '' })
  })

  test('machines in every form', async () => {
    expect((await bench.kybern('machines')).stdout).toMatch(/^NAME +DESCRIPTION\n(.*\n)*pod +\S/)
    const { node } = JSON.parse((await bench.kybern('machines', 'node', '--format', 'json')).stdout)
    expect(Object.keys(node.states)).toContain('silent')
    expect((await bench.kybern('machines', 'node', '--format', 'mermaid')).stdout).toContain(
      's_ready --> s_silent : node.silenced',
    )
    expect((await bench.kybern('machines', 'node', '--format', 'scxml')).stdout).toContain(
      '<transition event="node.silenced" target="silent"/>',
    )
    expect((await bench.kybern('machines', 'nosuch')).stderr).toMatch(
      /^error KYB-MACHINE: there is no machine "nosuch"/,
    )
  })

  test('completion is a script its shell can read', async () => {
    const { stdout } = await bench.kybern('completion', 'bash')
    const line = `COMP_WORDS=(kybern adv); COMP_CWORD=1; _kybern; echo "\${COMPREPLY[*]}"`
    expect((await bench.run('bash', ['-c', `${stdout}\n${line}`])).stdout).toBe('advance\n')
    expect(await bench.kybern('completion', 'tcsh')).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('run', () => {
  test('ends with the exit code of its command', async () => {
    expect((await bench.kybern('run', '--', 'true')).code).toBe(0)
    expect((await bench.kybern('run', '--', 'sh', '-c', 'exit 7')).code).toBe(7)
    expect((await bench.kybern('run', '--', 'sh', '-c', 'kill -TERM $$')).code).toBe(143)
    const missing = await bench.kybern('run', '--', 'no-such-program')
    expect(missing.code).toBe(127)
    expect(missing.stderr).toMatch(/^error KYB-COMMAND: /)
  })

  test('gives its command a kubeconfig that is gone afterwards, and stdin', async () => {
    const { stdout } = await bench.run(
      'kybern',
      ['run', '--', 'sh', '-c', 'cat; echo $KUBECONFIG; grep -c server: $KUBECONFIG'],
      {
        input: 'from outside\n',
      },
    )
    const [first, path = '', count] = stdout.split('\n')
    expect([first, count]).toEqual(['from outside', '1'])
    expect(existsSync(path)).toBe(false)
  })

  test('lets its command talk to the cluster: status, advance, faults', async () => {
    const { code, stdout } = await bench.kybern(
      'run',
      '-f',
      nginx,
      '--nodes',
      '2',
      '--',
      'sh',
      '-c',
      'kybern status --output json; kybern advance 24h --output json; kybern kill nosuch || echo refused',
    )
    const [before = '', after = '', last] = stdout.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(JSON.parse(before)).toMatchObject({
      nodes: { ready: 2, total: 2 },
      pods: { running: 3, total: 3 },
      time: 'eager',
    })
    expect(Date.parse(JSON.parse(after).now) - Date.parse(JSON.parse(before).now)).toBe(24 * 3600 * 1000)
    expect(last).toBe('refused')
  })

  test('a manifest that is refused or not there ends it with 1 before its command runs', async () => {
    const bad = join(bench.folder, 'bad.yaml')
    writeFileSync(bad, 'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [] }\n')
    const refused = await bench.kybern('run', '-f', bad, '--', 'echo', 'ran')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^error KYB-REFUSED: .*spec\.containers: Required value/)
    const missing = await bench.kybern('run', '-f', 'nowhere.yaml', '--', 'echo', 'ran')
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toMatch(/^error KYB-FILE: /)
  })
})

describe('up', () => {
  test('writes private files, answers, and leaves nothing behind', async () => {
    const cwd = folder()
    const running = bench.start('kybern', ['up', '--port', '0', '--time', 'virtual'], { cwd })
    await Promise.all([running.says(/Ctrl-C ends it/), running.says(/^export .*\n/)])
    const kubeconfig = join(cwd, '.kybern', 'kubeconfig')
    expect(running.stdout()).toBe(`export KUBECONFIG=${kubeconfig}\n`)
    expect(running.stderr()).toContain('memory only')
    for (const name of ['kubeconfig', 'cluster.json']) {
      expect(statSync(join(cwd, '.kybern', name)).mode & 0o777).toBe(0o600)
    }
    expect(existsSync(join(bench.env.HOME as string, '.kube'))).toBe(false)
    const second = await bench.run('kybern', ['up'], { cwd })
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/^error KYB-RUNNING: /)
    expect((await bench.run('kybern', ['status'], { cwd })).stdout).toMatch(/NODES +3\/3 ready/)
    expect(await running.end('SIGINT')).toBe(0)
    expect(existsSync(join(cwd, '.kybern'))).toBe(false)
  })

  test('detached, until down', async () => {
    const cwd = folder()
    const { code, stdout } = await bench.run('kybern', ['up', '--detach', '--port', '0', '--output', 'json'], { cwd })
    expect(code).toBe(0)
    const { url, pid } = JSON.parse(stdout)
    expect((await bench.run('kybern', ['status', '--output', 'json'], { cwd })).stdout).toContain(url)
    expect(await bench.run('kybern', ['down'], { cwd })).toMatchObject({ code: 0 })
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
    expect(existsSync(join(cwd, '.kybern'))).toBe(false)
  })

  test('merges into the user’s kubeconfig only when asked, and takes it out again', async () => {
    const cwd = folder()
    const path = join(cwd, 'mine')
    const mine = 'apiVersion: v1\nkind: Config\ncurrent-context: prod\ncontexts:\n  - name: prod\n    context: {}\n'
    writeFileSync(path, mine)
    const running = bench.start('kybern', ['up', '--port', '0', '--merge'], { cwd, env: { KUBECONFIG: path } })
    await running.says(/Ctrl-C ends it/)
    const merged = readFileSync(path, 'utf8')
    expect(merged).toContain('current-context: kybern')
    expect(merged).toContain('name: prod')
    expect(await running.end('SIGTERM')).toBe(0)
    const after = readFileSync(path, 'utf8')
    expect(after).toContain('current-context: prod')
    expect(after).not.toContain('kybern')
  })

  test('a taken port and a wrong pace are coded errors', async () => {
    const cwd = folder()
    const running = bench.start('kybern', ['up', '--port', '0', '--output', 'json'], { cwd })
    await running.says(/"url"/)
    const { url } = JSON.parse(running.stdout())
    const elsewhere = folder()
    const taken = await bench.run('kybern', ['up', '--port', new URL(url).port], { cwd: elsewhere })
    expect(taken.code).toBe(1)
    expect(taken.stderr).toMatch(/error KYB-PORT: /)
    await running.end()
    const pace = await bench.run('kybern', ['up', '--time', 'soon'], { cwd: elsewhere })
    expect(pace.code).toBe(1)
    expect(pace.stderr).toMatch(/^error KYB-TIME: /)
  })

  test('the demonstration reaches 3/3', async () => {
    const cwd = folder()
    mkdirSync(join(cwd, 'sub'))
    const running = bench.start('kybern', ['up', '--demo', '--port', '0', '--time', '60x'], { cwd })
    await running.says(/ready 3\/3/)
    await running.says(/try: kubectl --kubeconfig/)
    expect(await running.end('SIGINT')).toBe(0)
  })
})
