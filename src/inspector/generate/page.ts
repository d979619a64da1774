/**
 * Builds the inspector's page: dist/inspector/index.html with hashed scripts and styles beside it. Nothing is inline and
 * nothing is fetched from elsewhere, so the strictest content security policy serves it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'

const source = fileURLToPath(new URL('..', import.meta.url))

/** What was built: names of files in the folder. */
export interface BuiltPage {
  readonly folder: string
  readonly script: string
  readonly style: string
  readonly worker: string | undefined
  readonly metafile: Metafile
}

/** Builds into a folder, which is emptied before. */
export async function buildPage(folder: string): Promise<BuiltPage> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const workerSource = join(source, 'tab', 'worker.ts')
  const entries = ['page/main.tsx', 'page/style/page.css'].map((path) => join(source, path))
  if (existsSync(workerSource)) entries.push(workerSource)
  const { metafile } = await build({
    entryPoints: entries,
    ...{ outdir: folder, bundle: true, splitting: true, minify: true, metafile: true, format: 'esm' },
    ...{ platform: 'browser', target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact' },
    ...{ entryNames: '[name]-[hash]', chunkNames: 'part-[hash]', assetNames: '[name]-[hash]' },
    ...{ legalComments: 'linked', logLevel: 'warning' },
    mainFields: ['module', 'main'],
    conditions: ['import'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const named = (entry: string, ending: string): string | undefined =>
    Object.entries(metafile.outputs).find(
      ([path, { entryPoint }]) => path.endsWith(ending) && entryPoint?.endsWith(entry) === true,
    )?.[0]
  const script = basename(named('page/main.tsx', '.js') as string)
  const style = basename(named('page/style/page.css', '.css') as string)
  const worker = named('tab/worker.ts', '.js')
  const html = readFileSync(join(source, 'page/index.html'), 'utf8')
  const meta = worker === undefined ? '' : `<meta name="kybern-worker" content="${basename(worker)}">\n    `
  const filled = html.replace('STYLE', style).replace('<script', `${meta}<script`).replace('SCRIPT', script)
  writeFileSync(join(folder, 'index.html'), filled)
  return { folder, script, style, worker: worker === undefined ? undefined : basename(worker), metafile }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(process.cwd(), 'dist', 'inspector')
  const { script, style } = await buildPage(folder)
  console.log(`${relative(process.cwd(), folder)}: index.html, ${script}, ${style}`)
}
