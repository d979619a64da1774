/**
 * A counterexample as something to read: numbered steps, each with who acted, what it believed and what was true, and
 * what it wrote. What only took its ordinary course is summed up.
 */
import type { KubeObject } from '../../api/object.ts'
import type { Vector } from './cells.ts'
import type { Written } from './draft.ts'
import type { Violation } from './judge.ts'
import { chainOf, Runner, type Step } from './run.ts'
import { said } from './said.ts'
import type { HeldChange } from './sight.ts'
import type { World } from './world.ts'

/** A write within a step. */
export interface StoryWrite {
  readonly verb: string
  readonly resource: string
  readonly key: string
  /** What came of it: `done`, or the refusal in words. */
  readonly outcome: string
}

/** A watch that was behind while somebody acted. */
export interface Belief {
  readonly resource: string
  readonly key: string
  /** What the actor saw, and what was true: short sentences. */
  readonly believed: string
  readonly truth: string
}

/** One step of a counterexample. Plain data: it is kept in replay files and drawn by the inspector. */
export interface StoryStep {
  readonly index: number
  /** Virtual time since the beginning in ms. */
  readonly at: number
  readonly actor: string
  readonly action: string
  /** False for what happened in the ordinary course. */
  readonly chosen: boolean
  readonly writes: readonly StoryWrite[]
  readonly believed: readonly Belief[]
}

/** What a played log tells. */
export interface Told {
  readonly violation: Violation | undefined
  readonly steps: readonly StoryStep[]
  /** The digest of everything that was chosen and written. */
  readonly chain: string
}

/** Plays a log and writes down what happens; the ordinary course after it ends when the run has `longest` steps. */
export function tell(
  world: World,
  log: readonly string[],
  property?: string,
  { settle = true, longest = 5000 }: { settle?: boolean; longest?: number } = {},
): Told {
  const steps: StoryStep[] = []
  let chain = 0x811c9dc5
  const runner = new Runner(world, longest, (step) => {
    chain = chainOf(chain, step)
    steps.push(stepOf(world, step, steps.length + 1))
  })
  const { violation } = runner.play(log, property === undefined ? { settle } : { settle, property })
  return { violation, steps, chain: (chain >>> 0).toString(16).padStart(8, '0') }
}

function stepOf(world: World, { action, from, passages, chosen }: Step, index: number): StoryStep {
  const writes = passages.flatMap(({ written }) => (written === undefined ? [] : [writeOf(written)]))
  const at = from[world.base.ground.clock] ?? 0
  return {
    index,
    at,
    actor: action.actor,
    action: action.name,
    chosen,
    writes,
    believed: beliefs(world, action.actor, from),
  }
}

function writeOf({ verb, resource, key, change, refused, code }: Written): StoryWrite {
  const outcome = refused === undefined ? (change === undefined ? 'nothing to change' : 'done') : `${code}: ${refused}`
  return { verb, resource, key, outcome }
}

/** What the actor sees otherwise than it is. */
function beliefs(world: World, actor: string, vector: Vector): Belief[] {
  const { cells } = world.base.ground
  return cells.ofKind('held').flatMap((slot) => {
    const { of, key: resource } = cells.slotAt(slot)
    const list = cells.value<readonly number[] | undefined>(vector[slot] ?? 0) ?? []
    if (of !== actor || list.length < 2) return []
    const seen = new Set<number>()
    return list.slice(1).flatMap((id) => {
      const held = cells.value<HeldChange>(id)
      if (seen.has(held.slot)) return []
      seen.add(held.slot)
      const { key } = cells.slotAt(held.slot)
      const truth = cells.object(vector[held.slot] ?? 0)
      return [{ resource, key, believed: shown(cells.object(held.from)), truth: shown(truth) }]
    })
  })
}

/** An object in a few words. */
function shown(object: KubeObject | undefined): string {
  if (object === undefined) return 'is not there'
  const { spec, status, metadata } = object
  const words = [
    status?.phase,
    spec?.nodeName === undefined ? undefined : `on ${spec.nodeName}`,
    spec?.replicas === undefined ? undefined : `replicas ${spec.replicas}`,
    status?.readyReplicas === undefined ? undefined : `ready ${status.readyReplicas}`,
    metadata.deletionTimestamp === undefined ? undefined : 'being deleted',
  ].filter((word) => word !== undefined)
  return words.length === 0 ? 'is there' : words.join(', ')
}

/** Is the step told by itself? What took its ordinary course is not, nor what neither broke nor wrote nor misread anything. */
export function isTold({ chosen, action, writes, believed }: StoryStep): boolean {
  const isQuiet = /^(reconcile|turn) /.test(action) && !/, write \d+ \w+$/.test(action)
  return chosen && !(isQuiet && writes.length === 0 && believed.length === 0)
}

/** The story as text: every step that is told, the last one, and what was between them in one line each. */
export function storyText(steps: readonly StoryStep[], loopFrom?: number): string {
  if (steps.length === 0) return '   it is so from the beginning: nobody has done anything yet'
  const lines: string[] = []
  let between: StoryStep[] = []
  const flush = (): void => {
    const last = between.at(-1)
    if (last === undefined) return
    const writes = between.flatMap((step) => step.writes)
    lines.push(
      `      … ${counted(between.length, 'step')} in the ordinary course, ${counted(writes.length, 'write')}${ranTo(last)}`,
    )
    between = []
  }
  let number = 0
  let loop: number | undefined
  for (const [i, step] of steps.entries()) {
    if (step.index === loopFrom) {
      flush()
      loop = number + 1
    }
    if (!isTold(step) && i < steps.length - 1) {
      between.push(step)
      continue
    }
    flush()
    lines.push(...stepLines(step, ++number))
  }
  if (loop !== undefined) lines.push(`      and so on for ever from step ${loop}`)
  return lines.join('\n')
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

function ranTo({ at }: StoryStep): string {
  return at === 0 ? '' : `, until ${clock(at)}`
}

function stepLines({ at, actor, action, writes, believed }: StoryStep, number: number): string[] {
  const head = `${String(number).padStart(4)}  ${clock(at)}  ${actor.replace('controller/', '').padEnd(16)}  ${said(action)}`
  const views = believed.map(
    ({ resource, key, believed: seen, truth }) =>
      `${' '.repeat(20)}believes: ${resource} ${key} ${seen}; truth: ${truth}`,
  )
  const done = writes.map(
    ({ verb, resource, key, outcome }) =>
      `${' '.repeat(20)}${verb} ${resource} ${key}${outcome === 'done' ? '' : ` (${outcome})`}`,
  )
  return [head, ...views, ...done]
}

/** `00:05.000`. */
function clock(ms: number): string {
  const pad = (value: number, size = 2): string => String(value).padStart(size, '0')
  return `${pad(Math.floor(ms / 60_000))}:${pad(Math.floor(ms / 1000) % 60)}.${pad(ms % 1000, 3)}`
}
