/**
 * Choice logs as numbers: which of the enabled actions was taken, by the order of their names. `kx://NAME#TEXT` is such a log to paste: base64url of varints.
 */
import { KybernError } from '../../lib/coded-error.ts'
import type { Vector } from './cells.ts'
import type { Explorer } from './explorer.ts'

/** The choices of a run whose actions have these names. An input that leaves others out counts from the end of the list. */
export function choicesOf(explorer: Explorer, initial: Vector, log: readonly string[]): number[] {
  let at = initial
  return log.map((name) => {
    const actions = explorer.enabled(at)
    const index = actions.findIndex((action) => action.name === name)
    const action = actions[index] ?? explorer.named(at, name)
    if (action === undefined) throw new KybernError('KYB-REPLAY', `"${name}" cannot happen here`)
    at = action.take(at).next
    return index < 0 ? actions.length + explorer.inputs.indexOf(action) : index
  })
}

/** The names of the run with these choices. Throws KYB-REPLAY for a log of another world. */
export function namesOf(explorer: Explorer, initial: Vector, choices: readonly number[]): string[] {
  let at = initial
  return choices.map((choice, i) => {
    const actions = explorer.enabled(at)
    const action = actions[choice] ?? explorer.inputs[choice - actions.length]
    if (action === undefined)
      throw new KybernError(
        'KYB-REPLAY',
        `choice ${i} of the log is ${choice}, but ${actions.length} actions are enabled`,
      )
    at = action.take(at).next
    return action.name
  })
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Numbers as text for an address. */
export function encoded(choices: readonly number[]): string {
  const bytes: number[] = []
  for (const choice of choices) {
    let rest = choice
    while (rest > 127) {
      bytes.push((rest & 127) | 128)
      rest >>>= 7
    }
    bytes.push(rest)
  }
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3)
    const word = (a << 16) | (b << 8) | c
    const count = Math.min(3, bytes.length - i) + 1
    for (let j = 0; j < count; j++) text += alphabet[(word >>> (18 - 6 * j)) & 63]
  }
  return text
}

/** The numbers in such a text. Throws KYB-REPLAY for other characters. */
export function decodedChoices(text: string): number[] {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 4) {
    const part = [...text.slice(i, i + 4)].map((letter) => alphabet.indexOf(letter))
    if (part.some((value) => value < 0)) throw new KybernError('KYB-REPLAY', `"${text}" is no choice log`)
    const [a = 0, b = 0, c = 0, d = 0] = part
    const word = (a << 18) | (b << 12) | (c << 6) | d
    for (let j = 0; j < part.length - 1; j++) bytes.push((word >>> (16 - 8 * j)) & 255)
  }
  const choices: number[] = []
  let value = 0
  let shift = 0
  for (const byte of bytes) {
    value |= (byte & 127) << shift
    shift += 7
    if (byte < 128) {
      choices.push(value)
      value = 0
      shift = 0
    }
  }
  if (shift > 0) throw new KybernError('KYB-REPLAY', `"${text}" ends in the middle of a choice`)
  return choices
}
