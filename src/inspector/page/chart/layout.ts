/**
 * Where the states and arrows of a statechart stand. Each composite state is laid out from within: its children first,
 * then the arrows between them; parallel regions stand side by side. Arrows from a state to something inside it, and
 * those that lead nowhere else, are lines of text in the box they concern. So are ways that many states share, such as
 * `deletion.requested → terminating`: drawn, they would hide all others.
 */
import { Graph, layout as place } from '@dagrejs/dagre'
import type { Chart, ChartArrow, ChartNode } from '../../chart-words.ts'

export interface LaidState {
  readonly node: ChartNode
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Lines inside the box beneath its name. */
  readonly lines: readonly LaidLine[]
  readonly depth: number
  /** A region of a parallel state: its border is dashed. */
  readonly region: boolean
}

export interface LaidLine {
  readonly text: string
  readonly kind: 'in' | 'inside' | 'entry' | 'exit'
  /** Index into `Chart.arrows`; -1 for entry and exit. */
  readonly arrow: number
}

export interface LaidEdge {
  /** Indexes into `Chart.arrows`. Empty for the arrow into the state entered first. */
  readonly arrows: readonly number[]
  readonly points: readonly Point[]
  /** One line for each arrow and for its actions. */
  readonly lines: readonly { readonly text: string; readonly arrow: number; readonly dim: boolean }[]
  readonly label: Point
}

interface Point {
  readonly x: number
  readonly y: number
}

export interface LaidChart {
  readonly width: number
  readonly height: number
  readonly states: readonly LaidState[]
  readonly edges: readonly LaidEdge[]
}

export interface LayoutOptions {
  /** Width of a text in the small font of the chart. */
  readonly textWidth: (text: string) => number
  /** Whether actions are told. */
  readonly actions: boolean
  /** Room beside which boxes without arrows are not put further. */
  readonly wrap: number
}

export const lineHeight = 14
export const headHeight = 24
const padding = 14

/** Lays out a chart. Pure. */
export function laidOut(chart: Chart, options: LayoutOptions): LaidChart {
  return new Layout(chart, options).whole()
}

interface Block {
  readonly width: number
  readonly height: number
  readonly states: LaidState[]
  readonly edges: LaidEdge[]
}

class Layout {
  readonly #chart: Chart
  readonly #options: LayoutOptions
  readonly #children = new Map<string, ChartNode[]>()
  /** Arrows that are told in the box they leave. */
  readonly #told: ReadonlySet<number>

  constructor(chart: Chart, options: LayoutOptions) {
    this.#chart = chart
    this.#options = options
    for (const node of chart.states) {
      if (node.parent === undefined) continue
      const list = this.#children.get(node.parent)
      if (list === undefined) this.#children.set(node.parent, [node])
      else list.push(node)
    }
    this.#told = sharedWays(chart)
  }

  whole(): LaidChart {
    const root = this.#chart.states.find(({ parent }) => parent === undefined)
    if (root === undefined) return { width: 0, height: 0, states: [], edges: [] }
    const block = this.#inside(root, 0)
    return shifted(block, 8, 8, 16)
  }

