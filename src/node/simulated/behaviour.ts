/** How one container of one pod behaves: its script, or what its image and command suggest. */
import type { KubeObject } from '../../api/object.ts'
import { parseDuration } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { type FileSpan, parseScript, plainScript, type Script } from './script.ts'

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly [field: string]: unknown
}

/**
 * Whether an image can be pulled. All can but these: a registry, name or tag that says so (`invalid…`, `…does-not-exist`,
 * `…nonexistent`), and nginx releases that were never made (`nginx:1.161` of the Deployment page's failing rollout).
 */
export function imageExists(image: string): boolean {
  if (/^invalid[.-]|does-?not-?exist|non-?existent/.test(image)) return false
  return !/(^|\/)nginx:1\.\d{3,}/.test(image)
}

export type Scripts = Readonly<Record<string, string>>

const scriptAnnotation = 'kybern.dev/script'
/** Images whose default command is a shell: without a terminal it ends at once. */
const shellImages = /(^|\/)(busybox|alpine|ubuntu|debian|bash|centos|fedora)(:|@|$)/

/** The script of a container. A script that cannot be read makes the container fail to start: the error is thrown. */
export function scriptOf(pod: KubeObject, container: ContainerSpec, scripts: Scripts): Script {
  const annotated = annotatedScript(pod.metadata.annotations?.[scriptAnnotation], container.name)
  if (annotated !== undefined) return parseScript(annotated)
  const glob = Object.keys(scripts).find((pattern) => matchesGlob(pattern, container.image))
  if (glob !== undefined) return parseScript(scripts[glob] as string)
  if (interactiveCommand(pod, container, scripts) !== undefined) return plainScript
  return { ...plainScript, ...ofCommand(container) }
}

/**
 * The part of an annotation that is for one container: a JSON map, or lines `web: exit 1 after 5s`, or a block under
 * `web: |`. Text without such names is for all containers.
 */
function annotatedScript(text: string | undefined, container: string): string | undefined {
  if (text === undefined) return undefined
  if (text.trimStart().startsWith('{')) return fromJson(text)[container]
  let name: string | undefined
  const own: string[] = []
  let isNamed = false
  for (const line of text.split('\n')) {
    const match = /^([a-z0-9][a-z0-9-]*):(?: (.*))?$/.exec(line)
    if (match !== null) name = match[1]
    isNamed ||= match !== null
    const rest = match === null ? line : (match[2] ?? '').replace(/^[|>]-?$/, '')
    if (name === container) own.push(rest)
  }
  if (!isNamed) return text
  return own.length === 0 ? undefined : own.join('\n')
}

function fromJson(text: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(text)
  } catch {
    throw new KybernError('KYB-SCRIPT', `the annotation ${scriptAnnotation} begins as a JSON map but is none`)
  }
}

export function matchesGlob(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`).test(text)
}

/**
 * The command of a container that waits for what is typed: its stdin is open and its process reads it. undefined for
 * others; those that a script describes are among them.
 */
export function interactiveCommand(
  pod: KubeObject,
  container: ContainerSpec,
  scripts: Scripts,
): readonly string[] | undefined {
  if (container.stdin !== true || pod.metadata.annotations?.[scriptAnnotation] !== undefined) return undefined
  if (Object.keys(scripts).some((pattern) => matchesGlob(pattern, container.image))) return undefined
  const words = [...(container.command ?? []), ...(container.args ?? [])]
  if (words.length === 0) return shellImages.test(container.image) ? ['sh'] : undefined
  const name = (words[0] as string).split('/').pop()
  const isShell = /^(sh|bash|ash)$/.test(name ?? '') && words.length === 1
  return isShell || (name === 'cat' && words.length === 1) ? words : undefined
}

function ofCommand(container: ContainerSpec): Partial<Script> {
  const words = [...(container.command ?? []), ...(container.args ?? [])]
  if (words.length === 0) return shellImages.test(container.image) ? { exitMs: 0, exitCode: 0 } : {}
  const isShell = /^(\/bin\/)?(sh|bash|ash)$/.test(words[0] as string) && words[1] === '-c'
  return isShell ? ofLine(words[2] ?? '') : ofWords(words)
}

/** A shell line: `;` and `&&` sequences of `touch`, `rm` and the commands below; anything else runs for ever. */
function ofLine(line: string): Partial<Script> {
  let exitMs = 0
  const logs: { text: string; atMs: number; everyMs: number }[] = []
  const files: Record<string, FileSpan> = {}
  for (const part of line
    .split(/;|&&/)
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const words = part.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^["']|["']$/g, '')) ?? []
    const [name = ''] = words
    if (name === 'echo' && !part.includes('>'))
      logs.push({ text: words.slice(1).join(' '), atMs: exitMs, everyMs: Number.POSITIVE_INFINITY })
    else if (name === 'touch')
      for (const path of words.slice(1)) files[path] ??= { fromMs: exitMs, untilMs: Number.POSITIVE_INFINITY }
    else if (name === 'rm')
      for (const path of words.slice(1)) files[path] = { fromMs: files[path]?.fromMs ?? 0, untilMs: exitMs }
    else if (name === 'exit') return { exitMs, exitCode: Number(words[1] ?? 0), logs, files }
    else if (name === 'false') return { exitMs, exitCode: 1, logs, files }
    else {
      const took = ofWords(words).exitMs
      if (took === undefined) return { logs, files }
      exitMs += took
    }
  }
  return { exitMs, exitCode: 0, logs, files }
}

/**
 * Programs that do their work and end, as the process of a container: what they would find is not looked at, so they
 * end well. With `exec` the same programs really run.
 */
const brief = new Set(['wget', 'curl', 'nslookup', 'ping', 'nc', 'perl', 'tar', 'cat', 'grep', 'awk', 'sed'])
const briefMs = 1000
const atOnce = new Set([
  'ls',
  'env',
  'printenv',
  'id',
  'whoami',
  'hostname',
  'pwd',
  'uname',
  'printf',
  'seq',
  'expr',
  'test',
  'mkdir',
  'cp',
  'mv',
  'chmod',
  'chown',
  'ln',
  'which',
])

function ofWords(words: readonly string[]): Partial<Script> {
  const name = (words[0] ?? '').split('/').pop()
  if (name === 'true' || name === 'echo' || name === ':' || name === 'date') {
    const logs = name === 'echo' ? [{ text: words.slice(1).join(' '), atMs: 0, everyMs: Number.POSITIVE_INFINITY }] : []
    return { exitMs: 0, exitCode: 0, logs }
  }
  if (name === 'false') return { exitMs: 0, exitCode: 1 }
  if (brief.has(name ?? '') && words.length > 1) return { exitMs: briefMs, exitCode: 0 }
  if (atOnce.has(name ?? '')) return { exitMs: 0, exitCode: 0 }
  if (name === 'sleep' && /^\d+(\.\d+)?[smhd]?$/.test(words[1] ?? '')) {
    const text = words[1] as string
    return {
      exitMs: /[smh]$/.test(text)
        ? parseDuration(text)
        : Number.parseFloat(text) * (text.endsWith('d') ? 86_400_000 : 1000),
      exitCode: 0,
    }
  }
  return {}
}
