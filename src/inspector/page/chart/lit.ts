/** Which states and arrows of a chart are lit at a moment: from the records alone, so that playing needs no questions. */
import type { Chart, ChartArrow } from '../../chart-words.ts'
import type { ActorRecord } from '../../words.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import type { Track } from '../model/track.ts'
import type { Lit } from './drawing.tsx'

/** The last move of a track's actor at or before a record; undefined when it was before the records. */
export function lastMove(model: ClusterModel, track: Track, seq: number): ActorRecord | undefined {
  for (let i = lastAtOrBefore(track.spanSeq, seq); i >= 0; i--) {
    const record = model.record(track.spanSeq[i] as number)
    if (record?.type === 'actor') return record
  }
  return undefined
}

/** `xstate.after.1000.pod.running` → `after 1000`: as charts name events. */
export function eventName(event: string): string {
  const delay = /^xstate\.after\.([^.]+)\./.exec(event)?.[1]
  return delay === undefined ? event : `after ${delay}`
}

export function litAt(chart: Chart, model: ClusterModel, track: Track, seq: number): Lit {
  const state = model.states.at(track.spanState[lastAtOrBefore(track.spanSeq, seq)] ?? -1)
  const move = lastMove(model, track, seq)
  const states = new Set(state?.states ?? [])
  if (move === undefined) return { states, left: new Set(), arrows: new Set() }
  return { states, left: new Set(move.from), arrows: takenBy(chart, move) }
}

/** The arrows that fit what happened: the event, a state it was in, a state it came to. The innermost source wins. */
function takenBy(chart: Chart, move: ActorRecord): Set<number> {
  const event = eventName(move.event)
  const from = new Set(['', ...move.from])
  const to = new Set(move.states)
  const fits = ({ from: source, to: targets, event: name }: ChartArrow): boolean =>
    name === event && from.has(source) && targets.length > 0 && targets.every((target) => to.has(target))
  const found = chart.arrows.map((arrow, i) => ({ arrow, i })).filter(({ arrow }) => fits(arrow))
  const deepest = Math.max(-1, ...found.map(({ arrow }) => arrow.from.length))
  const taken = new Set(found.filter(({ arrow }) => arrow.from.length === deepest).map(({ i }) => i))
  chart.arrows.forEach((arrow, i) => {
    const through = arrow.event === '' && arrow.to.every((target) => to.has(target)) && !to.has(arrow.from)
    if (through && arrow.to.length > 0 && to.has(parentOf(arrow.from))) taken.add(i)
  })
  return taken
}

function parentOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('.')))
}
