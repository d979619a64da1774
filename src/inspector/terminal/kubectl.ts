/**
 * The terminal of the inspector: the everyday verbs of kubectl against the session's cluster. Tables are the server's
 * own; writes are commands of the session.
 */
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { describe } from './describe.ts'
import { get } from './get.ts'
import { parsed, split } from './line.ts'
import { exec, logs } from './pods.ts'
import { type AskSession, columns, Failure, namespaceOf, type Output, Shell, type Verb } from './shell.ts'
import { waitFor } from './wait.ts'
import {
  annotate,
  apply,
  autoscale,
  cordon,
  create,
  drain,
  expose,
  label,
  remove,
  rollout,
  run,
  scale,
  set,
  taint,
  uncordon,
} from './write.ts'

const events: Verb = (shell, line) => get(shell, { ...line, words: ['get', 'events'] })

const top: Verb = async (shell, line) => {
  const [, typed = ''] = line.words
  const isNodes = typed.startsWith('no')
  const root = '/apis/metrics.k8s.io/v1beta1'
  const path = isNodes ? `${root}/nodes` : `${root}/namespaces/${namespaceOf(line) ?? 'default'}/pods`
  type Metrics = KubeObject & { usage?: Usage; containers?: { usage: Usage }[] }
  type Usage = { cpu: string; memory: string }
  const { items } = JSON.parse(await shell.read(path)) as { items: Metrics[] }
  const rows = items.map(({ metadata, usage, containers }) => {
    const all = usage === undefined ? (containers ?? []).map((one) => one.usage) : [usage]
    return [
      metadata.name,
      `${sum(all.map(({ cpu }) => millis(cpu)))}m`,
      `${sum(all.map(({ memory }) => mebi(memory)))}Mi`,
    ]
  })
  return columns([['NAME', 'CPU(cores)', 'MEMORY(bytes)'], ...rows])
}

const sum = (all: readonly number[]): number => Math.ceil(all.reduce((total, one) => total + one, 0))
const millis = (cpu: string): number =>
  cpu.endsWith('n')
    ? Number.parseInt(cpu, 10) / 1e6
    : cpu.endsWith('u')
      ? Number.parseInt(cpu, 10) / 1e3
      : cpu.endsWith('m')
        ? Number.parseInt(cpu, 10)
        : Number(cpu) * 1000
const mebi = (memory: string): number =>
  memory.endsWith('Ki')
    ? Number.parseInt(memory, 10) / 1024
    : memory.endsWith('Mi')
      ? Number.parseInt(memory, 10)
      : memory.endsWith('Gi')
        ? Number.parseInt(memory, 10) * 1024
        : Number(memory) / 2 ** 20

const apiResources: Verb = async (shell) => {
  const kinds = [...(await shell.kinds())].sort((a, b) => (a.resource < b.resource ? -1 : 1))
  const rows = kinds.map(({ resource, shortNames, apiVersion, namespaced, kind }) => [
    resource.split('.')[0] as string,
    shortNames.join(','),
    apiVersion,
    String(namespaced),
    kind,
  ])
  return columns([['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'], ...rows])
}

/** `explain deployment.spec.replicas`, from the completions an editor is given. */
const explain: Verb = async (shell, line) => {
  const [typed = '', ...path] = (line.words[1] ?? '').split('.')
  const kind = await shell.kind(typed)
  const head = `apiVersion: ${kind.apiVersion}\nkind: ${kind.kind}\n`
  const text = head + path.map((name, depth) => `${'  '.repeat(depth)}${name}:\n`).join('') + '  '.repeat(path.length)
  const { options } = await shell.ask('complete', { text, offset: text.length })
  if (options.length === 0)
    throw new Failure(`error: field "${path.join('.')}" does not exist or has no fields of its own`)
  const rows = options.map(({ label: name, type, doc }) => `  ${name}\t<${type}>${doc === '' ? '' : `\n    ${doc}`}`)
  return [`KIND:       ${kind.kind}`, `VERSION:    ${kind.apiVersion}`, '', 'FIELDS:', ...rows].join('\n')
}

const version: Verb = async (shell) => {
  const { gitVersion } = JSON.parse(await shell.read('/version')) as { gitVersion: string }
  return `Server Version: ${gitVersion}`
}

