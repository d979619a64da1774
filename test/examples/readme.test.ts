/** The TypeScript of README.md runs as it stands, and prints what its comments say. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const readme = readFileSync('README.md', 'utf8')
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string)

it('has a program', () => {
  expect(programs.length).toBeGreaterThan(0)
})

it.each(programs.map((program, i) => [i + 1, program] as const))('program %i', async (i, program) => {
  const said: string[] = []
  const expected = [...program.matchAll(/console\.log\(.*\) \/\/ ([^\n:]+)/g)].map((match) =>
    (match[1] as string).trim(),
  )
  Object.assign(globalThis, { readmeSays: (value: unknown) => said.push(String(value)) })
  const { outputFiles } = await build({
    stdin: { contents: program.replaceAll('console.log(', 'readmeSays('), resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    target: 'node20',
    write: false,
    alias: { kybern: join(process.cwd(), 'src/index.ts') },
  })
  const file = join(process.cwd(), `node_modules/.readme-${i}.mjs`)
  writeFileSync(file, outputFiles[0]?.text ?? '')
  try {
    await import(pathToFileURL(file).href)
  } finally {
    rmSync(file)
  }
  expect(expected.length).toBeGreaterThan(0)
  expect(said).toEqual(expected)
})
