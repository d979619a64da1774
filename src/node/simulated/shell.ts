/**
 * The few commands simulated containers understand, over the files of their volumes. Anything else is refused, loudly.
 */
import type { KubeObject } from '../../api/object.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Ordered } from '../../lib/ordered.ts'
import type { View } from '../../store/view.ts'
import { dataOf, fieldText, mounted } from '../volumes.ts'
import type { ContainerSpec } from './behaviour.ts'

export interface ExecResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Files written (text) or removed (null), by store path. */
  readonly changes: Readonly<Record<string, string | null>>
}

interface Shell {
  readonly view: View
  readonly pod: KubeObject
  readonly container: ContainerSpec
  readonly files: Ordered<string>
  readonly changes: Record<string, string | null>
}

interface VolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
  readonly subPath?: string
}

/** Runs a command line given as words; `sh -c "…"` runs a line with `&&`, `;`, `>`, `>>`. Throws KYB-EXEC for unknown commands. */
export function execute(
  view: View,
  pod: KubeObject,
  container: ContainerSpec,
  files: Ordered<string>,
  command: readonly string[],
): ExecResult {
  const shell: Shell = { view, pod, container, files, changes: {} }
  const isShell = /^(\/bin\/)?(sh|bash|ash)$/.test(command[0] ?? '') && command[1] === '-c'
  const lines = isShell ? split(command[2] ?? '') : [{ words: [...command], joined: ';' }]
  let stdout = ''
  let stderr = ''
  let code = 0
  for (const { words, joined } of lines) {
    if (joined === '&&' && code !== 0) continue
    const result = redirected(shell, words)
    stdout += result.stdout
    stderr += result.stderr
    code = result.code
  }
  return { code, stdout, stderr, changes: shell.changes }
}

function split(line: string): { words: string[]; joined: string }[] {
  const tokens = line.match(/"[^"]*"|'[^']*'|&&|;|>>|>|[^\s;&>]+/g) ?? []
  const parts: { words: string[]; joined: string }[] = [{ words: [], joined: ';' }]
  for (const token of tokens) {
    if (token === ';' || token === '&&') parts.push({ words: [], joined: token })
    else parts.at(-1)?.words.push(/^["']/.test(token) ? token.slice(1, -1) : token)
  }
  return parts.filter((part) => part.words.length > 0)
}

type Said = Omit<ExecResult, 'changes'>
const said = (stdout: string): Said => ({ code: 0, stdout, stderr: '' })
const failed = (stderr: string, code = 1): Said => ({ code, stdout: '', stderr: `${stderr}\n` })

function redirected(shell: Shell, words: readonly string[]): Said {
  const at = words.findIndex((word) => word === '>' || word === '>>')
  if (at < 0) return run(shell, words)
  const result = run(shell, words.slice(0, at))
  const path = words[at + 1] ?? ''
  const before = words[at] === '>>' ? (read(shell, path) ?? '') : ''
  const refused = write(shell, path, before + result.stdout)
  return refused === '' ? { ...result, stdout: '' } : failed(refused)
}

function run(shell: Shell, words: readonly string[]): Said {
  const [name = '', ...rest] = words
  const command = commands[name.split('/').pop() ?? '']
  if (command === undefined) {
    throw new KybernError(
      'KYB-EXEC',
      `simulated containers do not understand "${name}"; they know ${Object.keys(commands).join(', ')}`,
    )
  }
  return command(shell, rest)
}

const commands: Readonly<Record<string, (shell: Shell, args: readonly string[]) => Said>> = {
  true: () => said(''),
  false: () => ({ code: 1, stdout: '', stderr: '' }),
  echo: (_shell, args) => said(args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n`),
  hostname: ({ pod }) => said(`${pod.spec?.hostname ?? pod.metadata.name}\n`),
  pwd: () => said('/\n'),
  whoami: () => said('root\n'),
  env: (shell) =>
    said(
      environment(shell)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    ),
  printenv: (shell, args) => {
    const found = environment(shell).find(([key]) => key === args[0])
    return found === undefined ? failed('') : said(`${found[1]}\n`)
  },
  cat: (shell, args) => {
    const parts = args.map((path) => [path, read(shell, path)] as const)
    const absent = parts.find(([, content]) => content === undefined)
    return absent === undefined
      ? said(parts.map(([, content]) => content).join(''))
      : failed(`cat: ${absent[0]}: No such file or directory`)
  },
  ls: (shell, args) =>
    said(
      list(shell, args.find((arg) => !arg.startsWith('-')) ?? '/')
        .map((name) => `${name}\n`)
        .join(''),
    ),
  rm: (shell, args) => {
    for (const path of args.filter((arg) => !arg.startsWith('-'))) {
      const place = placeOf(shell, path)
      if (read(shell, path) === undefined && !args.includes('-f'))
        return failed(`rm: can't remove '${path}': No such file or directory`)
      if (place?.key !== undefined) shell.changes[place.key] = null
    }
    return said('')
  },
  touch: (shell, args) => {
    const refused = args.map((path) => write(shell, path, read(shell, path) ?? '')).find((why) => why !== '')
    return refused === undefined ? said('') : failed(refused)
  },
}

/** The container's variables: its own, from ConfigMaps and Secrets, and the services of its namespace. */
function environment({ view, pod, container }: Shell): [string, string][] {
  const namespace = pod.metadata.namespace ?? ''
  const pairs = new Map<string, string>([['HOSTNAME', pod.metadata.name]])
  for (const service of view.list('services', namespace)) {
    const { clusterIP, ports } = service.spec ?? {}
    if (!clusterIP || clusterIP === 'None') continue
    const name = service.metadata.name.toUpperCase().replaceAll('-', '_')
    pairs.set(`${name}_SERVICE_HOST`, clusterIP).set(`${name}_SERVICE_PORT`, String(ports?.[0]?.port ?? ''))
  }
  for (const from of (container.envFrom ?? []) as {
    prefix?: string
    configMapRef?: { name: string }
    secretRef?: { name: string }
  }[]) {
    const [resource, ref] =
      from.configMapRef === undefined ? ['secrets', from.secretRef] : ['configmaps', from.configMapRef]
    const found = view.get(resource as string, namespace, (ref as { name: string } | undefined)?.name ?? '')
    if (found !== undefined)
      for (const [key, value] of Object.entries(dataOf(found))) pairs.set((from.prefix ?? '') + key, value)
  }
  for (const one of (container.env ?? []) as EnvVar[]) pairs.set(one.name, valueOfVariable(view, pod, one, pairs))
  return [...pairs]
}

interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string }
    readonly configMapKeyRef?: { readonly name: string; readonly key: string }
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
  }
}

