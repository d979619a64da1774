/**
 * Builds the inspector's page: dist/inspector/index.html with hashed scripts and styles beside it. Nothing is inline and
 * nothing is fetched from elsewhere, so the strictest content security policy serves it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'

const source = fileURLToPath(new URL('..', import.meta.url))

/** What was built: names of files in the folder. */
export interface BuiltPage {
  readonly folder: string
  readonly script: string
  readonly style: string
  readonly worker: string
  readonly metafile: Metafile
}

/** Builds into a folder, which is emptied before. */
export async function buildPage(folder: string): Promise<BuiltPage> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const entries = ['page/main.tsx', 'page/style/page.css', 'page/tab/worker.ts'].map((path) => join(source, path))
  const { metafile } = await build({
    entryPoints: entries,
    ...{ outdir: folder, bundle: true, splitting: true, minify: true, metafile: true, format: 'esm' },
    ...{ platform: 'browser', target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact' },
    ...{ entryNames: '[name]-[hash]', chunkNames: 'part-[hash]', assetNames: '[name]-[hash]' },
    ...{ legalComments: 'linked', logLevel: 'warning' },
    mainFields: ['module', 'main'],
    // Answers from outside the cluster are asked for over Node's HTTPS; in a tab there are none.
    external: ['node:*'],
    conditions: ['import'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const named = (entry: string, ending: string): string => {
    const found = Object.entries(metafile.outputs).find(
      ([path, { entryPoint }]) => path.endsWith(ending) && entryPoint?.endsWith(entry) === true,
    )
    return basename(found?.[0] ?? '')
  }
  const [script, style] = [named('page/main.tsx', '.js'), named('page/style/page.css', '.css')]
  const worker = named('page/tab/worker.ts', '.js')
  const html = readFileSync(join(source, 'page/index.html'), 'utf8')
  writeFileSync(
    join(folder, 'index.html'),
    html.replace('STYLE', style).replace('SCRIPT', script).replace('WORKER', worker),
  )
  return { folder, script, style, worker, metafile }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(process.cwd(), 'dist', 'inspector')
  const { script, style, worker } = await buildPage(folder)
  console.log(`${relative(process.cwd(), folder)}: index.html, ${script}, ${worker}, ${style}`)
}
