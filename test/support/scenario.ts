/**
 * Transcripts: commands and what came of them, as text under `fixtures/scenarios`. A block is a command line, what it
 * takes as input, a line `----`, the expected lines, and an empty line. Lines with `#` between blocks are remarks.
 *
 *   cluster nodes=3 seed=7           before everything else
 *   apply FILE | apply + YAML lines  · patch KIND NAME JSON
 *   delete KIND NAME [Foreground|Orphan]  · load URL REQUESTS-PER-SECOND
 *   settle · advance 41s             answer how much cluster time has gone by since the start
 *   kill|silence|restore NODE        · crash|restart CONTROLLER
 *   show RESOURCE [-l SELECTOR] [-w] the kind's own table, in the order of creation
 *   conditions KIND NAME             type, status, reason and message of each
 *
 * `-n NAMESPACE` right after the first word of a command is for that namespace instead of `default`.
 * Generated names end in a number in the order of creation (`web-5d4f8c7b9-#2`), in commands too; a uid is `<uid>`.
 */
import { readFileSync } from 'node:fs'
import type { Condition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { toTable } from '../../src/api/table.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Fault } from '../../src/cluster/fault.ts'
import { createCluster } from '../../src/cluster.ts'

export interface Block {
  /** Remarks and empty lines before the command. */
  readonly before: readonly string[]
  readonly command: string
  readonly input: readonly string[]
  readonly expected: readonly string[]
}

/** The blocks of a transcript. Throws for a command without `----`. */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; ) {
    const start = lines.findIndex((line, i) => i >= at && line !== '' && !line.startsWith('#'))
    if (start < 0) break
    const rule = lines.indexOf('----', start)
    if (rule < 0) throw new Error(`line ${start + 1}: "${lines[start]}" has no ---- after it`)
    const end = lines.findIndex((line, i) => i > rule && line === '')
    const to = end < 0 ? lines.length : end
    blocks.push({
      before: lines.slice(at, start),
      command: lines[start] as string,
      input: lines.slice(start + 1, rule),
      expected: lines.slice(rule + 1, to),
    })
    at = to
  }
  return blocks
}

/** The transcript as text again, with other expected lines. */
export function textOf(blocks: readonly Block[], answers: readonly (readonly string[])[]): string {
  const parts = blocks.map(({ before, command, input }, i) =>
    [...before, command, ...input, '----', ...(answers[i] as string[])].join('\n'),
  )
  return `${parts.join('\n')}\n`
}

/** Runs the blocks one after the other in one cluster; answers what each of them said. */
export async function play(blocks: readonly Block[]): Promise<string[][]> {
  const [first] = blocks
  if (first === undefined || !/^cluster( |$)/.test(first.command)) throw new Error('a transcript begins with: cluster')
  const option = (name: string, otherwise: number) =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(first.command)?.[1] ?? otherwise)
  await using cluster = await createCluster({ nodes: option('nodes', 3), seed: option('seed', 7) })
  const stage = new Stage(cluster)
  const answers: string[][] = [[`${option('nodes', 3)} nodes`]]
  for (const block of blocks.slice(1)) answers.push(await stage.run(block))
  return answers
}

interface Place {
  readonly namespace?: string
}

