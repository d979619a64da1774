/** Breaking things on purpose. What is not built here says so. */
import type { Plane } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { type RequestRule, type WatchRule, withFault, withoutFault } from '../store/faults.ts'

/**
 * `kill`: the node's machine dies with its containers; `silence`: it runs on but no word comes out; `restore`: it is
 * back. `crash` and `restart`: an agent by its id or a controller by its name loses its memory.
 */
export type Fault =
  | { readonly kill: string }
  | { readonly silence: string }
  | { readonly restore: string }
  | { readonly crash: string }
  | { readonly restart: string }

const nodeEvents = { kill: 'node.killed', silence: 'node.silenced', restore: 'node.restored' } as const

/** A fault that goes on: how often it struck, and its end. */
export interface OngoingFault {
  /** Requests struck, or changes lost, so far. */
  readonly hits: number
  /** Ends it; watches that were late are told what they missed. */
  lift(): void
}

/** Puts a rule in force. Throws KYB-FAULT for what is none. */
export function arm(plane: Plane, rule: RequestRule | WatchRule, act: () => void): OngoingFault {
  const isRule = rule.type === 'request' ? 'strike' in rule : rule.type === 'watch' && 'lag' in rule
  if (!isRule)
    throw new KybernError(
      'KYB-FAULT',
      'the fault does not say what happens; end it with status(), lost(), drop(), delay(), duplicate(), crash(), hold() or lag()',
    )
  const { store } = plane.world
  const { next: id } = store.faults
  plane.api.setFaults(withFault(store.faults, rule, store.snapshot.revision))
  let hits = 0
  const armed = () => plane.world.store.faults.armed.find((one) => one.id === id)
  return {
    get hits() {
      hits = armed()?.hits ?? hits
      return hits
    },
    lift() {
      hits = armed()?.hits ?? hits
      plane.api.setFaults(withoutFault(plane.world.store.faults, id))
      act()
    },
  }
}

/** Inflicts the fault at this moment. Throws KYB-FAULT for one that does not exist or names nobody. */
export function inflict(plane: Plane, fault: Fault): void {
  inflictOn(plane, fault)
  plane.input$.next({ type: 'fault', fault })
}

function inflictOn(plane: Plane, fault: Fault): void {
  const words = Object.entries(fault ?? {})
  const [word = '', name] = words[0] ?? []
  if (words.length !== 1 || typeof name !== 'string' || typeof fault !== 'object') throw noFault(fault)
  const event = nodeEvents[word as keyof typeof nodeEvents]
  if (event !== undefined) return toNode(plane, name, event)
  if (word === 'crash') return plane.loop.crash(agentId(plane, name))
  if (word === 'restart') return plane.loop.restart(agentId(plane, name))
  throw noFault(fault)
}

function noFault(fault: unknown): KybernError {
  return new KybernError(
    'KYB-FAULT',
    `there is no fault ${JSON.stringify(fault)}; there are kill, silence, restore, crash, restart, and fault.on(…), fault.watch(…)`,
  )
}

function toNode(plane: Plane, node: string, event: string): void {
  if (!plane.loop.deliver(`nodes/${node}`, { type: event })) {
    throw new KybernError('KYB-FAULT', `there is no node "${node}" that this cluster runs`)
  }
}

function agentId(plane: Plane, name: string): string {
  const found = [name, `controller/${name}`].find((id) => plane.host.get(id)?.machine.id === 'controller')
  if (found === undefined) throw new KybernError('KYB-FAULT', `there is no controller "${name}"`)
  return found
}
