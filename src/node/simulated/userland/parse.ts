/**
 * Shell lines as a tree: lists, pipelines, redirections, if, while, until, for, case, groups. No functions.
 * Source: POSIX.1-2017, Shell Command Language
 */
import { quoted, Source, wordAt } from './parse-words.ts'
import { type Command, type List, type Part, type Redirect, type Step, SyntaxFault, type Word } from './syntax.ts'

/** Reads a line or a script. Throws SyntaxFault. */
export function parse(text: string): List {
  const source = new Source(text, listOf)
  const list = listOf(source, [])
  if (source.next !== '') throw new SyntaxFault(`syntax error: unexpected "${source.next}"`)
  return list
}

function listOf(source: Source, ends: readonly string[]): List {
  const steps: Step[] = []
  let after: Step['after'] = ';'
  for (;;) {
    blank(source, true)
    if (source.next === '' || isEnd(source, ends)) break
    const negated = keyword(source, '!')
    const pipeline = [commandOf(source)]
    blank(source, false)
    while (source.next === '|' && !source.starts('||')) {
      source.at++
      blank(source, true)
      pipeline.push(commandOf(source))
      blank(source, false)
    }
    steps.push({ pipeline, negated, after })
    const joint = source.match(/&&|\|\||;(?!;)|&|\n/y)
    if (joint === undefined) break
    if (joint === '\n') bodies(source)
    after = joint === '&&' || joint === '||' ? joint : ';'
    if (after !== ';') {
      blank(source, true)
      if (source.next === '') throw new SyntaxFault('syntax error: unexpected end of file', true)
    }
  }
  return steps
}

function blank(source: Source, lines: boolean): void {
  for (;;) {
    if (source.match(/[ \t\r]+|\\\n|#[^\n]*/y) !== undefined) continue
    if (!lines || source.next !== '\n') return
    source.at++
    bodies(source)
  }
}

const reserved = ['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']

function isEnd(source: Source, ends: readonly string[]): boolean {
  const word = /^[a-z]+(?=[\s;&|)]|$)|^[)}]|^;;/.exec(source.text.slice(source.at, source.at + 8))?.[0] ?? ''
  if (ends.includes(word)) return true
  if (reserved.includes(word) || word === ')' || word === ';;')
    throw new SyntaxFault(`syntax error: unexpected "${word}"`)
  return false
}

function keyword(source: Source, word: string): boolean {
  if (!source.starts(word) || !/[\s;&|()]|^$/.test(source.text[source.at + word.length] ?? '')) return false
  source.at += word.length
  blank(source, word !== '!')
  return true
}

function need(source: Source, word: string): void {
  blank(source, true)
  if (keyword(source, word)) return
  const isOver = source.next === ''
  throw new SyntaxFault(
    `syntax error: unexpected ${isOver ? 'end of file' : `"${source.next}"`} (expecting "${word}")`,
    isOver,
  )
}

function commandOf(source: Source): Command {
  if (source.take('(')) {
    const body = source.list([')'])
    source.need(')')
    return { type: 'group', apart: true, body, redirects: redirectsAt(source) }
  }
  if (keyword(source, '{')) {
    const body = source.list(['}'])
    need(source, '}')
    return { type: 'group', apart: false, body, redirects: redirectsAt(source) }
  }
  if (keyword(source, 'if')) return ifOf(source)
  for (const word of ['while', 'until']) if (keyword(source, word)) return loopOf(source, word === 'until')
  if (keyword(source, 'for')) return forOf(source)
  if (keyword(source, 'case')) return caseOf(source)
  return simpleOf(source)
}

function ifOf(source: Source): Command {
  const clauses: [List, List][] = []
  do {
    const condition = source.list(['then'])
    need(source, 'then')
    clauses.push([condition, source.list(['elif', 'else', 'fi'])])
    blank(source, true)
  } while (keyword(source, 'elif'))
  const otherwise = keyword(source, 'else') ? source.list(['fi']) : []
  need(source, 'fi')
  return { type: 'if', clauses, otherwise, redirects: redirectsAt(source) }
}

function loopOf(source: Source, until: boolean): Command {
  const condition = source.list(['do'])
  const body = bodyOf(source)
  return { type: 'loop', until, condition, body, redirects: redirectsAt(source) }
}

function bodyOf(source: Source): List {
  need(source, 'do')
  const body = source.list(['done'])
  need(source, 'done')
  return body
}

