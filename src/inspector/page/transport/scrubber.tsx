/** The whole run on one line: how much happened when, what people did, and the chosen moment. A slider for the keyboard. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import { palette } from '../app/theme.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { clockTime } from '../model/words.ts'
import { prepared } from '../timeline/draw.ts'
import { coordinateAt, placeOf, type Scale, seqAt, xOf } from '../timeline/geometry.ts'
import { first, step } from './moving.ts'

const height = 36

export function Scrubber() {
  const page = usePage()
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useSignal(400)
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const frame = useRef(0)
  useSignalEffect(() => {
    const model = page.model.value
    const seq = page.seq.value
    const wide = width.value
    for (const one of [page.live, page.axis, palette, model?.clock]) one?.value
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      if (canvas.current !== null && model !== undefined) draw(canvas.current, page, model, wide, seq)
    })
  })
  const model = page.model.value
  return (
    <div
      class="scrubber"
      role="slider"
      tabIndex={0}
      data-own-keys
      aria-label="Moment"
      aria-valuemin={model?.start?.revision ?? 0}
      aria-valuemax={model === undefined ? 0 : model.revisionAt(model.head)}
      aria-valuenow={model?.revisionAt(page.seq.value) ?? 0}
      aria-valuetext={model === undefined ? '' : valueText(page, model)}
      onKeyDown={(event) => keyed(page, event)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        scrub(page, event, width.value)
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) scrub(page, event, width.value)
      }}
    >
      <canvas ref={canvas} />
    </div>
  )
}

function valueText(page: PageState, model: ClusterModel): string {
  return `revision ${model.revisionAt(page.seq.value)}, ${clockTime(model.timeAt(page.seq.value))}`
}

function keyed(page: PageState, event: KeyboardEvent): void {
  if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') step(page, -1)
  else if (event.key === 'ArrowRight' || event.key === 'ArrowUp') step(page, 1)
  else if (event.key === 'Home') first(page)
  else if (event.key === 'End') page.go(undefined)
  else return
  event.preventDefault()
}

function wholeScale(page: PageState, model: ClusterModel, width: number): Scale {
  const end = Math.max(model.axis.head(model.clock.value.now, page.axis.value), 1)
  const perUnit = (width - 16) / end
  return { from: -8 / perUnit, perUnit, width }
}

function scrub(page: PageState, event: PointerEvent, width: number): void {
  const model = page.model.value
  if (model === undefined) return
  page.replaying.value = false
  const scale = wholeScale(page, model, width)
  const x = event.offsetX
  page.go(x >= width - 9 ? undefined : seqAt(model, page.axis.value, coordinateAt(scale, x)))
}

function draw(canvas: HTMLCanvasElement, page: PageState, model: ClusterModel, width: number, seq: number): void {
  const ctx = prepared(canvas, width, height)
  if (ctx === null) return
  const colours = palette.value
  const mode = page.axis.value
  const scale = wholeScale(page, model, width)
  ctx.fillStyle = colours.raised
  ctx.fillRect(0, 0, width, height)
  ctx.fillStyle = colours.sunken
  ctx.fillRect(8, 6, width - 16, height - 12)
  const moment = xOf(scale, page.live.value ? model.axis.head(model.clock.value.now, mode) : placeOf(model, mode, seq))
  drawActivity(ctx, page, model, scale, moment)
  for (const deed of model.deeds) {
    const fault = model.record(deed)?.type === 'fault'
    ctx.fillStyle = fault ? colours.bad : colours.accent
    ctx.fillRect(xOf(scale, placeOf(model, mode, deed)) - 0.5, fault ? 2 : 4, fault ? 2.5 : 1.5, fault ? height - 4 : 5)
  }
  ctx.fillStyle = colours.accent
  ctx.fillRect(moment - 1, 2, 2, height - 4)
  ctx.beginPath()
  ctx.arc(moment, height / 2, 6, 0, 7)
  ctx.fill()
}

/** One column for each two pixels: how many changes, on a scale of roots so that little is seen beside much. */
function drawActivity(
  ctx: CanvasRenderingContext2D,
  page: PageState,
  model: ClusterModel,
  scale: Scale,
  moment: number,
): void {
  const mode = page.axis.value
  const { steps } = model.axis
  const column = model.axis.column(mode)
  const counts: number[] = []
  let before = 0
  for (let x = 8; x < scale.width - 8; x += 2) {
    const seq = seqAt(model, mode, coordinateAt(scale, x + 2)) - model.base
    const upTo = mode === 'steps' ? seq + 1 : seq < 0 ? 0 : (steps[seq] ?? 0)
    counts.push(upTo - before)
    before = upTo
  }
  const most = Math.sqrt(Math.max(1, ...counts))
  counts.forEach((count, i) => {
    if (count <= 0 || column.length === 0) return
    const x = 8 + i * 2
    const tall = Math.max(2, (Math.sqrt(count) / most) * (height - 16))
    ctx.fillStyle = x <= moment ? palette.value.dim : palette.value.line
    ctx.fillRect(x, height - 7 - tall, 1.5, tall)
  })
}
