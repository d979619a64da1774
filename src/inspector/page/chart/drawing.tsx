/** A laid-out statechart as SVG. Active states are lit and the arrows last taken stand out, by weight as well as colour. */
import type { LaidChart, LaidEdge, LaidLine, LaidState } from './layout.ts'
import { headHeight, lineHeight } from './layout.ts'

export interface Lit {
  /** Ids of the states it is in. */
  readonly states: ReadonlySet<string>
  /** Ids of the states it was in before. */
  readonly left: ReadonlySet<string>
  /** Arrows it took last. */
  readonly arrows: ReadonlySet<number>
}

interface Props {
  readonly chart: LaidChart
  readonly lit: Lit
  readonly title: string
  readonly scale: number
}

export function Drawing({ chart, lit, title, scale }: Props) {
  const { width, height, states, edges } = chart
  const quiet = edges.filter((edge) => !edge.arrows.some((arrow) => lit.arrows.has(arrow)))
  const taken = edges.filter((edge) => edge.arrows.some((arrow) => lit.arrows.has(arrow)))
  return (
    <svg
      class="statechart"
      viewBox={`0 0 ${width} ${height}`}
      width={width * scale}
      height={height * scale}
      role="img"
      aria-label={title}
    >
      <title>{title}</title>
      <defs>
        <Head id="head" kind="" />
        <Head id="head-taken" kind="taken" />
      </defs>
      {states.map((state) => (
        <StateBox key={state.node.id} state={state} lit={lit} />
      ))}
      {[...quiet, ...taken].map((edge, i) => (
        <Edge key={`${i}-${edge.arrows.join()}`} edge={edge} lit={lit} />
      ))}
    </svg>
  )
}

function Head({ id, kind }: { readonly id: string; readonly kind: string }) {
  return (
    <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
      <path class={`head ${kind}`} d="M0 .8 L8 4 L0 7.2 Z" />
    </marker>
  )
}

function StateBox({ state, lit }: { readonly state: LaidState; readonly lit: Lit }) {
  const { node, x, y, width, height, lines, region } = state
  const active = lit.states.has(node.id)
  const leaf = node.type === 'atomic' || node.type === 'final'
  const classes = [
    'state',
    node.type,
    active ? 'active' : '',
    lit.left.has(node.id) && !active ? 'left' : '',
    region ? 'region' : '',
  ]
  return (
    <g class={classes.join(' ')} transform={`translate(${x} ${y})`}>
      <title>{[node.id, node.description].filter(Boolean).join(': ')}</title>
      <rect class="box" width={width} height={height} rx={leaf ? 7 : 10} />
      {node.type === 'final' ? <rect class="inner" x="3" y="3" width={width - 6} height={height - 6} rx="5" /> : null}
      {active && leaf ? <circle class="lamp" cx="12" cy={headHeight / 2 + 3} r="3.5" /> : null}
      <text
        class="name"
        x={leaf ? width / 2 + (active ? 5 : 0) : 12}
        y={headHeight / 2 + 7}
        text-anchor={leaf ? 'middle' : 'start'}
      >
        {node.key}
      </text>
      {lines.map((line, i) => (
        <Line key={line.text} line={line} y={headHeight + 10 + i * lineHeight} lit={lit} width={width} leaf={leaf} />
      ))}
    </g>
  )
}

interface LineProps {
  readonly line: LaidLine
  readonly y: number
  readonly lit: Lit
  readonly width: number
  readonly leaf: boolean
}

function Line({ line, y, lit, width, leaf }: LineProps) {
  const taken = line.arrow >= 0 && lit.arrows.has(line.arrow)
  return (
    <text
      class={`line ${line.kind} ${taken ? 'taken' : ''}`}
      x={leaf ? width / 2 : 12}
      y={y}
      text-anchor={leaf ? 'middle' : 'start'}
    >
      {line.text}
    </text>
  )
}

function Edge({ edge, lit }: { readonly edge: LaidEdge; readonly lit: Lit }) {
  const taken = edge.arrows.some((arrow) => lit.arrows.has(arrow))
  const first = edge.points[0]
  const top = edge.label.y - ((edge.lines.length - 1) * lineHeight) / 2
  return (
    <g class={`edge ${taken ? 'taken' : ''}`}>
      {edge.arrows.length === 0 && first !== undefined ? (
        <circle class="start" cx={first.x} cy={first.y - 5} r="5" />
      ) : null}
      <path d={curve(edge.points)} marker-end={`url(#${taken ? 'head-taken' : 'head'})`} />
      {edge.lines.map(({ text, arrow, dim }, i) => (
        <text
          key={`${arrow}${text}`}
          class={`${dim ? 'acts' : 'event'} ${lit.arrows.has(arrow) ? 'taken' : ''}`}
          x={edge.label.x}
          y={top + i * lineHeight + 4}
          text-anchor="middle"
        >
          {text}
        </text>
      ))}
    </g>
  )
}

/** A smooth way through the points: straight ends, bends halfway. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points
  const last = rest[rest.length - 1]
  if (first === undefined || last === undefined) return ''
  const parts = [`M${first.x} ${first.y}`]
  for (let i = 0; i + 1 < rest.length; i++) {
    const [a, b] = [rest[i], rest[i + 1]] as [{ x: number; y: number }, { x: number; y: number }]
    parts.push(`Q${a.x} ${a.y} ${(a.x + b.x) / 2} ${(a.y + b.y) / 2}`)
  }
  return `${parts.join(' ')} L${last.x} ${last.y}`
}