function forOf(source: Source): Command {
  const name = source.match(/[A-Za-z_]\w*/y)
  if (name === undefined) throw new SyntaxFault('syntax error: bad for loop variable')
  blank(source, true)
  let words: Word[] | undefined
  if (keyword(source, 'in')) {
    words = []
    for (let word = wordAt(source); word !== undefined; word = wordAt(source)) {
      words.push(word)
      blank(source, false)
    }
  }
  blank(source, false)
  source.match(/[;\n]/y)
  const body = bodyOf(source)
  return { type: 'for', name, words, body, redirects: redirectsAt(source) }
}

function caseOf(source: Source): Command {
  const word = wordAt(source) ?? []
  blank(source, true)
  need(source, 'in')
  const arms: [Word[], List][] = []
  for (blank(source, true); !keyword(source, 'esac'); blank(source, true)) {
    source.take('(')
    const patterns: Word[] = []
    do {
      blank(source, false)
      patterns.push(wordAt(source) ?? [])
      blank(source, false)
    } while (source.take('|'))
    source.need(')')
    arms.push([patterns, source.list([';;', 'esac'])])
    blank(source, true)
    source.take(';;')
    if (source.next === '') throw new SyntaxFault('syntax error: unexpected end of file (expecting "esac")', true)
  }
  return { type: 'case', word, arms, redirects: redirectsAt(source) }
}

function simpleOf(source: Source): Command {
  const assigns: [string, Word][] = []
  const words: Word[] = []
  const redirects: Redirect[] = []
  for (;;) {
    blank(source, false)
    const redirect = redirectAt(source, redirects)
    if (redirect) continue
    const name = words.length === 0 ? source.match(/[A-Za-z_]\w*=/y) : undefined
    if (name !== undefined) assigns.push([name.slice(0, -1), wordAt(source) ?? []])
    else {
      const word = wordAt(source)
      if (word === undefined) break
      words.push(word)
    }
  }
  if (assigns.length + words.length + redirects.length === 0)
    throw new SyntaxFault(`syntax error: unexpected ${source.next === '' ? 'end of file' : `"${source.next}"`}`)
  return { type: 'simple', assigns, words, redirects }
}

function redirectsAt(source: Source): Redirect[] {
  const redirects: Redirect[] = []
  do blank(source, false)
  while (redirectAt(source, redirects))
  return redirects
}

function redirectAt(source: Source, redirects: Redirect[]): boolean {
  const sign = source.match(/&>|\d?(?:>>|>&|<<-?|<&|>\||>|<)/y)
  if (sign === undefined) return false
  blank(source, false)
  const word = wordAt(source)
  if (word === undefined) throw new SyntaxFault('syntax error: unexpected redirection', source.next === '')
  const digit = /^\d/.exec(sign)?.[0]
  const mode = sign.replace(/^\d/, '').replace('>|', '>').replace(/^<<-$/, '<<')
  if (mode === '&>') {
    redirects.push(
      { fd: 1, mode: '>', target: word },
      { fd: 2, mode: '>&', target: [{ type: 'text', text: '1', quoted: true }] },
    )
  } else if (mode === '<<') later(source, word, redirects)
  else if (mode !== '<&')
    redirects.push({
      fd: digit === undefined ? (mode === '<' ? 0 : 1) : Number(digit),
      mode: mode as '>',
      target: word,
    })
  return true
}

/** A here-document begins after this line: its place is kept. */
function later(source: Source, word: Word, redirects: Redirect[]): void {
  const end = word.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const at = redirects.length
  redirects.push({ fd: 0, mode: '<<', target: [] })
  const plain = word.some((part) => part.type === 'text' && part.quoted)
  const put = (target: Word): void => void redirects.splice(at, 1, { fd: 0, mode: '<<', target })
  source.waiting.push({ end, plain, put })
}

/** The here-documents that begin here. */
function bodies(source: Source): void {
  for (const { end, plain, put } of source.waiting.splice(0)) {
    const lines: string[] = []
    for (;;) {
      if (source.at >= source.text.length) throw new SyntaxFault('syntax error: unterminated here-document', true)
      const line = source.match(/[^\n]*/y) as string
      source.at++
      if (line === end) break
      lines.push(`${line}\n`)
    }
    const text = lines.join('')
    const parts: Part[] = plain ? [{ type: 'text', text, quoted: true }] : quoted(new Source(text, listOf), '')
    put(parts)
  }
}
