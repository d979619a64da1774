/**
 * A machine as a Mermaid state diagram.
 * Source: https://mermaid.js.org/syntax/stateDiagram.html
 */
import type { AnyStateMachine } from 'xstate'
import { type Arrow, type ChartState, chartOf } from './statechart.ts'

/** Text for a Markdown `mermaid` block. */
export function toMermaid(machine: AnyStateMachine): string {
  const root = chartOf(machine)
  return `${['stateDiagram-v2', ...inside(root, 1)].join('\n')}\n`
}

function inside(state: ChartState, depth: number): string[] {
  const pad = '  '.repeat(depth)
  const lines = state.initial === '' ? [] : [`${pad}[*] --> ${name(state.initial)}`]
  state.states.forEach((child, at) => {
    if (at > 0 && state.type === 'parallel') lines.push(`${pad}--`)
    lines.push(...stateLines(child, depth))
  })
  for (const child of state.states) lines.push(...arrowLines(child, pad))
  if (state.id === '') lines.push(...rootLines(state, pad))
  return lines
}

function stateLines(state: ChartState, depth: number): string[] {
  const pad = '  '.repeat(depth)
  const lines = [`${pad}state "${state.key}" as ${name(state.id)}`]
  if (state.states.length > 0) lines.push(`${pad}state ${name(state.id)} {`, ...inside(state, depth + 1), `${pad}}`)
  if (state.type === 'final') lines.push(`${pad}${name(state.id)} --> [*]`)
  return lines
}

function arrowLines(state: ChartState, pad: string): string[] {
  return state.arrows.flatMap((arrow) =>
    arrow.targets.map((target) => `${pad}${name(state.id)} --> ${name(target)} : ${labelOf(arrow)}`),
  )
}

/** What every state answers to: Mermaid has no arrow that leaves the whole diagram, so the root's are a note. */
function rootLines(root: ChartState, pad: string): string[] {
  const [first] = root.states
  if (first === undefined || root.arrows.length === 0) return []
  const texts = root.arrows.map((arrow) => `${pad}  from any state: ${labelOf(arrow)} → ${arrow.targets.join(', ')}`)
  return [`${pad}note right of ${name(first.id)}`, ...texts, `${pad}end note`]
}

function labelOf({ event, guard, actions }: Arrow): string {
  const parts = [
    event === '' ? 'always' : event,
    guard === '' ? '' : `[${guard}]`,
    actions.length === 0 ? '' : `/ ${actions.join(', ')}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** Mermaid's ids are words; `end` and the like are reserved, hence the prefix. */
function name(id: string): string {
  return `s_${id.replaceAll(/[^A-Za-z0-9]/g, '_')}`
}
