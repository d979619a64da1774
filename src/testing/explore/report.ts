/**
 * What an exploration answers: a verdict that says no more than was seen, what each property had to say, and for a
 * violation its counterexample, made small, as a story, as data and as a test.
 */
import type { Property } from '../property.ts'
import type { ReplayFile } from '../replay-file.ts'
import type { FaultBudget } from './budget.ts'
import { isTold, type StoryStep, storyText } from './story.ts'

/** `violated`: there is a counterexample. `exhausted`: every state was judged. `bounded`: only so much was. */
export type Verdict = 'violated' | 'exhausted' | 'bounded'

/** What was covered. */
export interface Covered {
  /** Different states. */
  readonly states: number
  readonly transitions: number
  /** Complete runs, for strategies that run. */
  readonly runs: number
  /** The longest run or the deepest level. */
  readonly depth: number
  /** States in which nobody had anything left to do. */
  readonly settled: number
  /** Runs that were given up because they would not settle. */
  readonly unsettled: number
  readonly mode: string
  /** Of an exhaustive search: so many levels were looked into as a whole. */
  readonly levels: number
  /** Of an exhaustive search: states that were found and not looked into. */
  readonly frontier: number
  /** How many of each fault one run could have. */
  readonly allowed: FaultBudget
  /** How often each sort of fault struck: transitions, or times in runs. */
  readonly faults: Readonly<Record<string, number>>
  /** The budget that ended it, in words; undefined when nothing was left or a violation ended it. */
  readonly stoppedBy: string | undefined
  /** How many threads made the runs. */
  readonly threads: number
  /** How it was searched, in words: reductions, and what was checked for them. */
  readonly notes: readonly string[]
  /** What the search took for granted, in words. */
  readonly assumes: readonly string[]
}

/** What one property had to say. */
export interface PropertyReport {
  readonly name: string
  readonly class: Property['class']
  readonly held: boolean
  /** How often it had something to say: premises that held, writes it is about, witnesses. */
  readonly concerned: number
  /** It held because nothing ever concerned it: it says nothing. */
  readonly vacuous: boolean
  /** Of a `sometimes`: the share of moments (of states, or of the steps of runs) that were witnesses, 0 to 1. */
  readonly witnessed: number | undefined
}

/** One counterexample. */
export interface Counterexample {
  readonly property: string
  readonly why: string
  /** Where the property is documented. */
  readonly source: string | undefined
  /** What was chosen; everything else took its ordinary course. Replays with `replay` and the scenario it was found in. */
  readonly log: readonly string[]
  /** Nodes of that scenario that it does not need; the log's first word leaves them out. */
  readonly without: readonly string[]
  /** The whole run as numbers. */
  readonly choices: readonly number[]
  /** `kx://NAME#LOG`: the whole run as text, which `replay` takes too. */
  readonly url: string
  readonly seed: number | undefined
  readonly steps: readonly StoryStep[]
  /** Of a liveness violation: from which step on the run goes round for ever. */
  readonly loopFrom: number | undefined
  /** How long the run was before it was made small. */
  readonly foundIn: number
  /** A digest of everything chosen and written: equal on every machine. */
  readonly chain: string
  /** As a file for `kybern replay` and the inspector. Throws KYB-REPLAY when the scenario is made of functions. */
  file(): ReplayFile
  /** As a vitest test that fails as long as the property does: a whole file to paste. */
  test(): string
}

export interface Report {
  readonly scenario: string
  readonly verdict: Verdict
  readonly covered: Covered
  readonly properties: readonly PropertyReport[]
  readonly counterexample: Counterexample | undefined
  /** The report as text. */
  toString(): string
}

/** Makes a report of its parts. */
export function reportOf(parts: Omit<Report, 'toString'>): Report {
  return Object.freeze({ ...parts, toString: () => textOf(parts) })
}

/** 12,345. */
export const amount = (value: number): string => value.toLocaleString('en-US')

function textOf({ scenario, verdict, covered, properties, counterexample }: Omit<Report, 'toString'>): string {
  const { states, transitions, runs, depth, mode, assumes } = covered
  const seen = [
    `${amount(states)} states`,
    `${amount(transitions)} transitions`,
    ...(runs > 0 ? [`${amount(runs)} runs`] : []),
    `depth ${depth}`,
  ].join(', ')
  const lines = [`${scenario}: ${verdict} (${mode}: ${seen})`, ...coveredText(covered).map((line) => `  ${line}`)]
  for (const one of covered.notes) lines.push(`  ${one}`)
  for (const one of assumes) lines.push(`  assumes: ${one}`)
  for (const one of properties) lines.push(`  ${propertyText(one, verdict)}`)
  if (counterexample !== undefined) lines.push('', counterexampleText(counterexample))
  return lines.join('\n')
}

/** What ended it, how far it came, and what broke on the way. */
function coveredText({
  stoppedBy,
  levels,
  frontier,
  runs,
  settled,
  unsettled,
  allowed,
  faults,
  threads,
}: Covered): string[] {
  const struck = Object.entries(faults).map(([sort, count]) => `${sort.replace(',', '')} ${amount(count)}`)
  const lines = []
  if (stoppedBy !== undefined && runs === 0)
    lines.push(
      `ended by its budget of ${stoppedBy}: everything within ${levels} steps was looked into, ${amount(frontier)} states found were not`,
    )
  else if (stoppedBy !== undefined)
    lines.push(
      `ended by its budget of ${stoppedBy}: ${amount(settled)} runs came to rest${threads > 1 ? `, on ${threads} threads` : ''}`,
    )
  if (unsettled > 0) lines.push(`${amount(unsettled)} runs were given up before they settled`)
  const most = Object.entries(allowed).map(([word, count]) => `${word} ${boundText(count)}`)
  if (most.length > 0)
    lines.push(`faults: at most ${most.join(', ')} in one run; struck: ${struck.join(', ') || 'none'}`)
  return lines
}

function boundText(count: FaultBudget[keyof FaultBudget]): string {
  if (typeof count !== 'object') return String(count)
  return Object.entries(count)
    .map(([of, most]) => `of ${of} ${most}`)
    .join(' and ')
}

function propertyText({ name, held, concerned, vacuous, witnessed }: PropertyReport, verdict: Verdict): string {
  if (!held) return `✗ ${name}`
  if (witnessed !== undefined)
    return witnessed === 0
      ? `? ${name}: never seen`
      : `✓ ${name}: seen at ${(witnessed * 100).toFixed(1)} % of the moments`
  if (vacuous) return `? ${name}: nothing concerned it`
  return `${verdict === 'exhausted' ? '✓' : '·'} ${name} (${amount(concerned)} times)`
}

/** A counterexample as text: the property, the story, and how to see it again. */
export function counterexampleText(one: Counterexample): string {
  const steps = one.steps.filter(isTold).length
  const nodes = one.without.length === 0 ? '' : `, without ${one.without.join(', ')}`
  const source = one.source === undefined ? '' : ` (${one.source})`
  return [
    `✗ ${one.property}: ${one.why}${source}`,
    `  ${steps} ${steps === 1 ? 'step' : 'steps'} (of a run of ${one.foundIn})${nodes}${one.seed === undefined ? '' : `, seed ${one.seed}`}`,
    '',
    storyText(one.steps, one.loopFrom),
    '',
    `  replay: ${one.url}`,
    '',
    one.test(),
  ].join('\n')
}
