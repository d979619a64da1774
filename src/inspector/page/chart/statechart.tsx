/** The statechart of one object at the chosen moment, with tools to read and export it. */
import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Chart } from '../../chart-words.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { Track } from '../model/track.ts'
import { Drawing } from './drawing.tsx'
import { download, svgText } from './export.ts'
import { laidOut } from './layout.ts'
import { litAt } from './lit.ts'

let measuring: CanvasRenderingContext2D | null | undefined

/** Width in the font the charts are drawn in. */
function textWidth(text: string): number {
  measuring ??= document.createElement('canvas').getContext('2d')
  if (measuring === null) return text.length * 6
  measuring.font = '10.5px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif'
  return measuring.measureText(text).width
}

/** The width there is, as it changes. */
function useRoom(frame: { readonly current: HTMLElement | null }) {
  const room = useSignal(440)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      room.value = element.clientWidth
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return room
}

/** Brings the innermost active state into sight when another one is active. */
function useActiveInSight(frame: { readonly current: HTMLElement | null }, active: string): void {
  useEffect(() => {
    const element = frame.current
    const states = element?.querySelectorAll('.state.active > .box') ?? []
    const last = states[states.length - 1]
    if (element === null || last === undefined) return
    const [box, outer] = [last.getBoundingClientRect(), element.getBoundingClientRect()]
    if (box.top >= outer.top && box.bottom <= outer.bottom && box.left >= outer.left && box.right <= outer.right) return
    element.scrollBy({
      top: box.top + box.height / 2 - (outer.top + outer.height / 2),
      left: box.left + box.width / 2 - (outer.left + outer.width / 2),
    })
  }, [active])
}

export function Statechart({ chart, track }: { readonly chart: Chart; readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  const actions = useSignal(false)
  const zoom = useSignal<number | undefined>(undefined)
  const frame = useRef<HTMLElement>(null)
  const room = useRoom(frame)
  const laid = useMemo(() => laidOut(chart, { textWidth, actions: actions.value, wrap: 380 }), [chart, actions.value])
  const lit = model === undefined ? undefined : litAt(chart, model, track, page.seq.value)
  useActiveInSight(frame, `${track.id} ${chart.machine} ${[...(lit?.states ?? [])].join(' ')}`)
  if (lit === undefined) return null
  const fitting = Math.min(1, Math.max(0.62, (room.value - 8) / laid.width))
  const scale = zoom.value ?? fitting
  return (
    <figure class="chart">
      <ChartTools actions={actions} zoom={zoom} scale={scale}>
        <ExportMenu chart={chart} frame={frame} />
      </ChartTools>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keys */}
      <section class="chart-frame" ref={frame} tabIndex={0} aria-label={`Statechart ${chart.machine}`}>
        <Drawing
          chart={laid}
          lit={lit}
          scale={scale}
          title={`Statechart of a ${chart.machine}. ${chart.description}`}
        />
      </section>
      <figcaption class="dim">{chart.description}</figcaption>
    </figure>
  )
}

interface ToolsProps {
  readonly actions: Signal<boolean>
  readonly zoom: Signal<number | undefined>
  readonly scale: number
  readonly children: ComponentChildren
}

function ChartTools({ actions, zoom, scale, children }: ToolsProps) {
  const zoomTo = (to: number | undefined): void => {
    zoom.value = to === undefined ? undefined : Math.min(3, Math.max(0.3, to))
  }
  return (
    <div class="chart-tools">
      <label class="check">
        <input
          type="checkbox"
          checked={actions.value}
          onChange={(event) => {
            actions.value = event.currentTarget.checked
          }}
        />
        actions
      </label>
      <span class="spring" />
      <button type="button" class="quiet" aria-label="Smaller" onClick={() => zoomTo(scale / 1.25)}>
        −
      </button>
      <button type="button" class="quiet" aria-label="Larger" onClick={() => zoomTo(scale * 1.25)}>
        +
      </button>
      <button type="button" class="quiet" aria-label="Fit" onClick={() => zoomTo(undefined)}>
        fit
      </button>
      {children}
    </div>
  )
}

function ExportMenu(props: { readonly chart: Chart; readonly frame: { readonly current: HTMLElement | null } }) {
  const page = usePage()
  const { chart, frame } = props
  const text = async (format: 'scxml' | 'mermaid' | 'json', ending: string, type: string): Promise<void> => {
    try {
      download(`${chart.machine}.${ending}`, await page.ask('export', { machine: chart.machine, format }), type)
    } catch (error) {
      page.tell(String(error), 'error')
    }
  }
  const svg = (): void => {
    const drawn = frame.current?.querySelector('svg')
    if (drawn !== null && drawn !== undefined) download(`${chart.machine}.svg`, svgText(drawn), 'image/svg+xml')
  }
  return (
    <details class="menu right">
      <summary>
        export <Icon name="fold" />
      </summary>
      <div class="menu-body">
        <button type="button" onClick={svg}>
          SVG
        </button>
        <button type="button" onClick={() => void text('scxml', 'scxml', 'application/scxml+xml')}>
          SCXML
        </button>
        <button type="button" onClick={() => void text('mermaid', 'mmd', 'text/plain')}>
          Mermaid
        </button>
        <button type="button" onClick={() => void text('json', 'json', 'application/json')}>
          JSON
        </button>
      </div>
    </details>
  )
}
