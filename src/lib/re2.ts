/**
 * Regular expressions in RE2's syntax, matched in linear time: what Go programs accept and answer. The messages of
 * patterns that cannot be read are Go's. Source: https://github.com/google/re2/wiki/Syntax
 */
import { RE2JS } from 're2js'

/** A pattern ready to match. */
export interface Re2 {
  /** Whether the pattern matches somewhere in the text. */
  test(text: string): boolean
  /** The first match, `undefined` when there is none. */
  find(text: string): string | undefined
  /** At most `limit` matches, left to right, without overlaps; all when `limit` is negative. */
  findAll(text: string, limit: number): string[]
}

function findAll(pattern: RE2JS, text: string, limit: number): string[] {
  const found: string[] = []
  const matcher = pattern.matcher(text)
  let end = -1
  while (found.length !== limit && matcher.find()) {
    // As in Go, an empty match right after a match does not count.
    if (matcher.start() === matcher.end() && matcher.start() === end) continue
    end = matcher.end()
    found.push(matcher.group() ?? '')
  }
  return found
}

/** Reads a pattern; `{ fault }` with Go's message when it cannot be read. */
export function compileRe2(source: string): Re2 | { readonly fault: string } {
  try {
    const pattern = RE2JS.compile(source)
    return {
      test: (text) => pattern.matcher(text).find(),
      find: (text) => {
        const matcher = pattern.matcher(text)
        return matcher.find() ? (matcher.group() ?? '') : undefined
      },
      findAll: (text, limit) => findAll(pattern, text, limit),
    }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
