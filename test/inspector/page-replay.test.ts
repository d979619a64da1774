/** A run found by one engine is the same run in another: counterexamples and clusters replay in Chromium to the same digest. */
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { always, explore, scenario, setImage } from '../../src/testing/index.ts'
import { deployment } from '../kivi/support.ts'
import { launchBrowser } from '../support/browser.ts'

const source = join(import.meta.dirname, '../../src')
const program = `
  import { createCluster } from '${source}/index.ts'
  import { playFile } from '${source}/testing/replay-file.ts'
  globalThis.played = async (file) => playFile(file, [])
  globalThis.hashOf = async (object) => {
    const cluster = await createCluster({ nodes: 3, seed: 7 })
    await cluster.apply(object)
    await cluster.settle()
    cluster.fault({ kill: 'node-1' })
    await cluster.advance('10m')
    return cluster.hash()
  }
`
let browser: Browser
let bundle: string

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: source, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022', external: ['node:*'] },
    ...{
      mainFields: ['module', 'main'],
      conditions: ['import'],
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
    },
  })
  bundle = outputFiles[0]?.text ?? ''
  browser = await launchBrowser()
})
afterAll(() => browser.close())

test('byte for byte', async () => {
  const rollout = scenario('rollout', (c) => c.nodes(2).apply(deployment(2)).do(setImage('web', 'nginx:2')))
  const options = { faults: { crash: 1, lag: 1 }, mode: 'swarm', runs: 500 } as const
  const report = await explore(rollout, [always((s) => s.pods.length < 4)], options)
  const file = JSON.parse(JSON.stringify(report.counterexample?.file()))
  await using cluster = await createCluster({ nodes: 3, seed: 7 })
  await cluster.apply(deployment(3))
  await cluster.settle()
  cluster.fault({ kill: 'node-1' })
  await cluster.advance('10m')

  const page = await browser.newPage()
  await page.addScriptTag({ content: bundle })
  type There = { played(file: object): Promise<object>; hashOf(object: object): Promise<string> }
  const played = await page.evaluate((one) => (globalThis as unknown as There).played(one), file)
  const hash = await page.evaluate((one) => (globalThis as unknown as There).hashOf(one), deployment(3))
  expect(played).toMatchObject({ same: true, chain: report.counterexample?.chain })
  expect(hash).toBe(cluster.hash())
})
