/** A machine as the JSON of its literal: what the Stately editor and other tools read. Functions are left out. */
import type { AnyStateMachine } from 'xstate'

/** Plain data: id, description, states, events, names of guards and actions. */
export function toJson(machine: AnyStateMachine): object {
  const { context: _context, ...config } = machine.config as { context?: unknown }
  return JSON.parse(JSON.stringify({ ...config, id: machine.id })) as object
}
