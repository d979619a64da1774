/** Everything that can be done at this moment, found by typing. */
import { useComputed, useSignal } from '@preact/signals'
import { Dialog } from '../app/dialog.tsx'
import { usePage } from '../app/page-context.ts'
import { type Action, actionsOf } from './actions.ts'

export function DoMenu() {
  const page = usePage()
  const text = useSignal('')
  const at = useSignal(0)
  const asked = useSignal<Action | undefined>(undefined)
  const shown = useComputed(() => {
    const words = text.value.toLowerCase().split(/\s+/)
    return actionsOf(page).filter((one) => {
      const all = `${one.group} ${one.text} ${one.note ?? ''}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
  })
  const start = (action: Action): void => {
    if (action.asks !== undefined) asked.value = action
    else finish(action, '')
  }
  const finish = (action: Action, value: string): void => {
    page.dialog.value = ''
    void Promise.resolve(action.run(page, value)).catch((error: Error) => page.tell(error.message, 'error'))
  }
  if (asked.value !== undefined)
    return <Ask action={asked.value} done={(value) => finish(asked.value as Action, value)} />
  const keyed = (event: KeyboardEvent): void => {
    const last = shown.value.length - 1
    if (event.key === 'ArrowDown') at.value = Math.min(last, at.value + 1)
    else if (event.key === 'ArrowUp') at.value = Math.max(0, at.value - 1)
    else if (event.key === 'Enter') {
      const action = shown.value[at.value]
      if (action !== undefined) start(action)
    } else return
    event.preventDefault()
  }
  return (
    <Dialog title="Do">
      <Search text={text} at={at} shown={shown} keyed={keyed} />
      <div class="actions" role="listbox" id="actions" aria-label="Actions" tabIndex={-1}>
        {shown.value.map((action, i) => (
          <Entry
            key={action.group + action.text}
            action={action}
            headed={action.group !== shown.value[i - 1]?.group}
            on={i === at.value}
            id={`action-${i}`}
            start={() => start(action)}
          />
        ))}
        {shown.value.length === 0 ? <p class="dim pad">Nothing of that name can be done here.</p> : null}
      </div>
    </Dialog>
  )
}

interface SearchProps {
  readonly text: { value: string }
  readonly at: { value: number }
  readonly shown: { readonly value: readonly Action[] }
  readonly keyed: (event: KeyboardEvent) => void
}

function Search({ text, at, shown, keyed }: SearchProps) {
  const page = usePage()
  return (
    <input
      data-first
      class="wide"
      type="text"
      role="combobox"
      aria-expanded="true"
      aria-controls="actions"
      aria-activedescendant={shown.value.length === 0 ? undefined : `action-${at.value}`}
      aria-label="What to do"
      placeholder={page.track.value === undefined ? 'What to do; select an object for more' : 'What to do'}
      onInput={(event) => {
        text.value = event.currentTarget.value
        at.value = 0
      }}
      onKeyDown={keyed}
    />
  )
}

interface EntryProps {
  readonly action: Action
  readonly headed: boolean
  readonly on: boolean
  readonly id: string
  readonly start: () => void
}

function Entry({ action, headed, on, id, start }: EntryProps) {
  return (
    <>
      {headed ? (
        <h3 role="presentation" class="group-head">
          {action.group}
        </h3>
      ) : null}
      <div
        class={`action ${on ? 'on' : ''}`}
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={on}
        ref={(element) => {
          if (on) element?.scrollIntoView({ block: 'nearest' })
        }}
        onClick={start}
        onKeyDown={() => undefined}
      >
        <span>
          {action.text}
          {action.asks === undefined ? '' : ' …'}
        </span>
        <span class="dim">{action.note}</span>
      </div>
    </>
  )
}

function Ask({ action, done }: { readonly action: Action; readonly done: (value: string) => void }) {
  const asks = action.asks ?? { name: '', value: '' }
  const value = useSignal(asks.value)
  return (
    <Dialog title={`${action.text}: ${action.group}`}>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (value.value !== '') done(value.value)
        }}
      >
        <label>
          {asks.name}
          <input
            data-first
            type="text"
            inputMode={asks.number === true ? 'numeric' : 'text'}
            pattern={asks.number === true ? '[0-9]+' : '.+'}
            value={value.value}
            onInput={(event) => {
              value.value = event.currentTarget.value
            }}
          />
        </label>
        <button type="submit" class="primary" disabled={value.value === ''}>
          {action.text}
        </button>
      </form>
    </Dialog>
  )
}
