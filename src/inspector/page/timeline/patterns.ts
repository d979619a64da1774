/** The pattern of each tone, beside its colour: stripes, dots, crosses. Tiles are made once for each palette. */
import type { Palette } from '../app/theme.ts'
import type { Tone } from '../model/tone.ts'

export type Patterns = Readonly<Partial<Record<Tone, CanvasPattern>>>

const tile = 6

/** How each tone's tile is drawn; `good` and `none` have none of their own. */
const strokes: Readonly<Partial<Record<Tone, (ctx: CanvasRenderingContext2D) => void>>> = {
  wait: (ctx) =>
    lines(ctx, [
      [-1, 7, 7, -1],
      [-4, 4, 4, -4],
      [2, 10, 10, 2],
    ]),
  ending: (ctx) =>
    lines(ctx, [
      [-1, -1, 7, 7],
      [-4, 2, 4, 10],
      [2, -4, 10, 4],
    ]),
  bad: (ctx) =>
    lines(ctx, [
      [0, 0, 6, 6],
      [6, 0, 0, 6],
    ]),
  work: (ctx) => {
    ctx.beginPath()
    ctx.arc(1.5, 1.5, 0.9, 0, 7)
    ctx.arc(4.5, 4.5, 0.9, 0, 7)
    ctx.fill()
  },
  done: (ctx) => lines(ctx, [[0, 3, 6, 3]]),
}

let made: { readonly palette: Palette; readonly ratio: number; readonly patterns: Patterns } | undefined

export function patternsOf(palette: Palette, ratio: number): Patterns {
  if (made?.palette === palette && made.ratio === ratio) return made.patterns
  const patterns: Partial<Record<Tone, CanvasPattern>> = {}
  for (const [tone, draw] of Object.entries(strokes) as [Tone, (ctx: CanvasRenderingContext2D) => void][]) {
    const pattern = patternOf(palette.tones[tone].edge, ratio, draw)
    if (pattern !== null) patterns[tone] = pattern
  }
  made = { palette, ratio, patterns }
  return patterns
}

function patternOf(colour: string, ratio: number, draw: (ctx: CanvasRenderingContext2D) => void): CanvasPattern | null {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.round(tile * ratio)
  const ctx = canvas.getContext('2d')
  if (ctx === null) return null
  ctx.scale(canvas.width / tile, canvas.height / tile)
  ctx.globalAlpha = 0.42
  ctx.strokeStyle = ctx.fillStyle = colour
  ctx.lineWidth = 1
  draw(ctx)
  const pattern = ctx.createPattern(canvas, 'repeat')
  pattern?.setTransform(new DOMMatrix().scale(tile / canvas.width))
  return pattern
}

function lines(ctx: CanvasRenderingContext2D, all: readonly (readonly [number, number, number, number])[]): void {
  ctx.beginPath()
  for (const [x, y, toX, toY] of all) {
    ctx.moveTo(x, y)
    ctx.lineTo(toX, toY)
  }
  ctx.stroke()
}
