/**
 * A counterexample as one file: how a property came to be broken, step by step, with what each actor believed and what
 * was true. `kybern/testing` writes it, the inspector draws it. Plain data that survives JSON.
 */
import { KybernError } from '../lib/coded-error.ts'

export const counterexampleVersion = 1

/** Steps come in order; with a loop the steps from `loop.from` on repeat for ever. */
export interface Counterexample {
  readonly version: typeof counterexampleVersion
  /** What went wrong, in a line. */
  readonly title: string
  /** The property as it is called: `always(noOvershoot)`. */
  readonly property: string
  /** What was found of it: `violated at step 12`, `never becomes true on the loop`. */
  readonly verdict: string
  readonly steps: readonly CounterexampleStep[]
  /** Of liveness: the index of the first step of the loop. Absent for safety. */
  readonly loop?: { readonly from: number }
}

export interface CounterexampleStep {
  /** Counts from 0. */
  readonly index: number
  /** Cluster time in ms. */
  readonly at: number
  /** `controller/replicaset`, `kubelet/node-1`, `scheduler`, `user`, `fault`, `time`. */
  readonly actor: string
  /** What it did: `reconcile default/web`, `kill node-1`. */
  readonly action: string
  /** The revision it had before its eyes; equal to `headRevision` when it saw everything. */
  readonly believedRevision: number
  /** The newest revision when it acted. */
  readonly headRevision: number
  /** What it read that mattered: keys with the revision they were read at. */
  readonly reads?: readonly CounterexampleRead[]
  readonly writes: readonly CounterexampleWrite[]
  /** Why it matters, in a sentence; '' when there is nothing to say. */
  readonly note: string
}

export interface CounterexampleRead {
  readonly resource: string
  readonly key: string
  readonly revision: number
}

export interface CounterexampleWrite {
  /** `create`, `update`, `patch`, `delete`, `bind`. */
  readonly verb: string
  readonly resource: string
  readonly key: string
  /** The revision it committed; 0 when it was refused. */
  readonly revision: number
}

/** Reads a file's text. Throws KYB-COUNTEREXAMPLE, saying what is missing, for what is no counterexample. */
export function parseCounterexample(text: string): Counterexample {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw refused(`it is no JSON: ${(error as Error).message}`)
  }
  const file = found as Partial<Counterexample> | null
  if (typeof file !== 'object' || file === null) throw refused('it is no object')
  if (file.version !== counterexampleVersion)
    throw refused(`its version is ${JSON.stringify(file.version)}; this is ${counterexampleVersion}`)
  for (const name of ['title', 'property', 'verdict'] as const)
    if (typeof file[name] !== 'string') throw refused(`${name} is no text`)
  if (!Array.isArray(file.steps) || file.steps.length === 0) throw refused('it has no steps')
  file.steps.forEach((step, i) => {
    const why = whyNotAStep(step, i)
    if (why !== undefined) throw refused(`step ${i}: ${why}`)
  })
  const { loop } = file
  if (loop !== undefined && !(Number.isInteger(loop?.from) && loop.from >= 0 && loop.from < file.steps.length))
    throw refused('loop.from is the index of no step')
  return file as Counterexample
}

function whyNotAStep(step: Partial<CounterexampleStep> | null, i: number): string | undefined {
  if (typeof step !== 'object' || step === null) return 'it is no object'
  if (step.index !== i) return `its index is ${step.index}`
  for (const name of ['at', 'believedRevision', 'headRevision'] as const)
    if (typeof step[name] !== 'number') return `${name} is no number`
  for (const name of ['actor', 'action', 'note'] as const)
    if (typeof step[name] !== 'string') return `${name} is no text`
  if (!Array.isArray(step.writes)) return 'writes is no list'
  const wrong = step.writes.find(({ verb, key, revision }) => !verb || !key || typeof revision !== 'number')
  return wrong === undefined ? undefined : 'a write lacks its verb, key or revision'
}

function refused(why: string): KybernError {
  return new KybernError('KYB-COUNTEREXAMPLE', `this file is no counterexample: ${why}`)
}
