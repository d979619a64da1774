/** One picture of the timeline: rows, breaks, ruler, causes and the chosen moment. */
import type { PageState } from '../app/page-state.ts'
import { palette } from '../app/theme.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { causeChain, drawCauses } from './draw-causes.ts'
import { type BarLabel, drawLabels, drawRows } from './draw-rows.ts'
import { drawBreaks, drawRuler } from './draw-ruler.ts'
import { placeOf, rowHeight, rulerHeight, scaleOf, xOf } from './geometry.ts'
import { patternsOf } from './patterns.ts'
import type { Port } from './timeline.tsx'

/** Where the pointer is over the canvas, and what is there in words. */
export interface Hover {
  readonly x: number
  readonly y: number
  readonly key: string
  readonly lines: readonly string[]
}

export const canvasFont = '11px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif'

export function drawTimeline(
  canvas: HTMLCanvasElement,
  page: PageState,
  model: ClusterModel,
  port: Port,
  hover: Hover | undefined,
): void {
  const { width, height, scrollTop } = port
  const ctx = prepared(canvas, width, height)
  if (ctx === null) return
  const mode = page.axis.value
  const colours = palette.value
  const scale = scaleOf(model, mode, page.stretch.value, width)
  const rows = page.rows.value
  const first = Math.max(0, Math.floor(scrollTop / rowHeight))
  const last = Math.min(rows.length, Math.ceil((scrollTop + height) / rowHeight))
  const now = model.axis.head(model.clock.value.now, mode)
  const live = page.live.value
  const moment = live ? now : placeOf(model, mode, page.seq.value)
  const top = rulerHeight + first * rowHeight - scrollTop
  const selected = page.selected.value
  const base = { model, mode, scale, palette: colours }
  const labels: BarLabel[] = []
  drawRows(ctx, {
    ...{ ...base, patterns: patternsOf(colours, devicePixelRatio), rows: rows.slice(first, last), top, height },
    ...{ selected, hovered: hover?.key ?? '', moment, now, labels },
  })
  drawBreaks(ctx, { ...base, moment, live }, height)
  drawLabels(ctx, labels)
  const yOf = (id: string): number | undefined => {
    const at = rows.findIndex(({ key }) => key === id)
    return at < 0 ? undefined : rulerHeight + (at + 0.5) * rowHeight - scrollTop
  }
  const chain = selected === '' ? [] : causeChain(model, selected, page.seq.value)
  ctx.save()
  ctx.beginPath()
  ctx.rect(0, rulerHeight, width, height - rulerHeight)
  ctx.clip()
  drawCauses(ctx, { ...base, yOf, chain })
  ctx.restore()
  drawRuler(ctx, { ...base, moment, live })
  drawBreaks(ctx, { ...base, moment, live }, rulerHeight)
  drawMoment(ctx, xOf(scale, moment), height, live)
}

/** The canvas in the pixels of the screen, cleared. */
export function prepared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const ctx = canvas.getContext('2d', { alpha: false })
  if (ctx === null) return null
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  ctx.fillStyle = palette.value.background
  ctx.fillRect(0, 0, width, height)
  ctx.font = canvasFont
  ctx.textBaseline = 'middle'
  return ctx
}

/** The line through everything at the chosen moment; dashed while it follows the head. */
function drawMoment(ctx: CanvasRenderingContext2D, x: number, height: number, live: boolean): void {
  const { accent } = palette.value
  ctx.strokeStyle = ctx.fillStyle = accent
  ctx.lineWidth = 1.5
  ctx.setLineDash(live ? [2, 4] : [])
  ctx.beginPath()
  ctx.moveTo(x, rulerHeight - 10)
  ctx.lineTo(x, height)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.beginPath()
  for (const [dx, dy] of [
    [-5, -14],
    [5, -14],
    [5, -7],
    [0, -1],
    [-5, -7],
  ] as const)
    ctx.lineTo(x + dx, rulerHeight + dy)
  ctx.fill()
}
