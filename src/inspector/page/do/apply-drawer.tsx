/** YAML to apply: an editor that knows the fields and marks what is wrong where it is wrong. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ApplyAnswer, Diagnostic } from '../../questions.ts'
import { Dialog } from '../app/dialog.tsx'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import type { Editor } from './editor.ts'
import { examples } from './examples.ts'
import { pickedText } from './picked-text.ts'

export function ApplyDrawer() {
  const page = usePage()
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | undefined>(undefined)
  const problems = useSignal<readonly Diagnostic[]>([])
  const applied = useSignal<ApplyAnswer['applied']>([])
  useEffect(() => {
    let gone = false
    void openEditor(page, place.current, () => run(false)).then((made) => {
      if (gone) return made?.close()
      editor.current = made
    })
    return () => {
      gone = true
      if (editor.current !== undefined) page.draft.value = editor.current.text()
      editor.current?.close()
    }
  }, [])
  // The editor that is still being loaded begins with the draft.
  const replace = (text: string): void => {
    if (editor.current === undefined) page.draft.value = text
    else editor.current.replace(text)
  }
  const run = async (settle: boolean): Promise<void> => {
    const text = editor.current?.text() ?? ''
    const answer = await page.act('apply', { text })
    if (answer === undefined) return
    problems.value = answer.problems
    applied.value = answer.applied
    editor.current?.mark(answer.problems)
    if (answer.problems.some(({ severity }) => severity === 'error')) return
    page.tell(answer.applied.map(({ kind, name, result }) => `${kind} ${name} ${result}`).join('\n'))
    page.dialog.value = ''
    page.go(undefined)
    if (settle) await page.act('settle', {})
  }
  return (
    <Dialog title="Apply YAML" kind="drawer" tools={<Sources replace={replace} />}>
      <div class="editor" ref={place} />
      <Problems problems={problems.value} editor={editor} />
      <footer class="row">
        <span class="dim">
          <kbd>Ctrl</kbd> <kbd>Space</kbd> completes, <kbd>Ctrl</kbd> <kbd>Enter</kbd> applies, <kbd>Esc</kbd> then{' '}
          <kbd>Tab</kbd> leaves the editor
        </span>
        <span class="spring" />
        {page.info.value?.time === 'virtual' ? (
          <button type="button" onClick={() => void run(true)}>
            Apply and settle
          </button>
        ) : null}
        <button type="button" class="primary" onClick={() => void run(false)}>
          Apply
        </button>
      </footer>
    </Dialog>
  )
}

/** The editor is a part of its own, loaded when it is first needed. */
async function openEditor(page: PageState, place: HTMLElement | null, apply: () => void): Promise<Editor | undefined> {
  if (place === null) return undefined
  const { createEditor } = await import('./editor.ts')
  return createEditor(place, {
    text: page.draft.value,
    apply,
    check: (text) => page.ask('check', { text }),
    complete: (text, offset) => page.ask('complete', { text, offset }),
  })
}

interface WithEditor {
  readonly editor: { readonly current: Editor | undefined }
}

function Sources({ replace }: { readonly replace: (text: string) => void }) {
  return (
    <>
      <select
        aria-label="Begin with an example"
        value=""
        onChange={(event) => {
          const example = examples.find(({ name }) => name === event.currentTarget.value)
          if (example !== undefined) replace(example.text)
          event.currentTarget.value = ''
        }}
      >
        <option value="">examples</option>
        {examples.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="quiet"
        onClick={() =>
          void pickedText('.yaml,.yml,.json').then((text) => {
            if (text !== undefined) replace(text)
          })
        }
      >
        <Icon name="open" /> file
      </button>
    </>
  )
}

function Problems({ problems, editor }: WithEditor & { readonly problems: readonly Diagnostic[] }) {
  if (problems.length === 0) return null
  return (
    <ul class="problems" role="alert">
      {problems.map(({ severity, message, line, column, field }) => (
        <li key={`${line}:${column} ${message}`} class={severity}>
          <button type="button" class="link mono" onClick={() => editor.current?.goTo(line, column)}>
            {line}:{column}
          </button>
          <span>
            {severity === 'error' ? '✗ ' : '! '}
            {field === undefined ? '' : `${field}: `}
            {message}
          </span>
        </li>
      ))}
    </ul>
  )
}
