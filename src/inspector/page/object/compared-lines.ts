/** Two texts line by line: what stayed, what was added, what was dropped. */

export interface ComparedLine {
  readonly text: string
  readonly sign: ' ' | '+' | '-'
}

/** Longer texts are shown as they are now, unmarked. */
const lineLimit = 1500

/** By the longest common sequence of lines between what the two begin and end with alike. */
export function comparedLines(before: string, after: string): ComparedLine[] {
  const [old, now] = [before.replace(/\n$/, '').split('\n'), after.replace(/\n$/, '').split('\n')]
  if (old.length > lineLimit || now.length > lineLimit) return now.map((text) => ({ text, sign: ' ' }))
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let end = 0
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++
  const same = (lines: readonly string[]): ComparedLine[] => lines.map((text) => ({ text, sign: ' ' }))
  return [
    ...same(now.slice(0, start)),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...same(now.slice(now.length - end)),
  ]
}

function middle(old: readonly string[], now: readonly string[]): ComparedLine[] {
  const width = now.length + 1
  const longest = new Uint16Array((old.length + 1) * width)
  const at = (i: number, j: number): number => longest[i * width + j] as number
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      longest[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: ComparedLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ text: now[j] as string, sign: ' ' })
      i++
      j++
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push({ text: old[i++] as string, sign: '-' })
    else lines.push({ text: now[j++] as string, sign: '+' })
  }
  return lines
}
