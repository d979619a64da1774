/** Along the bottom: play, the scrubber over all that is recorded, and what moment is shown. */
import { useComputed } from '@preact/signals'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { clockTime, duration, fullTime } from '../model/words.ts'
import { first, play, setSpeed, speeds, step } from './moving.ts'
import { Scrubber } from './scrubber.tsx'

export function Transport() {
  return (
    <footer class="transport">
      <Buttons />
      <Scrubber />
      <Moment />
    </footer>
  )
}

function Buttons() {
  const page = usePage()
  const running = useComputed(() => page.replaying.value || (page.live.value && page.model.value?.clock.value.playing))
  const virtual = page.info.value?.time === 'virtual'
  return (
    <fieldset class="buttons" aria-label="Time">
      <button type="button" class="quiet" aria-label="To the beginning" title="Home" onClick={() => first(page)}>
        <Icon name="first" />
      </button>
      <button type="button" class="quiet" aria-label="Back by one change" title="h" onClick={() => step(page, -1)}>
        <Icon name="previous" />
      </button>
      <button
        type="button"
        class="play"
        aria-label={running.value ? 'Pause' : 'Play'}
        title="Space"
        disabled={page.live.value && !virtual}
        onClick={() => play(page)}
      >
        <Icon name={running.value ? 'pause' : 'play'} />
      </button>
      <button
        type="button"
        class="quiet"
        aria-label="On by one change"
        title="l; at the head: on to what is due next"
        disabled={page.live.value && !virtual}
        onClick={() => step(page, 1)}
      >
        <Icon name="next" />
      </button>
      <select
        aria-label="Speed"
        value={page.speed.value}
        onChange={(event) => setSpeed(page, Number(event.currentTarget.value))}
      >
        {speeds.map((speed) => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
    </fieldset>
  )
}

function Moment() {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const live = page.live.value
  const clock = model.clock.value
  const time = live ? clock.now : model.timeAt(page.seq.value)
  const revision = live ? Math.max(clock.revision, model.revisionAt(page.seq.value)) : model.revisionAt(page.seq.value)
  const start = page.info.value?.startedAt ?? time
  return (
    <div class="moment">
      <div title={fullTime(time)}>
        <b class="mono">{clockTime(time)}</b>
        <span class="dim mono"> +{duration(time - start)}</span>
      </div>
      <div class="dim">
        rev <b class="mono">{revision}</b>
        <Due />
      </div>
      <button
        type="button"
        class={`live ${live ? 'on' : ''}`}
        aria-pressed={live}
        title="Follow the head (End)"
        onClick={() => page.go(undefined)}
      >
        {live ? 'live' : 'go live'}
      </button>
    </div>
  )
}

/** What comes next, or how far in the past this is. */
function Due() {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const { now, nextWorkDue, busy } = model.clock.value
  if (!page.live.value) return <span> · {duration(now - model.timeAt(page.seq.value))} ago</span>
  if (busy.length > 0) return <span> · busy</span>
  if (nextWorkDue !== undefined) return <span> · next in {duration(nextWorkDue - now)}</span>
  return <span> · at rest</span>
}
