/** `kybern replay`, `kybern inspect`, `kybern fork`: the inspector from the command line. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dialChannel } from '../../src/edge/websocket-dial.ts'
import { handle } from '../../src/index.ts'
import { InspectorClient } from '../../src/inspector/client.ts'
import type { RunFile } from '../../src/inspector/run-file.ts'
import { always, explore, scenario, setImage } from '../../src/testing/index.ts'
import { useBench } from '../support/cli.ts'
import { inspected, story, web } from '../support/inspecting.ts'

const bench = useBench()
const folder = (): string => mkdtempSync(join(bench.folder, 'runs-'))

describe('replay', () => {
  test('repeats a saved run and says that it ends the same', async () => {
    await using scene = await inspected({ seed: 11, nodes: 4 })
    await story(scene.page.client)
    const file = join(folder(), 'run.json')
    writeFileSync(file, JSON.stringify(await scene.page.client.ask('save', { title: 'a node dies' })))
    const { code, stdout, stderr } = await bench.kybern('replay', file)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^same: revision \d+, 2026-/) })
    expect(stderr).toContain('a node dies: 15 steps')
    expect(stderr).toMatch(/ {3}3 {2}2026-01-01T00:00:0\d\.\d+Z {2}set image of deployment.apps\/web to nginx:1\.16\.1/)
    expect(stderr).toContain('      refused: Deployment.apps "web" is invalid')
  })

  test('ends with 1 and names what differs', async () => {
    await using scene = await inspected({ seed: 11 })
    await scene.page.client.ask('apply', { text: web(2) })
    await scene.page.client.ask('settle', {})
    const run = await scene.page.client.ask('save', {})
    const file = join(folder(), 'run.json')
    const steps = run.steps.map((step) => ({
      ...step,
      calls: step.calls.map((call) => (call.call === 'apply' ? { ...call, manifest: web(1) } : call)),
    }))
    writeFileSync(file, JSON.stringify({ ...run, steps } satisfies RunFile))
    const { code, stdout } = await bench.kybern('replay', file)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^different: expected revision/)
    expect(stdout).toContain('Deployment default/web: expected 2/2, found 1/1')
    const json = JSON.parse((await bench.kybern('replay', file, '--output', 'json')).stdout)
    expect(json).toMatchObject({ same: false, steps: 2 })
    expect(await bench.kybern('replay', join(file, 'nosuch'))).toMatchObject({ code: 1, stdout: '' })
  })

  test('repeats in virtual time what was done to a cluster that followed the wall, by other clients too', async () => {
    let wall = 1_800_000_000_000
    const clock = { now: () => wall, after: () => ({ cancel() {} }) }
    await using scene = await inspected({ seed: 3, time: 'real', clock })
    const { cluster, page } = scene
    const later = (ms: number): void => {
      wall += ms
      cluster.driver.act()
    }
    const send = async (method: string, path: string, body: object, type = 'application/json'): Promise<void> => {
      const init = { method, headers: { 'content-type': type }, body: JSON.stringify(body) }
      const response = await handle(cluster, new Request(`https://x${path}`, init))
      expect(response.ok).toBe(true)
    }
    later(1234)
    const namespaced = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } }
    await send('POST', '/api/v1/namespaces/default/configmaps', namespaced)
    await page.client.ask('apply', { text: web(3) })
    later(777)
    await send(
      'PATCH',
      '/apis/apps/v1/namespaces/default/deployments/web',
      { spec: { replicas: 5 } },
      'application/merge-patch+json',
    )
    later(3210)
    cluster.fault({ kill: 'node-2' })
    for (let i = 0; i < 40; i++) later(9999)
    await send('DELETE', '/api/v1/namespaces/default/configmaps/a', {})
    later(1)
    const file = join(folder(), 'run.json')
    writeFileSync(file, JSON.stringify(await page.client.ask('save', {})))
    expect(await bench.kybern('replay', file)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^same: /) })
  })
})

describe('up', () => {
  test('brings the inspector, whose address inspect prints, and fork forks in', async () => {
    const cwd = folder()
    const up = bench.start('kybern', ['up', '--port', '0', '--time', 'virtual'], { cwd })
    await up.says(/inspector: http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n/)
    const { inspector } = JSON.parse(readFileSync(join(cwd, '.kybern', 'cluster.json'), 'utf8')) as {
      inspector: string
    }
    expect(up.stderr()).toContain(`inspector: ${inspector}\n`)
    const kybern = (...words: string[]) => bench.run('kybern', words, { cwd })
    expect(await kybern('inspect')).toMatchObject({ code: 0, stdout: `${inspector}\n` })
    expect(await kybern('fork')).toMatchObject({ code: 0, stdout: 'fork-1\n' })
    const { clusters } = JSON.parse((await kybern('inspect', '--output', 'json')).stdout)
    expect(clusters).toMatchObject([{ name: 'main' }, { name: 'fork-1', parent: { name: 'main' } }])
    expect(await up.end('SIGINT')).toBe(0)
  })

  test('without it inspect says so', async () => {
    const cwd = folder()
    const up = bench.start('kybern', ['up', '--port', '0', '--no-inspector'], { cwd })
    await up.says(/Ctrl-C ends it/)
    expect(up.stderr()).not.toContain('inspector')
    const { code, stderr } = await bench.run('kybern', ['inspect'], { cwd })
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error KYB-INSPECT-OFF/) })
    expect(await up.end('SIGINT')).toBe(0)
  })
})

describe('inspect FILE', () => {
  test('a saved run stands at its end, with all its past', async () => {
    await using scene = await inspected({ seed: 11 })
    await scene.page.client.ask('apply', { text: web(2) })
    await scene.page.client.ask('settle', {})
    const file = join(folder(), 'run.json')
    writeFileSync(file, JSON.stringify(await scene.page.client.ask('save', { title: 'two replicas' })))
    const served = bench.start('kybern', ['inspect', file])
    await served.says(/Ctrl-C ends it/)
    expect(served.stderr()).toContain('two replicas: 2 steps, the same end as then')
    await served.says(/^http:\S+\n/)
    const url = served.stdout().trim()
    const client = new InspectorClient(await dialChannel(url))
    const { clusters } = await client.welcome
    expect(clusters).toMatchObject([{ name: 'main', recorded: true, seed: 11 }])
    const saved = await client.ask('save', {})
    expect(saved.steps.map(({ text }) => text)).toEqual(['apply Deployment/web', 'settle'])
    client.close()
    expect(await served.end('SIGINT')).toBe(0)
  })

  test('a counterexample is opened beside the cluster it begins with', async () => {
    const two = always((s) => s.pods.length < 3)
    const rollout = scenario('rollout', (c) => c.nodes(2).apply(web(2)).do(setImage('web', 'nginx:2')))
    const { counterexample } = await explore(rollout, [two])
    const file = join(folder(), 'counterexample.json')
    writeFileSync(file, JSON.stringify(counterexample?.file()))
    const served = bench.start('kybern', ['inspect', file])
    await served.says(/Ctrl-C ends it/)
    await served.says(/^http:\S+\n/)
    const url = new URL(served.stdout().trim())
    expect(url.searchParams.get('open')).toBe('counterexample.json')
    const opened = new URL(`counterexample.json?token=${url.searchParams.get('token')}`, url)
    expect(await (await fetch(opened)).json()).toMatchObject({ property: 'always', title: 'rollout: always' })
    opened.searchParams.set('token', 'guess')
    expect((await fetch(opened)).status).toBe(403)
    const client = new InspectorClient(await dialChannel(url.href))
    await client.welcome
    expect(
      await client.ask('read', { path: '/apis/apps/v1/namespaces/default/deployments/web' } as never),
    ).toBeDefined()
    client.close()
    expect(await served.end('SIGINT')).toBe(0)
  })

  test('another file is none', async () => {
    const file = join(folder(), 'other.json')
    writeFileSync(file, '{"a": 1}')
    const { code, stderr } = await bench.kybern('inspect', file)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error KYB-RUN-FILE/) })
  })
})
