/** Above the rows: filter, grouping, axis, zoom, and which quiet kinds are shown. */
import { useRef } from 'preact/hooks'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Choice } from '../app/parts.tsx'
import { quietKinds } from '../model/rows.ts'
import { type Tone, tones, toneWords } from '../model/tone.ts'

export function TimelineTools() {
  const page = usePage()
  const quiet = useRef<HTMLDetailsElement>(null)
  return (
    <div class="tools">
      <FilterBox />
      <Choice
        label="Group rows by"
        value={page.grouping.value}
        options={[
          ['owner', 'by owner'],
          ['node', 'by node'],
        ]}
        choose={(value) => {
          page.grouping.value = value
        }}
      />
      <Choice
        label="Axis"
        value={page.axis.value}
        options={[
          ['time', 'time'],
          ['steps', 'steps'],
        ]}
        choose={(value) => {
          page.axis.value = value
          page.stretch.value = { ...page.stretch.value, fit: true }
        }}
      />
      <button
        type="button"
        class="quiet"
        disabled={page.stretch.value.fit}
        title="Show everything (0)"
        onClick={() => {
          page.stretch.value = { ...page.stretch.value, fit: true }
        }}
      >
        fit
      </button>
      <details class="menu" ref={quiet}>
        <summary>
          kinds <Icon name="fold" />
        </summary>
        <div class="menu-body">
          <QuietKinds />
        </div>
      </details>
      <Legend />
    </div>
  )
}

export function FilterBox() {
  const page = usePage()
  return (
    <label class="filter">
      <Icon name="search" />
      <input
        id="filter"
        type="text"
        placeholder="filter: web kind:pod node:node-1 state:failed -word"
        aria-label="Filter rows"
        spellcheck={false}
        value={page.filter.value}
        onInput={(event) => {
          page.filter.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            page.filter.value = ''
            // What was chosen stays chosen.
            event.stopPropagation()
          }
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      <kbd>/</kbd>
    </label>
  )
}

/** Kinds that are kept out of the rows until they are wanted. */
function QuietKinds() {
  const page = usePage()
  const flip = (kind: string): void => {
    const next = new Set(page.shownKinds.value)
    if (!next.delete(kind)) next.add(kind)
    page.shownKinds.value = next
  }
  return (
    <fieldset>
      <legend class="dim">Also show</legend>
      {quietKinds.map((kind) => (
        <label key={kind} class="check">
          <input type="checkbox" checked={page.shownKinds.value.has(kind)} onChange={() => flip(kind)} />
          {kind}
        </label>
      ))}
    </fieldset>
  )
}

/** Colours and patterns with what they mean. */
export function Legend() {
  const shown: readonly Tone[] = tones.filter((tone) => tone !== 'none')
  return (
    <ul class="legend" aria-label="What colours and patterns mean">
      {shown.map((tone) => (
        <li key={tone}>
          <span class={`swatch tone-${tone}`} />
          {toneWords[tone]}
        </li>
      ))}
    </ul>
  )
}
