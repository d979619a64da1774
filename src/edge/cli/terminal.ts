/** What a command says: progress for people on stderr, data on stdout, as text or as JSON. */
import { styleText } from 'node:util'
import { StatusError } from '../../api/status-error.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { codes } from './codes.ts'

export class Terminal {
  readonly json: boolean

  constructor(json: boolean) {
    this.json = json
  }

  /** A line of progress, on stderr. Nothing with `--output json`. */
  say(line: string): void {
    if (!this.json) process.stderr.write(`${line}\n`)
  }

  /** The answer, on stdout: the value with `--output json`, else the text. */
  data(text: string, value: unknown): void {
    const out = this.json ? JSON.stringify(value) : text
    if (out !== '') process.stdout.write(out.endsWith('\n') ? out : `${out}\n`)
  }

  /** What happened, why and what to do, on stderr; as JSON it is one object with code, message, why and todo. */
  failure(error: unknown): void {
    const { code, message } = described(error)
    const known = codes[code]
    if (this.json) {
      process.stderr.write(`${JSON.stringify({ error: { code, message, why: known?.why, todo: known?.todo } })}\n`)
      return
    }
    const lines = [`${paint('red', 'error')} ${code}: ${message}`]
    if (known !== undefined) lines.push(`  why: ${known.why}`, `  what to do: ${known.todo}`)
    process.stderr.write(`${lines.join('\n')}\n`)
  }
}

/** Code and message of any error; Kubernetes' refusals keep their own words. */
export function described(error: unknown): { code: string; message: string } {
  if (error instanceof KybernError) {
    return { code: error.code, message: error.message.slice(error.code.length + 2) }
  }
  if (error instanceof StatusError) return { code: 'KYB-REFUSED', message: error.message }
  if (error instanceof AggregateError) return { code: 'KYB-REFUSED', message: error.message }
  return { code: 'KYB-INTERNAL', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** Colour only on a terminal that wants it. */
export function paint(colour: 'red' | 'green' | 'yellow' | 'bold', text: string): string {
  const wanted = process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb'
  return wanted ? styleText(colour, text) : text
}

/** Rows in columns padded to the widest cell, three spaces apart as kubectl prints them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
