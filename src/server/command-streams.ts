/** The streams of a command as programs of simulated containers want them: over a connection and in the cluster's time. */
import type { Streams } from '../node/simulated/userland/run.ts'
import type { Call } from './context.ts'
import type { CommandIo, CommandStreams } from './stream-answer.ts'

/** `from` is the pod the command runs in, `namespace/name`. */
export function programStreams(call: Call, io: CommandIo, asked: CommandStreams, from: string): Streams {
  return {
    read: asked.stdin ? () => io.read() : undefined,
    write: (bytes, to) => io.write(bytes, to),
    sleep: (ms, signal) => slept(call, ms, signal),
    fetch: (effect) => call.cluster.workloads.fetch(effect, from),
    tty: asked.tty,
    gone: io.gone,
  }
}

/** Waits in the cluster's time; no time at all gives everybody else a turn. */
function slept(call: Call, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const { clock } = call.cluster
    const wake = (): void => {
      if (ms > 0) clock.clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    signal.addEventListener('abort', wake)
    const timer = ms > 0 ? clock.setTimeout(wake, ms) : call.clock.after(0, wake)
    if (ms > 0) call.acted()
  })
}
