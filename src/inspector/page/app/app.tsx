/** The page: bar, view, panel, transport; and what lies over them. */
import { useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ClusterView } from '../cluster/cluster-view.tsx'
import { Owners } from '../cluster/owners.tsx'
import { CounterexampleView } from '../counterexample/view.tsx'
import { ApplyDrawer } from '../do/apply-drawer.tsx'
import { Compare } from '../do/compare.tsx'
import { DoMenu } from '../do/do-menu.tsx'
import { TestDialog } from '../do/test-dialog.tsx'
import { Dock } from '../dock/dock.tsx'
import { ObjectPanel } from '../object/panel.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import { Transport } from '../transport/transport.tsx'
import { Bar } from './bar.tsx'
import { Help } from './help.tsx'
import { listenToKeys } from './keys.ts'
import { PageContext, usePage } from './page-context.ts'
import type { PageState } from './page-state.ts'
import { Empty, Notices } from './parts.tsx'
import { theme } from './theme.ts'

export function App({ page }: { readonly page: PageState }) {
  useSignalEffect(() => {
    document.documentElement.dataset.theme = theme.value
  })
  useEffect(() => listenToKeys(page), [page])
  return (
    <PageContext.Provider value={page}>
      <div class="page">
        <Bar />
        <main class={page.panelOpen.value ? 'with-panel' : ''}>
          <View />
          {page.panelOpen.value ? <ObjectPanel /> : null}
        </main>
        {page.session.state.value === 'open' ? <Dock /> : null}
        {page.view.value === 'counterexample' ? null : <Transport />}
        <Over />
        <Notices />
      </div>
    </PageContext.Provider>
  )
}

function View() {
  const page = usePage()
  if (page.view.value === 'counterexample') return <CounterexampleView />
  if (page.session.state.value === 'connecting') return <Empty text="Connecting to the cluster …" />
  if (page.session.state.value === 'closed') return <Ended />
  if (page.view.value === 'cluster') return <ClusterView />
  if (page.view.value === 'owners') return <Owners />
  if (page.view.value === 'compare') return <Compare />
  return <Timeline />
}

function Ended() {
  const page = usePage()
  const why = page.session.ended.value || 'The other end is gone: the cluster was stopped, or the connection broke.'
  return (
    <Empty text={why}>
      <button type="button" onClick={() => location.reload()}>
        Connect again
      </button>
    </Empty>
  )
}

function Over() {
  const page = usePage()
  switch (page.dialog.value) {
    case 'help':
      return <Help />
    case 'apply':
      return <ApplyDrawer />
    case 'do':
      return <DoMenu />
    case 'test':
      return <TestDialog />
    default:
      return null
  }
}
