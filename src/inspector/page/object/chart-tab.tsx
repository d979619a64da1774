/** The object's machine: drawn, with what it remembers, what it can do next and what it waits for. */
import type { ActorAnswer, EnabledEvent } from '../../questions.ts'
import { usePage } from '../app/page-context.ts'
import { Empty } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { eventName, lastMove } from '../chart/lit.ts'
import { Statechart } from '../chart/statechart.tsx'
import { leavesOf } from '../model/tone.ts'
import { isThere, type Track } from '../model/track.ts'
import { duration } from '../model/words.ts'
import { Tree } from './tree.tsx'

export function ChartTab({ track }: { readonly track: Track }) {
  const page = usePage()
  const charts = useAnswer('charts', {})
  const seq = page.seq.value
  const chart = charts.value.value?.find(({ machine }) => machine === track.machine)
  const there = isThere(track, seq)
  // One question a revision: playing through many asks for the newest only.
  const about = there && track.machine !== '' ? { id: track.actor, ...at() } : undefined
  const answer = useAnswer('actor', about)
  if (track.machine === '') return <Lifeless track={track} />
  if (chart === undefined) return null
  const actor = answer.value.value
  return (
    <>
      <Statechart chart={chart} track={track} />
      <LastMove track={track} />
      {there && actor !== undefined ? <Actor actor={actor} live={page.live.value} /> : null}
      {answer.value.error === '' || !there ? null : <p class="dim pad">{answer.value.error}</p>}
    </>
  )

  function at(): { readonly revision?: number } {
    const model = page.model.value
    return page.live.value || model === undefined ? {} : { revision: model.revisionAt(seq) }
  }
}

function Lifeless({ track }: { readonly track: Track }) {
  return (
    <Empty
      text={`A ${track.kind} has no life of its own: it is as it was last written. Why (w) tells who wrote what, YAML (y) shows it.`}
    />
  )
}

function LastMove({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const move = lastMove(model, track, page.seq.value)
  if (move === undefined) return null
  const [before, after] = [leavesOf(move.from), leavesOf(move.states)]
  const from = before.filter((leaf) => !after.includes(leaf)).join(', ') || 'nothing'
  const to = after.filter((leaf) => !before.includes(leaf)).join(', ') || after.join(', ') || 'its end'
  return (
    <p class="pad last-move">
      <b>{eventName(move.event)}</b>
      <span class="dim">
        {' '}
        took it from {from} to {to}, {duration(model.timeAt(page.seq.value) - move.time)} before this moment
      </span>
    </p>
  )
}

function Actor({ actor, live }: { readonly actor: ActorAnswer; readonly live: boolean }) {
  const page = usePage()
  const now = page.model.value?.timeAt(page.seq.value) ?? 0
  const clock = live ? (page.model.value?.clock.value.now ?? now) : now
  return (
    <>
      <section class="block">
        <h3>What can happen next</h3>
        {actor.enabled.length === 0 ? <p class="dim">Nothing: this is its end.</p> : null}
        <ul class="enabled">
          {actor.enabled.map((event) => (
            <Enabled
              key={`${event.type} ${event.state} ${event.targets.join()}`}
              event={event}
              actor={actor}
              live={live}
            />
          ))}
        </ul>
        {live ? null : <p class="dim">Events are fired at the head: follow it (End), or fork here (Do).</p>}
      </section>
      {actor.timers.length === 0 ? null : (
        <section class="block">
          <h3>Timers</h3>
          <ul class="timers">
            {actor.timers.map(({ id, at, background, event }) => (
              <li key={id}>
                <b>{eventName(event ?? id)}</b>
                <span class="spring" />
                <span class="mono">in {duration(at - clock)}</span>
                {background ? <span class="dim"> background</span> : null}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="block">
        <h3>Context</h3>
        <Tree value={actor.context} />
      </section>
    </>
  )
}

function Enabled(props: { readonly event: EnabledEvent; readonly actor: ActorAnswer; readonly live: boolean }) {
  const page = usePage()
  const { event, actor, live } = props
  const delayed = event.at !== undefined || event.type.startsWith('xstate.')
  const fire = (): void => void page.act('send', { actor: actor.id, event: { type: event.type } })
  return (
    <li>
      <button type="button" disabled={!live || !event.passes} onClick={fire}>
        {eventName(event.type) || 'always'}
      </button>
      <span class="dim">
        {event.guard === undefined ? '' : `[${event.guard}${event.passes ? '' : ' says no'}] `}
        {event.targets.length === 0 ? 'stays' : `→ ${event.targets.join(', ')}`}
        {delayed && event.at !== undefined ? ', by itself when due' : ''}
      </span>
    </li>
  )
}
