/**
 * Which scenarios come to the files a mutant changes, as mutation testers do it: the functions of those files that ran are
 * counted, and scenarios that run more of them get more runs. Nothing else is known of the mutant.
 */
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

interface Range {
  readonly from: number
  readonly to: number
}

interface Covered {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly count: number }[]
    }[]
  }[]
}

/** How seldom at least a scenario is run. */
const least = 0.08

/** Counts over the running program, a bundle that names its modules in comments. */
export class Reach {
  readonly #session = new Session()
  readonly #url: string
  readonly #ranges: readonly Range[]
  readonly #reached = new Map<string, Set<number>>()

  constructor(url: string, files: readonly string[]) {
    this.#url = url
    this.#ranges = rangesOf(readFileSync(fileURLToPath(url), 'utf8'), files)
    if (this.#ranges.length === 0) return
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    this.#taken()
  }

  /** What ran since the last call was the scenario's. */
  note(scenario: string): void {
    if (this.#ranges.length === 0) return
    const known = this.#reached.get(scenario) ?? new Set()
    for (const at of this.#taken()) known.add(at)
    this.#reached.set(scenario, known)
  }

  /** Nothing more is counted: counting takes time. */
  stop(): void {
    if (this.#ranges.length > 0) this.#session.post('Profiler.stopPreciseCoverage')
  }

  /** How often the scenario is worth a run: 1 always. */
  weight(scenario: string): number {
    const most = Math.max(0, ...[...this.#reached.values()].map(({ size }) => size))
    return most === 0 ? 1 : Math.max(least, ((this.#reached.get(scenario)?.size ?? 0) / most) ** 2)
  }

  #taken(): readonly number[] {
    let ran: readonly number[] = []
    // Answered before the call returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error
      const own = (answer as Covered).result.find(({ url }) => url === this.#url)?.functions ?? []
      ran = own.flatMap(({ ranges: [first] }) => {
        const isCounted =
          first !== undefined &&
          first.count > 0 &&
          this.#ranges.some(({ from, to }) => first.startOffset >= from && first.startOffset < to)
        return isCounted ? [first.startOffset] : []
      })
    })
    return ran
  }
}

function rangesOf(text: string, files: readonly string[]): readonly Range[] {
  const heads = [...text.matchAll(/^\/\/ ((?:src|machines|test|node_modules)\/.*)$/gm)]
  return heads.flatMap((head, i) =>
    files.includes(head[1] ?? '') ? [{ from: head.index, to: heads[i + 1]?.index ?? text.length }] : [],
  )
}
