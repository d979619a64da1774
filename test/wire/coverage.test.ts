/** The coverage page says what is served: no more, no less. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCluster, handle } from '../../src/index.ts'
import { coverageFile, coveragePage } from '../record/coverage.ts'

test('the page is the one that would be written (npm run coverage)', () => {
  expect(readFileSync(coverageFile, 'utf8')).toBe(coveragePage())
})

test('every resource of the page is answered, and no other is discovered', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const at = (path: string): Promise<Response> => handle(cluster, new Request(`https://x${path}`))
  const page = coveragePage()
  const sections = page.split('\n## ').flatMap((text) => (/^\S*v\d\w*\n/.test(text) ? [text] : []))
  expect(sections.length).toBeGreaterThan(15)
  for (const section of sections) {
    const [apiVersion = '', body = ''] = section.split(/\n([\s\S]*)/)
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const told = [...body.matchAll(/^\| ([a-z]+) \| ([A-Z]\w+) \|/gm)].map(([, plural]) => plural as string)
    const { resources } = (await (await at(root)).json()) as { resources: { name: string }[] }
    const found = resources.map(({ name }) => name).filter((name) => !name.includes('/'))
    expect({ apiVersion, found: found.sort() }).toEqual({ apiVersion, found: told.sort() })
  }
})
