/**
 * The seeded generator behind names, uids and jitter, as plain data that a fork can copy. The only door to pure-rand.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Draws numbers; `state` is the plain data to continue from. */
export interface Prng {
  /** An integer in [0, bound); bound at most 2^31. */
  below(bound: number): number
  /** `count` hexadecimal digits. */
  hex(count: number): string
  /** `count` characters of Kubernetes' name alphabet (no vowels, nothing that looks alike). */
  suffix(count: number): string
  readonly state: readonly number[]
  /** Goes back (or ahead) to a state: what was drawn since is drawn again. */
  restore(state: readonly number[]): void
}

const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

function over(start: ReturnType<typeof xoroshiro128plus>): Prng {
  let generator = start
  const below = (bound: number): number => Math.floor(((generator.next() >>> 0) / 0x1_0000_0000) * bound)
  return {
    below,
    hex(count) {
      let text = ''
      while (text.length < count) text += (generator.next() >>> 0).toString(16).padStart(8, '0')
      return text.slice(0, count)
    },
    suffix(count) {
      let text = ''
      for (let i = 0; i < count; i++) text += nameAlphabet[below(nameAlphabet.length)]
      return text
    },
    restore(state) {
      generator = xoroshiro128plusFromState(state)
    },
    get state() {
      return generator.getState()
    },
  }
}

/** A generator for a seed (any integer). */
export function prngOf(seed: number): Prng {
  return over(xoroshiro128plus(seed))
}

/** The generator that continues from `state`. */
export function prngFrom(state: readonly number[]): Prng {
  return over(xoroshiro128plusFromState(state))
}

/** A version 4 uuid drawn from the generator. */
export function uuidFrom(prng: Prng): string {
  const h = prng.hex(32)
  const variant = '89ab'[Number.parseInt(h[16] as string, 16) & 3]
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`
}
