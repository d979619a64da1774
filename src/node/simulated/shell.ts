/**
 * Commands in simulated containers: which program a command line means, what it sees, and why the runtime cannot start it.
 */
import type { KubeObject } from '../../api/object.ts'
import type { Ordered } from '../../lib/ordered.ts'
import type { View } from '../../store/view.ts'
import { resolve } from '../network/resolve.ts'
import type { ContainerSpec } from './behaviour.ts'
import { environment } from './environment.ts'
import { Files } from './userland/files.ts'
import { givenFiles, givenIn, type Images, programsOf } from './userland/image.ts'
import { absolute, fail, type Machine, type Program, type Run, UnknownOption } from './userland/program.ts'
import { sh } from './userland/sh.ts'

export interface ExecResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The cluster around a container. */
export interface ShellHost {
  readonly images: Images
  view(): View
  now(): number
  stored(): Ordered<string>
  change(changes: Readonly<Record<string, string | null>>): void
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const programFolder = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$/

/** The container as its processes see it. */
export function machineOf(host: ShellHost, pod: KubeObject, container: ContainerSpec): Machine {
  const hostname: string = pod.spec?.hostname ?? pod.metadata.name
  const given = givenFiles(pod, hostname)
  let known: ReadonlyMap<string, Program> | undefined
  const programs = (): ReadonlyMap<string, Program> => {
    known ??= programsOf(host.images, container)
    return known
  }
  const files = new Files(
    {
      view: () => host.view(),
      stored: () => host.stored(),
      change: (changes) => host.change(changes),
      given: (path) => given[path],
      givenIn: (path) => givenIn(path, container, () => programs().keys(), given),
    },
    pod,
    container,
  )
  return {
    pod,
    container,
    hostname,
    files,
    view: () => host.view(),
    now: () => host.now(),
    resolve: (name) => resolve(host.view(), name, pod.metadata.namespace ?? 'default')?.ips ?? [],
    program: (name) => {
      const found = programs().get(programFolder.exec(name)?.[1] ?? name)
      return found === undefined ? undefined : (task) => guarded(found, task)
    },
    programs: () => [...programs().keys()].sort(),
  }
}

/** A program that is told an option it does not know says so. */
function* guarded(program: Program, task: Parameters<Program>[0]): Run {
  try {
    return yield* program(task)
  } catch (error) {
    if (error instanceof UnknownOption) return yield* fail(`${task.name}: invalid option -- '${error.message}'`)
    throw error
  }
}

/** A command that may run, or why the runtime cannot start it, in its words. */
export type Begun = { readonly run: Run; readonly machine: Machine } | { readonly failure: string }

/** Begins a command as `exec` of the container runtime does: no shell reads it. */
export function begin(
  host: ShellHost,
  pod: KubeObject,
  container: ContainerSpec,
  command: readonly string[],
  tty = false,
): Begun {
  const machine = machineOf(host, pod, container)
  const [name = '', ...args] = command
  const program = machine.program(name) ?? scriptAt(machine, name)
  if (program === undefined) return { failure: whyNot(machine, name) }
  const cwd = absolute('/', String(container.workingDir ?? '/'))
  const own: [string, string][] = [
    ['PATH', searchPath],
    ['HOME', '/root'],
    ...(tty ? ([['TERM', 'xterm']] as const) : []),
  ].map(([key, value]) => [key as string, value as string])
  const env = new Map([...own, ...environment(host.view(), pod, container)])
  return { run: program({ name, args, env, cwd, machine, tty }), machine }
}

function scriptAt(machine: Machine, name: string): Program | undefined {
  const text = name.includes('/') ? machine.files.text(absolute('/', name)) : undefined
  if (text === undefined || !/^#!\/bin\/(ba|a)?sh\b/.test(text)) return undefined
  return (task) => sh({ ...task, args: [name, ...task.args] })
}

function whyNot(machine: Machine, name: string): string {
  const why = !name.includes('/')
    ? 'executable file not found in $PATH'
    : machine.files.kind(absolute('/', name)) === undefined
      ? `stat ${name}: no such file or directory`
      : 'permission denied'
  return `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${why}: unknown`
}
