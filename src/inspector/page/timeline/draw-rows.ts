/** Draws the spans of the rows in view. What it costs depends on the pixels, not on how much there is. */
import type { Palette } from '../app/theme.ts'
import { type AxisMode, lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import type { Row } from '../model/rows.ts'
import type { ShownState, Track } from '../model/track.ts'
import { coordinateAt, placeOf, rowHeight, type Scale, seqAt, xOf } from './geometry.ts'
import type { Patterns } from './patterns.ts'

export interface RowScene {
  readonly model: ClusterModel
  readonly mode: AxisMode
  readonly scale: Scale
  readonly palette: Palette
  readonly patterns: Patterns
  /** Rows in view and the y of the first. */
  readonly rows: readonly Row[]
  readonly top: number
  readonly height: number
  readonly selected: string
  readonly hovered: string
  /** Coordinate of the chosen moment. */
  readonly moment: number
  /** Coordinate up to which the clock has come. */
  readonly now: number
  /** Words of the bars: collected here, and drawn when everything that could cross them is. */
  readonly labels: BarLabel[]
}

export interface BarLabel {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly fill: string
  readonly ink: string
  readonly faint: boolean
}

const barHeight = 16
const inset = (rowHeight - barHeight) / 2

export function drawRows(ctx: CanvasRenderingContext2D, scene: RowScene): void {
  const { rows, top, palette, scale } = scene
  rows.forEach((row, i) => {
    const y = top + i * rowHeight
    ctx.fillStyle = palette.line
    ctx.globalAlpha = 0.5
    ctx.fillRect(0, y + rowHeight - 1, scale.width, 1)
    ctx.globalAlpha = 1
    if (row.track === undefined) {
      drawGroup(ctx, scene, y)
      return
    }
    if (row.key === scene.selected || row.key === scene.hovered) {
      ctx.globalAlpha = row.key === scene.selected ? 0.13 : 0.06
      ctx.fillStyle = palette.accent
      ctx.fillRect(0, y, scale.width, rowHeight - 1)
      ctx.globalAlpha = 1
    }
    drawTrack(ctx, scene, row.track, y)
  })
}

function drawGroup(ctx: CanvasRenderingContext2D, { palette, scale }: RowScene, y: number): void {
  ctx.fillStyle = palette.sunken
  ctx.fillRect(0, y, scale.width, rowHeight - 1)
}

/** One bar for each state; what is too narrow to be seen is passed over. */
function drawTrack(ctx: CanvasRenderingContext2D, scene: RowScene, track: Track, y: number): void {
  const { model, mode, scale, now } = scene
  const end = track.gone === Number.POSITIVE_INFINITY ? now : placeOf(model, mode, track.gone)
  const last = track.spanSeq.length - 1
  const firstSeq = seqAt(model, mode, coordinateAt(scale, -20))
  let i = Math.max(0, lastAtOrBefore(track.spanSeq, firstSeq))
  while (i <= last) {
    const from = xOf(scale, placeOf(model, mode, track.spanSeq[i] as number))
    if (from > scale.width) break
    const to = xOf(scale, i === last ? end : placeOf(model, mode, track.spanSeq[i + 1] as number))
    const state = model.states.at(track.spanState[i] as number)
    if (state !== undefined && to > 0) drawSpan(ctx, scene, state, Math.max(-8, from), Math.min(scale.width + 8, to), y)
    if (to - from >= 1) i++
    else i = Math.max(i + 1, lastAtOrBefore(track.spanSeq, seqAt(model, mode, coordinateAt(scale, from + 1))))
  }
  if (end !== now || track.gone !== Number.POSITIVE_INFINITY) drawEnd(ctx, scene, xOf(scale, end), y)
  drawWrites(ctx, scene, track, y)
}

function drawSpan(
  ctx: CanvasRenderingContext2D,
  scene: RowScene,
  state: ShownState,
  from: number,
  to: number,
  y: number,
): void {
  const { palette, patterns, moment, scale } = scene
  const colours = palette.tones[state.tone]
  const width = Math.max(2, to - from)
  const future = xOf(scale, moment) < from
  ctx.globalAlpha = future ? 0.35 : 1
  ctx.fillStyle = colours.fill
  ctx.fillRect(from, y + inset, width, barHeight)
  const pattern = patterns[state.tone]
  if (pattern !== undefined && width > 5) {
    ctx.fillStyle = pattern
    ctx.fillRect(from, y + inset, width, barHeight)
  }
  ctx.fillStyle = colours.edge
  ctx.fillRect(from, y + inset, Math.min(2, width), barHeight)
  ctx.fillRect(from, y + inset + barHeight - 1, width, 1)
  if (width > 26) noteLabel(ctx, scene.labels, state, colours, from, width, y, future)
  ctx.globalAlpha = 1
}

/** The state's name, or its last word when there is little room. */
function noteLabel(
  ctx: CanvasRenderingContext2D,
  labels: BarLabel[],
  state: ShownState,
  { fill, ink }: { readonly fill: string; readonly ink: string },
  from: number,
  width: number,
  y: number,
  faint: boolean,
): void {
  const x = Math.max(from, 0) + 6
  const room = from + width - x - 4
  const text = [state.label, state.short].find((one) => one !== '' && widthOf(ctx, one) <= room)
  if (text !== undefined) labels.push({ text, x, y, width: widthOf(ctx, text), fill, ink, faint })
}

/** Words on a ground of their own, so that no pattern and no line is behind them. */
export function drawLabels(ctx: CanvasRenderingContext2D, labels: readonly BarLabel[]): void {
  for (const { text, x, y, width, fill, ink, faint } of labels) {
    ctx.globalAlpha = faint ? 0.45 : 1
    ctx.fillStyle = fill
    ctx.fillRect(x - 3, y + inset + 1, width + 6, barHeight - 2)
    ctx.fillStyle = ink
    ctx.fillText(text, x, y + rowHeight / 2 + 0.5)
  }
  ctx.globalAlpha = 1
}

const widths = new Map<string, number>()

function widthOf(ctx: CanvasRenderingContext2D, text: string): number {
  const known = widths.get(text)
  if (known !== undefined) return known
  if (widths.size > 5000) widths.clear()
  const width = ctx.measureText(text).width
  widths.set(text, width)
  return width
}

/** A closing bar with a cross: it is gone. */
function drawEnd(ctx: CanvasRenderingContext2D, { palette }: RowScene, x: number, y: number): void {
  const middle = y + rowHeight / 2
  ctx.strokeStyle = palette.dim
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x + 4, middle - 3.5)
  ctx.lineTo(x + 11, middle + 3.5)
  ctx.moveTo(x + 11, middle - 3.5)
  ctx.lineTo(x + 4, middle + 3.5)
  ctx.stroke()
}

/** A notch for each write, as far as they can be told apart. */
function drawWrites(ctx: CanvasRenderingContext2D, scene: RowScene, track: Track, y: number): void {
  const { model, mode, scale, palette } = scene
  const seqs = track.factSeq
  ctx.fillStyle = palette.text
  ctx.globalAlpha = 0.55
  let i = Math.max(0, lastAtOrBefore(seqs, seqAt(model, mode, coordinateAt(scale, 0))))
  while (i < seqs.length) {
    const x = xOf(scale, placeOf(model, mode, seqs[i] as number))
    if (x > scale.width) break
    ctx.fillRect(x, y + inset + barHeight, 1, 2)
    i = Math.max(i + 1, lastAtOrBefore(seqs, seqAt(model, mode, coordinateAt(scale, x + 3))))
  }
  ctx.globalAlpha = 1
}
