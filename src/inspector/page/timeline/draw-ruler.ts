/** Draws the ruler: the clock, breaks where nothing happened, and flags for what people did. */
import type { Palette } from '../app/theme.ts'
import { type AxisMode, lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { duration, preciseDuration } from '../model/words.ts'
import { coordinateAt, placeOf, rulerHeight, type Scale, seqAt, xOf } from './geometry.ts'

export interface RulerScene {
  readonly model: ClusterModel
  readonly mode: AxisMode
  readonly scale: Scale
  readonly palette: Palette
  readonly moment: number
  readonly live: boolean
}

/** Flags are in the upper half, times in the lower. */
const split = 22

export function drawRuler(ctx: CanvasRenderingContext2D, scene: RulerScene): void {
  const { palette, scale, mode } = scene
  ctx.fillStyle = palette.raised
  ctx.fillRect(0, 0, scale.width, rulerHeight)
  if (mode === 'time') drawTimes(ctx, scene)
  else drawSteps(ctx, scene)
  drawDeeds(ctx, scene)
  ctx.fillStyle = palette.line
  ctx.fillRect(0, rulerHeight - 1, scale.width, 1)
}

/** A round number of units that is at least `least`. */
function roundUnit(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least) ?? 10 * power
}

/** Ticks stand at round times within each stretch of activity; a break begins a new stretch. */
function drawTimes(ctx: CanvasRenderingContext2D, { model, scale, palette }: RulerScene): void {
  const { axis } = model
  const start = model.start?.time ?? axis.clock[0] ?? 0
  const unit = Math.max(1, roundUnit(84 / scale.perUnit))
  const edges = [{ at: 0, time: axis.clock[0] ?? start }, ...axis.breaks.map(({ end, to }) => ({ at: end, time: to }))]
  ctx.lineWidth = 1
  let taken = Number.NEGATIVE_INFINITY
  edges.forEach((edge, i) => {
    const until = axis.breaks[i]?.start ?? axis.head(model.clock.value.now, 'time')
    if (xOf(scale, until) < 0 || xOf(scale, edge.at) > scale.width) return
    const first = Math.ceil((edge.time - start) / unit) * unit
    for (let t = first; t - (edge.time - start) <= until - edge.at; t += unit) {
      const x = xOf(scale, edge.at + t - (edge.time - start))
      if (x > scale.width) break
      if (x < taken + 66 || x < -60 || x > scale.width - 46) continue
      taken = x
      tick(ctx, palette, x, `+${preciseDuration(t, unit)}`)
    }
  })
}

function drawSteps(ctx: CanvasRenderingContext2D, { model, scale, palette }: RulerScene): void {
  const unit = Math.max(1, roundUnit(84 / scale.perUnit))
  const first = Math.max(0, Math.ceil(coordinateAt(scale, 0) / unit) * unit)
  for (let step = first; xOf(scale, step) < scale.width; step += unit) {
    if (step > model.axis.head(0, 'steps')) break
    const revision = model.revisionAt(seqAt(model, 'steps', step))
    tick(ctx, palette, xOf(scale, step), `rev ${revision}`)
  }
}

function tick(ctx: CanvasRenderingContext2D, palette: Palette, x: number, text: string): void {
  ctx.fillStyle = palette.line
  ctx.fillRect(x, split + 4, 1, rulerHeight - split - 4)
  ctx.fillStyle = palette.dim
  ctx.fillText(text, x + 4, split + 13)
}

/** Flags: a user's write, a command, a fault. Their words have the room up to the next flag. */
function drawDeeds(ctx: CanvasRenderingContext2D, scene: RulerScene): void {
  const { palette, scale } = scene
  const shown = deedsInView(scene)
  shown.forEach(({ x, text, fault }, i) => {
    const colour = fault ? palette.bad : palette.accent
    ctx.fillStyle = colour
    ctx.fillRect(x, 6, 1.5, split - 4)
    flag(ctx, x, colour, fault)
    const room = (shown[i + 1]?.x ?? scale.width) - x - 22
    ctx.fillStyle = palette.text
    const words = fitting(ctx, text, room)
    if (words !== '') ctx.fillText(words, x + 15, 12)
  })
}

