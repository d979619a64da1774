/** `--merge`: the cluster's entries in the user's own kubeconfig while it runs. Without the flag nothing here is called. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { KybernError } from '../../lib/coded-error.ts'
import { mergedKubeconfig, unmergedKubeconfig } from '../kubeconfig.ts'

/** The first file of KUBECONFIG, else ~/.kube/config. */
function userKubeconfig(): string {
  const [first = ''] = (process.env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  return first === '' ? join(homedir(), '.kube', 'config') : first
}

/** Puts the entries in; the answer takes them out again and makes the former context current. Throws KYB-KUBECONFIG. */
export function mergeIntoUserKubeconfig(kubeconfig: string): { path: string; undo: () => void } {
  const path = userKubeconfig()
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const merged = mergedKubeconfig(before, kubeconfig)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, merged, { mode: 0o600 })
    chmodSync(path, 0o600)
  } catch (error) {
    throw new KybernError('KYB-KUBECONFIG', `cannot write ${path}: ${(error as Error).message}`)
  }
  const undo = (): void => {
    if (existsSync(path)) writeFileSync(path, unmergedKubeconfig(readFileSync(path, 'utf8'), before), { mode: 0o600 })
  }
  return { path, undo }
}
