/** Begins the page: finds its session, and draws. */
import { render } from 'preact'
import { App } from './app/app.tsx'
import { PageState } from './app/page-state.ts'
import { openCounterexample } from './counterexample/opened.ts'
import { connect, tokenOf } from './link/connect.ts'
import { Session } from './link/session.ts'

const root = document.getElementById('page')
if (root !== null) {
  const page = new PageState(new Session(connect()))
  render(<App page={page} />, root)
  void openAsked(page)
}

/** Opens the counterexample that the page's address names, from the same server. */
async function openAsked(page: PageState): Promise<void> {
  const name = new URLSearchParams(location.search).get('open')
  if (name === null) return
  const url = new URL(name, location.href)
  url.search = `?token=${encodeURIComponent(tokenOf(location.href))}`
  if (url.origin !== location.origin) return
  try {
    const answer = await fetch(url)
    openCounterexample(page, await answer.text())
  } catch (error) {
    page.tell(`${name} did not come: ${(error as Error).message}`, 'error')
  }
}
