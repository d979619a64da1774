/** The command `kybern` from the sources of this moment, and a way to run it. */
import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'
import { kubectlPath } from './kubectl.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What one test file works with: a folder of its own with `bin` (kybern, kubectl) first on the PATH. */
export interface Bench {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** Runs a program and waits for its end. */
  run(
    file: string,
    args: readonly string[],
    options?: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string },
  ): Promise<Ran>
  kybern(...args: string[]): Promise<Ran>
  /** Starts a program that goes on. */
  start(file: string, args: readonly string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }): Running
}

export interface Running {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly pid: number
  /** Resolves when what it wrote so far (to stdout and stderr together) matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<void>
  /** Sends a signal and waits for the end: the exit code, null when the signal itself ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Makes a bench before the tests of the file and takes it away after them. */
export function useBench(): Bench {
  const bundle = resolve('node_modules/.cache', `kybern-cli-${process.pid}-${process.env.VITEST_WORKER_ID ?? 0}`)
  const folder = mkdtempSync(join(tmpdir(), 'kybern-bench-'))
  const bin = join(folder, 'bin')
  const env: NodeJS.ProcessEnv = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    NO_COLOR: '1',
    KUBECONFIG: join(folder, 'no-kubeconfig'),
  }
  beforeAll(async () => {
    const main = await bundled(bundle)
    for (const path of [bin, env.HOME as string]) mkdirSync(path)
    script(join(bin, 'kybern'), `exec ${process.execPath} ${main} "$@"`)
    if (kubectlPath?.includes('/')) symlinkSync(kubectlPath, join(bin, 'kubectl'))
  }, 60_000)
  const running: Running[] = []
  afterAll(async () => {
    await Promise.all(running.map((one) => one.end('SIGTERM')))
    rmSync(bundle, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  })
  const run: Bench['run'] = (file, args, options = {}) =>
    ran(file, args, { cwd: folder, ...options, env: { ...env, ...options.env } })
  return {
    folder,
    env,
    run,
    kybern: (...args) => run('kybern', args),
    start: (file, args, options = {}) => {
      const one = started(file, args, { cwd: folder, ...options, env: { ...env, ...options.env } })
      running.push(one)
      return one
    },
  }
}

async function bundled(outdir: string): Promise<string> {
  await build({
    entryPoints: { main: 'src/edge/cli/main.ts' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  })
  return join(outdir, 'main.mjs')
}

/** Writes a shell script that can be run. */
export function script(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

function ran(
  file: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string; input?: string },
): Promise<Ran> {
  const { input = '', ...rest } = options
  return new Promise((resolve) => {
    const child = execFile(file, args, { ...rest, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
    child.stdin?.end(input)
  })
}

function started(file: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Running {
  const child = spawn(file, args, options)
  const wrote = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      wrote[name] += text
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(wrote.stdout + wrote.stderr)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void ended.then((code) => reject(new Error(`${file} ended with ${code}: ${wrote.stdout}${wrote.stderr}`)))
    })
  const end = (signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return { stdout: () => wrote.stdout, stderr: () => wrote.stderr, pid: child.pid as number, says, end }
}
