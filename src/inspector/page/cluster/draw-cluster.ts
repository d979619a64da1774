/** Draws the cluster view: node boxes, pods on their way to where they belong, and the lines of services. */
import type { Palette } from '../app/theme.ts'
import { bytes, cpu, rate } from '../model/words.ts'
import type { Patterns } from '../timeline/patterns.ts'
import type { Box, PlacedNode, PlacedPod, Places } from './places.ts'
import type { ShownPod, ShownService } from './scene.ts'

export interface Picture {
  readonly ctx: CanvasRenderingContext2D
  readonly palette: Palette
  readonly patterns: Patterns
  readonly places: Places
  readonly selected: string
  readonly hovered: string
  /** Where each pod is at this frame. */
  readonly at: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  /** The service whose lines are drawn, from the left edge at this height. */
  readonly service: ShownService | undefined
  readonly serviceY: number
  /** Number of pods that wait. */
  readonly waiting: number
  /** Objects that differ from another cluster. */
  readonly marked: ReadonlySet<string>
}

export function drawCluster(picture: Picture): void {
  const { places } = picture
  if (places.tray !== undefined) drawTray(picture, places.tray)
  for (const node of places.nodes) {
    if (places.style === 'dense') drawDense(picture, node)
    else drawNode(picture, node)
  }
  for (const pod of places.pods) drawPod(picture, pod)
  if (picture.service !== undefined) drawLines(picture, picture.service)
}

function frame({ ctx, palette, selected, hovered, marked }: Picture, id: string, { x, y, width, height }: Box): void {
  ctx.lineWidth = selected === id ? 2 : 1
  ctx.strokeStyle = selected === id || marked.has(id) ? palette.accent : hovered === id ? palette.dim : palette.line
  if (marked.has(id)) ctx.setLineDash([5, 3])
  ctx.beginPath()
  ctx.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, 8)
  ctx.fill()
  ctx.stroke()
  ctx.setLineDash([])
}

function drawTray({ ctx, palette, waiting }: Picture, box: Box): void {
  ctx.strokeStyle = palette.tones.wait.edge
  ctx.setLineDash([4, 4])
  ctx.lineWidth = 1
  ctx.beginPath()
  ctx.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 8)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.fillStyle = palette.text
  ctx.fillText(`${waiting} ${waiting === 1 ? 'pod waits' : 'pods wait'} for a node`, box.x + 12, box.y + 16)
}

function drawNode(picture: Picture, { node, x, y, width, height }: PlacedNode): void {
  const { ctx, palette, patterns } = picture
  const tone = palette.tones[node.tone]
  ctx.fillStyle = palette.raised
  frame(picture, node.id, { x, y, width, height })
  ctx.fillStyle = tone.fill
  const ill = node.tone !== 'good'
  ctx.beginPath()
  ctx.roundRect(x + 1, y + 1, width - 2, 25, [7, 7, 0, 0])
  ctx.fill()
  if (ill && patterns[node.tone] !== undefined) {
    ctx.fillStyle = patterns[node.tone] as CanvasPattern
    ctx.fill()
  }
  ctx.fillStyle = tone.edge
  ctx.fillRect(x + 1, y + 25, width - 2, 1)
  label(picture, node.name, x + 10, y + 14, tone, true)
  const text = fitted(ctx, node.state, width - 30 - ctx.measureText(node.name).width)
  const wide = ctx.measureText(text).width
  label(picture, text, x + width - 12 - wide, y + 14, tone, false)
  bar(picture, 'cpu', node.cpuMilli, node.capacity.cpuMilli, cpu, x + 10, y + 35, (width - 32) / 2)
  bar(
    picture,
    'memory',
    node.memoryBytes,
    node.capacity.memoryBytes,
    bytes,
    x + 22 + (width - 32) / 2,
    y + 35,
    (width - 32) / 2,
  )
}

interface Ink {
  readonly fill: string
  readonly ink: string
}

