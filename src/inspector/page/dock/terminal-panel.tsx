/** A terminal that understands the everyday verbs of kubectl, for the cluster in view. */
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { KybernError } from '../../../lib/coded-error.ts'
import { Terminal } from '../../terminal/kubectl.ts'
import type { AskSession } from '../../terminal/shell.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import { Refused } from '../link/session.ts'

/** One line that was run, and what came of it. */
export interface Ran {
  readonly line: string
  readonly text: string
  readonly code: number
}

/** Asks of the cluster in view; refusals as the terminal knows them. */
export function askOf(page: PageState): AskSession {
  return async (question, given) => {
    try {
      return await page.ask(question, given)
    } catch (error) {
      throw error instanceof Refused ? new KybernError(error.code, error.message) : error
    }
  }
}

/** Runs a line in the terminal's scroll, whoever asks for it. */
export async function runLine(page: PageState, line: string): Promise<Ran> {
  if (line.trim() === 'clear') {
    page.ran.value = []
    return { line, text: '', code: 0 }
  }
  const terminal = new Terminal(askOf(page), () => page.draft.value)
  const ran = { line, ...(await terminal.run(line)) }
  page.ran.value = [...page.ran.value.slice(-199), ran]
  page.go(undefined)
  return ran
}

export function TerminalPanel() {
  const page = usePage()
  const scroll = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = scroll.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }, [page.ran.value])
  const close = (): void => {
    page.terminalOpen.value = false
  }
  return (
    <section class="terminal" aria-label="Terminal">
      <header>
        <h2>Terminal</h2>
        <span class="dim">
          {page.model.value?.name} · kubectl, advance, settle · <kbd>Tab</kbd> completes, <kbd>Esc</kbd> leaves
        </span>
        <span class="spring" />
        <button type="button" class="quiet" aria-label="Close the terminal" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keys */}
      <section class="scroll" ref={scroll} tabIndex={0} aria-label="Output" aria-live="polite">
        {page.ran.value.map(({ line, text, code }, i) => (
          <div key={`${i} ${line}`}>
            <p class="typed">
              <span class="prompt">$</span> {line}
            </p>
            {text === '' ? null : <pre class={code === 0 ? '' : 'failed'}>{text}</pre>}
          </div>
        ))}
      </section>
      <Prompt />
    </section>
  )
}

function Prompt() {
  const page = usePage()
  const text = useSignal('')
  const back = useSignal(0)
  const input = useRef<HTMLInputElement>(null)
  const cluster = page.model.value?.name
  const terminal = useMemo(() => new Terminal(askOf(page), () => page.draft.value), [cluster])
  // Before the browser draws: what is typed at once must not go to the page.
  useLayoutEffect(() => input.current?.focus(), [])
  const recall = (by: number): void => {
    const lines = page.ran.value.map(({ line }) => line)
    back.value = Math.min(lines.length, Math.max(0, back.value + by))
    text.value = back.value === 0 ? '' : (lines[lines.length - back.value] ?? '')
  }
  const complete = async (): Promise<void> => {
    const found = await terminal.complete(text.value)
    const cut = Math.max(0, text.value.search(/\S*$/))
    const shared = sharedStart(found)
    if (shared.length > text.value.length - cut) text.value = text.value.slice(0, cut) + shared
    if (found.length === 1) text.value = `${text.value.slice(0, cut)}${found[0]} `
  }
  const run = (): void => {
    const line = text.value.trim()
    text.value = ''
    back.value = 0
    if (line !== '') void runLine(page, line)
  }
  return (
    <form
      class="prompt-line"
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <span class="prompt" aria-hidden="true">
        $
      </span>
      <input
        ref={input}
        type="text"
        aria-label="Command"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') recall(1)
          else if (event.key === 'ArrowDown') recall(-1)
          else if (event.key === 'Tab' && !event.shiftKey && text.value !== '') void complete()
          else return
          event.preventDefault()
        }}
      />
    </form>
  )
}

/** What all begin with. */
function sharedStart(words: readonly string[]): string {
  const [first = '', ...others] = words
  let length = first.length
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}
