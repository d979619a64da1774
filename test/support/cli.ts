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
  /** Starts kybern and answers once a line of its stderr matches. */
  start(args: readonly string[], ready: RegExp, cwd?: string): Promise<Running>
}

export interface Running {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly pid: number
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
  afterAll(() => {
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
    start: (args, ready, cwd = folder) => started(args, ready, cwd, env),
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

function started(args: readonly string[], ready: RegExp, cwd: string, env: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(join(env.PATH?.split(':')[0] as string, 'kybern'), args, { cwd, env })
  let [out, err] = ['', '']
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const end = (signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return new Promise((resolve, reject) => {
    const running = { stdout: () => out, stderr: () => err, pid: child.pid as number, end }
    child.stdout.on('data', (text) => {
      out += text
    })
    child.stderr.on('data', (text) => {
      err += text
      if (ready.test(err)) resolve(running)
    })
    void ended.then((code) => reject(new Error(`kybern ended with ${code} before it was ready: ${err}`)))
  })
}
