/** `kybern version`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverVersion } from '../../server/version.ts'
import { packageRoot } from './package-root.ts'
import type { Terminal } from './terminal.ts'

/** The version in kybern's package.json. */
export function ownVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version as string
}

export function version(terminal: Terminal): number {
  const kybern = ownVersion()
  const kubernetes = serverVersion.gitVersion
  terminal.data(`kybern ${kybern} (Kubernetes API ${kubernetes}, Node ${process.version})`, {
    kybern,
    kubernetes,
    node: process.version,
  })
  return 0
}
