/** The editor for YAML, in a shadow root so that its style sheets are objects of the document and no inline styles. */
import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { linter, lintGutter, type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Completions, Diagnostic } from '../../questions.ts'

export interface Editor {
  text(): string
  replace(text: string): void
  mark(problems: readonly Diagnostic[]): void
  /** Both count from 1. */
  goTo(line: number, column: number): void
  close(): void
}

interface Options {
  readonly text: string
  readonly apply: () => void
  readonly check: (text: string) => Promise<readonly Diagnostic[]>
  readonly complete: (text: string, offset: number) => Promise<Completions>
}

export function createEditor(place: HTMLElement, options: Options): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' })
  const parent = document.createElement('div')
  parent.style.height = '100%'
  root.replaceChildren(parent)
  const view = new EditorView({
    root,
    parent,
    state: EditorState.create({ doc: options.text, extensions: extensionsOf(options) }),
  })
  view.focus()
  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      view.focus()
    },
    mark: (problems) => view.dispatch(setDiagnostics(view.state, marksOf(view.state.doc, problems))),
    goTo(line, column) {
      const at = offsetOf(view.state.doc, line, column)
      view.dispatch({ selection: { anchor: at }, scrollIntoView: true })
      view.focus()
    },
    close: () => view.destroy(),
  }
}

function extensionsOf({ apply, check, complete }: Options) {
  const run = (): boolean => {
    apply()
    return true
  }
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    indentUnit.of('  '),
    yaml(),
    syntaxHighlighting(colours),
    look,
    EditorView.contentAttributes.of({ 'aria-label': 'YAML to apply' }),
    autocompletion({ override: [(context) => completionsOf(context, complete)], icons: false }),
    linter(async (view) => marksOf(view.state.doc, await check(view.state.doc.toString()).catch(() => [])), {
      delay: 300,
    }),
    keymap.of([
      { key: 'Mod-Enter', run },
      { key: 'Tab', run: (view) => acceptCompletion(view) || indentMore(view), shift: indentLess },
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ]
}

async function completionsOf(
  context: CompletionContext,
  complete: Options['complete'],
): Promise<CompletionResult | null> {
  const line = context.state.doc.lineAt(context.pos)
  const typed = line.text.slice(0, context.pos - line.from)
  if (!context.explicit && !/[\w./-]$/.test(typed)) return null
  const found = await complete(context.state.doc.toString(), context.pos).catch(() => undefined)
  if (found === undefined || found.options.length === 0) return null
  return {
    from: found.from,
    to: found.to,
    validFor: /^[\w./-]*$/,
    options: found.options.map(({ label, kind, type, required, doc, insert }) => ({
      label,
      type: kind === 'field' ? 'property' : 'enum',
      detail: required ? `${type}, required` : type,
      apply: insert,
      boost: required ? 2 : 0,
      ...(doc === '' ? {} : { info: doc }),
    })),
  }
}

function marksOf(doc: Text, problems: readonly Diagnostic[]): Mark[] {
  return problems.map(({ severity, message, field, line, column, endLine, endColumn }) => {
    const from = offsetOf(doc, line, column)
    const to = Math.max(from, offsetOf(doc, endLine, endColumn))
    return { from, to, severity, message: field === undefined ? message : `${field}: ${message}` }
  })
}

function offsetOf(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(at.to, at.from + Math.max(0, column - 1))
}

/** Colours by the page's own variables, which shadow roots inherit: light and dark come by themselves. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--y-key)' },
  { tag: [tags.string, tags.content], color: 'var(--y-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--y-number)' },
  { tag: tags.comment, color: 'var(--dim)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.punctuation], color: 'var(--dim)' },
])

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--ground)', fontSize: '12.5px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--dim)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--select) !important' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.75', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionInfo': { maxWidth: '360px', padding: '8px 10px', overflowWrap: 'anywhere' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad-edge)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--wait-edge)' },
})
