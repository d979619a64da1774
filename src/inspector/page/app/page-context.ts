/** Hands the page's state to every component. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { PageState } from './page-state.ts'

export const PageContext = createContext<PageState | undefined>(undefined)

export function usePage(): PageState {
  return useContext(PageContext) as PageState
}
