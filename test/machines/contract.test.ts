/**
 * The contract of all machines: one self-contained literal a file, every state reachable, and the same life whether a
 * machine runs live (`createActor`), as a pure fold (`transition`) or in the host.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode, createActor } from 'xstate'
import { machines } from '../../machines/index.ts'
import { Host, steppersOf } from '../../src/actors/host.ts'
import type { World } from '../../src/actors/world.ts'
import { Timers } from '../../src/lib/timers.ts'
import { PureActors } from '../support/actors.ts'
import { type Sample, samples } from './samples.ts'

const folder = new URL('../../machines/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts')
const names = Object.keys(machines)

describe.each(files)('machines/%s', (file) => {
  const source = readFileSync(new URL(file, folder), 'utf8')
  const literal = source.slice(source.indexOf('.createMachine('))

  test('is listed by its name', () => {
    expect(names).toContain(file.replace(/\.ts$/, ''))
  })

  test('is one setup().createMachine() literal that imports nothing but xstate', () => {
    expect(source.match(/\bsetup\(/g)).toHaveLength(1)
    expect(source.match(/\.createMachine\(/g)).toHaveLength(1)
    const imported = [...source.matchAll(/^import .*from '(.*)'$/gm)].map((match) => match[1])
    expect(imported).toEqual(['xstate'])
  })

  test('holds strings only: no functions inside but the context from the input', () => {
    const inside = literal.replace(/context: \(\{ input \}\) =>/, '')
    expect(inside).not.toContain('=>')
    expect(inside).not.toMatch(/\bassign\(|\braise\(|\bfunction\b/)
    expect(source).not.toMatch(/\binvoke\b|\bspawn\w*\(|systemId/)
  })

  test('intents have no body: what is not an assign is empty', () => {
    const actions = /\n {2}actions: \{\n([\s\S]*?)\n {2}\},/.exec(source)?.[1] ?? ''
    const heads = actions.split('\n').filter((line) => /^ {4}\w/.test(line))
    for (const head of heads) expect(head).toMatch(/^ {4}\w+(: assign\(|\(\) \{\},$)/)
  })
})

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}

/** Ids of states that are only passed through (`always` out of them) do not show in a snapshot's value. */
function isPassedThrough(node: AnyStateNode): boolean {
  return (node.always ?? []).length > 0
}

describe.each(names)('%s', (name) => {
  const machine = machines[name] as AnyStateMachine
  const sample = samples[name] as Sample

  test('has sample events for every event it knows', () => {
    const known = [...new Set(nodesOf(machine.root).flatMap((node) => [...node.ownEvents]))]
    const named = known.filter((type) => !type.startsWith('xstate.') && type !== '')
    expect(sample.events.map((event) => event.type)).toEqual(expect.arrayContaining(named))
  })

  test('every state is reachable', () => {
    const all = nodesOf(machine.root)
      .filter((node) => !isPassedThrough(node))
      .map((node) => node.id)
    expect(all.filter((id) => !reached(name, sample).has(id))).toEqual([])
  })

  test('state names are single words in camel case, events are two words with a dot', () => {
    for (const node of nodesOf(machine.root).slice(1)) expect(node.key).toMatch(/^[a-z][a-zA-Z]*$/)
    for (const { type } of sample.events) expect(type).toMatch(/^[a-z]+\.[a-z]+$/)
  })

  test('live, pure and hosted lives are the same', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: sample.events.length - 1 }) },
      { weight: 2, arbitrary: fc.constantFrom(-100, -1_000, -20_000, -700_000) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const three = [live(machine, sample), pure(name, sample), hosted(name, sample)]
        for (const one of steps) {
          for (const life of three)
            if (one < 0) life.pass(-one)
            else life.send(sample.events[one] as { type: string })
          const [first, ...others] = three.map((life) => told(life.snapshot()))
          for (const other of others) expect(other).toEqual(first)
        }
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})

function told({ value, context, status }: AnyMachineSnapshot): unknown {
  return { value, context, status }
}

