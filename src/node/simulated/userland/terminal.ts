/**
 * A terminal's line discipline: what is typed is shown, lines are handed on when they are complete, Ctrl-C interrupts,
 * Ctrl-D ends the input, and output gets carriage returns.
 * Source: termios(3), canonical mode
 */
import { bytesOf, textOf } from '../../../lib/bytes.ts'

export interface Typed {
  /** What appears on the screen. */
  readonly echo: string
  /** Complete lines, or what Ctrl-D handed on. */
  readonly lines: readonly Uint8Array[]
  readonly interrupted: boolean
  readonly ended: boolean
}

export class Terminal {
  #line = ''

  /** Takes what was typed. */
  type(bytes: Uint8Array): Typed {
    const lines: Uint8Array[] = []
    let [echo, interrupted, ended] = ['', false, false]
    for (const letter of textOf(bytes)) {
      if (letter === '\r' || letter === '\n') {
        echo += '\r\n'
        lines.push(bytesOf(`${this.#line}\n`))
        this.#line = ''
      } else if (letter === '\x03') {
        echo += '^C'
        this.#line = ''
        interrupted = true
      } else if (letter === '\x04') {
        if (this.#line === '') ended = true
        else lines.push(bytesOf(this.#line))
        this.#line = ''
      } else if (letter === '\x7f' || letter === '\b') {
        if (this.#line !== '') echo += '\b \b'
        this.#line = [...this.#line].slice(0, -1).join('')
      } else if (letter === '\x15') {
        echo += '\b \b'.repeat([...this.#line].length)
        this.#line = ''
      } else {
        echo += letter
        this.#line += letter
      }
    }
    return { echo, lines, interrupted, ended }
  }
}

/** Output as a terminal shows it. */
export function onScreen(bytes: Uint8Array): Uint8Array {
  return bytes.includes(10) ? bytesOf(textOf(bytes).replace(/\r?\n/g, '\r\n')) : bytes
}
