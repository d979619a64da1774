/**
 * What an exploration answers: a verdict that says no more than was seen, what each property had to say, and for a
 * violation its counterexample, made small, as a story, as data and as a test.
 */
import type { Property } from '../property.ts'
import type { ReplayFile } from '../replay-file.ts'
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
  /** Of a `sometimes`: the share of runs or states that were witnesses, 0 to 1. */
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

function textOf({ scenario, verdict, covered, properties, counterexample }: Omit<Report, 'toString'>): string {
  const { states, transitions, runs, depth, unsettled, mode, assumes } = covered
  const count = (value: number, word: string): string => `${value.toLocaleString('en-US')} ${word}`
  const seen = [
    count(states, 'states'),
    count(transitions, 'transitions'),
    ...(runs > 0 ? [count(runs, 'runs')] : []),
    `depth ${depth}`,
  ].join(', ')
  const lines = [`${scenario}: ${verdict} (${mode}: ${seen})`]
  if (unsettled > 0) lines.push(`  ${unsettled} runs were given up before they settled`)
  for (const one of assumes) lines.push(`  assumes: ${one}`)
  for (const one of properties) lines.push(`  ${propertyText(one, verdict)}`)
  if (counterexample !== undefined) lines.push('', counterexampleText(counterexample))
  return lines.join('\n')
}

function propertyText({ name, held, concerned, vacuous, witnessed }: PropertyReport, verdict: Verdict): string {
  if (!held) return `✗ ${name}`
  if (witnessed !== undefined)
    return witnessed === 0 ? `? ${name}: never seen` : `✓ ${name}: seen in ${(witnessed * 100).toFixed(1)} %`
  if (vacuous) return `? ${name}: nothing concerned it`
  return `${verdict === 'exhausted' ? '✓' : '·'} ${name} (${concerned.toLocaleString('en-US')} times)`
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
