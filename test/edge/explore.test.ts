/** `kybern explore`: modules, threads, budgets, what it keeps and what it says when it cannot. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useBench } from '../support/cli.ts'

const bench = useBench()
const folder = resolve('node_modules/.cache', `kybern-explore-${process.pid}`)
const module = join(folder, 'rollout.mjs')

beforeAll(async () => {
  const entryPoints = { rollout: 'test/examples/rollout.explore.ts' }
  const outExtension = { '.js': '.mjs' }
  await build({
    entryPoints,
    outExtension,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: folder,
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Told {
  readonly verdict: string
  readonly covered: Record<string, unknown>
  readonly properties: unknown
  readonly counterexample?: {
    readonly seed: number
    readonly log: string[]
    readonly chain: string
    readonly file: string
  }
}

async function told(...args: string[]): Promise<Told & { code: number }> {
  const { code, stdout } = await bench.kybern('explore', module, '-o', 'json', ...args)
  return { code, ...(JSON.parse(stdout) as [Told])[0] }
}

test('what is found does not depend on the number of threads, nor does what is covered', async () => {
  const one = await told('--only', 'kept', '--workers', '1')
  expect([one.code, one.verdict, one.covered.runs]).toEqual([0, 'bounded', 200])
  const two = await told('--only', 'kept', '--workers', '2')
  expect(two).toEqual({ ...one, covered: { ...one.covered, threads: 2 } })
})

test('the first violated run wins, whoever is quicker', async () => {
  const [one, two, three] = await Promise.all(['1', '2', '3'].map((count) => told('--only', 'tooMuch', '-w', count)))
  expect([one?.code, one?.verdict, one?.counterexample?.seed]).toEqual([1, 'violated', 2])
  expect(two?.counterexample).toEqual(one?.counterexample)
  expect(three?.counterexample).toEqual(one?.counterexample)
})

test('a violation is told as a story and kept as a file that replays', async () => {
  const { code, stdout, stderr } = await bench.kybern('explore', module, '--workers', '2')
  expect(code).toBe(1)
  expect(stderr).toBe('rollout: portfolio on 2 threads …\nbusy: random on 2 threads …\n')
  expect(stdout).toContain('ended by its budget of 200 runs: 200 runs came to rest, on 2 threads')
  expect(stdout).toMatch(/✗ never five pods at work[\s\S]*kubectl scale[\s\S]*replay: kx:\/\/busy/)
  const file = /kybern replay (\S+)/.exec(stdout)?.[1] ?? ''
  expect(JSON.parse(readFileSync(join(bench.folder, file), 'utf8')).title).toBe('busy: never five pods at work')
  expect(await bench.kybern('replay', file)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\nsame: [0-9a-f]{8}/),
  })
  const quiet = await bench.kybern('explore', module, '--only', 'busy', '--no-save')
  expect([quiet.code, quiet.stdout.includes('kybern replay')]).toEqual([1, false])
})

test('a budget of time ends it and is said', async () => {
  const search = await told('--only', 'kept', '--mode', 'exhaustive', '--budget', '1ms', '--workers', '2')
  expect(search).toMatchObject({ code: 0, verdict: 'bounded', covered: { stoppedBy: '1ms', threads: 1 } })
  const { stderr } = await bench.kybern(
    'explore',
    module,
    '--only',
    'kept',
    '--mode',
    'guided',
    '--runs',
    '3',
    '-w',
    '2',
  )
  expect(stderr).toContain('guided goes one step after the other: it is done on one thread')
})

test('what cannot be explored is said with a code', async () => {
  const nothing = join(bench.folder, 'nothing.mjs')
  writeFileSync(nothing, 'export const one = 1\n')
  const broken = join(bench.folder, 'broken.mjs')
  writeFileSync(broken, "import { a } from './nosuch.mjs'\nexport const b = a\n")
  const cases = [
    [['explore', join(bench.folder, 'nosuch.mjs')], 1, /^error KYB-FILE: cannot load .*nosuch\.mjs/],
    [['explore', broken], 1, /^error KYB-FILE: cannot load .*broken\.mjs: Cannot find module/],
    [['explore', nothing], 1, /^error KYB-MODULE: .*nothing\.mjs exports nothing to explore \(it exports one\)/],
    [['explore', module, '--only', 'nosuch'], 1, /^error KYB-MODULE: .* no exploration "nosuch", but kept, tooMuch/],
    [['explore', module, '--budget', 'soon'], 1, /^[\s\S]*error KYB-DURATION: "soon"/],
    [['explore', module, '--mode', 'quick'], 2, /^error KYB-USAGE: [\s\S]*Allowed choices are exhaustive/],
    [['explore', module, '--workers', '0'], 2, /^error KYB-USAGE: [\s\S]*between 1 and 256/],
    [['explore'], 2, /^error KYB-USAGE: missing required argument/],
  ] as const
  for (const [args, code, message] of cases) {
    const ran = await bench.kybern(...args)
    expect({ args, code: ran.code, stderr: ran.stderr }).toEqual({ args, code, stderr: expect.stringMatching(message) })
  }
  expect(existsSync(join(bench.folder, 'nothing.json'))).toBe(false)
})
