/** Where things are on the timeline: coordinates to pixels and back, and the stretch in view. */
import type { Stretch } from '../app/page-state.ts'
import type { AxisMode } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'

export const rowHeight = 24
export const rulerHeight = 46
/** Room after the head, in pixels. */
const marginRight = 56
const marginLeft = 10

/** Coordinates, in pixels of a canvas `width` wide. */
export interface Scale {
  readonly from: number
  readonly perUnit: number
  readonly width: number
}

/** The scale to draw with: the stretch chosen, or one that shows everything. */
export function scaleOf(model: ClusterModel, mode: AxisMode, stretch: Stretch, width: number): Scale {
  if (!stretch.fit) return { from: stretch.from, perUnit: stretch.scale, width }
  const end = Math.max(model.axis.head(model.clock.value.now, mode), mode === 'time' ? 500 : 5)
  const perUnit = Math.max(0.000001, (width - marginLeft - marginRight) / end)
  return { from: -marginLeft / perUnit, perUnit, width }
}

export function xOf(scale: Scale, coordinate: number): number {
  return (coordinate - scale.from) * scale.perUnit
}

export function coordinateAt(scale: Scale, x: number): number {
  return scale.from + x / scale.perUnit
}

/** The coordinate of a record; those before the first are where the first is. */
export function placeOf(model: ClusterModel, mode: AxisMode, seq: number): number {
  const column = model.axis.column(mode)
  if (column.length === 0) return 0
  const i = Math.min(column.length - 1, seq - model.base)
  return i < 0 ? 0 : (column[i] as number)
}

/** The last record at or before a coordinate. */
export function seqAt(model: ClusterModel, mode: AxisMode, coordinate: number): number {
  return model.base + model.axis.indexAt(coordinate, mode)
}

/** Zoomed by a factor about a point that stays where it is. */
export function zoomed(scale: Scale, factor: number, aboutX: number): Stretch {
  const perUnit = Math.min(400, Math.max(0.00002, scale.perUnit * factor))
  const fixed = coordinateAt(scale, aboutX)
  return { from: fixed - aboutX / perUnit, scale: perUnit, fit: false }
}

export function panned(scale: Scale, pixels: number): Stretch {
  return { from: scale.from + pixels / scale.perUnit, scale: scale.perUnit, fit: false }
}

/** The stretch moved just so far that a coordinate is in view. */
export function revealing(scale: Scale, coordinate: number): Stretch | undefined {
  const x = xOf(scale, coordinate)
  const margin = Math.min(80, scale.width / 6)
  if (x < margin) return panned(scale, x - margin)
  if (x > scale.width - margin) return panned(scale, x - (scale.width - margin))
  return undefined
}
