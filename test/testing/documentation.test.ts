/** The programs of src/TESTING.md run as they stand and print what their comments say. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const text = readFileSync('src/TESTING.md', 'utf8')
const programs = [...text.matchAll(/```ts\n([\s\S]*?)```/g)]
  .map((match) => match[1] as string)
  .filter((program) => /^console\.log\(.*\) \/\/ /m.test(program) && !program.includes('kybern/vitest'))

it('has programs', () => {
  expect(programs.length).toBeGreaterThan(3)
})

it.each(programs.map((program, i) => [i + 1, program] as const))('program %i', async (i, program) => {
  const said: string[] = []
  const expected = [...program.matchAll(/^console\.log\(.*\) \/\/ (.+)$/gm)].map((match) => (match[1] as string).trim())
  Object.assign(globalThis, { manualSays: (value: unknown) => said.push(String(value)) })
  const root = process.cwd()
  const { outputFiles } = await build({
    stdin: { contents: program.replaceAll('console.log(', 'manualSays('), resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    external: ['node:*', 'fast-check', '@peculiar/x509', 'reflect-metadata', 'ws'],
    target: 'node20',
    write: false,
    alias: {
      'kybern/testing/arbitrary': join(root, 'src/testing/arbitrary.ts'),
      'kybern/kinds': join(root, 'src/kinds/index.ts'),
      'kybern/testing': join(root, 'src/testing/index.ts'),
      kybern: join(root, 'src/index.ts'),
    },
  })
  const file = join(root, `node_modules/.manual-${i}-${process.pid}.mjs`)
  writeFileSync(file, outputFiles[0]?.text ?? '')
  try {
    await import(pathToFileURL(file).href)
  } finally {
    rmSync(file)
  }
  expect(expected.length).toBeGreaterThan(0)
  expect(said).toEqual(expected)
})
