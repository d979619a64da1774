/** One machine as text of another form. */
import { machines } from '../../machines/index.ts'
import { toJson } from '../actors/export/json.ts'
import { toMermaid } from '../actors/export/mermaid.ts'
import { toScxml } from '../actors/export/scxml.ts'
import { wrong } from './commands.ts'
import type { Questions } from './questions.ts'

/** Throws KYB-INSPECT-ASK for a machine there is not. */
export function exported(name: string, format: Questions['export']['format']): string {
  const machine = machines[name]
  if (machine === undefined) throw wrong(`there is no machine "${name}"; there are ${Object.keys(machines).join(', ')}`)
  if (format === 'scxml') return toScxml(machine)
  return format === 'mermaid' ? toMermaid(machine) : `${JSON.stringify(toJson(machine), null, 2)}\n`
}