interface Life {
  send(event: { type: string }): void
  pass(ms: number): void
  snapshot(): AnyMachineSnapshot
}

/** A clock for live actors that fires delays in order of time, then of setting. */
class HandClock {
  now = 0
  #next = 1
  #waiting: { id: number; at: number; fire: () => void }[] = []

  setTimeout(fire: () => void, ms: number): number {
    const id = this.#next++
    if (ms !== Number.POSITIVE_INFINITY) this.#waiting.push({ id, at: this.now + ms, fire })
    return id
  }

  clearTimeout(id: number): void {
    this.#waiting = this.#waiting.filter((one) => one.id !== id)
  }

  pass(ms: number): void {
    const to = this.now + ms
    for (;;) {
      const [first] = this.#waiting.sort((a, b) => a.at - b.at || a.id - b.id)
      if (first === undefined || first.at > to) break
      this.clearTimeout(first.id)
      this.now = first.at
      first.fire()
    }
    this.now = to
  }
}

function live(machine: AnyStateMachine, sample: Sample): Life {
  const clock = new HandClock()
  const actor = createActor(machine, { input: sample.input as never, clock: clock as never }).start()
  return {
    send: (event) => {
      if (actor.getSnapshot().status === 'active') actor.send(event as never)
    },
    pass: (ms) => clock.pass(ms),
    snapshot: () => actor.getSnapshot() as AnyMachineSnapshot,
  }
}

function pure(name: string, sample: Sample): Life {
  const actors = new PureActors(machines)
  actors.spawn('it', name, sample.input)
  return {
    send: (event) => void actors.send('it', event),
    pass(ms) {
      const to = actors.now + ms
      for (let due = actors.next(to); due !== undefined; due = actors.next(to)) actors.send('it', due.event)
      actors.now = to
    },
    snapshot: () => actors.get('it') as AnyMachineSnapshot,
  }
}

function hosted(name: string, sample: Sample): Life {
  const timers = new Timers<{ event?: { type: string } }>()
  const store = { now: 0 }
  const world = { actors: new Map(), beneath: new Map(), timers, store } as unknown as World
  const host = new Host(world, steppersOf(machines), () => {})
  host.spawn('test', 'it', name, sample.input)
  return {
    send: (event) => void host.send('it', event),
    pass(ms) {
      const to = store.now + ms
      for (let due = timers.peek(); due !== undefined && due.at <= to; due = timers.peek()) {
        timers.take(due.at)
        store.now = due.at
        host.send('it', due.data.event as { type: string })
      }
      store.now = to
    },
    snapshot: () => host.get('it') as AnyMachineSnapshot,
  }
}

/** Bounds of the search for states: distinct configurations, and events to the deepest of them. */
const searchLimit = 4000
const found = new Map<string, Set<string>>()

/** Ids of all states that some row of sample events and elapsed delays leads to. */
function reached(name: string, sample: Sample): Set<string> {
  const known = found.get(name)
  if (known !== undefined) return known
  const ids = new Set<string>()
  const seen = new Set<string>()
  const first = new PureActors(machines)
  first.spawn('it', name, sample.input)
  const queue = [first]
  for (let at = 0; at < queue.length && seen.size < searchLimit; at++) {
    const actors = queue[at] as PureActors
    const snapshot = actors.get('it') as AnyMachineSnapshot
    const key = JSON.stringify([
      snapshot.value,
      sample.shape?.(snapshot.context) ?? '',
      actors.due.map((one) => one.id),
    ])
    if (seen.has(key)) continue
    seen.add(key)
    for (const node of (snapshot as unknown as { _nodes: AnyStateNode[] })._nodes) ids.add(node.id)
    for (const event of [...sample.events, ...actors.due.map((one) => one.event)]) queue.push(after(actors, event))
  }
  found.set(name, ids)
  return ids
}

function after(before: PureActors, event: { type: string }): PureActors {
  const copy = new PureActors(machines)
  copy.now = before.now
  copy.due = before.due.filter((one) => one.event !== event)
  for (const [id, cell] of before.cells) copy.cells.set(id, cell)
  copy.send('it', event)
  return copy
}
