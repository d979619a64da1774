/** Modules of the user: TypeScript too, where Node or an installed tsx can read it. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KybernError } from '../../lib/coded-error.ts'

/** What a module exports. Throws KYB-FILE when it cannot be loaded. */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { typescript } = process.features as { typescript?: unknown }
    // Before the import: a module that could not be read once is not tried again.
    if (/^\.[cm]?ts$/.test(extname(path)) && !typescript) await readTypeScript(path)
    const found = await import(pathToFileURL(resolve(path)).href)
    // In a folder that is not of "type": "module" it comes as CommonJS.
    return found.default?.__esModule === true ? found.default : found
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const plain = `Node ${process.versions.node} does not read TypeScript: take Node 22.18 or newer, or install tsx`
    throw new KybernError('KYB-FILE', `cannot load ${path}: ${code === 'ERR_UNKNOWN_FILE_EXTENSION' ? plain : message}`)
  }
}

/** Lets Node read TypeScript by the tsx that is installed where the module is, if one is: the one for `import`, since `require` finds another. */
async function readTypeScript(path: string): Promise<void> {
  let about: string
  try {
    about = createRequire(resolve(path)).resolve('tsx/package.json')
  } catch {
    return
  }
  const { exports } = JSON.parse(readFileSync(about, 'utf8'))
  for (const api of ['./cjs/api', './esm/api'])
    await (await import(pathToFileURL(join(dirname(about), exports[api].import.default)).href)).register()
}
