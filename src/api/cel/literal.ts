/** The values of literal tokens. */
import { unescapeBytes, unescapeString } from './unescape.ts'
import { CelDouble, CelUint, int, largestInt, largestUint, smallestInt, type Value } from './values.ts'

/** The value of a literal token, or why it has none. `text` carries the sign of negative numbers. */
export function literalValue(type: string, text: string): Value | { readonly fault: string } {
  switch (type) {
    case 'NUM_INT': {
      const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
      return value < smallestInt || value > largestInt ? { fault: 'invalid int literal' } : int(value)
    }
    case 'NUM_UINT': {
      const value = BigInt(text.slice(0, -1))
      return value > largestUint ? { fault: 'invalid uint literal' } : new CelUint(value)
    }
    case 'NUM_FLOAT': {
      const value = Number(text)
      return Number.isFinite(value) ? new CelDouble(value) : { fault: 'invalid double literal' }
    }
    case 'STRING':
      return unescapeString(text)
    case 'BYTES':
      return unescapeBytes(text.slice(1))
    case 'true':
      return true
    case 'false':
      return false
    default:
      return null
  }
}
