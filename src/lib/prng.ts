/**
 * The seeded generator behind names, uids and jitter, as plain data that a fork can copy. The only door to pure-rand.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Draws numbers; `state` is the plain data to continue from. */
export interface Prng {
  /** An integer in [0, bound); bound at most 2^32. */
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

/** Outputs that tell nothing of the seed: the first is the same for all seeds, the next few are alike for neighbours. */
const alike = 8

/** A generator for choices that must differ from the first one on, for seeds that are counted up. */
export function drawsOf(seed: number): Prng {
  const prng = prngOf(seed)
  for (let i = 0; i < alike; i++) prng.below(2)
  return prng
}

/** The generator that continues from `state`. */
export function prngFrom(state: readonly number[]): Prng {
  return over(xoroshiro128plusFromState(state))
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

/** A version 4 uuid drawn from the generator. */
export function uuidFrom(prng: Prng): string {
  const words = [
    prng.below(0x1_0000_0000),
    prng.below(0x1_0000_0000),
    prng.below(0x1_0000_0000),
    prng.below(0x1_0000_0000),
  ]
  const [a = 0, b = 0, c = 0, d = 0] = words
  const version = (b & 0xffff0fff) | 0x4000
  const variant = (c & 0x3fffffff) | 0x80000000
  const [two, three] = [hex8(version), hex8(variant)]
  return `${hex8(a)}-${two.slice(0, 4)}-${two.slice(4)}-${three.slice(0, 4)}-${three.slice(4)}${hex8(d)}`
}
