/** What a shell line says, as a tree. */

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly type: 'variable'
      readonly name: string
      /** `:-` and the like with what follows; '' for a plain one, `length` for `${#x}`. */
      readonly operator: string
      readonly word: Word
      readonly quoted: boolean
    }
  | { readonly type: 'command'; readonly list: List; readonly quoted: boolean }
  | { readonly type: 'arithmetic'; readonly word: Word; readonly quoted: boolean }

export type Word = readonly Part[]

export interface Redirect {
  readonly fd: number
  readonly mode: '>' | '>>' | '<' | '>&' | '<<'
  readonly target: Word
}

export type Command = { readonly redirects: readonly Redirect[] } & (
  | { readonly type: 'simple'; readonly assigns: readonly (readonly [string, Word])[]; readonly words: readonly Word[] }
  | { readonly type: 'group'; readonly apart: boolean; readonly body: List }
  | { readonly type: 'if'; readonly clauses: readonly (readonly [List, List])[]; readonly otherwise: List }
  | { readonly type: 'loop'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly type: 'for'; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: List }
  | { readonly type: 'case'; readonly word: Word; readonly arms: readonly (readonly [readonly Word[], List])[] }
)

export interface Step {
  readonly pipeline: readonly Command[]
  readonly negated: boolean
  /** How it follows the step before it. */
  readonly after: ';' | '&&' | '||'
}

export type List = readonly Step[]

/** The line cannot be read; `unfinished`: it goes on in the next one. */
export class SyntaxFault extends Error {
  readonly unfinished: boolean

  constructor(message: string, unfinished = false) {
    super(message)
    this.unfinished = unfinished
  }
}
