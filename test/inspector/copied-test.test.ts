/** What was done through a session, copied as a vitest program: it runs and passes. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inspected, story } from '../support/inspecting.ts'

it('is copied as a test that passes', async () => {
  await using scene = await inspected({ seed: 11, nodes: 4 })
  const { client } = scene.page
  await story(client)
  const program = await client.ask('test', { name: "it's `drained`" })
  const folder = join(import.meta.dirname, `copied-${process.pid}`)
  mkdirSync(folder)
  try {
    const text = program.replace("'kybern'", "'../../../src/index.ts'")
    writeFileSync(join(folder, 'copied.test.ts'), text)
    const output = execFileSync('npx', ['vitest', 'run', join(folder, 'copied.test.ts')], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, NO_COLOR: '1' },
    })
    expect(output).toMatch(/Tests\s+1 passed/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
