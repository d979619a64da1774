/**
 * What happens eventually, decided on the graph of an exhaustive search under weak fairness: an actor that can act in
 * every state of a loop acts in it. A counterexample is a stem and a loop that is gone round for ever, or a run that ends
 * or comes too late. Faults have budgets, so no loop has any. Loops that only refused writes (409) keep alive cannot be
 * told from bad luck by fairness and are reported apart.
 * Sources: Lamport, Specifying Systems, ch. 8; Anvil (https://www.usenix.org/conference/osdi24/presentation/sun-xudong)
 */
import type { Moment } from '../moment.ts'
import type { Property } from '../property.ts'
import { canonicalText } from './canonical.ts'
import type { Vector } from './cells.ts'
import { components, type Edges } from './components.ts'
import { edgeIs, Graph, Words } from './graph.ts'
import type { Judge } from './judge.ts'
import { type Need, roundTrip, shortest } from './lasso.ts'

/** Why something never happens, or never ends. */
export interface Lasso {
  readonly property: Property
  readonly why: string
  /** From the initial state. */
  readonly stem: readonly Edged[]
  /** What is gone round for ever; empty for a run that ends, or is too late already. */
  readonly loop: readonly Edged[]
}

/** An action and the state it leads to, by number. */
export interface Edged {
  readonly name: string
  readonly to: number
}

export interface Liveness {
  readonly violation: Lasso | undefined
  /** Loops that only refused writes keep alive. */
  readonly starving: readonly Lasso[]
}

const isLive = ({ formula: { type } }: Property): boolean =>
  type === 'eventually' || type === 'leadsTo' || type === 'noOscillation' || type === 'rests'

/** What is wrong with a loop, in words. */
export function whyRound({ formula: { type } }: Property): string {
  if (type === 'rests') return 'somebody goes on writing for ever'
  return type === 'noOscillation' ? 'it goes round for ever' : 'it never comes, though everybody who can act acts'
}

/** Properties that need the whole graph. */
export function needsGraph(properties: readonly Property[]): boolean {
  return properties.some(isLive)
}

/** A graph that keeps what these properties ask. */
export function graphFor(judge: Judge): Graph {
  const live = judge.properties.flatMap((property, i) => (isLive(property) ? [{ property, i }] : []))
  const words = new Words()
  const answer = (i: number, { formula }: Property, vector: Vector): number => {
    const asked = (name: string, of: (s: Moment) => unknown): unknown => judge.holds(`${i}${name}`, vector, of)
    switch (formula.type) {
      case 'eventually':
        return asked('', (s) => formula.at(s) === true) === true ? isMet : 0
      case 'leadsTo':
        return (asked(' to', formula.to) === true ? isMet : 0) | (asked(' from', formula.from) === true ? isAsked : 0)
      case 'noOscillation':
        return words.number(canonicalText(asked(' value', formula.value)))
      default:
        return 0
    }
  }
  return new Graph(
    live.map(
      ({ property, i }) =>
        (vector) =>
          answer(i, property, vector),
    ),
  )
}

/** What something owed asks of a state, in bits: it is there, and its premise holds. */
const isMet = 1
const isAsked = 2

/** Decides. The graph may be a part only: what is found in it is found, what is not may be beyond it. */
export function liveness(graph: Graph, judge: Judge, logOf: (state: number) => readonly Edged[]): Liveness {
  const live = judge.properties.filter(isLive)
  const starving: Lasso[] = []
  const { start, order } = graph.outgoing()
  for (const [k, property] of live.entries()) {
    const search = new Search(graph, { start, order, to: graph.to.all() }, property, k, logOf)
    judge.concerned[judge.properties.indexOf(property)] = search.concerned()
    const { violation, starved } = search.decide()
    if (violation !== undefined) return { violation, starving }
    if (starved !== undefined) starving.push(starved)
  }
  return { violation: undefined, starving }
}

interface Decided {
  readonly violation?: Lasso | undefined
  readonly starved?: Lasso | undefined
}

class Search {
  readonly #graph: Graph
  readonly #edges: Edges
  readonly #property: Property
  readonly #k: number
  readonly #logOf: (state: number) => readonly Edged[]
  readonly #user: number

