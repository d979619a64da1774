/** A machine's states and transitions with their targets resolved: what the drawings are made from. */
import type { AnyStateMachine, AnyStateNode } from 'xstate'

/** One arrow. `targets` are ids of states; none means that the machine stays where it is. */
export interface Arrow {
  readonly event: string
  readonly guard: string
  readonly actions: readonly string[]
  readonly targets: readonly string[]
}

export interface ChartState {
  /** The path below the root joined with `.`; '' for the root. */
  readonly id: string
  readonly key: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly description: string
  readonly initial: string
  readonly entry: readonly string[]
  readonly exit: readonly string[]
  readonly tags: readonly string[]
  readonly arrows: readonly Arrow[]
  readonly states: readonly ChartState[]
}

/** The root state of a machine. Pure. */
export function chartOf(machine: AnyStateMachine): ChartState {
  return stateOf(machine.root)
}

function stateOf(node: AnyStateNode): ChartState {
  const transitions = [...node.transitions.values()].flat()
  const all = [...transitions, ...(node.always ?? [])]
  return {
    id: idOf(node),
    key: node.path.length === 0 ? node.machine.id : node.key,
    type: node.type,
    description: node.description ?? '',
    initial: node.type === 'compound' ? idOf(node.initial.target[0] as AnyStateNode) : '',
    entry: namesOf(node.entry),
    exit: namesOf(node.exit),
    tags: node.tags,
    arrows: all.map(({ eventType, guard, actions, target }) => ({
      event: eventName(eventType),
      guard: guard === undefined ? '' : (namesOf([guard])[0] ?? ''),
      actions: namesOf(actions),
      targets: (target ?? []).map(idOf),
    })),
    states: Object.values(node.states as Record<string, AnyStateNode>).map(stateOf),
  }
}

function idOf(node: AnyStateNode): string {
  return node.path.join('.')
}

/** `xstate.after.<delay>.<state>` is a delay; '' is an eventless transition. */
function eventName(type: string): string {
  const delay = /^xstate\.after\.([^.]+)\./.exec(type)?.[1]
  return delay === undefined ? type : `after ${delay}`
}

/** The names; a function without one (an inline action) has none to show. */
function namesOf(things: readonly unknown[]): string[] {
  return things.flatMap((thing) => {
    if (typeof thing === 'string') return [thing]
    const { type } = thing as { type?: unknown }
    return typeof type === 'string' ? [type] : []
  })
}
