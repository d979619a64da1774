/** Begins the page: finds its session, and draws. */
import { render } from 'preact'
import { App } from './app/app.tsx'
import { PageState } from './app/page-state.ts'
import { connect } from './link/connect.ts'
import { Session } from './link/session.ts'

const root = document.getElementById('page')
if (root !== null) {
  const page = new PageState(new Session(connect()))
  render(<App page={page} />, root)
}
