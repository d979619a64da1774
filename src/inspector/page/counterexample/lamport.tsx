/**
 * The diagram: one line for each actor, the API server among them, time downwards. A read is an edge from the revision
 * that was seen to who saw it, dashed when it was no longer the newest; a write is an edge to the API server.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Counterexample, CounterexampleStep } from '../../counterexample.ts'
import { isPerson } from './shown-steps.ts'

const row = 54
const top = 16
const widest = 168
const narrowest = 118
const left = 64
const api = 'API server'

/** Where everything stands. */
interface Grid {
  readonly steps: readonly CounterexampleStep[]
  readonly lines: readonly string[]
  /** The width of each line's column. */
  readonly column: number
  readonly xOf: (actor: string) => number
  readonly yOf: (index: number) => number
  /** The height at which a revision was committed; the top for those from before the first step. */
  readonly yOfRevision: (revision: number) => number
  readonly width: number
  readonly height: number
}

interface Props {
  readonly file: Counterexample
  readonly steps: readonly CounterexampleStep[]
  readonly at: Signal<number>
}

export function Lamport({ file, steps, at }: Props) {
  const frame = useRef<HTMLElement>(null)
  const room = useSignal(0)
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const measure = (): void => {
      room.value = element.clientWidth
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [])
  const grid = gridOf(file, steps, room.value)
  useEffect(() => {
    if (frame.current !== null) bringIntoSight(frame.current, grid, at.value)
  }, [at.value])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keys
    <section class="lamport" ref={frame} tabIndex={0} aria-label="Sequence of steps">
      <Actors grid={grid} />
      <svg
        width={grid.width}
        height={grid.height}
        role="img"
        aria-label={`${file.steps.length} steps of ${file.title}`}
      >
        <title>{file.title}</title>
        <defs>
          {['', 'stale', 'loop', 'dim'].map((kind) => (
            <Tip key={kind} kind={kind} />
          ))}
        </defs>
        <Rows grid={grid} at={at} />
        {file.loop === undefined ? null : <Loop grid={grid} from={file.loop.from} />}
        <Lifelines grid={grid} />
        {steps.map((step) => (
          <g key={step.index} class={`step-marks ${stateOf(step, at.value)}`}>
            {isPerson(step.actor) ? null : <ReadEdge grid={grid} step={step} />}
          </g>
        ))}
        {steps.map((step) => (
          <StepMarks key={step.index} grid={grid} step={step} at={at} />
        ))}
      </svg>
    </section>
  )
}

/** Scrolls until the step and its actor are seen. */
function bringIntoSight(element: HTMLElement, grid: Grid, at: number): void {
  const { scrollTop, clientHeight, scrollLeft, clientWidth } = element
  const y = grid.yOf(at)
  if (y < scrollTop + row || y > scrollTop + clientHeight - row * 2)
    element.scrollTo({ top: Math.max(0, y - clientHeight / 2) })
  const actor = grid.steps.find(({ index }) => index === at)?.actor
  if (actor === undefined) return
  const x = grid.xOf(actor)
  if (x < scrollLeft + grid.column / 2 || x > scrollLeft + clientWidth - grid.column / 2)
    element.scrollTo({ left: Math.max(0, x - clientWidth + grid.column) })
}

