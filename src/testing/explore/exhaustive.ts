/**
 * Exhaustive search, breadth first: every state that can be reached is judged once, so a counterexample is as short as
 * one can be. A step that writes nothing is taken at once instead of in every order (see `reduction`).
 */
import type { Vector } from './cells.ts'
import type { Action, Explorer, Passage, Taken } from './explorer.ts'
import { Frontier } from './frontier.ts'
import { edgeIs, type Graph, Words } from './graph.ts'
import type { Judge, Violation } from './judge.ts'
import { Keys } from './keys.ts'
import { Numbers } from './numbers.ts'
import { Visited } from './visited.ts'
import { changeOf, isReconcile, type Unwoken, Wakes } from './wakes.ts'

/** How much may be explored. */
export interface SearchBudget {
  readonly states: number
  readonly depth: number
  /** Memory it may take, about. */
  readonly bytes?: number
  /** Asked now and then while the search goes on: true ends it. */
  readonly enough?: () => boolean
  /** Is the time over? */
  readonly isOver?: () => boolean
  /** True: it ends as soon as somebody would act without being woken. */
  readonly relies?: boolean
}

/** A violation and the run that leads to it: names of actions from the initial state. */
export interface Found {
  readonly violation: Violation
  readonly log: readonly string[]
}

/** What a search saw. */
export interface Searched {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** True when no state was left out. */
  readonly complete: boolean
  readonly found: Found | undefined
  /** States in which nobody has anything left to do. */
  readonly settled: number
  /** Levels all of whose states were looked into. */
  readonly levels: number
  /** States that were found and not looked into. */
  readonly frontier: number
  /** Transitions by each sort of fault. */
  readonly faults: Readonly<Record<string, number>>
  /** The budget that ended it, or what it had to rely on does not hold. */
  readonly ended: 'states' | 'depth' | 'time' | 'memory' | 'unwoken' | undefined
  /** Somebody would act without being woken: what was left out may matter. */
  readonly unwoken: Unwoken | undefined
  /** How many keys were asked whether they would. */
  readonly wakesChecked: number
  /** Did the scheduler or a kubelet let news pass? */
  readonly newsPassed: boolean
}

/**
 * `quiet`: a step that writes nothing and changes nothing but its own place in the queue is taken before all others. Sound
 * as long as everybody is woken by what he reads, which is checked (`wakes.ts`). `none`: every order of everything.
 */
export type Reduction = 'quiet' | 'none'

/** What a value takes, with the traces that read it: about so much in rollouts. */
const bytesOfValue = 4000

/** After so many states `enough` is asked for the first time, and then at every doubling. */
const firstAsked = 256

type Ended = Searched['ended'] | 'enough'

export class Exhaustive {
  readonly #explorer: Explorer
  readonly #judge: Judge
  readonly #reduction: Reduction
  readonly #graph: Graph | undefined
  readonly #keys: Keys
  readonly #clock: number
  readonly #visited = new Visited()
  readonly #parents = new Numbers()
  readonly #actions = new Numbers()
  readonly #names = new Words()
  #waiting = 0
  readonly #wakes: Wakes
  #unwoken: Unwoken | undefined
  #passed = false
  readonly #faults: Record<string, number> = {}
  #levels = 0
  #looked = 0
  #askedAt = firstAsked
  #transitions = 0
  #settled = 0

  /** With a `graph`, every edge is kept for the judgement of what happens eventually. `keys`: which states are one. */
  constructor(explorer: Explorer, judge: Judge, reduction: Reduction, graph?: Graph, keys?: Keys) {
    this.#explorer = explorer
    this.#judge = judge
    this.#reduction = reduction
    this.#graph = graph
    this.#keys = keys ?? new Keys(explorer.system.base.ground, {})
    this.#clock = explorer.system.base.ground.clock
    this.#wakes = new Wakes(explorer.system)
  }

  search(initial: Vector, budget: SearchBudget): Searched {
    this.#visited.add(this.#keys.of(initial))
    this.#graph?.state(initial)
    this.#cameBy(-1, '')
    let frontier = new Frontier(initial)
    frontier.push(0, initial)
    const first = this.#judge.state(initial)
    if (first !== undefined) return this.#done(0, 1, { found: { violation: first, log: [] } })
    for (let depth = 0; frontier.length > 0; depth++) {
      if (depth >= budget.depth) return this.#done(depth, frontier.length, { ended: 'depth' })
      const next = new Frontier(initial)
      for (let place = frontier.shift(); place !== undefined; place = frontier.shift()) {
        const found = this.#expand(place.index, place.vector, next)
        this.#waiting = frontier.bytes + next.bytes
        const ended = found === undefined ? this.#ended(budget) : undefined
        if (found === undefined && ended === undefined) continue
        const isLast = frontier.length === 0
        const left = frontier.length + next.length
        if (found === undefined && left === 0) break
        this.#levels = isLast ? depth + 1 : depth
        return this.#done(found === undefined && !isLast ? depth : depth + 1, left, { found, ended })
      }
      this.#levels = depth + 1
      frontier = next
    }
    return this.#done(this.#levels - 1, 0, {})
  }

