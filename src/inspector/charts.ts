/**
 * Statecharts as flat data for drawing, and what of one is so at a moment: what an actor would react to, and which arrows
 * its last event took.
 * Source: https://www.w3.org/TR/scxml/ (the words), https://stately.ai/docs/state-machines-and-statecharts
 */
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate'
import type { ActorEvent } from '../actors/actor.ts'
import { type ChartState, chartOf as treeOf } from '../actors/export/statechart.ts'
import type { Alarm } from '../actors/world.ts'
import type { Timer } from '../lib/timers.ts'
import type { Chart, ChartArrow, ChartNode } from './chart-words.ts'
import type { EnabledEvent } from './questions.ts'
import { eventText } from './records.ts'

/** The chart of one machine. Pure. */
export function chartOf(name: string, machine: AnyStateMachine): Chart {
  const states: ChartNode[] = []
  const arrows: ChartArrow[] = []
  flatten(treeOf(machine), undefined, states, arrows)
  return { machine: name, description: machine.root.description ?? '', states, arrows }
}

/** The charts of all machines, by name. */
export function chartsOf(machines: Readonly<Record<string, AnyStateMachine>>): Chart[] {
  return Object.entries(machines).map(([name, machine]) => chartOf(name, machine))
}

function flatten(state: ChartState, parent: string | undefined, states: ChartNode[], arrows: ChartArrow[]): void {
  const { id, key, type, description, initial, entry, exit, tags } = state
  states.push({
    id,
    key,
    ...(parent === undefined ? {} : { parent }),
    type,
    description,
    ...(initial === '' ? {} : { initial }),
    entry,
    exit,
    tags,
  })
  for (const { event, guard, actions, targets } of state.arrows) {
    const delay = /^after (.*)$/.exec(event)?.[1]
    arrows.push({ from: id, to: targets, event, ...(delay === undefined ? {} : { delay }), guard, actions })
  }
  for (const child of state.states) flatten(child, id, states, arrows)
}

/** The transitions of a machine in the order of its chart's arrows. */
function transitionsIn(node: AnyStateNode): Transition[] {
  const own = [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
  return [...own, ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(transitionsIn)]
}

type Transition = NonNullable<AnyStateNode['always']>[number]

/** The indexes of the arrows an event took from a state; none when the machine did not react. */
export function arrowsTaken(previous: AnyMachineSnapshot, event: ActorEvent): number[] {
  const all = transitionsIn(previous.machine.root)
  return (reactions(previous, event) ?? []).map((transition) => all.indexOf(transition)).filter((at) => at >= 0)
}

/** The transitions an event would take; undefined when a guard wants to know what the event does not carry. */
function reactions(snapshot: AnyMachineSnapshot, event: ActorEvent): readonly Transition[] | undefined {
  try {
    return (snapshot.machine as AnyStateMachine).getTransitionData(snapshot as never, event as never) as Transition[]
  } catch {
    return undefined
  }
}

/** What the actor would react to now. `timers` are those of its delays. */
export function enabledOf(snapshot: AnyMachineSnapshot, timers: readonly Timer<Alarm>[]): EnabledEvent[] {
  if (snapshot.status !== 'active') return []
  const nodes = snapshot._nodes as readonly AnyStateNode[]
  return [...nodes]
    .reverse()
    .flatMap((node) =>
      [...node.transitions.values()].flat().map((transition) => enabled(snapshot, node, transition, timers)),
    )
}

function enabled(
  snapshot: AnyMachineSnapshot,
  node: AnyStateNode,
  transition: Transition,
  timers: readonly Timer<Alarm>[],
): EnabledEvent {
  const { eventType, guard, target } = transition
  const due = timers.find(({ data }) => data.event?.type === eventType)
  const named = typeof guard === 'string' ? guard : (guard as { type?: string } | undefined)?.type
  return {
    type: eventType,
    state: node.path.join('.'),
    targets: (target ?? []).map((one: AnyStateNode) => one.path.join('.')),
    ...(named === undefined ? {} : { guard: named }),
    passes: reactions(snapshot, { type: eventType })?.includes(transition) ?? guard === undefined,
    ...(due === undefined ? {} : { at: due.at }),
    label: eventText(eventType),
  }
}
