/** The `.kybern` folder of the working directory: where the running cluster's kubeconfig and address are kept. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KybernError } from '../../lib/coded-error.ts'

/** What `.kybern/cluster.json` says. It holds the token: only its owner may read it. */
export interface ClusterFile {
  readonly pid: number
  readonly url: string
  readonly token: string
  readonly ca: string
  readonly kubeconfig: string
  /** The inspector's address with its token, when there is one. */
  readonly inspector?: string
  readonly time: string
  readonly seed: number
  readonly startedAt: string
}

export const folder = '.kybern'

export interface Home {
  readonly folder: string
  readonly kubeconfig: string
  readonly clusterFile: string
  readonly log: string
}

/** The paths below a directory, the working directory unless said otherwise. */
export function homeOf(directory = process.cwd()): Home {
  const at = join(directory, folder)
  return {
    folder: at,
    kubeconfig: join(at, 'kubeconfig'),
    clusterFile: join(at, 'cluster.json'),
    log: join(at, 'kybern.log'),
  }
}

/** Makes the folder. Everything in it is kept out of git: it holds keys. Throws KYB-HOME when it cannot be written. */
export function makeHome(home: Home): void {
  try {
    mkdirSync(home.folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(home.folder, '.gitignore'), '*\n')
  } catch (error) {
    throw new KybernError('KYB-HOME', `cannot write ${home.folder}: ${(error as Error).message}`)
  }
}

/** Writes a file that only its owner may read. */
export function writeSecret(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 })
    chmodSync(path, 0o600)
  } catch (error) {
    throw new KybernError('KYB-HOME', `cannot write ${path}: ${(error as Error).message}`)
  }
}

/** The cluster this directory has, or had: nobody says that it still runs. Undefined when there is no readable file. */
export function readClusterFile(home: Home): ClusterFile | undefined {
  if (!existsSync(home.clusterFile)) return undefined
  try {
    return JSON.parse(readFileSync(home.clusterFile, 'utf8')) as ClusterFile
  } catch {
    return undefined
  }
}

/** Takes away what `up` wrote, and the folder when nothing else is in it. */
export function clearHome(home: Home): void {
  for (const path of [home.kubeconfig, home.clusterFile, home.log, join(home.folder, '.gitignore')]) {
    rmSync(path, { force: true })
  }
  try {
    rmdirSync(home.folder)
  } catch {
    // Somebody keeps something else in it.
  }
}