  /** One state with all that is in it, its corner at 0, 0. */
  #box(node: ChartNode, depth: number, region: boolean): Block {
    const lines = this.#linesOf(node)
    const inner = this.#inside(node, depth + 1)
    const { textWidth } = this.#options
    const texts = Math.max(textWidth(node.key) * 1.1 + 12, ...lines.map(({ text }) => textWidth(text) + 8))
    const head = headHeight + lines.length * lineHeight + (lines.length > 0 ? 6 : 0)
    const hollow = inner.states.length === 0
    const width = Math.max(72, texts + padding * 2, hollow ? 0 : inner.width + padding * 2)
    const height = hollow ? Math.max(30, head + (lines.length > 0 ? 2 : 4)) : head + inner.height + padding
    const moved = shifted(inner, (width - inner.width) / 2, head)
    const own: LaidState = { node, x: 0, y: 0, width, height, lines, depth, region }
    return { width, height, states: [own, ...moved.states], edges: moved.edges }
  }

  /** The children of a state and the arrows between them. */
  #inside(node: ChartNode, depth: number): Block {
    const children = this.#children.get(node.id) ?? []
    if (children.length === 0) return { width: 0, height: 0, states: [], edges: [] }
    const boxes = children.map((child) => this.#box(child, depth, node.type === 'parallel'))
    const edges = this.#edgesWithin(node, children)
    if (edges.size === 0) return inRows(boxes, this.#options.wrap)
    const joined = new Set([...edges.keys()].flatMap((key) => key.split('\u0000')).concat(node.initial ?? ''))
    const ranked = children.filter(({ id }) => joined.has(id))
    const drawn = this.#ranked(
      node,
      ranked,
      boxes.filter((_box, i) => joined.has(children[i]?.id ?? '')),
      edges,
    )
    const alone = boxes.filter((_box, i) => !joined.has(children[i]?.id ?? ''))
    return alone.length === 0 ? drawn : below(drawn, inRows(alone, Math.max(drawn.width, this.#options.wrap)))
  }

  /** Arrows between two children of a state, or what is inside them, by the two children. */
  #edgesWithin(node: ChartNode, children: readonly ChartNode[]): Map<string, number[]> {
    const found = new Map<string, number[]>()
    this.#chart.arrows.forEach((arrow, i) => {
      const target = arrow.to[0]
      if (target === undefined || within(arrow.from, target) || this.#told.has(i)) return
      const [a, b] = [childHolding(children, arrow.from), childHolding(children, target)]
      if (a === undefined || b === undefined || a === b || !within(node.id, arrow.from)) return
      const key = `${a.id}\u0000${b.id}`
      found.set(key, [...(found.get(key) ?? []), i])
    })
    return found
  }

  #ranked(
    node: ChartNode,
    children: readonly ChartNode[],
    boxes: readonly Block[],
    edges: Map<string, number[]>,
  ): Block {
    const graph = new Graph({ directed: true, multigraph: false })
    graph.setGraph({ rankdir: 'TB', nodesep: 26, ranksep: 30, edgesep: 18, marginx: 2, marginy: 2 })
    graph.setDefaultEdgeLabel(() => ({}))
    children.forEach(({ id }, i) => {
      const { width = 0, height = 0 } = boxes[i] ?? {}
      graph.setNode(id, { width, height })
    })
    if (node.initial !== undefined && children.some(({ id }) => id === node.initial)) {
      graph.setNode('*', { width: 10, height: 10 })
      graph.setEdge('*', node.initial, { weight: 4 })
    }
    for (const [key, arrows] of edges) {
      const [from = '', to = ''] = key.split('\u0000')
      const lines = this.#edgeLines(arrows, to)
      const width = Math.max(...lines.map(({ text }) => this.#options.textWidth(text))) + 10
      graph.setEdge(from, to, { width, height: lines.length * lineHeight + 4, labelpos: 'c', arrows, lines })
    }
    place(graph)
    return blockOf(graph, children, boxes)
  }

  #edgeLines(arrows: readonly number[], to: string): LaidEdge['lines'] {
    return arrows.flatMap((i) => {
      const arrow = this.#chart.arrows[i] as ChartArrow
      const target = arrow.to[0] ?? ''
      const deeper = target === to ? '' : ` → ${target.slice(to.length + 1)}`
      const head = { text: arrowText(arrow) + deeper, arrow: i, dim: false }
      const acts = this.#options.actions && arrow.actions.length > 0
      return acts ? [head, { text: `/ ${arrow.actions.join(', ')}`, arrow: i, dim: true }] : [head]
    })
  }

  /** Entry and exit actions, arrows that stay inside, and those that come from a state around it. */
  #linesOf(node: ChartNode): LaidLine[] {
    const { actions } = this.#options
    const lines: LaidLine[] = []
    const acts = (arrow: ChartArrow): string =>
      actions && arrow.actions.length > 0 ? ` / ${arrow.actions.join(', ')}` : ''
    this.#chart.arrows.forEach((arrow, i) => {
      const target = arrow.to[0]
      const text = arrowText(arrow) + acts(arrow)
      if (target === undefined && arrow.from === node.id && node.id !== '')
        lines.push({ text, kind: 'inside', arrow: i })
      else if (target === node.id && arrow.from === node.id) lines.push({ text: `↻ ${text}`, kind: 'inside', arrow: i })
      else if (arrow.from === node.id && target !== undefined && this.#told.has(i))
        lines.push({ text: `${text} → ${target.slice(target.lastIndexOf('.') + 1)}`, kind: 'inside', arrow: i })
      else if (target === node.id && within(arrow.from, target)) lines.push({ text: `⇢ ${text}`, kind: 'in', arrow: i })
    })
    if (!actions) return lines
    if (node.entry.length > 0) lines.push({ text: `entry / ${node.entry.join(', ')}`, kind: 'entry', arrow: -1 })
    if (node.exit.length > 0) lines.push({ text: `exit / ${node.exit.join(', ')}`, kind: 'exit', arrow: -1 })
    return lines
  }
}