class Stage {
  readonly #cluster: Cluster
  readonly #start: number
  /** Text of the cluster → text of the transcript, for generated names and uids. */
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** uid → how many objects were created before it. */
  readonly #ranks = new Map<string, number>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#start = cluster.now.getTime()
    cluster.transition$.subscribe(({ change }) => {
      if (change.type === 'ADDED') this.#meet(change.object)
    })
  }

  async run({ command, input }: Block): Promise<string[]> {
    const [verb = '', ...rest] = this.#real(command).split(/\s+/)
    const place = rest[0] === '-n' ? { namespace: rest[1] ?? '' } : {}
    try {
      return (await this.#act(verb, rest[0] === '-n' ? rest.slice(2) : rest, input.join('\n'), place)).map((line) =>
        this.#told(line),
      )
    } catch (error) {
      return this.#told(`error: ${(error as Error).message}`).split('\n')
    }
  }

  async #act(verb: string, words: readonly string[], input: string, place: Place): Promise<string[]> {
    const [first = '', second = '', ...rest] = words
    switch (verb) {
      case 'apply': {
        const applied = await this.#cluster.apply(first === '' ? input : readFileSync(first, 'utf8'))
        return applied.map((object) => said(object, 'applied'))
      }
      case 'delete':
        return [said(await this.#cluster.delete(first, second, { ...place, ...propagationOf(rest[0]) }), 'deleted')]
      case 'load':
        this.#cluster.network.load(first, { requestsPerSecond: Number(second) })
        return []
      case 'patch':
        return [said(await this.#cluster.patch(first, second, JSON.parse(rest.join(' ')), place), 'patched')]
      case 'settle':
        await this.#cluster.settle()
        return [this.#passed()]
      case 'advance':
        await this.#cluster.advance(first)
        return [this.#passed()]
      case 'show':
        return this.#show(first, words.slice(1), place)
      case 'conditions':
        return conditionsOf(this.#cluster.get(first, second, place.namespace))
      default:
        this.#cluster.fault({ [verb]: first } as unknown as Fault)
        return []
    }
  }

  #passed(): string {
    return `+${(this.#cluster.now.getTime() - this.#start) / 1000}s`
  }

  #show(resource: string, options: readonly string[], place: Place): string[] {
    const kind = this.#cluster.kinds.find(({ plural }) => plural === resource)
    if (kind === undefined) throw new Error(`the cluster serves no "${resource}"`)
    const at = options.indexOf('-l')
    const objects = this.#cluster.list(kind.kind, {
      ...place,
      ...(at < 0 ? {} : { labelSelector: options[at + 1] as string }),
    })
    const rank = ({ metadata }: KubeObject): number => this.#ranks.get(metadata.uid ?? '') ?? -1
    const inOrder = objects.toSorted((a, b) => rank(a) - rank(b))
    const table = toTable(kind.columns, inOrder, this.#cluster.now.getTime(), 'None')
    const heads = table.columnDefinitions
    const shown = (_: unknown, i: number): boolean => heads[i]?.priority === 0 || options.includes('-w')
    const rows = table.rows.map(({ cells }) => cells.filter(shown).map((cell) => this.#told(String(cell ?? ''))))
    return rows.length === 0 ? ['none'] : aligned([heads.filter(shown).map(({ name }) => name.toUpperCase()), ...rows])
  }

  #meet({ kind, metadata: { name, generateName, uid = '' } }: KubeObject): void {
    this.#ranks.set(uid, this.#ranks.size)
    this.#names.set(uid, '<uid>')
    if (generateName === undefined) return
    const count = (this.#counts.get(`${kind} ${generateName}`) ?? 0) + 1
    this.#counts.set(`${kind} ${generateName}`, count)
    this.#names.set(name, `${generateName}#${count}`)
  }

  #told(line: string): string {
    return [...this.#names].reduce((text, [name, told]) => text.replaceAll(name, told), line)
  }

  /** The command with the names of the cluster. */
  #real(command: string): string {
    const names = new Map([...this.#names].map(([name, told]) => [told, name]))
    return command.replace(/[a-z0-9.-]+-#\d+/g, (told) => names.get(told) ?? told)
  }
}

function conditionsOf(object: KubeObject | undefined): string[] {
  const conditions: readonly Condition[] = object?.status?.conditions ?? []
  return conditions.length === 0
    ? ['none']
    : conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`)
}

function propagationOf(word: string | undefined): { propagation?: 'Foreground' | 'Orphan' } {
  if (word === undefined) return {}
  if (word !== 'Foreground' && word !== 'Orphan') throw new Error(`"${word}" is neither Foreground nor Orphan`)
  return { propagation: word }
}

function said({ kind, metadata }: KubeObject, what: string): string {
  return `${kind.toLowerCase()}/${metadata.name} ${what}`
}

/** Columns as kubectl prints them. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}
