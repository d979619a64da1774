/**
 * A machine as SCXML. Guards become `cond` by name; actions stand by name in an attribute of a namespace of their own,
 * since their bodies are the program's.
 * Source: https://www.w3.org/TR/scxml/
 */
import type { AnyStateMachine } from 'xstate'
import { type Arrow, type ChartState, chartOf } from './statechart.ts'

const namespaces = 'xmlns="http://www.w3.org/2005/07/scxml" xmlns:kybern="https://kybern.dev/scxml"'

/** An SCXML document. */
export function toScxml(machine: AnyStateMachine): string {
  const root = chartOf(machine)
  const head = `<scxml ${namespaces} version="1.0" name="${escaped(root.key)}"${initialOf(root)}>`
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', head]
  if (root.arrows.length === 0) lines.push(...root.states.flatMap((state) => elementOf(state, 1)))
  // SCXML's root has no transitions: what any state answers to hangs on one state around them all.
  else lines.push(...elementOf({ ...root, id: 'any' }, 1))
  return `${[...lines, '</scxml>'].join('\n')}\n`
}

function elementOf(state: ChartState, depth: number): string[] {
  const pad = '  '.repeat(depth)
  const tag = state.type === 'parallel' ? 'parallel' : state.type === 'final' ? 'final' : 'state'
  const children = [
    ...handlers('onentry', state.entry, pad),
    ...handlers('onexit', state.exit, pad),
    ...state.arrows.map((arrow) => `${pad}  ${transitionOf(arrow)}`),
    ...state.states.flatMap((child) => elementOf(child, depth + 1)),
  ]
  const open = `${pad}<${tag} id="${escaped(state.id)}"${initialOf(state)}`
  return children.length === 0 ? [`${open}/>`] : [`${open}>`, ...children, `${pad}</${tag}>`]
}

function initialOf(state: ChartState): string {
  return state.initial === '' ? '' : ` initial="${escaped(state.initial)}"`
}

function handlers(tag: string, actions: readonly string[], pad: string): string[] {
  return actions.length === 0 ? [] : [`${pad}  <${tag} kybern:actions="${escaped(actions.join(' '))}"/>`]
}

function transitionOf({ event, guard, actions, targets }: Arrow): string {
  const attributes = [
    event === '' ? '' : ` event="${escaped(event.replaceAll(' ', '.'))}"`,
    guard === '' ? '' : ` cond="${escaped(guard)}"`,
    targets.length === 0 ? '' : ` target="${escaped(targets.join(' '))}"`,
    actions.length === 0 ? '' : ` kybern:actions="${escaped(actions.join(' '))}"`,
  ]
  return `<transition${attributes.join('')}/>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