/** Who acts, above their lines; they stay in sight while the steps scroll. */
function Actors({ grid }: { readonly grid: Grid }) {
  return (
    <div class="actors" aria-hidden="true" style={{ width: `${grid.width}px` }}>
      {grid.lines.map((actor) => (
        <span
          key={actor}
          class={actor === api ? 'api' : ''}
          style={{ left: `${grid.xOf(actor) - grid.column / 2 + 5}px`, width: `${grid.column - 10}px` }}
        >
          {actor.replace(/^controller\//, '')}
        </span>
      ))}
    </div>
  )
}

function Tip({ kind }: { readonly kind: string }) {
  const size = { markerUnits: 'userSpaceOnUse', markerWidth: '9', markerHeight: '9' } as const
  return (
    <marker id={`tip${kind}`} viewBox="0 0 8 8" refX="7" refY="4" {...size} orient="auto">
      <path class={`tip ${kind}`} d="M0 .8 L8 4 L0 7.2 Z" />
    </marker>
  )
}

function gridOf(file: Counterexample, steps: readonly CounterexampleStep[], room: number): Grid {
  const actors = [...new Set(steps.map(({ actor }) => actor))]
  const people = actors.filter(isPerson)
  const lines = [...people, api, ...actors.filter((actor) => !people.includes(actor))]
  const margin = file.loop === undefined ? 50 : 90
  const column = Math.max(narrowest, Math.min(widest, Math.floor((room - left - margin) / lines.length)))
  const rows = new Map(steps.map(({ index }, i) => [index, i]))
  const yOf = (index: number): number => top + 24 + (rows.get(index) ?? 0) * row
  const committed = new Map<number, number>()
  for (const { index, writes } of steps)
    for (const { revision } of writes) if (revision > 0) committed.set(revision, yOf(index))
  const yOfRevision = (revision: number): number => {
    const known = [...committed.keys()].filter((one) => one <= revision)
    return known.length === 0 ? top : (committed.get(Math.max(...known)) ?? top)
  }
  return {
    ...{ steps, lines, column, yOf, yOfRevision },
    xOf: (actor) => left + column / 2 + Math.max(0, lines.indexOf(actor)) * column,
    width: left + lines.length * column + margin,
    height: top + 24 + steps.length * row + 8,
  }
}

function Lifelines({ grid }: { readonly grid: Grid }) {
  return (
    <>
      {grid.lines.map((actor) => (
        <line
          key={actor}
          class={`lifeline ${actor === api ? 'api' : ''}`}
          x1={grid.xOf(actor)}
          x2={grid.xOf(actor)}
          y1={0}
          y2={grid.height - 10}
        />
      ))}
    </>
  )
}

function stateOf({ index }: CounterexampleStep, at: number): string {
  return index === at ? 'now' : index < at ? 'past' : 'future'
}

/** The ground of each step: it is chosen by a click, and lit when it is. */
function Rows({ grid, at }: { readonly grid: Grid; readonly at: Signal<number> }) {
  return (
    <>
      {grid.steps.map((step) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: steps are walked by j and k, and told of beside the diagram
        <g
          key={step.index}
          class={`step-row ${stateOf(step, at.value)}`}
          onClick={() => {
            at.value = step.index
          }}
        >
          <rect x={0} y={grid.yOf(step.index) - row / 2 - 3} width={grid.width} height={row} />
          <text class="index" x={14} y={grid.yOf(step.index) + 4}>
            {step.index + 1}
          </text>
        </g>
      ))}
    </>
  )
}

interface MarksProps {
  readonly grid: Grid
  readonly step: CounterexampleStep
  readonly at: Signal<number>
}

function StepMarks({ grid, step, at }: MarksProps) {
  const { index, actor, action, believedRevision, headRevision, writes } = step
  const y = grid.yOf(index)
  const x = grid.xOf(actor)
  const person = isPerson(actor)
  const side = x < grid.xOf(api) ? -1 : 1
  const stale = !person && believedRevision < headRevision
  return (
    <g class={`step-marks ${stateOf(step, at.value)}`}>
      {writes.length === 0 ? null : <WriteEdge grid={grid} step={step} />}
      <circle class={`point ${person ? 'person' : ''} ${stale ? 'stale' : ''}`} cx={x} cy={y} r={6} />
      <text class="action" x={x} y={y - 13} text-anchor="middle">
        {action.length > 26 ? `${action.slice(0, 25)}…` : action}
      </text>
      {stale ? (
        <text class="belief" x={x + side * 12} y={y + 4} text-anchor={side > 0 ? 'start' : 'end'}>
          saw {believedRevision}, truth {headRevision}
        </text>
      ) : null}
    </g>
  )
}

/** From the revision that was seen; dashed when a newer one was there. */
function ReadEdge({ grid, step }: { readonly grid: Grid; readonly step: CounterexampleStep }) {
  const stale = step.believedRevision < step.headRevision
  const y = grid.yOf(step.index)
  const side = Math.sign(grid.xOf(step.actor) - grid.xOf(api)) || 1
  const [from, to] = [grid.xOf(api) + side * 14, grid.xOf(step.actor) - side * 8]
  const origin = Math.min(y - 8, grid.yOfRevision(step.believedRevision) + 4)
  const bend = from + side * 54
  return (
    <g class={`read ${stale ? 'stale' : ''}`}>
      <path
        d={`M${from} ${origin} C${bend} ${origin} ${bend} ${y - 4} ${to} ${y - 4}`}
        marker-end={`url(#tip${stale ? 'stale' : 'dim'})`}
      />
    </g>
  )
}

function WriteEdge({ grid, step }: { readonly grid: Grid; readonly step: CounterexampleStep }) {
  const [from, to] = [grid.xOf(step.actor), grid.xOf(api)]
  const y = grid.yOf(step.index) + 4
  const side = Math.sign(to - from) || 1
  const revisions = step.writes.map(({ revision }) => revision)
  const refused = revisions.every((revision) => revision === 0)
  const [first] = step.writes
  const more = step.writes.length > 1 ? ` +${step.writes.length - 1}` : ''
  return (
    <g class={`write ${refused ? 'refused' : ''}`}>
      <path d={`M${from + side * 7} ${y} L${to - side * 14} ${y}`} marker-end="url(#tip)" />
      <text x={(from + to) / 2} y={y + 14} text-anchor="middle">
        {first?.verb} {first?.key.replace(/^[^/]+\//, '')}
        {more}
      </text>
      <rect x={to - 13} y={y - 9} width={26} height={17} rx={4} />
      <text class="revision" x={to} y={y + 4} text-anchor="middle">
        {refused ? '✗' : Math.max(...revisions)}
      </text>
    </g>
  )
}

/** The steps that repeat, and the way back from the last to the first of them. */
function Loop({ grid, from }: { readonly grid: Grid; readonly from: number }) {
  const [start, end] = [grid.yOf(from), grid.yOf(grid.steps[grid.steps.length - 1]?.index ?? 0)]
  const x = grid.width - 70
  return (
    <g class="loop">
      <rect class="ground" x={4} y={start - row / 2} width={x} height={end - start + row} rx={8} />
      <path d={`M${x + 2} ${end} C${x + 62} ${end} ${x + 62} ${start} ${x + 6} ${start}`} marker-end="url(#tiploop)" />
      <text
        x={x + 24}
        y={(start + end) / 2}
        text-anchor="middle"
        transform={`rotate(90 ${x + 24} ${(start + end) / 2})`}
      >
        for ever
      </text>
    </g>
  )
}
