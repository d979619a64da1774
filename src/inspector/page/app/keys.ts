/** The keyboard: one table, from which the help is made as well. */
import { isThere } from '../model/track.ts'
import { placeOf, revealing, scaleOf, zoomed } from '../timeline/geometry.ts'
import { first, nextChange, play, step } from '../transport/moving.ts'
import type { DialogName, PageState, TabName, ViewName } from './page-state.ts'
import { switchTheme } from './theme.ts'

export interface Key {
  /** As `KeyboardEvent.key`; several for the same. */
  readonly keys: readonly string[]
  readonly shown: string
  readonly does: string
  readonly group: 'Time' | 'Rows' | 'Object' | 'View' | 'Do'
  readonly run: (page: PageState) => void
}

const view = (name: ViewName) => (page: PageState) => {
  page.view.value = name
}
const tab = (name: TabName) => (page: PageState) => {
  if (page.selected.value === '') page.select(firstTrack(page))
  page.tab.value = name
  page.panelOpen.value = true
}
const dialog = (name: DialogName) => (page: PageState) => {
  page.dialog.value = page.dialog.value === name ? '' : name
}

export const keys: readonly Key[] = [
  { keys: ['h', 'ArrowLeft'], shown: 'h ←', does: 'back by one change', group: 'Time', run: (page) => step(page, -1) },
  {
    keys: ['l', 'ArrowRight'],
    shown: 'l →',
    does: 'on by one change; at the head: on to what is due next',
    group: 'Time',
    run: (page) => step(page, 1),
  },
  {
    keys: ['H'],
    shown: 'H',
    does: 'to the last change of this object',
    group: 'Time',
    run: (page) => nextChange(page, -1),
  },
  {
    keys: ['L'],
    shown: 'L',
    does: 'to the next change of this object',
    group: 'Time',
    run: (page) => nextChange(page, 1),
  },
  { keys: ['Home'], shown: 'Home', does: 'to the beginning', group: 'Time', run: first },
  { keys: ['End'], shown: 'End', does: 'to the head, and follow it', group: 'Time', run: (page) => page.go(undefined) },
  { keys: [' '], shown: 'Space', does: 'play or pause', group: 'Time', run: play },
  { keys: ['j', 'ArrowDown'], shown: 'j ↓', does: 'next row', group: 'Rows', run: (page) => moveRow(page, 1) },
  { keys: ['k', 'ArrowUp'], shown: 'k ↑', does: 'row before', group: 'Rows', run: (page) => moveRow(page, -1) },
  { keys: ['o'], shown: 'o', does: 'fold or unfold', group: 'Rows', run: (page) => page.toggle(page.selected.value) },
  { keys: ['/'], shown: '/', does: 'filter rows', group: 'Rows', run: focusFilter },
  { keys: ['g'], shown: 'g', does: 'group by owner or by node', group: 'Rows', run: flipGrouping },
  { keys: ['x'], shown: 'x', does: 'axis: time or steps', group: 'Rows', run: flipAxis },
  { keys: ['+', '='], shown: '+', does: 'zoom in', group: 'Rows', run: (page) => zoom(page, 1.5) },
  { keys: ['-'], shown: '-', does: 'zoom out', group: 'Rows', run: (page) => zoom(page, 1 / 1.5) },
  { keys: ['0'], shown: '0', does: 'show everything', group: 'Rows', run: showAll },
  { keys: ['Enter', 's'], shown: 'Enter s', does: 'open: its statechart', group: 'Object', run: tab('chart') },
  { keys: ['w'], shown: 'w', does: 'why it is so', group: 'Object', run: tab('why') },
  { keys: ['y'], shown: 'y', does: 'YAML', group: 'Object', run: tab('yaml') },
  { keys: ['d'], shown: 'd', does: 'describe', group: 'Object', run: tab('describe') },
  { keys: ['e'], shown: 'e', does: 'its Events', group: 'Object', run: tab('events') },
  { keys: ['Escape'], shown: 'Esc', does: 'close what is on top', group: 'Object', run: closeTop },
  { keys: ['1'], shown: '1', does: 'timeline', group: 'View', run: view('timeline') },
  { keys: ['2'], shown: '2', does: 'cluster', group: 'View', run: view('cluster') },
  { keys: ['3'], shown: '3', does: 'owners', group: 'View', run: view('owners') },
  { keys: ['4'], shown: '4', does: 'compare clusters', group: 'View', run: view('compare') },
  { keys: ['5'], shown: '5', does: 'counterexample', group: 'View', run: view('counterexample') },
  { keys: ['t'], shown: 't', does: 'light or dark', group: 'View', run: switchTheme },
  { keys: ['?'], shown: '?', does: 'these keys', group: 'View', run: dialog('help') },
  { keys: ['a'], shown: 'a', does: 'apply YAML', group: 'Do', run: dialog('apply') },
  {
    ...{ keys: ['`'], shown: '`', does: 'terminal', group: 'Do' },
    run: (page) => {
      page.terminalOpen.value = !page.terminalOpen.value
    },
  },
  { keys: ['.'], shown: '.', does: 'everything that can be done', group: 'Do', run: dialog('do') },
]

