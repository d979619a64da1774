/** Draws why: from the write in view of the selected row back, write by write, to whoever began it. */

import type { CommitRecord } from '../../words.ts'
import type { Palette } from '../app/theme.ts'
import { type AxisMode, lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { placeOf, rowHeight, type Scale, xOf } from './geometry.ts'

export interface CauseScene {
  readonly model: ClusterModel
  readonly mode: AxisMode
  readonly scale: Scale
  readonly palette: Palette
  /** Y of each row's middle by track id; rows that are folded away are absent. */
  readonly yOf: (id: string) => number | undefined
  readonly chain: readonly CommitRecord[]
}

/** The writes from the one at or before `seq` of a track back to the first of its chain of causes; newest first. */
export function causeChain(model: ClusterModel, id: string, seq: number): CommitRecord[] {
  const track = model.byId.get(id)
  if (track === undefined) return []
  const at = track.factSeq[lastAtOrBefore(track.factSeq, seq)]
  let record = at === undefined ? undefined : model.record(at)
  const chain: CommitRecord[] = []
  while (record?.type === 'commit' && chain.length < 40) {
    chain.push(record)
    const because: number | undefined = record.cause.because
    record = because === undefined || because >= record.revision ? undefined : model.commitOf(because)
  }
  return chain
}

export function drawCauses(
  ctx: CanvasRenderingContext2D,
  { model, mode, scale, palette, yOf, chain }: CauseScene,
): void {
  const points = chain.flatMap((record) => {
    const y = yOf(record.object.uid)
    return y === undefined ? [] : [{ x: xOf(scale, placeOf(model, mode, record.seq)), y }]
  })
  ctx.strokeStyle = ctx.fillStyle = palette.accent
  ctx.lineWidth = 1.5
  for (let i = 0; i + 1 < points.length; i++) {
    const to = points[i] as Point
    const from = points[i + 1] as Point
    if (from.y === to.y && Math.abs(from.x - to.x) < 2) continue
    link(ctx, from, to)
  }
  for (const { x, y } of points) {
    ctx.beginPath()
    ctx.arc(x, y, rowHeight / 8, 0, 7)
    ctx.fill()
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A curve from row to row; within one row a line along its lower edge, so that it crosses no words. */
function link(ctx: CanvasRenderingContext2D, from: Point, to: Point): void {
  ctx.beginPath()
  ctx.moveTo(from.x, from.y)
  if (from.y === to.y) {
    ctx.lineTo(from.x, from.y + 10)
    ctx.lineTo(to.x, to.y + 10)
    ctx.lineTo(to.x, to.y)
  } else {
    const bend = Math.min(160, Math.max(18, Math.abs(to.x - from.x) / 2))
    ctx.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y)
  }
  ctx.stroke()
}
