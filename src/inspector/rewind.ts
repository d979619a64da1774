/**
 * Going back: a fork kept from before the moment, with what was done since then repeated up to it. In virtual time that
 * gives the same cluster again.
 */
import type { Cluster } from '../cluster/cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { begun } from './calls.ts'
import { wrong } from './commands.ts'
import { Recorder } from './recorder.ts'
import type { RunStep } from './run-file.ts'
import type { Tape } from './tape.ts'
import type { Checkpoint, Watched } from './watched.ts'

/**
 * To right after a revision, when everybody has acted on that instant; to the end of an instant (ms); or to right before a
 * step.
 */
export type Goal = { readonly revision: number } | { readonly time: number } | { readonly step: number }

export interface Rewound {
  readonly cluster: Cluster
  readonly tape: Tape
  readonly steps: readonly RunStep[]
  readonly checkpoints: readonly Checkpoint[]
}

/** The cluster as it was then, as one of its own. Throws KYB-INSPECT-PAST when nothing is kept from before it. */
export async function rewound(watched: Watched, goal: Goal): Promise<Rewound> {
  const from = startFor(watched, goal)
  if (from === undefined)
    throw new KybernError('KYB-INSPECT-PAST', 'no state from before that moment is kept to start from')
  const cluster = from.cluster.fork()
  const silent = {
    entry: () => undefined,
    outside: () => undefined,
    submitted: () => undefined,
    input: () => undefined,
  }
  const recorder = new Recorder(cluster, silent, watched.tape.fork(from.seq))
  const steps = watched.steps.slice(0, from.steps)
  const end = 'time' in goal ? goal.time : watched.cluster.now.getTime()
  const there = (): boolean => 'revision' in goal && cluster.snapshot.revision >= goal.revision
  for (const step of watched.steps.slice(from.steps, 'step' in goal ? goal.step : undefined)) {
    await runTo(cluster, Math.min(end, step.at), there)
    if (there() || step.at > end) break
    recorder.command(step.text)
    if (!movesTime(step)) for (const call of step.calls) await begun(cluster, call).catch(() => undefined)
    steps.push(step)
  }
  await runTo(cluster, 'step' in goal ? (watched.steps[goal.step]?.at ?? end) : end, there)
  recorder.stop()
  const checkpoints = watched.checkpoints.filter((point) => point.seq <= from.seq)
  return { cluster, tape: recorder.tape, steps, checkpoints }
}

/** The last fork kept from before the goal. Of several at the revision asked for it is the first: nothing was done since. */
function startFor({ checkpoints, cluster }: Watched, goal: Goal): Checkpoint | undefined {
  if ('step' in goal) return checkpoints.filter((point) => point.steps <= goal.step).at(-1)
  if ('time' in goal) {
    if (goal.time > cluster.now.getTime()) throw wrong('that time has not come yet')
    return checkpoints.filter((point) => point.cluster.now.getTime() <= goal.time).at(-1)
  }
  const exact = checkpoints.find((point) => point.revision === goal.revision)
  return exact ?? checkpoints.filter((point) => point.revision < goal.revision).at(-1)
}

/** Steps that only let time pass: their time passes anyway, up to what comes next. */
export function movesTime({ calls }: RunStep): boolean {
  return calls.every(({ call }) => call === 'advance' || call === 'settle')
}

/** Lets time pass up to `time`, instant by instant while the goal is not reached. */
async function runTo(cluster: Cluster, time: number, there: () => boolean): Promise<void> {
  const now = (): number => cluster.now.getTime()
  for (;;) {
    if (there()) return
    const due = cluster.plane.loop.nextDue()
    if (due === undefined || due > time) break
    await cluster.advance(Math.max(0, due - now()))
  }
  if (time > now()) await cluster.advance(time - now())
}
