/** The front door must reach no Node module: the core runs in a browser tab. */
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('the core bundles for a browser without any Node module', async () => {
  const result = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    minify: true,
    logLevel: 'silent',
  })
  const outside = Object.values(result.metafile.inputs).flatMap((input) =>
    input.imports.filter((one) => one.external === true || one.path.startsWith('node:')).map((one) => one.path),
  )
  // The descriptions that `npm run generate` writes are found by their folder.
  expect(outside.filter((path) => path !== './data/**/*.ts')).toEqual([])
  expect(
    Object.keys(result.metafile.inputs).filter((path) =>
      /x509|reflect-metadata|src\/edge\/(?!wall-clock|webhook)/.test(path),
    ),
  ).toEqual([])
})

test('a bundle that does reach Node is noticed', async () => {
  const attempt = build({
    entryPoints: ['src/edge/server.ts'],
    bundle: true,
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  await expect(attempt).rejects.toThrow(/node:\w+/)
})

test('a session of the inspector, and the page’s end of it, bundle for a browser too', async () => {
  const result = await build({
    entryPoints: ['src/inspector/inspection.ts', 'src/inspector/client.ts'],
    bundle: true,
    splitting: true,
    outdir: 'unwritten',
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const inputs = Object.keys(result.metafile.inputs)
  expect(inputs.filter((path) => path.startsWith('src/edge/'))).toEqual([])
  const page = Object.entries(result.metafile.outputs).find(([path]) => path.endsWith('/client.js'))
  expect(page?.[1].bytes).toBeLessThan(20_000)
})
