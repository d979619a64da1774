/** Moving through time: by changes, by playing what is recorded, and by letting the cluster go on. */

import type { PageState } from '../app/page-state.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'

/** Where play goes on from, so that it stops where the records end. */
export const speeds = [0.25, 1, 4, 20, 100, 1000] as const

/** To the change before or after; at the head, on to what is due next. */
export function step(page: PageState, by: 1 | -1): void {
  const model = page.model.value
  if (model === undefined) return
  if (by > 0 && page.live.value) {
    void page.act('step', {})
    return
  }
  const steps = model.axis.steps
  const at = steps[page.seq.value - model.base] ?? 0
  const wanted = by > 0 ? at + 1 : at - 1
  // The last record of a step: what is quiet after it belongs to it.
  const index = lastAtOrBefore(steps, wanted)
  page.go(wanted < 0 ? model.base - 1 : model.base + index)
}

/** To the change of the selected object before or after the chosen moment. */
export function nextChange(page: PageState, by: 1 | -1): void {
  const track = page.track.value
  if (track === undefined) return step(page, by)
  const all = [...track.factSeq, ...track.spanSeq].sort((a, b) => a - b)
  const at = page.seq.value
  const wanted = by > 0 ? all.find((seq) => seq > at) : all.findLast((seq) => seq < at)
  if (wanted !== undefined) page.go(wanted)
  else if (by > 0) page.go(undefined)
}

export function first(page: PageState): void {
  const model = page.model.value
  if (model !== undefined) page.go(model.base - 1)
}

/** In the past: replays the records. At the head: lets the cluster's time pass, or stops it. */
export function play(page: PageState): void {
  const model = page.model.value
  if (model === undefined) return
  if (page.replaying.value) {
    page.replaying.value = false
  } else if (!page.live.value) {
    page.replaying.value = true
    replay(page, model)
  } else if (page.info.value?.time !== 'virtual') {
    page.tell('This cluster follows the wall clock: its time cannot be stopped. Choose an earlier moment to replay it.')
  } else if (model.clock.value.playing) void page.act('pause', {})
  else void page.act('play', { speed: page.speed.value })
}

/** A new speed holds for what plays at present too. */
export function setSpeed(page: PageState, speed: number): void {
  page.speed.value = speed
  if (page.model.value?.clock.value.playing === true && page.info.value?.time === 'virtual')
    void page.act('play', { speed })
}

/** Goes along the axis in view, so that idle time is passed over as it is drawn. */
function replay(page: PageState, model: ClusterModel): void {
  const mode = page.axis.value
  const column = model.axis.column(mode)
  const perSecond = mode === 'time' ? 1000 : 8
  let at = column[page.seq.value - model.base] ?? 0
  let index = page.seq.value - model.base
  let before = performance.now()
  const frame = (now: number): void => {
    if (!page.replaying.value || page.model.value !== model) return
    at += ((now - before) / 1000) * perSecond * page.speed.value
    before = now
    if (page.seq.value - model.base !== index) index = page.seq.value - model.base
    const next = lastAtOrBefore(column, at)
    if (next > index) {
      index = next
      page.go(model.base + next)
    }
    if (page.live.value) page.replaying.value = false
    else requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}
