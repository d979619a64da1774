/** A sheet over the page that holds the focus until it is closed. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'

interface Props {
  readonly title: string
  readonly kind?: 'sheet' | 'drawer'
  readonly children: ComponentChildren
  readonly tools?: ComponentChildren
}

export function Dialog({ title, kind = 'sheet', children, tools }: Props) {
  const page = usePage()
  const element = useRef<HTMLDialogElement>(null)
  // Before the browser draws: what is typed at once must not go to the page.
  useLayoutEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    const first = element.current?.querySelector<HTMLElement>('[data-first]')
    if (first instanceof HTMLInputElement) first.select()
    first?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  const close = (): void => {
    page.dialog.value = ''
  }
  return (
    <dialog ref={element} class={`dialog ${kind}`} aria-label={title} onClose={close}>
      <header>
        <h2>{title}</h2>
        <span class="spring" />
        {tools}
        <button type="button" class="quiet" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  )
}
