/**
 * What an autoscaler remembers between looks: its recommendations and the changes it made. Elsewhere that is the
 * controller's memory; here it is plain data on the object, so that forks, restarts and replays have it too. It is
 * written only when a recommendation differs from the one before.
 */
import type { KubeObject } from '../../api/object.ts'

export const memoryAnnotation = 'autoscaling.kybern.dev/recommendations'

/** How often the autoscaler looks. */
export const syncMs = 15_000
/** The longest stabilization window and the longest policy period the API allows. */
const longestMs = 3_600_000

/** At a time (ms), a number of replicas (recommended, or changed by). */
export type Mark = readonly [at: number, replicas: number]

export interface Memory {
  /** Each recommendation with when it was first made; it held until the next one. */
  readonly recommended: readonly Mark[]
  readonly up: readonly Mark[]
  readonly down: readonly Mark[]
}

/** What is remembered; on the first look the present size stands for what was recommended. */
export function memoryOf(autoscaler: KubeObject, current: number, now: number): Memory {
  const text = autoscaler.metadata.annotations?.[memoryAnnotation]
  const { r = [], u = [], d = [] } = text === undefined ? {} : parsed(text)
  return { recommended: r.length === 0 ? [[now, current]] : r, up: u, down: d }
}

function parsed(text: string): { r?: Mark[]; u?: Mark[]; d?: Mark[] } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** The text for the annotation. */
export function memoryText({ recommended, up, down }: Memory): string {
  return JSON.stringify({ r: recommended, ...(up.length > 0 && { u: up }), ...(down.length > 0 && { d: down }) })
}

/** The recommendations that were still being made after `cutoff` (ms). */
export function recommendedAfter(memory: Memory, cutoff: number, now: number): readonly number[] {
  return memory.recommended
    .filter((_, index) => lastMade(memory.recommended, index, now) > cutoff)
    .map(([, replicas]) => replicas)
}

/** When a recommendation was last made: at the look before the next one. */
function lastMade(marks: readonly Mark[], index: number, now: number): number {
  const [from] = marks[index] as Mark
  const until = marks[index + 1]?.[0] ?? now
  return Math.max(from, until - syncMs)
}

/** The memory with a recommendation. */
export function withRecommendation(memory: Memory, replicas: number, now: number): Memory {
  if (memory.recommended.at(-1)?.[1] === replicas) return memory
  const fresh = memory.recommended.filter((_, index) => lastMade(memory.recommended, index, now) > now - longestMs)
  return { ...memory, recommended: [...fresh, [now, replicas]] }
}

/** The memory with a change of size made now. */
export function withScaling(memory: Memory, from: number, to: number, now: number): Memory {
  const fresh = (marks: readonly Mark[]) => marks.filter(([at]) => at > now - longestMs)
  return to > from
    ? { ...memory, up: [...fresh(memory.up), [now, to - from]] }
    : { ...memory, down: [...fresh(memory.down), [now, from - to]] }
}

/** How many replicas were added (or taken) after `cutoff`. */
export function changedAfter(marks: readonly Mark[], cutoff: number): number {
  return marks.reduce((sum, [at, replicas]) => (at > cutoff ? sum + replicas : sum), 0)
}
