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
  await expect(attempt).rejects.toThrow(/node:http2/)
})
