/** The counterexample in view; it stays while other views are looked at. */
import { signal } from '@preact/signals'
import { type Counterexample, parseCounterexample } from '../../counterexample.ts'
import type { PageState } from '../app/page-state.ts'

export const opened = signal<Counterexample | undefined>(undefined)

/** Shows a file's text. Tells why when it is no counterexample. */
export function openCounterexample(page: PageState, text: string): void {
  try {
    opened.value = parseCounterexample(text)
    page.view.value = 'counterexample'
  } catch (error) {
    page.tell((error as Error).message, 'error')
  }
}

/** True for a file that means to be one, however broken. */
export function isCounterexample(text: string): boolean {
  try {
    return 'property' in (JSON.parse(text) as object)
  } catch {
    return false
  }
}
