/** The wall clock as a port: web standards only, so it serves browsers and Node alike. */
import type { WallClock } from '../ports.ts'

/** Browsers and Node fire at once what is asked for later than this (2^31 - 1 ms). */
const longestTimeoutMs = 2_147_483_647

/** Real time. Waiting for it keeps a process alive until it is cancelled or `cluster.close()` is called. */
export const wallClock: WallClock = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, Math.min(Math.max(0, ms), longestTimeoutMs))
    return { cancel: () => clearTimeout(timer) }
  },
}
