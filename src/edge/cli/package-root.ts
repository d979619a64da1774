/** Where kybern itself is installed. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KybernError } from '../../lib/coded-error.ts'

/** The folder of kybern's own package.json. Throws KYB-PACKAGE when there is none above this file. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'kybern') return folder
    if (dirname(folder) === folder) throw new KybernError('KYB-PACKAGE', 'the package kybern is not complete')
    folder = dirname(folder)
  }
}
