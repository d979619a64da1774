/**
 * Where a record stands on the timeline, in two ways: by the clock with idle gaps collapsed, or by steps (one unit for
 * each committed change). Both coordinates grow with the records and are kept for each of them, so a place on the
 * screen is one look-up.
 */

/** Idle time longer than this is drawn as a break, as wide as this. */
export const idleMs = 2_500

export type AxisMode = 'time' | 'steps'

/** An idle gap: between the record before `index` and the one at it. */
export interface Break {
  readonly index: number
  readonly from: number
  readonly to: number
  /** Coordinates of its edges in time mode. */
  readonly start: number
  readonly end: number
}

/** Columns by record; grown by `push`, never changed. */
export class Axis {
  readonly time: number[] = []
  readonly steps: number[] = []
  readonly breaks: Break[] = []
  /** Cluster time of each record, ms. */
  readonly clock: number[] = []
  /** Time and coordinate of the last record that is no background noise. */
  #lastTime = Number.NaN
  #lastAt = 0

  get length(): number {
    return this.clock.length
  }

  /** `quiet`: a heartbeat or the like, which neither ends an idle gap nor makes a step. */
  push(time: number, quiet: boolean): void {
    const steps = this.steps[this.steps.length - 1] ?? 0
    const index = this.clock.length
    this.clock.push(time)
    this.steps.push(quiet ? steps : steps + 1)
    this.time.push(this.#warped(time))
    if (quiet && !Number.isNaN(this.#lastTime)) return
    const at = this.time[index] as number
    if (!Number.isNaN(this.#lastTime) && time - this.#lastTime > idleMs) {
      const edges = { start: this.#lastAt, end: at }
      this.breaks.push({ index, from: this.#lastTime, to: time, ...edges })
      this.#straighten(index, at)
    }
    this.#lastTime = time
    this.#lastAt = at
  }

  /** The coordinate of a time after the last record: how far the clock has got. */
  head(now: number, mode: AxisMode): number {
    if (mode === 'steps') return (this.steps[this.steps.length - 1] ?? 0) + 1
    return Number.isNaN(this.#lastTime) ? 0 : this.#warped(now)
  }

  column(mode: AxisMode): readonly number[] {
    return mode === 'time' ? this.time : this.steps
  }

  /** The last record at or before a coordinate; -1 before all. */
  indexAt(coordinate: number, mode: AxisMode): number {
    return lastAtOrBefore(this.column(mode), coordinate)
  }

  /** Cluster time at a coordinate of the time axis. */
  timeAt(coordinate: number): number {
    const i = lastAtOrBefore(this.time, coordinate)
    if (i < 0) return this.clock[0] ?? 0
    const here = this.clock[i] as number
    const gap = this.breaks.find(({ start, end }) => coordinate >= start && coordinate <= end)
    if (gap !== undefined)
      return gap.from + ((coordinate - gap.start) / Math.max(1e-9, gap.end - gap.start)) * (gap.to - gap.from)
    return here + (coordinate - (this.time[i] as number))
  }

  /** Within the idle limit time passes as it is; beyond it, it stands. */
  #warped(time: number): number {
    if (Number.isNaN(this.#lastTime)) return 0
    return this.#lastAt + Math.min(idleMs, Math.max(0, time - this.#lastTime))
  }

  /** Quiet records within a gap are spread over the break once it is known how long it is. */
  #straighten(index: number, end: number): void {
    const from = this.#lastTime
    const to = this.clock[index] as number
    for (let i = index - 1; i >= 0 && (this.clock[i] as number) > from; i--) {
      const share = ((this.clock[i] as number) - from) / (to - from)
      this.time[i] = this.#lastAt + share * (end - this.#lastAt)
    }
  }
}

/** The last index whose value is at most `wanted`; -1 when there is none. The column must be sorted. */
export function lastAtOrBefore(column: readonly number[], wanted: number): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((column[middle] as number) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}