  /** Why the search goes no further; `enough` has its own reasons. */
  #ended({ states, bytes = Number.POSITIVE_INFINITY, enough, isOver, relies }: SearchBudget): Ended {
    const { size } = this.#visited
    if (size >= states) return 'states'
    if (this.#unwoken !== undefined && relies === true) return 'unwoken'
    this.#looked++
    if ((this.#looked & 63) === 0) {
      if (isOver?.() === true) return 'time'
      if (this.bytes > bytes) return 'memory'
    }
    if (size < this.#askedAt) return undefined
    this.#askedAt *= 2
    return enough?.() === true ? 'enough' : undefined
  }

  /** About how much memory the search takes: what is kept of states, and what it takes to know what comes of them. */
  get bytes(): number {
    const { cells } = this.#explorer.system.base.ground
    const known = this.#visited.bytes + this.#keys.bytes + this.#parents.bytes + this.#actions.bytes
    return known + this.#waiting + (this.#graph?.bytes ?? 0) + cells.size * bytesOfValue
  }

  #cameBy(parent: number, action: string): void {
    this.#parents.push(parent)
    this.#actions.push(this.#names.number(action))
  }

  #nameOf(state: number): string {
    return this.#names.words[this.#actions.at(state)] as string
  }

  /** The names of the actions that lead from the beginning to a state. */
  logOf(index: number): string[] {
    const log: string[] = []
    for (let at = index; at > 0; at = this.#parents.at(at)) log.push(this.#nameOf(at))
    return log.reverse()
  }

  #expand(index: number, vector: Vector, next: Frontier): Found | undefined {
    const actions = this.#explorer.enabled(vector)
    if (this.#explorer.isSettled(vector)) {
      this.#settled++
      const violation = this.#judge.settled(vector, this.#explorer.isOver(vector))
      if (violation !== undefined) return { violation, log: this.logOf(index) }
    }
    this.#graph?.could(
      index,
      actions.map((action) => this.#actor(action)).filter((one) => one !== ''),
    )
    const quiet = this.#reduction === 'quiet' ? this.#quiet(vector, actions) : undefined
    for (const action of quiet === undefined ? actions : [quiet]) {
      const found = this.#follow(index, vector, action, next)
      if (found !== undefined) return found
    }
    return undefined
  }

  #follow(index: number, vector: Vector, action: Action, next: Frontier): Found | undefined {
    const taken = action.take(vector)
    this.#transitions++
    if (action.type === 'fault') this.#faults[action.sort as string] = (this.#faults[action.sort as string] ?? 0) + 1
    const known = this.#visited.size
    const reached = this.#visited.add(this.#keys.of(taken.next))
    if (this.#graph !== undefined) this.#edge(this.#graph, index, reached, action, vector, taken)
    const violation = this.judged(vector, taken.passages, action, reached === known)
    if (violation !== undefined) return { violation, log: [...this.logOf(index), action.name] }
    if (reached !== known) return undefined
    if (this.#reduction === 'quiet') this.#unwoken ??= this.#wakes.unwoken(vector, taken.next, action)
    this.#cameBy(index, action.name)
    this.#graph?.state(taken.next)
    next.push(reached, taken.next)
    return undefined
  }

  /** As `logOf`, with the states by number. */
  wayTo(index: number): { name: string; to: number }[] {
    const way: { name: string; to: number }[] = []
    for (let at = index; at > 0; at = this.#parents.at(at)) way.push({ name: this.#nameOf(at), to: at })
    return way.reverse()
  }

  /** Who owes an action, as fairness counts it. */
  #actor({ type, name }: Action): string {
    if (type === 'fault') return ''
    return type === 'input' ? 'user' : this.#keys.masked(name)
  }

  #edge(graph: Graph, from: number, to: number, action: Action, vector: Vector, { next, passages }: Taken): void {
    let is = action.type === 'input' ? edgeIs.input : action.type === 'fault' ? edgeIs.fault : 0
    for (const { written } of passages) {
      if (written?.change !== undefined && !/^leases\./.test(written.resource)) is |= edgeIs.write
      if (written?.code === 409) is |= edgeIs.conflict
    }
    const ms = (next[this.#clock] ?? 0) - (vector[this.#clock] ?? 0)
    graph.edge({ from, to, action: action.name, actor: this.#actor(action), is, ms })
  }

  /** The state that a key stands for, if it was found. */
  stateOf(vector: Vector): number | undefined {
    return this.#visited.get(this.#keys.of(vector))
  }

  /** What is wrong on the way: each write, and each state between writes. */
  judged(from: Vector, passages: readonly Passage[], { local }: Action, isNew: boolean): Violation | undefined {
    let before = from
    for (let i = 0; i < passages.length; i++) {
      const passage = passages[i] as Passage
      const last = i === passages.length - 1
      const wrong = this.#judge.passage(before, passage, from, local)
      if (wrong !== undefined) return wrong
      if (passage.written?.change !== undefined || last) {
        const state = last && !isNew ? undefined : this.#judge.state(passage.vector)
        if (state !== undefined) return state
      }
      before = passage.vector
    }
    return undefined
  }

  /** A pending step that changes nothing but its own place in the queue. */
  #quiet(vector: Vector, actions: readonly Action[]): Action | undefined {
    return actions.find(
      (action) => action.type === 'local' && action.local !== undefined && this.#isQuiet(vector, action),
    )
  }

  #isQuiet(vector: Vector, { local }: Action): boolean {
    if (local === undefined || local.pending < 0) return false
    const { segments } = this.#explorer.system.step(local, vector).result
    if (changeOf(segments, local, vector) !== undefined) return false
    if (!isReconcile(local)) this.#passed = true
    return true
  }

  #done(depth: number, frontier: number, { found, ended }: { found?: Found | undefined; ended?: Ended }): Searched {
    const { size } = this.#visited
    return {
      states: size,
      transitions: this.#transitions,
      depth,
      complete: found === undefined && ended === undefined,
      found,
      settled: this.#settled,
      levels: this.#levels,
      frontier,
      faults: this.#faults,
      ended: ended === 'enough' ? undefined : ended,
      unwoken: this.#unwoken,
      wakesChecked: this.#wakes.checked,
      newsPassed: this.#passed,
    }
  }
}
