/** Breaking things on purpose. What is not built here says so. */
import type { Plane } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'

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
    `there is no fault ${JSON.stringify(fault)}; there are kill, silence, restore, crash, restart`,
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