function label({ ctx }: Picture, text: string, x: number, y: number, { fill, ink }: Ink, strong: boolean): void {
  const font = ctx.font
  if (strong) ctx.font = `600 ${font}`
  const width = ctx.measureText(text).width
  ctx.fillStyle = fill
  ctx.fillRect(x - 3, y - 8, width + 6, 16)
  ctx.fillStyle = ink
  ctx.fillText(text, x, y)
  ctx.font = font
}

/** How much of something is asked for, of how much there is: a bar with both numbers. */
function bar(
  { ctx, palette }: Picture,
  name: string,
  used: number,
  all: number,
  shown: (value: number) => string,
  x: number,
  y: number,
  width: number,
): void {
  const share = all === 0 ? 0 : Math.min(1, used / all)
  ctx.fillStyle = palette.dim
  const text = `${name} ${shown(used)}/${shown(all)}`
  ctx.fillText(ctx.measureText(text).width <= width ? text : name, x, y)
  ctx.fillStyle = palette.line
  ctx.fillRect(x, y + 9, width, 4)
  ctx.fillStyle = share > 0.9 ? palette.tones.bad.edge : share > 0.7 ? palette.tones.wait.edge : palette.tones.work.edge
  ctx.fillRect(x, y + 9, width * share, 4)
}

function drawDense(picture: Picture, { node, x, y, width, height }: PlacedNode): void {
  const { ctx, palette, patterns } = picture
  ctx.fillStyle = palette.raised
  const good = node.tone === 'good'
  ctx.lineWidth = picture.selected === node.id || picture.hovered === node.id ? 2 : 1
  ctx.strokeStyle =
    picture.selected === node.id ? palette.accent : picture.hovered === node.id ? palette.text : palette.line
  if (!good) ctx.fillStyle = palette.tones[node.tone].fill
  ctx.fillRect(x, y, width, height)
  const pattern = patterns[node.tone]
  if (!good && pattern !== undefined) {
    ctx.fillStyle = pattern
    ctx.fillRect(x, y, width, height)
  }
  if (!good && ctx.lineWidth === 1) ctx.strokeStyle = palette.tones[node.tone].edge
  ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1)
}

function drawPod(picture: Picture, { pod, x, y, width, height }: PlacedPod): void {
  const { ctx, palette, patterns, at, selected, hovered, marked } = picture
  const here = at.get(pod.id) ?? { x, y }
  const tone = palette.tones[pod.tone]
  ctx.fillStyle = height < 7 ? tone.edge : tone.fill
  if (height < 7) {
    ctx.fillRect(here.x, here.y, width, height)
  } else {
    ctx.beginPath()
    ctx.roundRect(here.x, here.y, width, height, 4)
    ctx.fill()
    const pattern = patterns[pod.tone]
    if (pattern !== undefined) {
      ctx.fillStyle = pattern
      ctx.fill()
    }
    ctx.strokeStyle = tone.edge
    ctx.lineWidth = 1
    ctx.stroke()
  }
  if (pod.id === selected || pod.id === hovered || marked.has(pod.id)) {
    ctx.strokeStyle = pod.id === hovered && pod.id !== selected ? palette.text : palette.accent
    ctx.lineWidth = 2
    ctx.strokeRect(here.x - 1.5, here.y - 1.5, width + 3, height + 3)
  }
  if (width > 80) podName(picture, pod, here, width, height)
}

function podName(
  picture: Picture,
  pod: ShownPod,
  { x, y }: { readonly x: number; readonly y: number },
  width: number,
  height: number,
): void {
  const { ctx, palette } = picture
  const { name, state } = pod
  const tone = palette.tones[pod.tone]
  const last = `${state.slice(state.lastIndexOf('.') + 1)}${pod.rate > 0 ? ` · ${rate(pod.rate)}` : ''}`
  const stateWidth = ctx.measureText(last).width
  label(picture, last, x + width - 8 - stateWidth, y + height / 2 + 0.5, tone, false)
  label(picture, fitted(ctx, name, width - stateWidth - 34), x + 8, y + height / 2 + 0.5, tone, false)
}