interface Deed {
  readonly x: number
  readonly text: string
  readonly fault: boolean
}

/** Those that can be told apart; of several at one place the first, unless a later one is a fault. */
function deedsInView({ model, mode, scale }: RulerScene): Deed[] {
  const { deeds } = model
  const shown: Deed[] = []
  let i = Math.max(0, lastAtOrBefore(deeds, seqAt(model, mode, coordinateAt(scale, -200))))
  for (; i < deeds.length; i++) {
    const seq = deeds[i] as number
    const x = xOf(scale, placeOf(model, mode, seq))
    if (x > scale.width) break
    const deed = deedOf(model, seq)
    if (deed === undefined) continue
    const last = shown[shown.length - 1]
    if (last === undefined || x - last.x >= 14) shown.push({ x, ...deed })
    else if (deed.fault && !last.fault) shown[shown.length - 1] = { x, ...deed }
  }
  return shown
}

/** As much of a text as finds room; nothing when that is next to nothing. */
function fitting(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text
  const letters = Math.floor((room / ctx.measureText(text).width) * text.length) - 1
  return letters < 4 ? '' : `${text.slice(0, letters)}…`
}

/** A pennant for what was done, a bolt for what was broken. */
function flag(ctx: CanvasRenderingContext2D, x: number, colour: string, fault: boolean): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  if (fault) {
    for (const [dx, dy] of [
      [7, 4],
      [2, 13],
      [6, 13],
      [4, 19],
      [11, 10],
      [7, 10],
      [10, 4],
    ] as const)
      ctx.lineTo(x + dx, dy)
  } else {
    for (const [dx, dy] of [
      [1, 6],
      [11, 10.5],
      [1, 15],
    ] as const)
      ctx.lineTo(x + dx, dy)
  }
  ctx.fill()
}

/** What a person did at a record, in words; undefined for a write that a command already tells of. */
export function deedOf(
  model: ClusterModel,
  seq: number,
): { readonly text: string; readonly fault: boolean } | undefined {
  const record = model.record(seq)
  if (record?.type === 'fault') return { text: record.text, fault: true }
  if (record?.type === 'command') return { text: record.text, fault: false }
  if (record?.type !== 'commit') return undefined
  const { change, object } = record
  const verb = change === 'ADDED' ? 'create' : change === 'DELETED' ? 'delete' : 'change'
  return { text: `${verb} ${object.kind.toLowerCase()}/${object.name}`, fault: false }
}

/** Wavy lines through all rows where idle time was left out, with how long it was. */
export function drawBreaks(ctx: CanvasRenderingContext2D, scene: RulerScene, height: number): void {
  const { model, scale, palette, mode } = scene
  if (mode !== 'time') return
  for (const { start, end, from, to } of model.axis.breaks) {
    const x = xOf(scale, (start + end) / 2)
    const room = (end - start) * scale.perUnit
    if (x < -40 || x > scale.width + 40 || room < 3) continue
    zigzag(ctx, palette, x, rulerHeight, height)
    if (room > 40) {
      const text = room > 84 ? `idle ${duration(to - from)}` : duration(to - from)
      const width = ctx.measureText(text).width
      ctx.fillStyle = palette.raised
      ctx.fillRect(x - width / 2 - 4, split + 5, width + 8, 16)
      ctx.fillStyle = palette.dim
      ctx.fillText(text, x - width / 2, split + 13)
    }
  }
}

function zigzag(ctx: CanvasRenderingContext2D, palette: Palette, x: number, top: number, height: number): void {
  for (const [colour, width] of [
    [palette.background, 5],
    [palette.line, 1.2],
  ] as const) {
    ctx.strokeStyle = colour
    ctx.lineWidth = width
    ctx.beginPath()
    for (let y = top, i = 0; y <= height; y += 6, i++) ctx.lineTo(x + (i % 2 === 0 ? -2.5 : 2.5), y)
    ctx.stroke()
  }
}
