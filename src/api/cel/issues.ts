/** What is wrong in an expression and where, shown as cel-go shows it: message, the line, and a caret below the place. */

/** A fault in an expression. `offset` counts UTF-16 units from the start; -1 for a fault without a place. */
export interface Issue {
  readonly offset: number
  readonly message: string
}

const longestSnippet = 16384
const mostIssues = 100

interface Place {
  readonly line: number
  readonly column: number
  readonly text: string
}

function placeOf(source: string, offset: number): Place {
  if (offset < 0) return { line: -1, column: -1, text: '' }
  const before = source.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  const end = source.indexOf('\n', start)
  return {
    line: before.split('\n').length,
    column: [...before.slice(start)].length,
    text: source.slice(start, end < 0 ? source.length : end),
  }
}

function shown(issue: Issue, source: string): string {
  const { line, column, text } = placeOf(source, issue.offset)
  const head = `ERROR: <input>:${line}:${column + 1}: ${issue.message}`
  if (line < 0) return head
  const characters = [...text.replaceAll('\t', ' ')]
  if (characters.length > longestSnippet) return head
  const wide = (at: number) => (characters[at] ?? '').charCodeAt(0) > 0x7f
  const dots = characters.slice(0, column).map((_, at) => (wide(at) ? '\uff0e' : '.'))
  return `${head}\n | ${characters.join('')}\n | ${dots.join('')}${wide(column) ? '\uff3e' : '^'}`
}

/** The text of all issues, ordered by place. */
export function issuesText(issues: readonly Issue[], source: string): string {
  const kept = issues.slice(0, mostIssues)
  const lines = [...kept].sort((a, b) => a.offset - b.offset).map((issue) => shown(issue, source))
  if (issues.length > mostIssues) lines.push(`${issues.length - mostIssues} more errors were truncated`)
  return lines.join('\n')
}
