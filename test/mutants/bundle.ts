/** The checking suite as one program, with a mutant's changes put in while it is read: the tree itself stays as it is. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { changedBy, type Mutant, root } from './patch.ts'

/** Writes the program to `outfile`. Without a mutant it is the program as it stands. */
export async function bundle(outfile: string, mutant?: Pick<Mutant, 'name' | 'hunks'>): Promise<void> {
  const changed = mutant === undefined ? new Map<string, string>() : changedBy(mutant)
  const byPath = new Map([...changed].map(([file, text]) => [join(root, file), text]))
  await build({
    entryPoints: [join(root, 'test/mutants/suite/main.ts')],
    outfile,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    define: { 'process.env.NODE_ENV': '"production"' },
    // For dependencies that are CommonJS.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          if (byPath.size === 0) return
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const contents = byPath.get(path)
            return contents === undefined ? undefined : { contents, loader: 'ts' }
          })
        },
      },
    ],
  })
}
