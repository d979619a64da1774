/** The states that were ever seen, interned: spans hold their numbers. */
import type { Health } from '../../words.ts'
import { leavesOf, toneOfHealth, toneOfStates } from './tone.ts'
import type { ShownState } from './track.ts'

export class States {
  readonly all: ShownState[] = []
  readonly #ids = new Map<string, number>()

  at(id: number): ShownState | undefined {
    return this.all[id]
  }

  /** The state of an actor, by the ids of the states it is in. -1 when it is in none. */
  ofMachine(machine: string, states: readonly string[]): number {
    if (states.length === 0) return -1
    const key = `${machine} ${states.join(' ')}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const leaves = leavesOf(states)
    const label = leaves.map((leaf) => leaf.replace(/^living\.(rollout\.|availability\.)?/, '')).join(' · ')
    const short = leaves.map((leaf) => leaf.slice(leaf.lastIndexOf('.') + 1)).join(' · ')
    return this.#intern(key, { machine, states, label, short, tone: toneOfStates(machine, leaves) })
  }

  /** What an object without an actor says of itself. */
  ofStatus(kind: string, status: string, health: Health): number {
    const key = `= ${kind} ${status} ${health}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    return this.#intern(key, {
      machine: '',
      states: [],
      label: status,
      short: status,
      tone: toneOfHealth(health, status),
    })
  }

  /** The same state of something whose deletion was asked for, as long as its actor knows nothing of it. */
  deleting(id: number): number {
    const state = this.all[id]
    if (state === undefined || state.tone === 'ending' || /terminat|deleting|stopped/i.test(state.label)) return id
    const key = `- ${id}`
    const label = state.label === '' ? 'deleting' : `${state.label} · deleting`
    const rest = { machine: state.machine, states: state.states, short: 'deleting', tone: 'ending' } as const
    return this.#ids.get(key) ?? this.#intern(key, { ...rest, label })
  }

  #intern(key: string, state: Omit<ShownState, 'id'>): number {
    const id = this.all.length
    this.all.push({ id, ...state })
    this.#ids.set(key, id)
    return id
  }
}
