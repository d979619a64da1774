/** The canvas of the cluster view. It draws when something changed, and goes on while pods are on their way. */
import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import { palette } from '../app/theme.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { prepared } from '../timeline/draw.ts'
import { patternsOf } from '../timeline/patterns.ts'
import { drawCluster, thingAt } from './draw-cluster.ts'
import { type Places, placesOf } from './places.ts'
import { sceneAt, type Traffic } from './scene.ts'

interface Props {
  readonly model: ClusterModel
  readonly seq: ReadonlySignal<number>
  readonly service: Signal<string>
  readonly traffic?: ReadonlySignal<Traffic>
  /** Ids of what differs from another cluster. */
  readonly marked: ReadonlySet<string>
}

interface Over {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly lines: readonly string[]
}

export function ClusterCanvas(props: Props) {
  const page = usePage()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const hover = useSignal<Over | undefined>(undefined)
  const shown = useRef<Mover>(new Mover())
  const size = useSize(frame, shown.current)
  usePicture(props, { page, canvas, hover, shown: shown.current, size })
  const move = (event: PointerEvent): void => {
    const found = thingAt(shown.current.places, event.offsetX, event.offsetY)
    hover.value = found === undefined ? undefined : { ...found, x: event.offsetX, y: event.offsetY }
  }
  return (
    <div class="cluster-frame" ref={frame}>
      <canvas
        ref={canvas}
        onPointerMove={move}
        onPointerLeave={() => {
          hover.value = undefined
        }}
        onClick={() => {
          if (hover.value !== undefined) page.select(hover.value.id)
        }}
        onDblClick={() => {
          if (hover.value !== undefined) page.select(hover.value.id, page.tab.value)
        }}
      />
      {hover.value === undefined ? null : <Card over={hover.value} width={size.value.width} />}
    </div>
  )
}

function Card({ over, width }: { readonly over: Over; readonly width: number }) {
  const left = over.x > width - 280
  const style = {
    transform: `translate(${left ? over.x - 14 : over.x + 14}px, ${over.y + 14}px)${left ? ' translateX(-100%)' : ''}`,
  }
  return (
    <div class="hover-card" style={style}>
      {over.lines.map((line, i) => (
        <div key={line} class={i === 0 ? 'strong' : ''}>
          {line}
        </div>
      ))}
    </div>
  )
}

interface Size {
  readonly width: number
  readonly height: number
}

function useSize(frame: { readonly current: HTMLDivElement | null }, mover: Mover): Signal<Size> {
  const size = useSignal<Size>({ width: 800, height: 500 })
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight }
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      mover.stop()
    }
  }, [])
  return size
}

interface Parts {
  readonly page: PageState
  readonly canvas: { readonly current: HTMLCanvasElement | null }
  readonly hover: Signal<Over | undefined>
  readonly shown: Mover
  readonly size: Signal<Size>
}

/** Draws whenever something that is shown has changed. */
function usePicture(props: Props, { page, canvas, hover, shown, size }: Parts): void {
  const latest = useRef(props)
  latest.current = props
  useSignalEffect(() => {
    const { model, seq, service, traffic, marked } = latest.current
    const { width, height } = size.value
    const scene = sceneAt(model, seq.value, traffic?.value)
    const colours = palette.value
    const [selected, hovered, on] = [page.selected.value, hover.value?.id ?? '', service.value]
    const places = placesOf(scene, width, height)
    const element = canvas.current
    if (element === null) return
    element.style.height = `${Math.max(height, places.height)}px`
    shown.show(places, (at) => {
      const ctx = prepared(element, width, Math.max(height, places.height))
      if (ctx === null) return
      const only = scene.services.length === 1 && places.style === 'pills' ? scene.services[0] : undefined
      const picked = scene.services.find(({ id }) => id === (on || selected)) ?? only
      const patterns = patternsOf(colours, devicePixelRatio)
      const base = { ctx, palette: colours, patterns, places, selected, hovered, at, marked }
      drawCluster({ ...base, service: picked, serviceY: rowOf(element, picked?.id), waiting: scene.waiting.length })
    })
  })
}

/** The height on the canvas at which the row of a service stands beside it. */
function rowOf(canvas: HTMLCanvasElement, id: string | undefined): number {
  const row = canvas
    .closest('.cluster')
    ?.querySelector(`[data-service="${id ?? ''}"]`)
    ?.getBoundingClientRect()
  return row === undefined ? -100 : row.top + row.height / 2 - canvas.getBoundingClientRect().top
}

type Draw = (at: ReadonlyMap<string, { readonly x: number; readonly y: number }>) => void

/** Takes each pod from where it is to where it belongs, a part of the way each frame. */
class Mover {
  places: Places = { style: 'pills', nodes: [], pods: [], tray: undefined, height: 0 }
  #at = new Map<string, { x: number; y: number }>()
  #draw: Draw = () => undefined
  #frame = 0
  #before = 0
  readonly #still = window.matchMedia('(prefers-reduced-motion: reduce)').matches

  show(places: Places, draw: Draw): void {
    this.places = places
    this.#draw = draw
    if (this.#frame !== 0) return
    this.#before = performance.now()
    this.#frame = requestAnimationFrame((now) => this.#step(now))
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #step(now: number): void {
    const part = this.#still ? 1 : 1 - Math.exp((-14 * Math.min(64, now - this.#before)) / 1000)
    this.#before = now
    let moving = false
    const next = new Map<string, { x: number; y: number }>()
    const trayY = this.places.tray?.y ?? -24
    for (const { pod, x, y } of this.places.pods) {
      const here = this.#at.get(pod.id) ?? { x, y: this.#at.size === 0 ? y : trayY }
      const [dx, dy] = [x - here.x, y - here.y]
      const near = Math.abs(dx) + Math.abs(dy) < 0.6
      if (!near) moving = true
      next.set(pod.id, near ? { x, y } : { x: here.x + dx * part, y: here.y + dy * part })
    }
    this.#at = next
    this.#draw(next)
    this.#frame = moving ? requestAnimationFrame((later) => this.#step(later)) : 0
  }
}
