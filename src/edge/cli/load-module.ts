/** Modules of the user: TypeScript too, where Node or an installed tsx can read it. */
import { createRequire } from 'node:module'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KybernError } from '../../lib/coded-error.ts'

/** What a module exports. Throws KYB-FILE when it cannot be loaded. */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(resolve(path)).href
  try {
    return await import(url)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || !/^\.[cm]?ts$/.test(extname(path))) throw unloadable(path, message)
  }
  try {
    await (await import(tsx(path))).register()
    return await import(url)
  } catch (error) {
    throw error instanceof KybernError ? error : unloadable(path, (error as Error).message)
  }
}

/** The loader of TypeScript that is installed where the module is. */
function tsx(path: string): string {
  try {
    return pathToFileURL(createRequire(resolve(path)).resolve('tsx/esm/api')).href
  } catch {
    throw unloadable(
      path,
      `Node ${process.versions.node} does not read TypeScript: take Node 22.18 or newer, or install tsx`,
    )
  }
}

function unloadable(path: string, why: string): KybernError {
  return new KybernError('KYB-FILE', `cannot load ${path}: ${why}`)
}
