/** The TypeScript of README.md has no type errors, runs as it stands, and prints what its comments say. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    alias: {
      'kybern/testing': join(process.cwd(), 'src/testing/index.ts'),
      kybern: join(process.cwd(), 'src/index.ts'),
    },
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

/** What the compiler says of programs that import kybern by its name; empty when it has nothing to say. */
function complaints(sources: readonly string[]): string {
  mkdirSync('node_modules/.cache', { recursive: true })
  const folder = mkdtempSync(join(process.cwd(), 'node_modules/.cache/readme-'))
  const paths = {
    kybern: ['../../../src/index.ts'],
    'kybern/server': ['../../../src/edge/server.ts'],
    'kybern/testing': ['../../../src/testing/index.ts'],
  }
  const files = sources.map((source, i) => {
    writeFileSync(join(folder, `program-${i}.mts`), source)
    return `program-${i}.mts`
  })
  const compilerOptions = { paths, types: ['node'], typeRoots: ['../../@types'], noEmit: true }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', compilerOptions, files, include: [] }),
  )
  const ran = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return ran.stdout + ran.stderr
}

it('has no type errors', () => {
  expect(complaints(programs)).toBe('')
  expect(complaints(["import { createCluster } from 'kybern'\nawait createCluster({ nodes: 'many' })"])).toContain(
    'TS2322',
  )
})
