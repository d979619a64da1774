/** Modules of users in TypeScript are read by a Node that cannot, with the tsx that is installed beside them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'kybern-'))
writeFileSync(join(folder, 'number.ts'), 'export const seven: number = 7')
writeFileSync(join(folder, 'module.ts'), "import { seven } from './number.ts'\nexport const eight: number = seven + 1")

/** What the loader answers in a Node that was started with nothing. */
async function loaded(path: string): Promise<string> {
  const outfile = join(folder, 'load.mjs')
  await build({
    stdin: {
      contents: `import { loadModule } from './src/edge/cli/load-module.ts'
        loadModule(${JSON.stringify(path)}).then((found) => console.log(JSON.stringify(found)), (error) => console.log(error.message))`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  })
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' })
  expect(stderr).not.toContain('Error')
  return stdout.trim()
}

const readsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript)

test('without tsx, the error says what to install', async () => {
  expect(await loaded(join(folder, 'module.ts'))).toMatch(readsTypeScript ? '{"eight":8}' : /KYB-FILE.*install tsx$/)
})

test('with tsx', async () => {
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  expect(await loaded(join(folder, 'module.ts'))).toBe('{"eight":8}')
})
