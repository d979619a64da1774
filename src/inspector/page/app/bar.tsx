/** The top bar: views, clusters, what can be done, theme and help. */
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'
import type { ViewName } from './page-state.ts'
import { switchTheme, theme } from './theme.ts'

const views: readonly (readonly [ViewName, string])[] = [
  ['timeline', 'Timeline'],
  ['cluster', 'Cluster'],
  ['owners', 'Owners'],
  ['compare', 'Compare'],
  ['counterexample', 'Counterexample'],
]

export function Bar() {
  const page = usePage()
  return (
    <header class="bar">
      <h1>
        <Icon name="helm" />
        kybern
      </h1>
      <nav aria-label="Views">
        {views.map(([name, text], i) => (
          <button
            type="button"
            key={name}
            aria-current={page.view.value === name ? 'page' : undefined}
            title={`${text} (${i + 1})`}
            onClick={() => {
              page.view.value = name
            }}
          >
            {text}
          </button>
        ))}
      </nav>
      <ClusterChoice />
      <span class="spring" />
      <Facts />
      <button type="button" class="primary" title="Apply YAML (a)" onClick={() => open('apply')}>
        <Icon name="edit" /> Apply
      </button>
      <button type="button" title="Everything that can be done (.)" onClick={() => open('do')}>
        <Icon name="bolt" /> Do
      </button>
      <button
        type="button"
        title="Terminal (`)"
        aria-label="Terminal"
        aria-pressed={page.terminalOpen.value}
        onClick={() => {
          page.terminalOpen.value = !page.terminalOpen.value
        }}
      >
        <Icon name="terminal" /> <span class="word">Terminal</span>
      </button>
      <button type="button" class="quiet" title="Light or dark (t)" aria-label="Light or dark" onClick={switchTheme}>
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      <button type="button" class="quiet" title="Keys (?)" aria-label="Keys and help" onClick={() => open('help')}>
        <Icon name="help" />
      </button>
    </header>
  )

  function open(dialog: 'apply' | 'do' | 'help'): void {
    page.dialog.value = page.dialog.value === dialog ? '' : dialog
  }
}

/** Which cluster is in view, when there are forks. */
function ClusterChoice() {
  const page = usePage()
  const clusters = page.session.clusters.value
  if (clusters.length < 2) return null
  return (
    <label class="cluster-choice">
      <Icon name="fork" />
      <select
        aria-label="Cluster"
        value={page.model.value?.name}
        onChange={(event) => {
          page.clusterName.value = event.currentTarget.value
          page.chosen.value = undefined
        }}
      >
        {clusters.map(({ name, parent }) => (
          <option key={name} value={name}>
            {parent === undefined ? name : `${name} (from ${parent.name} at rev ${parent.revision})`}
          </option>
        ))}
      </select>
    </label>
  )
}

function Facts() {
  const page = usePage()
  const info = page.info.value
  if (info === undefined) return null
  return (
    <span class="facts dim">
      seed <b class="mono">{info.seed}</b> · {info.time} time
    </span>
  )
}
