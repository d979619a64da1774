/**
 * Why a text is no JSON, in the words of Go's decoder, which clients of Kubernetes see.
 * Source: https://pkg.go.dev/encoding/json (SyntaxError); the messages are facts of its scanner.
 */

/** The first fault of a text (or its bytes) that is no JSON; undefined for one that is. One pass, no recursion. */
export function whyNotGoJson(text: string | Uint8Array): string | undefined {
  const scanner = new Scanner(typeof text === 'string' ? bytesOf(text) : text)
  try {
    scanner.document()
    return undefined
  } catch (fault) {
    if (fault instanceof SyntaxError) return fault.message
    throw fault
  }
}

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const ends: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

const chunk = 8192

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

class Scanner {
  readonly #text: string
  #at = 0

  /** Bytes are read one by one, as Go does, so that half characters are shown as it shows them. */
  constructor(bytes: Uint8Array) {
    this.#text = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, at) =>
      String.fromCharCode(...bytes.subarray(at * chunk, (at + 1) * chunk)),
    ).join('')
  }

  /** One value and nothing behind it. Open objects and arrays are kept on a stack, so that depth costs no calls. */
  document(): void {
    const open: string[] = []
    for (;;) {
      if (this.#opened(open)) continue
      while (open.length > 0 && this.#closed(open)) open.pop()
      if (open.length === 0) break
    }
    this.#blank()
    if (this.#at < this.#text.length) this.#fail('after top-level value')
  }

  /** Reads a value; true when it began an object or array with something in it. */
  #opened(open: string[]): boolean {
    this.#blank()
    const c = this.#peek()
    if (c === '{' || c === '[') {
      this.#at++
      this.#blank()
      if (this.#peek() === ends[c]) {
        this.#at++
        return false
      }
      open.push(c)
      if (c === '{') this.#key('looking for beginning of object key string')
      return true
    }
    this.#scalar(c)
    return false
  }

  /** After a value: true when its object or array ends, false when another value follows. */
  #closed(open: readonly string[]): boolean {
    const kind = open.at(-1) as string
    this.#blank()
    const c = this.#peek()
    if (c === ends[kind]) {
      this.#at++
      return true
    }
    if (c !== ',') this.#fail(kind === '{' ? 'after object key:value pair' : 'after array element')
    this.#at++
    if (kind === '{') this.#key('looking for beginning of object key string')
    return false
  }

  #key(where: string): void {
    this.#blank()
    if (this.#peek() !== '"') this.#fail(where)
    this.#string()
    this.#blank()
    if (this.#peek() !== ':') this.#fail('after object key')
    this.#at++
  }

  #scalar(c: string): void {
    if (c === '"') return this.#string()
    if (c === '-' || (c >= '0' && c <= '9')) return this.#number()
    const word = literals[c]
    if (word === undefined) this.#fail('looking for beginning of value')
    for (const [index, expected] of [...(word as string)].entries()) {
      if (index > 0 && this.#next() !== expected)
        this.#fail(`in literal ${word} (expecting ${quoted(expected)})`, this.#next())
      this.#at++
    }
  }

  #string(): void {
    this.#at++
    for (;;) {
      const c = this.#peek()
      if (c < ' ') this.#fail('in string literal')
      this.#at++
      if (c === '"') return
      if (c === '\\') this.#escape()
    }
  }

  #escape(): void {
    const c = this.#peek()
    if (!'bfnrt\\/"u'.includes(c)) this.#fail('in string escape code')
    this.#at++
    if (c !== 'u') return
    for (let digits = 0; digits < 4; digits++) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape')
      this.#at++
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++
    if (!digit(this.#next())) this.#fail('in numeric literal', this.#next())
    if (this.#next() === '0') this.#at++
    else this.#digits()
    if (this.#text[this.#at] === '.') {
      this.#at++
      if (!digit(this.#next())) this.#fail('after decimal point in numeric literal', this.#next())
      this.#digits()
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++
      if (!digit(this.#next())) this.#fail('in exponent of numeric literal', this.#next())
      this.#digits()
    }
  }

  #digits(): void {
    while (digit(this.#text[this.#at] ?? '')) this.#at++
  }

  #blank(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }

  /** The character at hand; the end of the text is a fault of its own. */
  #peek(): string {
    const c = this.#text[this.#at]
    if (c === undefined) throw new SyntaxError('unexpected end of JSON input')
    return c
  }

  /** The same within a literal or a number, where the end counts as a blank. */
  #next(): string {
    return this.#text[this.#at] ?? ' '
  }

  #fail(where: string, c = this.#peek()): never {
    throw new SyntaxError(`invalid character ${quoted(c)} ${where}`)
  }
}

function digit(c: string): boolean {
  return c >= '0' && c <= '9'
}

/** A byte as Go shows it. */
function quoted(c: string): string {
  const byte = c.charCodeAt(0)
  if (c === "'") return `'\\''`
  if (c === '"') return `'"'`
  if (byte < 0x20 || byte === 0x7f) return `'${named[byte] ?? `\\x${hex(byte)}`}'`
  if (byte === 0x5c) return `'\\\\'`
  return byte < 0xa0 && byte > 0x7f ? `'\\u00${hex(byte)}'` : `'${String.fromCharCode(byte)}'`
}

const named: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
