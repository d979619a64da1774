/**
 * All effects as types. The core is handed these at the edge and never reaches for the world by itself (rule 4).
 */

/** Wall time in ms since the epoch, and a way to be called back. Only the real and scaled drivers use it. */
export interface WallClock {
  now(): number
  after(ms: number, fire: () => void): { cancel(): void }
}

/** Where lines for people go. The core writes none unless it is given one. */
export interface Logger {
  debug(line: string): void
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** Bytes nobody can guess, for keys and tokens at the edge; never used for names or uids (the seed is). */
export interface Entropy {
  bytes(count: number): Uint8Array
}
