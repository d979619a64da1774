/** Small parts that every view uses. */
import type { ComponentChildren } from 'preact'
import type { Tone } from '../model/tone.ts'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [T, string])[]
  readonly choose: (value: T) => void
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ label, value, options, choose }: ChoiceProps<T>) {
  return (
    <fieldset class="choice" aria-label={label}>
      {options.map(([name, text]) => (
        <button type="button" key={name} aria-pressed={name === value} onClick={() => choose(name)}>
          {text}
        </button>
      ))}
    </fieldset>
  )
}

/** A state's name with its colour and pattern. */
export function ToneTag({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span class={`tag tone-${tone}`}>
      <span>{text}</span>
    </span>
  )
}

/** What to show where there is nothing. */
export function Empty({ text, children }: { readonly text: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  )
}

/** A name that leads to its object. */
export function ObjectLink(props: { readonly kind: string; readonly namespace: string; readonly name: string }) {
  const page = usePage()
  const { kind, namespace, name } = props
  return (
    <button type="button" class="link" onClick={() => page.selectNamed(kind, namespace, name, page.tab.value)}>
      <Icon name={kind} /> {name}
    </button>
  )
}

/** A revision that leads to its moment. */
export function RevisionLink({ revision }: { readonly revision: number }) {
  const page = usePage()
  const go = (): void => {
    const seq = page.model.value?.commits.get(revision)
    if (seq !== undefined) page.go(seq)
  }
  return (
    <button type="button" class="link mono" title="Show this moment" onClick={go}>
      rev {revision}
    </button>
  )
}

/** Notices of what was done and refused; read out as they come. */
export function Notices() {
  const page = usePage()
  return (
    <div class="notices" role="status" aria-live="polite">
      {page.notices.value.map(({ id, level, text }) => (
        <div key={id} class={`notice ${level}`}>
          <span>{text}</span>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => page.dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