/** The end of a name is what tells pods apart: the beginning is left out first. */
function fitted(ctx: CanvasRenderingContext2D, name: string, room: number): string {
  if (ctx.measureText(name).width <= room) return name
  for (let cut = 1; cut < name.length - 3; cut++) {
    const text = `…${name.slice(cut)}`
    if (ctx.measureText(text).width <= room) return text
  }
  return name.slice(-4)
}

/** From the service along the gutters between the nodes to each of its pods, so that no line crosses any words. */
function drawLines(picture: Picture, service: ShownService): void {
  const { ctx, palette, places, at, serviceY } = picture
  const byId = new Map(places.pods.map((one) => [one.pod.id, one]))
  if (places.style !== 'pills') return drawRings(picture, service, byId)
  if (serviceY < 0) return
  const most = Math.max(...service.endpoints.map(({ rate: one }) => one))
  for (const { pod, ready, rate: got } of service.endpoints) {
    const placed = byId.get(pod)
    if (placed === undefined) continue
    const here = at.get(pod) ?? placed
    const y = here.y + placed.height / 2
    const box = places.nodes.find(({ x, y: top, width, height }) => inside({ x, y: top, width, height }, here.x + 1, y))
    ctx.strokeStyle = ctx.fillStyle = ready ? palette.accent : palette.tones.bad.edge
    ctx.setLineDash(ready ? [] : [4, 4])
    // Who gets more has the thicker line.
    ctx.lineWidth = got > 0 ? 1.5 + (1.5 * got) / most : 1.5
    route(ctx, [
      [0, serviceY],
      [6, serviceY],
      [6, (box?.y ?? y) - 6],
      [(box?.x ?? 12) - 6, (box?.y ?? y) - 6],
      [(box?.x ?? 12) - 6, y],
      [here.x - 2, y],
    ])
    ctx.setLineDash([])
    ctx.beginPath()
    ctx.arc(here.x - 1, y, 3.5, 0, 7)
    ctx.fill()
  }
}

/** Among many pods those of a service are ringed; a ring is dashed where the pod is not ready. */
function drawRings({ ctx, palette, at }: Picture, service: ShownService, byId: ReadonlyMap<string, PlacedPod>): void {
  ctx.lineWidth = 1.5
  for (const { pod, ready } of service.endpoints) {
    const placed = byId.get(pod)
    if (placed === undefined) continue
    const { x, y } = at.get(pod) ?? placed
    ctx.strokeStyle = ready ? palette.accent : palette.tones.bad.edge
    ctx.setLineDash(ready ? [] : [3, 2])
    ctx.beginPath()
    ctx.roundRect(x - 0.5, y - 0.5, placed.width + 1, placed.height + 1, 4)
    ctx.stroke()
  }
  ctx.setLineDash([])
}

/** A line by way of the points, its corners rounded. */
function route(ctx: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  ctx.beginPath()
  points.forEach(([x, y], i) => {
    const next = points[i + 1]
    if (i === 0) ctx.moveTo(x, y)
    else if (next === undefined) ctx.lineTo(x, y)
    else ctx.arcTo(x, y, next[0], next[1], 5)
  })
  ctx.stroke()
}

function inside({ x, y, width, height }: Box, atX: number, atY: number): boolean {
  return atX >= x && atX <= x + width && atY >= y && atY <= y + height
}

/** The pod, or else the node, at a point. */
export function thingAt(
  places: Places,
  x: number,
  y: number,
): { readonly id: string; readonly lines: string[] } | undefined {
  const pod = places.pods.find((box) => inside(box, x, y))?.pod
  if (pod !== undefined)
    return { id: pod.id, lines: [`Pod ${pod.name}`, pod.state, ...(pod.rate > 0 ? [rate(pod.rate)] : [])] }
  const node = places.nodes.find((box) => inside(box, x, y))?.node
  if (node === undefined) return undefined
  const { capacity, cpuMilli, memoryBytes } = node
  return {
    id: node.id,
    lines: [
      `Node ${node.name}: ${node.state}`,
      `${node.pods.length} of ${capacity.pods} pods`,
      `cpu ${cpu(cpuMilli)} of ${cpu(capacity.cpuMilli)}, memory ${bytes(memoryBytes)} of ${bytes(capacity.memoryBytes)}`,
    ],
  }
}