/** Ways of the same event to the same state from at least three states. */
function sharedWays(chart: Chart): ReadonlySet<number> {
  const ways = new Map<string, number[]>()
  chart.arrows.forEach(({ from, to, event }, i) => {
    const target = to[0]
    if (target === undefined || event === '' || within(from, target)) return
    const key = `${event} ${target}`
    ways.set(key, [...(ways.get(key) ?? []), i])
  })
  return new Set([...ways.values()].filter((same) => same.length >= 3).flat())
}

/** One block under another, both in the middle. */
function below(upper: Block, lower: Block): Block {
  const width = Math.max(upper.width, lower.width)
  const top = shifted(upper, (width - upper.width) / 2, 0)
  const bottom = shifted(lower, (width - lower.width) / 2, upper.height + 22)
  const height = upper.height + 22 + lower.height
  return { width, height, states: [...top.states, ...bottom.states], edges: [...top.edges, ...bottom.edges] }
}

/** `event [guard]`. */
export function arrowText({ event, guard }: ChartArrow): string {
  const name = event === '' ? 'always' : event
  return guard === '' ? name : `${name} [${guard}]`
}

/** True when `inner` is `outer` or something inside it. */
function within(outer: string, inner: string): boolean {
  return outer === '' || outer === inner || inner.startsWith(`${outer}.`)
}

function childHolding(children: readonly ChartNode[], id: string): ChartNode | undefined {
  return children.find((child) => child.id !== '' && within(child.id, id))
}

function shifted(block: Block, dx: number, dy: number, grow = 0): Block {
  const move = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy })
  return {
    width: block.width + grow,
    height: block.height + grow,
    states: block.states.map((state) => ({ ...state, ...move(state) })),
    edges: block.edges.map((edge) => ({ ...edge, points: edge.points.map(move), label: move(edge.label) })),
  }
}

/** Boxes that no arrow joins: in rows of equal height. */
function inRows(boxes: readonly Block[], wrap: number): Block {
  const gap = 12
  const states: LaidState[] = []
  const edges: LaidEdge[] = []
  let [x, y, tallest, widest] = [0, 0, 0, 0]
  for (const box of boxes) {
    if (x > 0 && x + box.width > wrap) {
      x = 0
      y += tallest + gap
      tallest = 0
    }
    const moved = shifted(box, x, y)
    states.push(...moved.states)
    edges.push(...moved.edges)
    widest = Math.max(widest, x + box.width)
    tallest = Math.max(tallest, box.height)
    x += box.width + gap
  }
  return { width: widest, height: y + tallest, states, edges }
}

interface Placed {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Takes the boxes to where the layout put them. */
function blockOf(graph: Graph, children: readonly ChartNode[], boxes: readonly Block[]): Block {
  const states: LaidState[] = []
  const edges: LaidEdge[] = []
  children.forEach(({ id }, i) => {
    const at = graph.node(id) as Placed
    const moved = shifted(boxes[i] as Block, at.x - at.width / 2, at.y - at.height / 2)
    states.push(...moved.states)
    edges.push(...moved.edges)
  })
  for (const edge of graph.edges()) {
    const label = graph.edge(edge) as unknown as LaidEdge & Point & { points: Point[] }
    const { arrows = [], lines = [], points } = label
    edges.push({ arrows, lines, points, label: { x: label.x, y: label.y } })
  }
  const { width = 0, height = 0 } = graph.graph() as Placed
  return { width, height, states, edges }
}