const settle: Verb = async (shell) => {
  const settled = await shell.ask('settle', {})
  return `the cluster is quiet at ${toRfc3339(settled.now)}`
}

/** Not kubectl's: what happens to machines. */
const breaks =
  (fault: 'kill' | 'silence' | 'restore'): Verb =>
  async (shell, line) => {
    const [, node = ''] = line.words
    await shell.ask('fault', { fault: { [fault]: node } })
    return `node/${node} ${{ kill: 'killed', silence: 'silenced', restore: 'restored' }[fault]}`
  }

const verbs: Readonly<Record<string, Verb>> = {
  get,
  describe,
  apply,
  create,
  run,
  expose,
  autoscale,
  delete: remove,
  scale,
  set,
  label,
  annotate,
  taint,
  cordon,
  uncordon,
  drain,
  rollout,
  logs,
  exec,
  events,
  top,
  'api-resources': apiResources,
  explain,
  version,
  wait: waitFor,
  kill: breaks('kill'),
  silence: breaks('silence'),
  restore: breaks('restore'),
}

/** What can be typed, for people. */
export const help = `kubectl ${Object.keys(verbs).sort().join(', ')}
advance DURATION, settle: lets time pass   ·   clear   ·   help
apply -f - takes the text of the editor`

export class Terminal {
  readonly #shell: Shell

  /** `buffer` is the text of the page's editor. */
  constructor(ask: AskSession, buffer: () => string = () => '') {
    this.#shell = new Shell(ask, buffer)
  }

  /** Runs one line. Never rejects: what goes wrong is told as kubectl tells it, with code 1. */
  async run(text: string): Promise<Output> {
    try {
      const words = split(text)
      const [first = '', ...others] = words
      if (first === '') return { text: '', code: 0 }
      if (first === 'help') return { text: help, code: 0 }
      if (first === 'settle') return { text: await settle(this.#shell, parsed([])), code: 0 }
      if (first === 'advance') return { text: await this.#advance(others[0] ?? ''), code: 0 }
      const line = parsed(first === 'kubectl' || first === 'k' ? others : words)
      const verb = verbs[line.words[0] ?? '']
      if (verb === undefined)
        throw new Failure(`error: unknown command ${JSON.stringify(line.words[0] ?? '')} for "kubectl"\n${help}`)
      return { text: await verb(this.#shell, line), code: 0 }
    } catch (error) {
      return { text: wordsOf(error), code: 1 }
    }
  }

  /** What the last word of a line may be completed to. */
  async complete(text: string): Promise<readonly string[]> {
    const words = text.trimStart().split(/\s+/)
    const last = words[words.length - 1] ?? ''
    const typed = words[0] === 'kubectl' || words[0] === 'k' ? words.slice(1) : words
    const start = (all: readonly string[]): string[] => all.filter((one) => one.startsWith(last))
    if (typed.length <= 1) return start(['kubectl', 'advance', 'settle', 'help', 'clear', ...Object.keys(verbs)])
    const kinds = (await this.#shell.kinds()).map(({ resource }) => resource.split('.')[0] as string)
    if (
      typed.length === 2 &&
      !['logs', 'exec', 'cordon', 'uncordon', 'drain', 'create', 'set', 'rollout'].includes(typed[0] ?? '')
    )
      return start(kinds)
    const named: Readonly<Record<string, string>> = {
      logs: 'pods',
      exec: 'pods',
      cordon: 'nodes',
      uncordon: 'nodes',
      drain: 'nodes',
    }
    const kind = named[typed[0] ?? ''] ?? typed[1] ?? ''
    const found = await this.run(`get ${kind} -o name`)
    return found.code === 0 ? start(found.text.split('\n').map((line) => line.split('/')[1] ?? '')) : []
  }

  async #advance(duration: string): Promise<string> {
    const { now } = await this.#shell.ask('advance', { by: /^\d+$/.test(duration) ? Number(duration) : duration })
    return `it is ${toRfc3339(now)} in the cluster`
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Failure) return error.message
  if (error instanceof KybernError) {
    const message = error.message.replace(/^KYB-REFUSED: /, '')
    return error.code === 'KYB-REFUSED' ? `Error from server: ${message}` : `error: ${message}`
  }
  return `error: ${error instanceof Error ? error.message : String(error)}`
}
