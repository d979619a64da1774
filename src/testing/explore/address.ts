/** A run as an address to paste: `kx://NAME#CHOICES`, or `kx://NAME?without=node-2,node-3#CHOICES` in a smaller cluster. */
import { KybernError } from '../../lib/coded-error.ts'
import { decodedChoices, encoded } from './choices.ts'

export interface Address {
  readonly without: readonly string[]
  readonly choices: readonly number[]
}

/** The address of a run. */
export function addressOf(name: string, { without, choices }: Address): string {
  const nodes = without.length === 0 ? '' : `?without=${without.join(',')}`
  return `kx://${name.replace(/\W+/g, '-')}${nodes}#${encoded(choices)}`
}

/** What an address says. Throws KYB-REPLAY for text that is none. */
export function parseAddress(text: string): Address {
  const [, without, log] = /^kx:\/\/[\w-]*(?:\?without=([\w.,-]+))?#([\w-]*)$/.exec(text) ?? []
  if (log === undefined)
    throw new KybernError('KYB-REPLAY', `"${text}" is no address of a run; one is like kx://name#AAEB`)
  return { without: without?.split(',') ?? [], choices: decodedChoices(log) }
}
