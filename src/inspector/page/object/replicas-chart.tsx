/** A workload's pods over time: wanted, there, ready, of the present template. */
import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { usePage } from '../app/page-context.ts'
import { palette } from '../app/theme.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import type { Track } from '../model/track.ts'
import { duration } from '../model/words.ts'

const series = ['wanted', 'current', 'ready', 'updated'] as const

export function ReplicasChart({ track }: { readonly track: Track }) {
  const page = usePage()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  useSignalEffect(() => {
    const model = page.model.value
    palette.value
    const [seq, element] = [page.seq.value, place.current]
    if (model === undefined || element === null) return
    const data = dataOf(model, track, seq)
    const width = Math.max(200, element.clientWidth)
    if (plot.current === undefined) {
      plot.current = new uPlot(optionsOf(width), data, element)
    } else plot.current.setData(data)
    atMoment(plot.current)
  })
  useEffect(
    () => () => {
      plot.current?.destroy()
      plot.current = undefined
    },
    [track.id],
  )
  return (
    <section class="block">
      <h3>Pods over time</h3>
      <div ref={place} class="plot" />
    </section>
  )
}

/** Where no pointer asks for another, the legend tells the values of the chosen moment. */
function atMoment(plot: uPlot): void {
  const last = plot.data[0].length - 1
  if (plot.cursor.idx == null && last >= 0) plot.setLegend({ idx: last }, false)
}

/** Steps at each write up to the moment; x is seconds since the first. */
function dataOf(model: ClusterModel, track: Track, seq: number): uPlot.AlignedData {
  const rows: number[][] = [[], [], [], [], []]
  const origin = model.timeAt(Math.max(track.born, model.base - 1))
  const put = (time: number, i: number): void => {
    const replicas = track.facts[i]?.replicas
    if (replicas === undefined) return
    rows[0]?.push((time - origin) / 1000)
    series.forEach((name, at) => {
      rows[at + 1]?.push(replicas[name])
    })
  }
  let last = -1
  track.factSeq.forEach((at, i) => {
    if (at > seq) return
    put(model.timeAt(Math.max(at, model.base - 1)), i)
    last = i
  })
  if (last >= 0) put(Math.max(model.timeAt(seq), model.timeAt(track.factSeq[last] ?? seq)), last)
  return rows as unknown as uPlot.AlignedData
}

function optionsOf(width: number): uPlot.Options {
  const { tones, line, dim, text } = palette.value
  const stepped = uPlot.paths.stepped?.({ align: 1 }) as uPlot.Series.PathBuilder
  const drawn: Readonly<Record<(typeof series)[number], Partial<uPlot.Series>>> = {
    wanted: { stroke: text, dash: [6, 4], width: 1.5 },
    current: { stroke: tones.wait.edge, width: 1.5, dash: [2, 2] },
    ready: { stroke: tones.good.edge, width: 2.5 },
    updated: { stroke: tones.work.edge, width: 1.5, dash: [8, 3, 2, 3] },
  }
  const axis = { stroke: dim, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: '11px system-ui' }
  return {
    width,
    height: 150,
    hooks: { setCursor: [atMoment] },
    cursor: { show: true, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, Math.max(1, most) + 0.4] } },
    series: [
      { label: 'after', value: (_plot, value) => (value === null ? '' : duration(value * 1000)) },
      ...series.map((name) => ({ label: name, paths: stepped, points: { show: false }, ...drawn[name] })),
    ],
    axes: [
      { ...axis, values: (_plot, values) => values.map((value) => duration(value * 1000)) },
      { ...axis, size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
    ],
  }
}
