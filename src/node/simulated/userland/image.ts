/**
 * What is in the images of simulated containers: which programs there are, and files every container has. Images without
 * a shell have none here either.
 */
import type { KubeObject } from '../../../api/object.ts'
import { bytesOf, textOf } from '../../../lib/bytes.ts'
import { type ContainerSpec, matchesGlob } from '../behaviour.ts'
import { fileCommands } from './file-commands.ts'
import { networkCommands } from './network-commands.ts'
import { absolute, type Process, type Program, type Run, readAll } from './program.ts'
import { sh } from './sh.ts'
import { systemCommands } from './system-commands.ts'
import { tar } from './tar.ts'
import { textCommands } from './text-commands.ts'

/** What a command of an embedder is called with. */
export interface CommandCall {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** All of stdin; '' where a terminal is attached. */
  readonly stdin: string
  readonly pod: KubeObject
  readonly container: string
  /** The files of the container: `read` answers undefined for one that is not there, `write` why it cannot be written. */
  readonly files: { read(path: string): string | undefined; write(path: string, text: string): string }
}

/** What a command of an embedder answers: text for stdout, a code, or all of it. */
export type CommandAnswer = string | number | undefined | { code?: number; stdout?: string; stderr?: string }

/** What an embedder says of an image. */
export interface ImageBehaviour {
  /** Commands by name. */
  readonly commands?: Readonly<Record<string, (call: CommandCall) => CommandAnswer | Promise<CommandAnswer>>>
  /** Answers HTTP requests to containers of the image, those through Services and forwarded ports too. */
  readonly serve?: (request: Request, pod: KubeObject) => Response | Promise<Response>
}

/** By image glob. */
export type Images = Readonly<Record<string, ImageBehaviour>>

const shellLess = /(^|\/)(pause|coredns|etcd|kube-[a-z-]+|distroless|static|scratch)([:@/]|$)/
const bashLess = /(^|\/)(busybox|alpine)(:|@|$)|alpine/
const curlLess = /(^|\/)busybox(:|@|$)/

const common: Readonly<Record<string, Program>> = {
  ...textCommands,
  ...fileCommands,
  ...systemCommands,
  ...networkCommands,
  tar,
  sh,
  ash: sh,
}

/** What the embedder says of a container's image. */
export function behaviourOf(images: Images, image: string): ImageBehaviour | undefined {
  const glob = Object.keys(images).find((pattern) => matchesGlob(pattern, image))
  return glob === undefined ? undefined : images[glob]
}

/** The programs of an image by name. */
export function programsOf(images: Images, { image }: ContainerSpec): ReadonlyMap<string, Program> {
  const programs = new Map<string, Program>(shellLess.test(image) ? [] : Object.entries(common))
  if (programs.size > 0 && !bashLess.test(image)) programs.set('bash', sh).delete('ash')
  if (curlLess.test(image)) programs.delete('curl')
  const own = behaviourOf(images, image)?.commands ?? {}
  for (const [name, command] of Object.entries(own)) programs.set(name, (task) => embedded(task, command))
  return programs
}

function* embedded(task: Process, command: (call: CommandCall) => CommandAnswer | Promise<CommandAnswer>): Run {
  const { files, pod, container } = task.machine
  const stdin = task.tty ? '' : textOf(yield* readAll())
  const at = (path: string): string => absolute(task.cwd, path)
  const call: CommandCall = {
    args: task.args,
    env: Object.fromEntries(task.env),
    cwd: task.cwd,
    stdin,
    pod,
    container: container.name,
    files: { read: (path) => files.text(at(path)), write: (path, text) => files.write(at(path), text) },
  }
  const answer: CommandAnswer = yield { type: 'call', call: () => command(call) }
  if (answer === undefined) return 0
  if (typeof answer === 'number') return answer & 255
  const { stdout = '', stderr = '', code = 0 } = typeof answer === 'string' ? { stdout: answer } : answer
  if (stdout !== '') yield { type: 'write', to: 1, bytes: bytesOf(stdout) }
  if (stderr !== '') yield { type: 'write', to: 2, bytes: bytesOf(stderr) }
  return code & 255
}

const folders = [
  'bin',
  'dev',
  'etc',
  'home',
  'proc',
  'root',
  'run',
  'sys',
  'tmp',
  'usr/bin',
  'usr/local/bin',
  'usr/share',
  'var/cache',
  'var/lib',
  'var/log',
  'var/run',
]
const nginxFolders = ['etc/nginx/conf.d', 'usr/share/nginx/html', 'var/log/nginx', 'var/cache/nginx']

/** The names in a directory every container of the image has, or undefined for others. */
export function givenIn(
  path: string,
  { image }: ContainerSpec,
  programs: () => Iterable<string>,
  files: Readonly<Record<string, string>>,
): string[] | undefined {
  const all = /(^|\/)nginx(:|@|$)/.test(image) ? [...folders, ...nginxFolders] : folders
  const inside = path === '/' ? '' : `${path.slice(1)}/`
  const isGiven = inside === '' || all.some((folder) => `${folder}/`.startsWith(inside))
  if (!isGiven) return undefined
  const names = [...all, ...Object.keys(files).map((file) => file.slice(1))].filter((one) => one.startsWith(inside))
  const shown = names.map((one) => one.slice(inside.length).split('/')[0] as string).filter((name) => name !== '')
  return [...new Set([...shown, ...(path === '/bin' ? programs() : [])])]
}

/** Files every container has, by path. */
export function givenFiles(pod: KubeObject, hostname: string): Record<string, string> {
  const { namespace = 'default' } = pod.metadata
  const ip = pod.status?.podIP
  const search = `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`
  return {
    '/etc/hostname': `${hostname}\n`,
    '/etc/hosts': `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${ip === undefined ? '' : `${ip}\t${hostname}\n`}`,
    '/etc/resolv.conf': `${search}\nnameserver 10.96.0.10\noptions ndots:5\n`,
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  }
}
