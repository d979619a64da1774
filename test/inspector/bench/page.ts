/**
 * How quick the inspector's page is, in the system's Chromium: `npm run bench:page`. Frames are what the browser drew, work is what
 * the page's own thread did in them (a headless browser draws without a graphics card). Prints a table.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { CDPSession, Page } from 'playwright-core'
import { type PageBench, pageBench } from '../../support/inspector-page.ts'

interface Row {
  readonly what: string
  readonly figure: string
  readonly goal: string
}

/** ms between frames, and ms of script and drawing in all, while `act` goes on. */
async function watched(
  page: Page,
  act: () => Promise<void>,
): Promise<{ frames: number[]; work: number; wall: number }> {
  const tools: CDPSession = await page.context().newCDPSession(page)
  await tools.send('Performance.enable')
  const busy = async (): Promise<number> => {
    const { metrics } = await tools.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  }
  await page.evaluate(`(() => {
    window.frames_ = []
    let last = performance.now()
    const next = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(next) }
    requestAnimationFrame(next)
  })()`)
  const [before, begun] = [await busy(), performance.now()]
  await act()
  const [work, wall] = [(await busy()) - before, performance.now() - begun]
  const frames = (await page.evaluate('[...window.frames_]')) as number[]
  return { frames: frames.sort((a, b) => a - b), work, wall }
}

const part = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
const ms = (value: number): string => `${value.toFixed(1)} ms`

async function firstPaint(bench: PageBench): Promise<Row> {
  const times: number[] = []
  for (let i = 0; i < 6; i++) {
    const page = await bench.open()
    await page.getByRole('treeitem', { name: /node-3/ }).waitFor()
    times.push(await page.evaluate(() => performance.now()))
    await page.context().close()
  }
  times.sort((a, b) => a - b)
  return {
    what: 'from the address to three nodes in view, cluster started in the tab',
    figure: `${part(times, 0.5).toFixed(0)} ms`,
    goal: '< 1 s',
  }
}

async function rollout(bench: PageBench): Promise<Row> {
  const page = await bench.open('?nodes=100')
  await page
    .getByRole('treeitem', { name: /node-1/ })
    .first()
    .waitFor()
  await page.keyboard.press('a')
  const template = 'template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: nginx }] } }'
  const spec = `spec: { replicas: 1000, selector: { matchLabels: { app: web } }, ${template} }`
  await page
    .getByLabel('YAML to apply')
    .fill(`apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n${spec}\n`)
  const { frames, work } = await watched(page, async () => {
    await page.getByRole('button', { name: 'Apply and settle' }).click()
    await page.getByText('1,109 rows').waitFor()
  })
  await page.context().close()
  const figure = `${ms(part(frames, 0.5))} half of them, ${ms(part(frames, 0.95))} 95 % of them; ${ms(work / frames.length)} of work in each`
  return { what: 'a frame while 1,000 pods roll out on 100 nodes', figure, goal: '≤ 16.7 ms' }
}

async function large(bench: PageBench): Promise<Row[]> {
  const page = await bench.open('feed.html?objects=10000&revisions=100000')
  await page.locator('.moment', { hasText: 'rev 100000' }).waitFor()
  await page.getByText('10,020 rows').waitFor()
  const loaded = await page.evaluate(() => performance.now())
  const keys = await watched(page, async () => {
    for (const [key, times] of [
      ['j', 30],
      ['+', 10],
      ['h', 10],
    ] as const)
      for (let i = 0; i < times; i++) await page.keyboard.press(key)
  })
  const scrub = await watched(page, async () => {
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowLeft')
  })
  await page.keyboard.press('/')
  const filter = await watched(page, async () => {
    await page.keyboard.type('pod-77')
    await page.getByText('131 rows').waitFor()
  })
  const memory = (await page.evaluate('performance.memory.usedJSHeapSize')) as number
  await page.context().close()
  const of = '10,000 objects, 100,000 revisions'
  return [
    {
      what: `${of}: all of it in the page`,
      figure: `${(loaded / 1000).toFixed(1)} s, ${(memory / 2 ** 20).toFixed(0)} MB`,
      goal: '',
    },
    { what: `${of}: work for one step of keys (select, zoom, pan)`, figure: ms(keys.work / 50), goal: '≤ 16.7 ms' },
    { what: `${of}: work for one step through time`, figure: ms(scrub.work / 40), goal: '≤ 16.7 ms' },
    { what: `${of}: six letters of a filter, to the rows`, figure: ms(filter.wall), goal: '< 1 s' },
  ]
}

function weight({ built }: PageBench): Row {
  const { outputs } = built.metafile
  const start = Object.keys(outputs).find((path) => path.endsWith(built.script)) as string
  const needed = new Set([start])
  for (const path of needed)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') needed.add(next)
  const files = [...[...needed].map((path) => path.split('/').at(-1) as string), built.style, 'index.html']
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(built.folder, name))).byteLength, 0)
  return { what: 'the page, compressed, the editor aside', figure: `${(bytes / 1000).toFixed(0)} kB`, goal: '< 600 kB' }
}

const bench = await pageBench()
try {
  const rows = [weight(bench), await firstPaint(bench), await rollout(bench), ...(await large(bench))]
  console.log('| what | figure | goal |\n|---|---|---|')
  for (const { what, figure, goal } of rows) console.log(`| ${what} | ${figure} | ${goal} |`)
} finally {
  await bench.close()
}
