/** The pointer on the timeline: hover, select, pan by dragging, zoom by the wheel, and scrubbing on the ruler. */
import type { PageState } from '../app/page-state.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import type { Row } from '../model/rows.ts'
import { commitWords, duration } from '../model/words.ts'
import type { Hover } from './draw.ts'
import { deedOf } from './draw-ruler.ts'
import {
  coordinateAt,
  panned,
  placeOf,
  rowHeight,
  rulerHeight,
  type Scale,
  scaleOf,
  seqAt,
  xOf,
  zoomed,
} from './geometry.ts'
import type { Port } from './timeline.tsx'

export class Pointer {
  readonly #page: PageState
  readonly #canvas: HTMLCanvasElement
  readonly #port: { value: Port }
  readonly #hover: { value: Hover | undefined }
  readonly #listening = new AbortController()
  #drag: { readonly x: number; readonly scale: Scale; readonly scrub: boolean; moved: boolean } | undefined

  constructor(page: PageState, canvas: HTMLCanvasElement, port: { value: Port }, hover: { value: Hover | undefined }) {
    this.#page = page
    this.#canvas = canvas
    this.#port = port
    this.#hover = hover
    const { signal } = this.#listening
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false })
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal })
    canvas.addEventListener('pointerup', (event) => this.#up(event), { signal })
    canvas.addEventListener('dblclick', (event) => this.#open(event), { signal })
    const leave = (): void => {
      hover.value = undefined
    }
    canvas.addEventListener('pointerleave', leave, { signal })
  }

  stop(): void {
    this.#listening.abort()
  }

  get #scale(): Scale | undefined {
    const model = this.#page.model.value
    if (model === undefined) return undefined
    return scaleOf(model, this.#page.axis.value, this.#page.stretch.value, this.#port.value.width)
  }

  /** Over the ruler, or with Ctrl: zoom. With Shift or sideways: pan. Otherwise the rows scroll. */
  #wheel(event: WheelEvent): void {
    const scale = this.#scale
    if (scale === undefined) return
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (event.ctrlKey || event.metaKey || event.altKey || (event.offsetY < rulerHeight && !sideways)) {
      this.#page.stretch.value = zoomed(scale, Math.exp(-event.deltaY * 0.0022), event.offsetX)
    } else if (event.shiftKey || sideways) {
      this.#page.stretch.value = panned(scale, event.deltaX || event.deltaY)
    } else return
    event.preventDefault()
  }

  #down(event: PointerEvent): void {
    const scale = this.#scale
    if (scale === undefined || event.button !== 0) return
    this.#canvas.setPointerCapture(event.pointerId)
    this.#drag = { x: event.offsetX, scale, scrub: event.offsetY < rulerHeight, moved: false }
    if (this.#drag.scrub) this.#scrub(event, scale)
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag
    if (drag === undefined) {
      this.#hover.value = this.#under(event)
      return
    }
    if (drag.scrub) return this.#scrub(event, drag.scale)
    if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true
    if (drag.moved) this.#page.stretch.value = panned(drag.scale, drag.x - event.offsetX)
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag
    this.#drag = undefined
    if (drag === undefined || drag.moved || drag.scrub) return
    const row = this.#rowAt(event)
    if (row === undefined) return
    if (row.track === undefined) this.#page.toggle(row.key)
    else this.#page.select(row.key)
    if (event.shiftKey) this.#scrub(event, drag.scale)
  }

  /** Opens the object at that moment. */
  #open(event: MouseEvent): void {
    const [row, scale] = [this.#rowAt(event), this.#scale]
    if (row?.track === undefined || scale === undefined || event.offsetY < rulerHeight) return
    this.#scrub(event, scale)
    this.#page.select(row.key, this.#page.tab.value)
  }

  #scrub(event: MouseEvent, scale: Scale): void {
    const model = this.#page.model.value
    if (model !== undefined) this.#page.go(seqAt(model, this.#page.axis.value, coordinateAt(scale, event.offsetX)))
  }

  #rowAt(event: MouseEvent): Row | undefined {
    const y = event.offsetY - rulerHeight
    return y < 0 ? undefined : this.#page.rows.value[Math.floor((y + this.#port.value.scrollTop) / rowHeight)]
  }

  #under(event: PointerEvent): Hover | undefined {
    const [model, scale] = [this.#page.model.value, this.#scale]
    if (model === undefined || scale === undefined) return undefined
    const seq = seqAt(model, this.#page.axis.value, coordinateAt(scale, event.offsetX))
    const at = { x: event.offsetX, y: event.offsetY }
    if (event.offsetY < rulerHeight) return { ...at, key: '', lines: this.#deedLines(model, scale, event.offsetX) }
    const row = this.#rowAt(event)
    if (row?.track === undefined) return { ...at, key: row?.key ?? '', lines: [] }
    return { ...at, key: row.key, lines: linesOf(model, row, seq) }
  }

  /** What was done near the pointer on the ruler. */
  #deedLines(model: ClusterModel, scale: Scale, x: number): string[] {
    const mode = this.#page.axis.value
    const near = model.deeds.filter((seq) => Math.abs(xOf(scale, placeOf(model, mode, seq)) - x) < 6)
    const texts = near.map((seq) => deedOf(model, seq)?.text ?? '')
    return texts.length > 6 ? [...texts.slice(0, 6), `and ${texts.length - 6} more`] : texts
  }
}

/** The object's state under the pointer, since when, and its last write. */
function linesOf(model: ClusterModel, { track, label }: Row, seq: number): string[] {
  if (track === undefined || seq < track.born || seq > model.head) return []
  if (seq >= track.gone) return [`${track.kind} ${label}`, `gone since ${ago(model, seq, track.gone)}`]
  const i = lastAtOrBefore(track.spanSeq, seq)
  const state = model.states.at(track.spanState[i] ?? -1)
  const since = track.spanSeq[i]
  const write = model.record(track.factSeq[lastAtOrBefore(track.factSeq, seq)] ?? -1)
  return [
    `${track.kind} ${label}`,
    state === undefined ? '' : `${state.label} for ${ago(model, seq, since ?? seq)}`,
    write?.type === 'commit' ? `rev ${write.revision}: ${commitWords(write)}` : '',
  ].filter((line) => line !== '')
}

function ago(model: ClusterModel, seq: number, since: number): string {
  return duration(model.timeAt(seq) - model.timeAt(Math.max(since, model.base - 1)))
}
