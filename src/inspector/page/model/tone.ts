/**
 * How a state is shown: a tone is a colour and a pattern together, so that nobody has to tell states by colour alone.
 * States of machines are named by what they are; words of objects without a machine (`Pending`, `3/3`) by their health.
 */
import type { Health } from '../../words.ts'

/** `wait`: nothing can be done yet; `work`: something is under way; `ending`: on its way out. */
export type Tone = 'good' | 'work' | 'wait' | 'bad' | 'ending' | 'done' | 'none'

export const tones: readonly Tone[] = ['good', 'work', 'wait', 'bad', 'ending', 'done', 'none']

/** What each tone means, for the legend. */
export const toneWords: Readonly<Record<Tone, string>> = {
  good: 'as it should be',
  work: 'under way',
  wait: 'waiting',
  bad: 'in trouble',
  ending: 'ending',
  done: 'done',
  none: 'exists',
}

/** By machine and leaf state, where the words below would say something else. */
const special: Readonly<Record<string, Tone>> = {
  'pod running.notReady': 'work',
  'pod stopped': 'ending',
  'container waiting': 'wait',
  'container running.notReady': 'work',
  'container running.starting': 'work',
  'container exited': 'done',
  'node ready.schedulable': 'good',
  'node ready.cordoned': 'wait',
  'controller idle': 'none',
  'controller synced': 'none',
  'controller reconciling': 'work',
  'controller stopped': 'done',
  'service reachable.internal': 'good',
}

const words: readonly (readonly [RegExp, Tone])[] = [
  [/fail|crash|dead|silent|degraded|stalled|lost|evict|invalid|unavailable|misscheduled|unreachable/i, 'bad'],
  [/terminat|stopping|stopped|deleting|releas|draining|finaliz/i, 'ending'],
  [/backingoff|backoff|waiting|pending|paused|unobserved|unknown|unbound|blocked|notready|registering/i, 'wait'],
  [
    /pull|creat|prepar|initializ|starting|progress|scaling|advancing|rolling|reconcil|surging|adding|removing|provision|limited/i,
    'work',
  ],
  [/succeeded|completed|removed|gone|exited/i, 'done'],
  [
    /ready|running|complete|available|settled|active|bound|synced|reachable|steady|stable|ideal|serving|selecting/i,
    'good',
  ],
]

/** The tone of one leaf state of a machine. */
function toneOfLeaf(machine: string, leaf: string): Tone {
  const known = special[`${machine} ${leaf}`]
  if (known !== undefined) return known
  const last = leaf.slice(leaf.lastIndexOf('.') + 1)
  return words.find(([pattern]) => pattern.test(last))?.[1] ?? 'none'
}

const weight: Readonly<Record<Tone, number>> = { bad: 6, ending: 5, work: 4, wait: 3, good: 2, done: 1, none: 0 }

/** The most urgent tone of all leaf states; what is unknown, or not yet so while it is under way, does not count. */
export function toneOfStates(machine: string, leaves: readonly string[]): Tone {
  let worst: Tone = 'none'
  const underWay = leaves.some((leaf) => /progressing|scaling|unobserved/.test(leaf))
  for (const leaf of leaves) {
    if (leaves.length > 1 && /unknown|unobserved/.test(leaf)) continue
    if (underWay && /unavailable/.test(leaf)) continue
    const tone = toneOfLeaf(machine, leaf)
    if (weight[tone] > weight[worst]) worst = tone
  }
  return worst === 'none' && underWay ? 'work' : worst
}

export function toneOfHealth(health: Health, status: string): Tone {
  if (health === 'good') return 'good'
  if (health === 'bad') return 'bad'
  if (health === 'done') return 'done'
  if (health === 'none') return 'none'
  if (/terminat/i.test(status)) return 'ending'
  return /pending|waiting|unschedul/i.test(status) ? 'wait' : 'work'
}

/** Ids of the states without a state inside them, in order. */
export function leavesOf(states: readonly string[]): string[] {
  return states.filter((id) => !states.some((other) => other.startsWith(`${id}.`)))
}
