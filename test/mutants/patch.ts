/**
 * Mutants as patches: a header that says which bug it is, then a unified diff. A hunk is found by its text, not by its line
 * numbers, so that a patch outlives changes elsewhere in its file; it must be found exactly once.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
/** The root of the repository: patches name files from there. */
export const root = join(folder, '../..')

export interface Hunk {
  readonly file: string
  readonly before: string
  readonly after: string
}

export interface Mutant {
  /** `07-replicaset-expired-expectations`: the patch's file name. */
  readonly name: string
  /** Where the bug is known from, e.g. `kubernetes#129795`. */
  readonly issue: string
  readonly component: string
  /** The buggy behaviour in words. */
  readonly bug: string
  /** What has to happen for it to show. */
  readonly needs: string
  /** The kinds of properties that should notice. */
  readonly kills: string
  readonly hunks: readonly Hunk[]
}

/** A patch as it is written. Throws for a header that lacks a field or a diff without hunks. */
export function mutantOf(name: string, text: string): Mutant {
  const field = (key: string): string => {
    const value = new RegExp(`^${key}: (.*(?:\\n {2}.*)*)`, 'm').exec(text)?.[1]
    if (value === undefined) throw new Error(`${name}: the header has no "${key}:"`)
    return value.replace(/\n {2}/g, ' ')
  }
  const hunks = hunksOf(text)
  if (hunks.length === 0) throw new Error(`${name}: there is no hunk`)
  const [issue, component, bug, needs, kills] = ['issue', 'component', 'bug', 'needs', 'kills'].map(field)
  return { name, issue, component, bug, needs, kills, hunks } as Mutant
}

function hunksOf(text: string): Hunk[] {
  const hunks: Hunk[] = []
  let file = ''
  let lines: string[] | undefined
  const close = (): void => {
    if (lines === undefined) return
    const side = (sign: string) =>
      (lines as string[])
        .filter((line) => line[0] === ' ' || line[0] === sign || line === '')
        .map((line) => line.slice(1))
        .join('\n')
    hunks.push({ file, before: side('-'), after: side('+') })
    lines = undefined
  }
  for (const line of text.split('\n')) {
    if (line.startsWith('--- ') || line.startsWith('diff ')) close()
    else if (line.startsWith('+++ ')) file = line.slice(4).replace(/^b\//, '')
    else if (line.startsWith('@@')) {
      close()
      lines = []
    } else if (lines !== undefined && /^[ +-]/.test(line)) lines.push(line)
  }
  close()
  return hunks
}

/** The text with the hunks applied. Throws when one is not found, or found twice. */
export function patched(source: string, hunks: readonly Hunk[]): string {
  let text = source
  for (const { file, before, after } of hunks) {
    const at = text.indexOf(before)
    if (at < 0) throw new Error(`a hunk for ${file} is not found in it:\n${before}`)
    if (text.indexOf(before, at + 1) >= 0) throw new Error(`a hunk for ${file} is found twice in it:\n${before}`)
    text = text.slice(0, at) + after + text.slice(at + before.length)
  }
  return text
}

/** The files a mutant changes, changed, by path from the root. */
export function changedBy({ name, hunks }: Pick<Mutant, 'name' | 'hunks'>): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const file of new Set(hunks.map((hunk) => hunk.file))) {
    const source = readFileSync(join(root, file), 'utf8')
    const own = hunks.filter((hunk) => hunk.file === file)
    try {
      files.set(file, patched(source, own))
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`)
    }
  }
  return files
}

/** All mutants of the catalogue, by name. */
export function catalogue(): Mutant[] {
  const files = readdirSync(join(folder, 'patches')).filter((file) => file.endsWith('.patch'))
  return files.sort().map((file) => mutantOf(file.slice(0, -6), readFileSync(join(folder, 'patches', file), 'utf8')))
}
