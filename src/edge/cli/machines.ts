/** `kybern machines`: the statecharts of every kind, as names, JSON, Mermaid or SCXML. */
import type { AnyStateMachine } from 'xstate'
import { KybernError } from '../../lib/coded-error.ts'
import { columns, type Terminal } from './terminal.ts'

export type MachineFormat = 'json' | 'mermaid' | 'scxml'

/** Prints all machines, or those named. Throws KYB-MACHINE for a name there is not. */
export async function machines(
  names: readonly string[],
  format: MachineFormat | undefined,
  terminal: Terminal,
): Promise<number> {
  const { machines: all } = (await import('../../../machines/index.ts')) as {
    machines: Record<string, AnyStateMachine>
  }
  const wanted = names.length === 0 ? Object.keys(all) : names
  const chosen = wanted.map((name) => [name, all[name]] as const)
  for (const [name, machine] of chosen) {
    if (machine !== undefined) continue
    throw new KybernError('KYB-MACHINE', `there is no machine "${name}"; there are ${Object.keys(all).join(', ')}`)
  }
  await print(chosen as [string, AnyStateMachine][], format, terminal)
  return 0
}

async function print(
  chosen: readonly [string, AnyStateMachine][],
  format: MachineFormat | undefined,
  terminal: Terminal,
): Promise<void> {
  if (format === undefined && !terminal.json) {
    const rows = chosen.map(([name, machine]) => [name, String(machine.config.description ?? '')])
    return terminal.data(columns([['NAME', 'DESCRIPTION'], ...rows]), undefined)
  }
  if (format === undefined || format === 'json') {
    const { toJson } = await import('../../actors/export/json.ts')
    const value = Object.fromEntries(chosen.map(([name, machine]) => [name, toJson(machine)]))
    return terminal.data(JSON.stringify(value, null, 2), value)
  }
  const { toMermaid } = await import('../../actors/export/mermaid.ts')
  const { toScxml } = await import('../../actors/export/scxml.ts')
  const convert = format === 'mermaid' ? toMermaid : toScxml
  const texts = chosen.map(([name, machine]) => [name, convert(machine)] as const)
  const titled = texts.map(([name, text]) => (chosen.length === 1 || format === 'scxml' ? text : `%% ${name}\n${text}`))
  terminal.data(titled.join('\n'), Object.fromEntries(texts))
}
