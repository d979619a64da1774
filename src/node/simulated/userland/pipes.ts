/** Programs beside each other: pipelines, redirections, and taking what a program writes. */
import { joined } from '../../../lib/bytes.ts'
import type { Run } from './program.ts'

/** Two programs with a pipe between them. The left one runs when the right one reads; one nobody reads from any more ends. */
export function* piped(left: Run, right: Run): Run {
  const buffer: Uint8Array[] = []
  let answer: unknown
  let isOver = false
  function* pull(): Run<Uint8Array | undefined> {
    while (buffer.length === 0 && !isOver) {
      const step = left.next(answer)
      answer = undefined
      if (step.done === true) isOver = true
      else if (step.value.type === 'write' && step.value.to === 1) buffer.push(step.value.bytes)
      else answer = yield step.value
    }
    return buffer.shift()
  }
  let step = right.next()
  while (step.done !== true) {
    const effect = step.value
    if (effect.type === 'unread') buffer.unshift(effect.bytes)
    const said = effect.type === 'read' ? yield* pull() : effect.type === 'unread' ? undefined : yield effect
    step = right.next(said)
  }
  const code = step.value
  while (!isOver) if ((yield* pull()) !== undefined) break
  if (!isOver) left.return(0)
  return code
}

/** Where a program's stdin comes from and its output goes; absent: where it went before. */
export interface Plumbing {
  readonly stdin?: Uint8Array
  readonly out?: (bytes: Uint8Array) => void
  readonly err?: ((bytes: Uint8Array) => void) | 'out'
  /** stdout goes where stderr went. */
  readonly outToErr?: boolean
}

/** Runs a program with other streams. */
export function* plumbed(run: Run, { stdin, out, err, outToErr }: Plumbing): Run {
  let rest = stdin
  let answer: unknown
  for (;;) {
    const step = run.next(answer)
    if (step.done === true) return step.value
    const effect = step.value
    answer = undefined
    if (effect.type === 'read' && stdin !== undefined) {
      answer = rest !== undefined && rest.length > 0 ? rest : undefined
      rest = undefined
    } else if (effect.type === 'unread' && stdin !== undefined) {
      rest = rest === undefined ? effect.bytes : joined([effect.bytes, rest])
    } else if (effect.type !== 'write') answer = yield effect
    else if (effect.to === 1) {
      if (outToErr === true) yield { ...effect, to: 2 }
      else if (out === undefined) yield effect
      else out(effect.bytes)
    } else if (err === undefined) yield effect
    else if (err !== 'out') err(effect.bytes)
    else if (out === undefined) yield { ...effect, to: 1 }
    else out(effect.bytes)
  }
}

/** Runs a program and keeps what it writes to stdout. */
export function* captured(run: Run): Run<{ code: number; bytes: Uint8Array }> {
  const parts: Uint8Array[] = []
  const code = yield* plumbed(run, { out: (bytes) => void parts.push(bytes) })
  return { code, bytes: joined(parts) }
}
