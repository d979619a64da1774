/** The main screen: rows on the left, time to the right. Rows are virtual, time is one canvas. */
import { untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import { Empty } from '../app/parts.tsx'
import { palette } from '../app/theme.ts'
import { openRun } from '../do/actions.ts'
import { examples } from '../do/examples.ts'
import { drawTimeline, type Hover } from './draw.ts'
import { placeOf, revealing, rowHeight, rulerHeight, scaleOf } from './geometry.ts'
import { Labels } from './labels.tsx'
import { Pointer } from './pointer.ts'
import { TimelineTools } from './tools.tsx'

export interface Port {
  readonly width: number
  readonly height: number
  readonly scrollTop: number
}

export function Timeline() {
  const page = usePage()
  const port = useSignal<Port>({ width: 800, height: 400, scrollTop: 0 })
  const hover = useSignal<Hover | undefined>(undefined)
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useMeasure(scroller, canvas, port)
  useDrawing(page, canvas, port, hover)
  usePointer(page, canvas, port, hover)
  useReveal(page, scroller, port)
  useMomentInSight(page, port)
  const total = useComputed(() => page.rows.value.length * rowHeight + 40)
  return (
    <section class="timeline" aria-label="Timeline">
      <TimelineTools />
      <div class="timeline-body" ref={scroller} onScroll={() => noteScroll(scroller.current, port, hover)}>
        <div class="timeline-window">
          <Labels port={port} hover={hover} />
          <canvas ref={canvas} class="timeline-canvas" />
          <HoverCard hover={hover} port={port} />
          <Welcome />
        </div>
        <Spacer height={total.value} />
      </div>
      {page.rows.value.length === 0 ? <Empty text="No row matches the filter. Esc clears it." /> : null}
    </section>
  )
}

/** What to begin with, while no pod was ever there. */
function Welcome() {
  const page = usePage()
  const model = page.model.value
  model?.shape.value
  if (model === undefined || model.head < model.base || model.ofKind('Pod').length > 0) return null
  const begin = (): void => {
    page.draft.value ||= examples[0]?.text ?? ''
    page.dialog.value = 'apply'
  }
  return (
    <div class="welcome">
      <h2>Nothing runs here yet</h2>
      <p>
        Apply a Deployment, and its ReplicaSet and pods come to life as rows of this timeline: every state they pass
        through, every write with its cause, and any moment to go back to.
      </p>
      <div class="row">
        <button type="button" class="primary" onClick={begin}>
          Apply a Deployment <kbd>a</kbd>
        </button>
        <button
          type="button"
          onClick={() => {
            page.lessonsOpen.value = true
          }}
        >
          Take a lesson
        </button>
        <button type="button" onClick={() => void openRun(page)}>
          Open a run
        </button>
        <button
          type="button"
          onClick={() => {
            page.dialog.value = 'help'
          }}
        >
          Keys <kbd>?</kbd>
        </button>
      </div>
    </div>
  )
}

function Spacer({ height }: { readonly height: number }) {
  return <div aria-hidden="true" style={{ height: `${height}px` }} />
}

function noteScroll(element: HTMLDivElement | null, port: { value: Port }, hover: { value: Hover | undefined }): void {
  if (element === null) return
  port.value = { ...port.value, scrollTop: element.scrollTop }
  hover.value = undefined
}

type Ref<T> = { readonly current: T | null }

/** Follows the size of the window of rows. */
function useMeasure(scroller: Ref<HTMLDivElement>, canvas: Ref<HTMLCanvasElement>, port: { value: Port }): void {
  useLayoutEffect(() => {
    const measure = (): void => {
      const [outer, inner] = [scroller.current, canvas.current]
      if (outer === null || inner === null) return
      port.value = { ...port.value, width: inner.clientWidth, height: outer.clientHeight }
    }
    measure()
    const observer = new ResizeObserver(measure)
    if (scroller.current !== null) observer.observe(scroller.current)
    if (canvas.current !== null) observer.observe(canvas.current)
    return () => observer.disconnect()
  }, [])
}

/** Draws at most once a frame, when something it shows has changed. */
function useDrawing(
  page: PageState,
  canvas: Ref<HTMLCanvasElement>,
  port: { value: Port },
  hover: { value: Hover | undefined },
): void {
  const frame = useRef(0)
  useSignalEffect(() => {
    const model = page.model.value
    for (const one of [page.rows, page.seq, page.selected, page.stretch, page.axis, palette]) one.value
    for (const one of [model?.version, model?.clock]) one?.value
    const [shown, hovered] = [port.value, hover.value]
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      if (canvas.current !== null && model !== undefined) drawTimeline(canvas.current, page, model, shown, hovered)
    })
  })
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
}

function usePointer(
  page: PageState,
  canvas: Ref<HTMLCanvasElement>,
  port: { value: Port },
  hover: { value: Hover | undefined },
): void {
  useEffect(() => {
    if (canvas.current === null) return
    const pointer = new Pointer(page, canvas.current, port, hover)
    return () => pointer.stop()
  }, [])
}

/** Scrolls to the selected row when another one is selected. */
function useReveal(page: PageState, scroller: Ref<HTMLDivElement>, port: { value: Port }): void {
  const last = useRef('')
  useSignalEffect(() => {
    const selected = page.selected.value
    const rows = page.rows.value
    if (selected === last.current || scroller.current === null) return
    const at = rows.findIndex(({ key }) => key === selected)
    if (at < 0) return
    last.current = selected
    const top = at * rowHeight
    const { scrollTop } = scroller.current
    const room = port.value.height - rulerHeight - rowHeight * 2
    if (top < scrollTop) scroller.current.scrollTop = top
    else if (top > scrollTop + room) scroller.current.scrollTop = top - room
  })
}

/** Moves along when another moment is chosen that is not in view. */
function useMomentInSight(page: PageState, port: { value: Port }): void {
  useSignalEffect(() => {
    const chosen = page.chosen.value
    const model = page.model.value
    const [stretch, mode, width] = [page.stretch.peek(), page.axis.peek(), untracked(() => port.value.width)]
    if (model === undefined || stretch.fit) return
    const place = placeOf(model, mode, chosen ?? model.head)
    const moved = revealing(scaleOf(model, mode, stretch, width), place)
    if (moved !== undefined) page.stretch.value = moved
  })
}

/** What is under the pointer, in words. */
function HoverCard({ hover, port }: { readonly hover: { value: Hover | undefined }; readonly port: { value: Port } }) {
  const shown = hover.value
  if (shown === undefined || shown.lines.length === 0) return null
  const right = shown.x > port.value.width - 300
  const style = {
    transform: `translate(${right ? shown.x - 16 : shown.x + 16}px, ${Math.min(shown.y + 14, port.value.height - 90)}px)${right ? ' translateX(-100%)' : ''}`,
  }
  return (
    <div class="hover-card" style={style}>
      {shown.lines.map((line, i) => (
        <div key={line} class={i === 0 ? 'strong' : ''}>
          {line}
        </div>
      ))}
    </div>
  )
}
