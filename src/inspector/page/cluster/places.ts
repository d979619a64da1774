/** Where nodes and pods stand in the cluster view: names while there is room, squares for many, a dense grid for hundreds. */
import type { Scene, ShownNode, ShownPod } from './scene.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedPod extends Box {
  readonly pod: ShownPod
}

export interface PlacedNode extends Box {
  readonly node: ShownNode
}

export interface Places {
  /** `pills`: pods by name; `squares`: pods without; `dense`: pods as dots, nodes without bars. */
  readonly style: 'pills' | 'squares' | 'dense'
  readonly nodes: readonly PlacedNode[]
  readonly pods: readonly PlacedPod[]
  /** The pods without a node stand in here; absent when there are none. */
  readonly tray: Box | undefined
  readonly height: number
}

const gap = 12
export const nodeHead = 58
const densest = 24

/** Lays the scene out in a width; the height follows, and fills `height` at least where that helps. */
export function placesOf(scene: Scene, width: number, height: number): Places {
  const { nodes, waiting } = scene
  const most = Math.max(1, ...nodes.map(({ pods }) => pods.length))
  const style = nodes.length > 48 ? 'dense' : nodes.length <= 12 && most <= 12 ? 'pills' : 'squares'
  const inner = width - gap * 2
  const tray = trayOf(waiting, inner)
  const top = gap + (tray === undefined ? 0 : tray.box.height + gap)
  const placed =
    style === 'dense' ? dense(nodes, inner, height - top, top, most) : boxes(nodes, inner, [top, height], most, style)
  return {
    style,
    nodes: placed.nodes,
    pods: [...(tray?.pods ?? []), ...placed.pods],
    tray: tray?.box,
    height: placed.bottom + gap,
  }
}

/** Pods that wait stand above the nodes; hundreds of them as dots. */
function trayOf(waiting: readonly ShownPod[], inner: number) {
  if (waiting.length === 0) return undefined
  const size = waiting.length <= 40 ? 18 : waiting.length <= 300 ? 12 : 7
  const step = size + (size > 8 ? 4 : 2)
  const across = Math.max(1, Math.floor((inner - 24) / step))
  const pods = waiting.slice(0, across * 12).map((pod, i) => ({
    pod,
    x: gap + 12 + (i % across) * step,
    y: gap + 30 + Math.floor(i / across) * step,
    width: size,
    height: size,
  }))
  const lines = Math.min(12, Math.ceil(waiting.length / across))
  return { pods, box: { x: gap, y: gap, width: inner, height: 38 + lines * step } }
}

interface Placed {
  readonly nodes: PlacedNode[]
  readonly pods: PlacedPod[]
  readonly bottom: number
}

function boxes(
  nodes: readonly ShownNode[],
  inner: number,
  [top, room]: readonly [number, number],
  most: number,
  style: 'pills' | 'squares',
): Placed {
  const least = style === 'pills' ? 200 : 190
  const columns = Math.max(1, Math.min(nodes.length, Math.floor((inner + gap) / (least + gap))))
  const width = (inner - (columns - 1) * gap) / columns
  const cell = cellOf(style, width - 20, most)
  const across = Math.max(1, Math.floor((width - 20 + cell.gap) / (cell.width + cell.gap)))
  const down = Math.ceil(nodes.length / columns)
  const spare = Math.floor(((room - top) / Math.max(1, down) - nodeHead - 20) / (cell.height + cell.gap))
  const lines = Math.max(style === 'pills' ? Math.min(9, Math.max(2, spare)) : 1, Math.ceil(most / across))
  const height = nodeHead + lines * (cell.height + cell.gap) + 8
  const placed: Placed = { nodes: [], pods: [], bottom: top + down * (height + gap) - gap }
  nodes.forEach((node, i) => {
    const x = gap + (i % columns) * (width + gap)
    const y = top + Math.floor(i / columns) * (height + gap)
    placed.nodes.push({ node, x, y, width, height })
    node.pods.forEach((pod, at) => {
      const px = x + 10 + (at % across) * (cell.width + cell.gap)
      const py = y + nodeHead + Math.floor(at / across) * (cell.height + cell.gap)
      placed.pods.push({ pod, x: px, y: py, width: cell.width, height: cell.height })
    })
  })
  return placed
}

function cellOf(style: 'pills' | 'squares', room: number, most: number) {
  if (style === 'pills') return { width: room, height: 20, gap: 4 }
  const size = most <= 30 ? 18 : most <= 110 ? 12 : 8
  return { width: size, height: size, gap: size > 8 ? 4 : 2 }
}

/** As large as it can be for all nodes to be in sight, and never smaller than can be pointed at. */
function dense(nodes: readonly ShownNode[], inner: number, room: number, top: number, most: number): Placed {
  const step = 4
  let size = Math.max(densest, Math.floor(Math.sqrt((inner * Math.max(200, room)) / nodes.length)) - step)
  while (size > densest && Math.ceil(nodes.length / Math.floor(inner / (size + step))) * (size + step) > room) size--
  size = Math.min(size, 120)
  const columns = Math.max(1, Math.floor((inner + step) / (size + step)))
  const across = Math.max(1, Math.ceil(Math.sqrt(most)))
  const dot = (size - 6) / across
  const placed: Placed = { nodes: [], pods: [], bottom: top + Math.ceil(nodes.length / columns) * (size + step) }
  nodes.forEach((node, i) => {
    const x = gap + (i % columns) * (size + step)
    const y = top + Math.floor(i / columns) * (size + step)
    placed.nodes.push({ node, x, y, width: size, height: size })
    node.pods.forEach((pod, at) => {
      const px = x + 3 + (at % across) * dot
      const py = y + 3 + Math.floor(at / across) * dot
      placed.pods.push({ pod, x: px, y: py, width: Math.max(1.5, dot - 1), height: Math.max(1.5, dot - 1) })
    })
  })
  return placed
}
