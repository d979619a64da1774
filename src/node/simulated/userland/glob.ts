/** Patterns of a shell: `*`, `?`, `[a-z]`. Matching takes time by the product of the two lengths at most. */

type Piece = '*' | ((letter: string) => boolean)

/** Does the whole text match? */
export function matchesPattern(glob: string, text: string): boolean {
  const pieces = piecesOf(glob)
  let states = closed(pieces, new Set([0]))
  for (const letter of text) {
    const next = new Set<number>()
    for (const at of states) {
      const piece = pieces[at]
      if (piece === '*') next.add(at)
      else if (piece?.(letter) === true) next.add(at + 1)
    }
    states = closed(pieces, next)
  }
  return states.has(pieces.length)
}

function closed(pieces: readonly Piece[], states: Set<number>): Set<number> {
  for (const at of states) if (pieces[at] === '*') states.add(at + 1)
  return states
}

function piecesOf(glob: string): Piece[] {
  const pieces: Piece[] = []
  const letters = [...glob]
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] as string
    const end = letter === '[' ? letters.indexOf(']', letters[i + 1] === '!' ? i + 3 : i + 2) : -1
    if (letter === '*') pieces.push('*')
    else if (letter === '?') pieces.push(() => true)
    else if (end > 0) {
      pieces.push(classOf(letters.slice(i + 1, end)))
      i = end
    } else {
      const own = letter === '\\' ? (letters[++i] ?? '\\') : letter
      pieces.push((other) => other === own)
    }
  }
  return pieces
}

function classOf(letters: readonly string[]): (letter: string) => boolean {
  const negated = letters[0] === '!' || letters[0] === '^'
  const inside = negated ? letters.slice(1) : letters
  const has = (letter: string): boolean =>
    inside.some((one, at) => {
      if (inside[at + 1] === '-' && inside[at + 2] !== undefined)
        return letter >= one && letter <= (inside[at + 2] as string)
      return one === letter
    })
  return (letter) => has(letter) !== negated
}