function valueOfVariable(
  view: View,
  pod: KubeObject,
  { value, valueFrom }: EnvVar,
  known: ReadonlyMap<string, string>,
): string {
  if (valueFrom === undefined)
    return (value ?? '').replace(/\$\(([^)]+)\)/g, (text, name: string) => known.get(name) ?? text)
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef !== undefined) return fieldText(pod, fieldRef.fieldPath)
  const [resource, ref] = configMapKeyRef === undefined ? ['secrets', secretKeyRef] : ['configmaps', configMapKeyRef]
  const found = view.get(resource as string, pod.metadata.namespace ?? '', ref?.name ?? '')
  return found === undefined ? '' : (dataOf(found)[ref?.key ?? ''] ?? '')
}

interface Place {
  /** The key in the kubelets' file store; undefined for read-only content. */
  readonly key: string | undefined
  readonly content: string | undefined
  readonly readOnly: boolean
}

function mountsOf(container: ContainerSpec): readonly VolumeMount[] {
  return (container.volumeMounts ?? []) as VolumeMount[]
}

function placeOf(shell: Shell, path: string): Place {
  const full = path.startsWith('/') ? path : `/${path}`
  const mounts = mountsOf(shell.container).filter(
    ({ mountPath }) => full === mountPath || full.startsWith(`${mountPath.replace(/\/$/, '')}/`),
  )
  const mount = mounts.sort((a, b) => b.mountPath.length - a.mountPath.length)[0]
  if (mount === undefined)
    return {
      key: `pod/${shell.pod.metadata.uid}/root/${shell.container.name}${full}`,
      content: undefined,
      readOnly: false,
    }
  const inside = full.slice(mount.mountPath.replace(/\/$/, '').length).replace(/^\//, '')
  const relative = mount.subPath === undefined ? inside : `${mount.subPath}${inside === '' ? '' : `/${inside}`}`
  const source = mounted(shell.view, shell.pod, mount.name)
  if (source !== undefined && 'content' in source)
    return { key: undefined, content: source.content[relative], readOnly: true }
  return { key: `${source?.store}/${relative}`, content: undefined, readOnly: mount.readOnly === true }
}

function read(shell: Shell, path: string): string | undefined {
  const place = placeOf(shell, path)
  if (place.key === undefined) return place.content
  const changed = shell.changes[place.key]
  return changed === undefined ? shell.files.get(place.key) : (changed ?? undefined)
}

/** '' when written, else why not. */
function write(shell: Shell, path: string, content: string): string {
  const place = placeOf(shell, path)
  if (place.readOnly || place.key === undefined) return `can't create ${path}: Read-only file system`
  shell.changes[place.key] = content
  return ''
}

function list(shell: Shell, path: string): string[] {
  const full = `/${path.replace(/^\/|\/$/g, '')}`
  const mount = mountsOf(shell.container).find(({ mountPath }) => mountPath.replace(/\/$/, '') === full)
  const source = mount === undefined ? undefined : mounted(shell.view, shell.pod, mount.name)
  if (source !== undefined && 'content' in source) return Object.keys(source.content).sort()
  const prefix =
    source === undefined
      ? `pod/${shell.pod.metadata.uid}/root/${shell.container.name}${full === '/' ? '/' : `${full}/`}`
      : `${source.store}/`
  const names = new Set<string>()
  shell.files.forRange(prefix, `${prefix}\uffff`, false, (key) => {
    if (shell.changes[key] !== null) names.add(key.slice(prefix.length).split('/')[0] as string)
  })
  for (const [key, content] of Object.entries(shell.changes))
    if (content !== null && key.startsWith(prefix)) names.add(key.slice(prefix.length).split('/')[0] as string)
  if (full === '/') for (const { mountPath } of mountsOf(shell.container)) names.add(mountPath.split('/')[1] as string)
  return [...names].sort()
}
