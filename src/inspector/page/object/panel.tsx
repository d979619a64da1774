/** Everything about the selected object at the chosen moment. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { TabName } from '../app/page-state.ts'
import { Empty, ToneTag } from '../app/parts.tsx'
import { factAt, isThere, stateAt, type Track } from '../model/track.ts'
import { duration } from '../model/words.ts'
import { ChartTab } from './chart-tab.tsx'
import { DescribeTab } from './describe-tab.tsx'
import { EventsTab } from './events-tab.tsx'
import { WhyTab } from './why-tab.tsx'
import { YamlTab } from './yaml-tab.tsx'

const tabs: readonly (readonly [TabName, string, string])[] = [
  ['chart', 'State', 's'],
  ['why', 'Why', 'w'],
  ['describe', 'Describe', 'd'],
  ['yaml', 'YAML', 'y'],
  ['events', 'Events', 'e'],
]

export function ObjectPanel() {
  const page = usePage()
  const width = useSignal(Math.max(440, Math.min(620, window.innerWidth * 0.38)))
  const track = page.track.value
  return (
    <aside class="panel" aria-label="Object" style={{ width: `${width.value}px` }}>
      <Resizer width={width} />
      {track === undefined ? (
        <>
          <PanelClose />
          <Empty text="Select an object to see its state, why it is so, and what it can do next." />
        </>
      ) : (
        <>
          <Head track={track} />
          <Tabs />
          <div class="panel-body" id="panel-body" role="tabpanel" aria-labelledby={`tab-${page.tab.value}`}>
            <Body track={track} />
          </div>
        </>
      )}
    </aside>
  )
}

function Body({ track }: { readonly track: Track }) {
  const page = usePage()
  switch (page.tab.value) {
    case 'chart':
      return <ChartTab track={track} />
    case 'why':
      return <WhyTab track={track} />
    case 'yaml':
      return <YamlTab track={track} />
    case 'describe':
      return <DescribeTab track={track} />
    case 'events':
      return <EventsTab track={track} />
  }
}

function Head({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  const seq = page.seq.value
  const there = isThere(track, seq)
  const state = model?.states.at(stateAt(track, seq))
  const fact = factAt(track, seq)
  const born = fact?.created ?? model?.timeAt(Math.max(track.born, model.base - 1)) ?? 0
  return (
    <header class="panel-head">
      <div class="panel-title">
        <Icon name={track.kind} />
        <h2 title={track.name}>{track.name}</h2>
        <PanelClose />
      </div>
      <div class="panel-facts">
        {there && state !== undefined ? <ToneTag tone={state.tone} text={state.label || 'exists'} /> : null}
        {there ? null : <ToneTag tone="done" text={seq < track.born ? 'not there yet' : 'gone'} />}
        {fact !== undefined && fact.status !== '' && fact.status !== state?.label ? <span>{fact.status}</span> : null}
        <span class="dim">
          {track.kind}
          {track.namespace === '' ? '' : ` in ${track.namespace}`}
        </span>
        {there && model !== undefined ? <span class="dim">age {duration(model.timeAt(seq) - born)}</span> : null}
      </div>
    </header>
  )
}

function PanelClose() {
  const page = usePage()
  const close = (): void => {
    page.panelOpen.value = false
  }
  return (
    <button type="button" class="quiet panel-close" aria-label="Close the panel" title="Esc" onClick={close}>
      <Icon name="close" />
    </button>
  )
}

function Tabs() {
  const page = usePage()
  const list = useRef<HTMLDivElement>(null)
  const walk = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const at = tabs.findIndex(([name]) => name === page.tab.value)
    const next = (at + by + tabs.length) % tabs.length
    page.tab.value = tabs[next]?.[0] ?? 'chart'
    list.current?.querySelectorAll('button')[next]?.focus()
    event.preventDefault()
  }
  return (
    <div class="tabs" role="tablist" aria-label="What to show" ref={list} onKeyDown={walk}>
      {tabs.map(([name, text, key]) => (
        <button
          type="button"
          key={name}
          role="tab"
          id={`tab-${name}`}
          aria-selected={page.tab.value === name}
          aria-controls="panel-body"
          tabIndex={page.tab.value === name ? 0 : -1}
          title={`${text} (${key})`}
          onClick={() => {
            page.tab.value = name
          }}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

/** The edge of the panel: dragged, or moved by arrow keys. */
function Resizer({ width }: { readonly width: { value: number } }) {
  const set = (to: number): void => {
    width.value = Math.min(window.innerWidth - 420, Math.max(360, to))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no rule
    <div
      class="resizer"
      role="separator"
      tabIndex={0}
      data-own-keys
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuenow={Math.round(width.value)}
      aria-valuemin={360}
      aria-valuemax={window.innerWidth - 420}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.buttons === 1) set(window.innerWidth - event.clientX)
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(width.value + 24)
        else if (event.key === 'ArrowRight') set(width.value - 24)
        else return
        event.preventDefault()
      }}
    />
  )
}