const byKey = new Map(keys.flatMap((key) => key.keys.map((name) => [name, key] as const)))

/** Answers how to stop listening. */
export function listenToKeys(page: PageState): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const at = event.composedPath()[0]
    const key = byKey.get(event.key)
    if (key === undefined) return
    if (isTyping(at) && event.key !== 'Escape') return
    if (isControl(at) && /^( |Enter|Arrow.*|Home|End)$/.test(event.key)) return
    if (page.dialog.value !== '' && !['Escape', '?'].includes(event.key)) return
    if (page.view.value === 'counterexample' && key.group === 'Time') return
    event.preventDefault()
    key.run(page)
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}

function isTyping(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false
  const { type } = target as HTMLInputElement
  return (
    target.isContentEditable ||
    target.tagName === 'TEXTAREA' ||
    (target.tagName === 'INPUT' && type !== 'checkbox' && type !== 'range')
  )
}

/** A control that has a use of its own for these keys. */
function isControl(target: EventTarget | undefined): boolean {
  if (!(target instanceof Element)) return false
  return target.closest('button, select, summary, input, a, [data-own-keys]') !== null
}

function firstTrack(page: PageState): string {
  return page.rows.value.find(({ track }) => track !== undefined)?.key ?? ''
}

function moveRow(page: PageState, by: number): void {
  const rows = page.rows.value
  const at = rows.findIndex(({ key }) => key === page.selected.value)
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]
  if (next !== undefined) page.select(next.key)
}

function focusFilter(page: PageState): void {
  page.view.value = 'timeline'
  const focus = (): void => document.getElementById('filter')?.focus()
  // When another view was open, the box is there after the next drawing.
  if (document.getElementById('filter') === null) requestAnimationFrame(focus)
  else focus()
}

function flipGrouping(page: PageState): void {
  page.grouping.value = page.grouping.value === 'owner' ? 'node' : 'owner'
}

function flipAxis(page: PageState): void {
  page.axis.value = page.axis.value === 'time' ? 'steps' : 'time'
  showAll(page)
}

function showAll(page: PageState): void {
  page.stretch.value = { ...page.stretch.value, fit: true }
}

/** About the chosen moment, which comes into view by it. */
function zoom(page: PageState, factor: number): void {
  const model = page.model.value
  if (model === undefined) return
  const mode = page.axis.value
  const width = document.querySelector('.timeline-canvas')?.clientWidth ?? 800
  const scale = scaleOf(model, mode, page.stretch.value, width)
  const at = placeOf(model, mode, page.seq.value)
  page.stretch.value = zoomed(scale, factor, (at - scale.from) * scale.perUnit)
  const moved = revealing({ ...scale, from: page.stretch.value.from, perUnit: page.stretch.value.scale }, at)
  if (moved !== undefined) page.stretch.value = moved
}

/** The dialog, the panel, the selection, the filter: whichever is uppermost. */
function closeTop(page: PageState): void {
  if (page.dialog.value !== '') page.dialog.value = ''
  else if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur()
  else if (page.panelOpen.value) page.panelOpen.value = false
  else if (page.filter.value !== '') page.filter.value = ''
  else page.selected.value = ''
}

/** The selected object's track if it exists at the chosen moment. */
export function selectedNow(page: PageState) {
  const track = page.track.value
  return track !== undefined && isThere(track, page.seq.value) ? track : undefined
}
