/**
 * Pictures of every view, light and dark, for looking at: `npm run screenshots [folder]`, by default dist/screenshots.
 * With `--readme` it also renews the three small ones of the README in fixtures/screenshots.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 5
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: nginx, image: "nginx:1.14.2", ports: [{ containerPort: 80 }], resources: { requests: { cpu: 500m, memory: 1Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: batch/v1
kind: Job
metadata: { name: report }
spec: { completions: 2, parallelism: 1, template: { spec: { restartPolicy: Never, containers: [{ name: report, image: "busybox:1.36", command: ["true"] }] } } }
`
const tooLarge = `apiVersion: v1
kind: Pod
metadata: { name: too-large }
spec: { nodeSelector: { disk: ssd }, containers: [{ name: main, image: "nginx:1.14.2", resources: { requests: { cpu: "64" } } }] }
`

class Photographer {
  readonly #page: Page
  readonly #folder: string
  readonly #scheme: string

  constructor(page: Page, folder: string, scheme: string) {
    this.#page = page
    this.#folder = folder
    this.#scheme = scheme
  }

  async shoot(name: string): Promise<void> {
    // Notices go, and what moves arrives.
    const close = this.#page.locator('.notice button').first()
    while ((await close.count()) > 0) await close.click({ timeout: 1000 }).catch(() => undefined)
    await this.#page.waitForTimeout(500)
    await this.#page.screenshot({ path: join(this.#folder, `${name}-${this.#scheme}.png`) })
  }

  async apply(text: string, settle = true): Promise<void> {
    await this.#page.keyboard.press('a')
    await this.#page.getByLabel('YAML to apply').fill(text)
    const button = settle ? 'Apply and settle' : 'Apply'
    await this.#page.getByRole('button', { name: button, exact: true }).last().click()
    await this.#page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  async act(words: string, value?: string): Promise<void> {
    await this.#page.keyboard.press('.')
    await this.#page.getByRole('combobox', { name: 'What to do' }).fill(words)
    await this.#page.keyboard.press('Enter')
    if (value !== undefined) {
      await this.#page.getByRole('dialog').getByRole('textbox').fill(value)
      await this.#page.keyboard.press('Enter')
    }
    await this.#page.waitForTimeout(300)
  }

  async select(name: RegExp): Promise<void> {
    await this.#page.getByRole('treeitem', { name }).first().click()
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key)
  }
}

/** A rollout, an image that changes, a node that dies: looked at from all sides. */
async function story(page: Page, camera: Photographer): Promise<void> {
  await page.getByRole('treeitem', { name: /node-1/ }).waitFor()
  await camera.shoot('empty')
  await camera.apply(web)
  await camera.select(/^dep|web/)
  await page.getByRole('treeitem', { name: 'web' }).first().click()
  await camera.act('another image', 'nginx:1.16.1')
  await camera.act('settle')
  await camera.select(/node-2/)
  await camera.act('fork here')
  await camera.act('kill it')
  await camera.act('advance', '7m')
  await camera.shoot('timeline')
  await page.getByRole('treeitem', { name: 'web' }).first().click()
  await camera.shoot('causes')
  await camera.press('d')
  await camera.shoot('describe')
  await camera.press('s')
  await camera.shoot('deployment')
  await page
    .locator('.label:not(.absent)', { hasText: /web-\w+-\w+/ })
    .nth(1)
    .click()
  await camera.shoot('pod')
  for (const [key, name] of [
    ['w', 'why'],
    ['y', 'yaml'],
    ['e', 'events'],
  ] as const) {
    await camera.press(key)
    await camera.shoot(name)
  }
  await camera.press('Escape', '2')
  await camera.shoot('cluster')
  await camera.press('3')
  await camera.shoot('owners')
  await camera.press('4')
  await camera.shoot('compare')
  await camera.press('1', 'x', 'Home', 'l', 'l', 'l', 'l')
  await camera.shoot('steps')
  await camera.press('x', 'End', '?')
  await camera.shoot('keys')
  await camera.press('Escape', '.')
  await camera.shoot('do')
  await camera.press('Escape', 'a')
  await page.getByLabel('Begin with an example').selectOption('Deployment of nginx')
  await page.getByLabel('YAML to apply').press('Control+End')
  await page.keyboard.type('          imag')
  await page.waitForTimeout(900)
  await camera.shoot('editor')
  while ((await page.getByRole('dialog').count()) > 0) await camera.press('Escape')
  await camera.apply(tooLarge)
  await camera.select(/too-large/)
  await camera.press('w')
  await camera.shoot('scheduling')
  await camera.press('Escape', '5')
  await page.getByRole('button', { name: 'Look at an example' }).click()
  await camera.press('j', 'j', 'j', 'j', 'j', 'j')
  await camera.shoot('counterexample')
  await camera.press('1')
  await dock(page, camera)
}

/** The terminal and a lesson beside the timeline. */
async function dock(page: Page, camera: Photographer): Promise<void> {
  await camera.press('`')
  for (const line of ['kubectl get deployments,pods', 'kubectl rollout history deployment/web', 'kubectl get nope']) {
    await page.getByLabel('Command').fill(line)
    await page.getByLabel('Command').press('Enter')
  }
  await page.locator('.terminal .failed').waitFor()
  await camera.press('Escape')
  await camera.shoot('terminal')
  await camera.act('lessons')
  await camera.shoot('lessons')
  await page.getByRole('button', { name: 'Begin' }).first().click()
  await page.getByText('Do it for me').click()
  await page.locator('.lessons li.done').waitFor()
  await camera.shoot('lesson')
  await page.getByRole('button', { name: 'Close the lessons' }).click()
  await page.getByRole('button', { name: 'Close the terminal' }).click()
}

async function many(page: Page, camera: Photographer): Promise<void> {
  await page
    .getByRole('treeitem', { name: /node-1/ })
    .first()
    .waitFor()
  await camera.apply(web.replace('replicas: 5', 'replicas: 900'))
  await camera.shoot('timeline-many')
  await camera.press('2')
  await camera.shoot('cluster-many')
  await camera.press('3')
  await camera.shoot('owners-many')
}

async function all(bench: PageBench, folder: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    const look = { viewport: { width: 1200, height: 740 }, colorScheme: scheme }
    for (const [worker, scenes] of [
      ['?nodes=5', story],
      ['?nodes=500', many],
    ] as const) {
      const page = await bench.open(worker, look)
      await scenes(page, new Photographer(page, folder, scheme))
      await page.context().close()
    }
  }
}

const [asked] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const folder = resolve(asked ?? 'dist/screenshots')
mkdirSync(folder, { recursive: true })
const bench = await pageBench()
try {
  await all(bench, folder)
} finally {
  await bench.close()
}
// Taking a picture puts an inline style into the page, which its policy refuses.
const complaints = bench.complaints.filter((text) => !text.startsWith('Applying inline style'))
if (complaints.length > 0) throw new Error(complaints.join('\n'))
if (process.argv.includes('--readme')) {
  mkdirSync('fixtures/screenshots', { recursive: true })
  for (const name of ['timeline-light', 'pod-dark', 'counterexample-light'])
    copyFileSync(join(folder, `${name}.png`), `fixtures/screenshots/${name}.png`)
}
console.log(`pictures are in ${folder}`)
