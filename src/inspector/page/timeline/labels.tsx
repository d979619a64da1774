/** The names of the rows in view: a tree that is walked by keys and read by screen readers. */
import { useComputed } from '@preact/signals'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import type { Row } from '../model/rows.ts'
import { isThere, stateAt } from '../model/track.ts'
import type { Hover } from './draw.ts'
import { rowHeight, rulerHeight } from './geometry.ts'
import type { Port } from './timeline.tsx'

interface Props {
  readonly port: { readonly value: Port }
  readonly hover: { value: Hover | undefined }
}

export function Labels({ port, hover }: Props) {
  const page = usePage()
  const shown = useComputed(() => {
    const { scrollTop, height } = port.value
    const first = Math.floor(scrollTop / rowHeight)
    const rows = page.rows.value.slice(first, Math.ceil((scrollTop + height) / rowHeight))
    return { first, rows, offset: first * rowHeight - scrollTop + rulerHeight }
  })
  const { first, rows, offset } = shown.value
  return (
    <div class="labels">
      <div class="labels-head">
        <span class="dim">{page.grouping.value === 'owner' ? 'Objects by owner' : 'Pods by node'}</span>
        <span class="dim count">{page.rows.value.length.toLocaleString('en')} rows</span>
      </div>
      <div
        class="labels-rows"
        role="tree"
        aria-label="Objects"
        tabIndex={0}
        aria-activedescendant={
          rows.some(({ key }) => key === page.selected.value) ? `row-${page.selected.value}` : undefined
        }
        style={{ transform: `translateY(${offset - rulerHeight}px)` }}
      >
        {rows.map((row, i) => (
          <Label key={row.key} row={row} index={first + i} hovered={hover.value?.key === row.key} />
        ))}
      </div>
    </div>
  )
}

function Label({ row, index, hovered }: { readonly row: Row; readonly index: number; readonly hovered: boolean }) {
  const page = usePage()
  const selected = page.selected.value === row.key
  const { track } = row
  const seq = page.seq.value
  const when = track === undefined || isThere(track, seq) ? '' : seq < track.born ? 'unborn' : 'absent'
  const classes = ['label', track === undefined ? 'group' : '', selected ? 'selected' : '', hovered ? 'hovered' : '']
  return (
    <div
      id={`row-${row.key}`}
      class={`${classes.join(' ')} depth-${Math.min(5, row.depth)} ${when}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={selected}
      aria-expanded={row.beneath > 0 ? row.open : undefined}
      aria-posinset={index + 1}
      aria-setsize={page.rows.value.length}
      tabIndex={-1}
      onClick={() => pick(page, row)}
      onDblClick={() => track !== undefined && page.select(row.key, page.tab.value)}
      onKeyDown={() => undefined}
    >
      <Fold row={row} />
      {track === undefined ? null : <Icon name={track.kind} />}
      <LabelName row={row} />
      {track === undefined ? <span class="dim count">{row.beneath}</span> : <StateChip row={row} />}
    </div>
  )
}

/** The row as it is read out: `Pod web-0, running.ready`. */
function spoken(page: PageState, { label, track, beneath }: Row): string {
  const model = page.model.value
  if (track === undefined || model === undefined) return `${label}, ${beneath} objects`
  const seq = page.seq.value
  if (!isThere(track, seq)) return `${track.kind} ${label}, ${seq < track.born ? 'not there yet' : 'gone'}`
  return `${track.kind} ${label}, ${model.states.at(stateAt(track, seq))?.label ?? ''}`
}

/** What a name shares with its owner's is what is left out first when there is little room. */
function LabelName({ row }: { readonly row: Row }) {
  const page = usePage()
  const owner = page.model.value?.byId.get(row.track?.parent ?? '')?.name ?? ''
  const shared = owner !== '' && row.label.startsWith(`${owner}-`) ? owner.length : 0
  return (
    <span class="label-name" title={row.label}>
      <span class="unseen">{spoken(page, row)}</span>
      <span class="shared" aria-hidden="true">
        {row.label.slice(0, shared)}
      </span>
      <span class="own" aria-hidden="true">
        {row.label.slice(shared)}
      </span>
    </span>
  )
}

function pick(page: PageState, row: Row): void {
  if (row.track === undefined) page.toggle(row.key)
  page.select(row.key)
}

function Fold({ row }: { readonly row: Row }) {
  const page = usePage()
  if (row.beneath === 0) return <span class="fold" />
  const fold = (event: Event): void => {
    event.stopPropagation()
    page.toggle(row.key)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key is o, for the selected row
    // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; keys fold by o, and aria-expanded tells it
    <span class={`fold ${row.open ? 'open' : ''}`} onClick={fold}>
      <Icon name="fold" />
    </span>
  )
}

/** The state at the chosen moment: symbol and colour together. */
function StateChip({ row }: { readonly row: Row }) {
  const page = usePage()
  const { track } = row
  const model = page.model.value
  if (track === undefined || model === undefined || !isThere(track, page.seq.value)) return null
  const state = model.states.at(stateAt(track, page.seq.value))
  if (state === undefined) return null
  return <span class={`tone-dot tone-${state.tone}`} title={state.label} aria-hidden="true" />
}
