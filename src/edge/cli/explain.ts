/** `kybern explain CODE`: what a code means. */
import { KybernError } from '../../lib/coded-error.ts'
import { codes } from './codes.ts'
import { columns, type Terminal } from './terminal.ts'

/** One code, or the list of all. Throws KYB-CODE for one there is not. */
export function explain(code: string | undefined, terminal: Terminal): number {
  if (code === undefined) {
    const rows = Object.entries(codes).map(([name, { what }]) => [name, what])
    terminal.data(columns([['CODE', 'WHAT HAPPENED'], ...rows]), codes)
    return 0
  }
  const upper = code.toUpperCase()
  const name = upper.startsWith('KYB-') ? upper : `KYB-${upper}`
  const found = codes[name]
  if (found === undefined) throw new KybernError('KYB-CODE', `there is no code ${name}`)
  const text = columns([
    [name, ''],
    ['what happened', found.what],
    ['why', found.why],
    ['what to do', found.todo],
  ])
  terminal.data(text, { code: name, ...found })
  return 0
}