  constructor(graph: Graph, edges: Edges, property: Property, k: number, logOf: (state: number) => readonly Edged[]) {
    this.#graph = graph
    this.#edges = edges
    this.#property = property
    this.#k = k
    this.#logOf = logOf
    this.#user = graph.actors.number('user')
  }

  /** In how many states the property had something to say. */
  concerned(): number {
    if (!this.#isOwing()) return this.#graph.states
    const bit = this.#property.formula.type === 'leadsTo' ? isAsked : isMet
    let count = 0
    for (const state of this.#states()) if ((this.#value(state) & bit) !== 0) count++
    return count
  }

  *#states(): Iterable<number> {
    for (let state = 0; state < this.#graph.states; state++) yield state
  }

  #isOwing(): boolean {
    const { type } = this.#property.formula
    return type === 'eventually' || type === 'leadsTo'
  }

  decide(): Decided {
    if (!this.#isOwing()) return this.#circles([0], () => true, new Map())
    const sources = this.#sources()
    const open = (edge: number): boolean => !this.#isMet(this.#edges.to[edge] as number)
    const { withinMs } = this.#property
    const late = withinMs === undefined ? undefined : this.#late(sources, withinMs)
    if (late !== undefined) return { violation: late }
    const reached = shortest(this.#edges, sources, open)
    for (const state of reached.keys()) {
      if (!this.#graph.isKnown(state) || this.#could(state).length > 0) continue
      const why = 'nobody has anything left to do, and it has not come'
      return { violation: { property: this.#property, why, stem: this.#stem(state, reached), loop: [] } }
    }
    return withinMs === undefined ? this.#circles(sources, open, reached) : {}
  }

  #sources(): number[] {
    if (this.#property.formula.type === 'eventually') return this.#isMet(0) ? [] : [0]
    const sources: number[] = []
    for (const state of this.#states()) if ((this.#value(state) & (isMet | isAsked)) === isAsked) sources.push(state)
    return sources
  }

  #isMet(state: number): boolean {
    return (this.#value(state) & isMet) !== 0
  }

  #could(state: number): readonly number[] {
    return this.#graph.sets[this.#graph.enabled.at(state)] ?? []
  }

  #stem(state: number, reached: ReadonlyMap<number, number>): Edged[] {
    const names: Edged[] = []
    let at = state
    for (let edge = reached.get(at); edge !== undefined && edge >= 0; edge = reached.get(at)) {
      names.unshift(this.#edged(edge))
      at = this.#graph.from.at(edge)
    }
    return [...this.#logOf(at), ...names]
  }

  #edged(edge: number): Edged {
    const name = this.#graph.actions.words[this.#graph.action.at(edge)] as string
    return { name, to: this.#edges.to[edge] as number }
  }

  /** A run that has not come to it within so much time: time is followed from wherever it is owed. */
  #late(sources: readonly number[], withinMs: number): Lasso | undefined {
    const { start, order, to } = this.#edges
    const most = new Map<number, number>()
    const runs: { state: number; ms: number; before: number; edge: number }[] = []
    const add = (state: number, ms: number, before: number, edge: number): void => {
      if ((most.get(state) ?? -1) >= ms) return
      most.set(state, ms)
      runs.push({ state, ms, before, edge })
    }
    for (const state of sources) add(state, 0, -1, -1)
    for (let i = 0; i < runs.length; i++) {
      const { state, ms } = runs[i] as (typeof runs)[number]
      if (ms < (most.get(state) as number)) continue
      if (ms > withinMs) return this.#tooLate(runs, i, withinMs)
      for (let e = start[state] as number; e < (start[state + 1] as number); e++) {
        const edge = order[e] as number
        const target = to[edge] as number
        if (!this.#isMet(target)) add(target, ms + (this.#graph.ms[edge] as number), i, edge)
      }
    }
    return undefined
  }

  #tooLate(runs: readonly { state: number; before: number; edge: number }[], last: number, withinMs: number): Lasso {
    const names: Edged[] = []
    let at = last
    for (let run = runs[at]; run !== undefined && run.edge >= 0; run = runs[at]) {
      names.unshift(this.#edged(run.edge))
      at = run.before
    }
    const first = runs[at] as { state: number }
    const why = `it has not come within ${withinMs / 1000}s`
    return { property: this.#property, why, stem: [...this.#logOf(first.state), ...names], loop: [] }
  }

  /** A fair loop that breaks the property: first without refused writes, then with them. */
  #circles(roots: readonly number[], open: (edge: number) => boolean, reached: ReadonlyMap<number, number>): Decided {
    const isCalm = (edge: number): boolean =>
      open(edge) && (this.#graph.is.at(edge) & (edgeIs.conflict | edgeIs.fault)) === 0
    const starts = this.#isOwing() ? [...reached.keys()] : this.#states()
    const violation = this.#circle(components(this.#edges, starts, isCalm), isCalm, reached)
    if (violation !== undefined) return { violation }
    if (!this.#graph.hasConflicts) return {}
    return { starved: this.#circle(components(this.#edges, roots, open), open, reached) }
  }

  #circle(
    found: readonly (readonly number[])[],
    allowed: (edge: number) => boolean,
    reached: ReadonlyMap<number, number>,
  ): Lasso | undefined {
    const first = (members: readonly number[]): number => members.reduce((a, b) => Math.min(a, b))
    const ordered = [...found].map((members) => ({ members, at: first(members) })).sort((a, b) => a.at - b.at)
    for (const { members, at } of ordered) {
      const inside = new Set(members)
      const within = (edge: number): boolean => allowed(edge) && inside.has(this.#edges.to[edge] as number)
      if (!this.#isBad(members, within) || !this.#isFair(members, within)) continue
      const loop = this.#shortLoop(members, within, at)
      const begin = this.#graph.from.at(loop[0] as number)
      return {
        property: this.#property,
        why: whyRound(this.#property),
        stem: this.#isOwing() ? this.#stem(begin, reached) : [...this.#logOf(begin)],
        loop: loop.map((edge) => this.#edged(edge)),
      }
    }
    return undefined
  }

  #isBad(members: readonly number[], within: (edge: number) => boolean): boolean {
    const { type } = this.#property.formula
    if (type === 'rests') return this.#some(members, within, (edge) => this.#writes(edge))
    if (type !== 'noOscillation') return true
    const value = this.#value(members[0] as number)
    return members.some((state) => this.#value(state) !== value)
  }

  #writes(edge: number): boolean {
    return (this.#graph.is.at(edge) & edgeIs.write) !== 0
  }

  #value(state: number): number {
    return this.#graph.said(state, this.#k)
  }

  #some(members: readonly number[], within: (edge: number) => boolean, wanted: (edge: number) => boolean): boolean {
    const { start, order } = this.#edges
    return members.some((state) => {
      for (let i = start[state] as number; i < (start[state + 1] as number); i++) {
        const edge = order[i] as number
        if (within(edge) && wanted(edge)) return true
      }
      return false
    })
  }

  /** Whoever can act in all of these states acts in one of them. The user owes nothing to a loop that is bad as such. */
  #isFair(members: readonly number[], within: (edge: number) => boolean): boolean {
    let always = [...this.#could(members[0] as number)]
    for (const state of members) {
      if (always.length === 0) return true
      const could = this.#could(state)
      always = always.filter((actor) => could.includes(actor))
    }
    return always
      .filter((actor) => this.#isOwing() || actor !== this.#user)
      .every((actor) => this.#some(members, within, (edge) => this.#graph.actor.at(edge) === actor))
  }

  #shortLoop(members: readonly number[], within: (edge: number) => boolean, first: number): number[] {
    const tries = [first, ...[...members].sort((a, b) => a - b).slice(1, 12)]
    const loops = tries.map((state) =>
      roundTrip(this.#edges, this.#graph.from.all(), state, within, this.#needs(state)),
    )
    return loops.reduce((best, one) => (one.length < best.length ? one : best))
  }

  /** What a loop through a state has to have. */
  #needs(begin: number): Need[] {
    const needs: Need[] = []
    const { type } = this.#property.formula
    if (type === 'rests') needs.push({ edge: (edge) => this.#writes(edge), state: () => false })
    if (type === 'noOscillation') {
      const value = this.#value(begin)
      needs.push({ edge: () => false, state: (state) => this.#value(state) !== value })
    }
    for (const actor of this.#could(begin)) {
      if (actor === this.#user && !this.#isOwing()) continue
      needs.push({
        edge: (edge) => this.#graph.actor.at(edge) === actor,
        state: (state) => !this.#could(state).includes(actor),
      })
    }
    return needs
  }
}
