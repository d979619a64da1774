/** A counterexample, stepped through: the diagram, the step, and what its actor believed against what was true. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Counterexample, CounterexampleStep } from '../../counterexample.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty } from '../app/parts.tsx'
import { pickedText } from '../do/picked-text.ts'
import { example } from './example.ts'
import { Lamport } from './lamport.tsx'
import { openCounterexample, opened } from './opened.ts'
import { shownSteps } from './shown-steps.ts'
import { StepCard } from './step-card.tsx'

export function CounterexampleView() {
  const page = usePage()
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    void event.dataTransfer?.files[0]?.text().then((text) => openCounterexample(page, text))
  }
  return (
    <section
      class="counterexample"
      aria-label="Counterexample"
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      {opened.value === undefined ? <Opening /> : <Shown file={opened.value} />}
    </section>
  )
}

function Opening() {
  return (
    <Empty text="When kybern/testing finds a property broken, it writes a counterexample. Drop its file here, or open it.">
      <div class="row center">
        <OpenButton />
        <button
          type="button"
          onClick={() => {
            opened.value = example
          }}
        >
          Look at an example
        </button>
      </div>
    </Empty>
  )
}

function OpenButton() {
  const page = usePage()
  const open = (): void =>
    void pickedText().then((text) => {
      if (text !== undefined) openCounterexample(page, text)
    })
  return (
    <button type="button" class="primary" onClick={open}>
      <Icon name="open" /> Open a file
    </button>
  )
}

function Shown({ file }: { readonly file: Counterexample }) {
  const at = useSignal(0)
  const lap = useSignal(0)
  const playing = useSignal(false)
  const whole = useSignal(false)
  const steps = useMemo(() => shownSteps(file, whole.value), [file, whole.value])
  useSteps({ file, steps, at, lap, playing })
  return (
    <>
      <header class="case-head">
        <div>
          <h2>{file.title}</h2>
          <p>
            <code>{file.property}</code> <span class="no">✗ {file.verdict}</span>
          </p>
        </div>
        <span class="spring" />
        <Controls file={file} steps={steps} at={at} lap={lap} playing={playing} />
        <OpenButton />
      </header>
      {steps.length === file.steps.length && !whole.value ? null : (
        <label class="check case-note dim">
          <input
            type="checkbox"
            checked={whole.value}
            onChange={(event) => {
              whole.value = event.currentTarget.checked
            }}
          />
          also show the {file.steps.length - shownSteps(file, false).length} steps that saw everything and wrote nothing
        </label>
      )}
      <div class="case-body">
        <Lamport file={file} steps={steps} at={at} />
        <StepCard file={file} at={at.value} lap={lap.value} />
      </div>
    </>
  )
}

interface ControlsProps {
  readonly file: Counterexample
  readonly steps: readonly CounterexampleStep[]
  readonly at: Signal<number>
  readonly lap: Signal<number>
  readonly playing: Signal<boolean>
}

function Controls({ file, steps, at, lap, playing }: ControlsProps) {
  const step = (by: 1 | -1): void => walk(file, steps, at, lap, by)
  return (
    <fieldset class="buttons" aria-label="Steps">
      <button type="button" class="quiet" aria-label="Step before" title="k ↑" onClick={() => step(-1)}>
        <Icon name="previous" />
      </button>
      <button
        type="button"
        class="play"
        aria-label={playing.value ? 'Pause' : 'Play'}
        title="Space"
        onClick={() => {
          playing.value = !playing.value
        }}
      >
        <Icon name={playing.value ? 'pause' : 'play'} />
      </button>
      <button type="button" class="quiet" aria-label="Next step" title="j ↓" onClick={() => step(1)}>
        <Icon name="next" />
      </button>
      <span class="dim">
        step <b class="mono">{at.value + 1}</b> of {file.steps.length}
        {lap.value > 0 ? `, round ${lap.value + 1} of the loop` : ''}
      </span>
    </fieldset>
  )
}

/** On, and round the loop for ever when there is one; back, and never before the first. */
function walk(
  file: Counterexample,
  steps: readonly CounterexampleStep[],
  at: Signal<number>,
  lap: Signal<number>,
  by: 1 | -1,
): void {
  const next = by > 0 ? steps.find(({ index }) => index > at.value) : steps.findLast(({ index }) => index < at.value)
  if (next !== undefined) at.value = next.index
  else if (by > 0 && file.loop !== undefined) {
    at.value = file.loop.from
    lap.value++
  }
}

const msPerStep = 900

function useSteps({ file, steps, at, lap, playing }: ControlsProps): void {
  const page = usePage()
  useEffect(() => {
    at.value = 0
    lap.value = 0
    playing.value = false
  }, [file])
  useEffect(() => {
    const go = (by: 1 | -1): void => walk(file, steps, at, lap, by)
    const timer = setInterval(() => {
      if (!playing.value) return
      if (at.value === file.steps.length - 1 && file.loop === undefined) playing.value = false
      else go(1)
    }, msPerStep)
    const listen = (event: KeyboardEvent): void => {
      if (page.dialog.value !== '' || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, textarea, select') !== null) return
      const onButton = event.target instanceof Element && event.target.closest('button') !== null
      if (['j', 'l', 'ArrowDown', 'ArrowRight'].includes(event.key)) go(1)
      else if (['k', 'h', 'ArrowUp', 'ArrowLeft'].includes(event.key)) go(-1)
      else if (event.key === ' ' && !onButton) playing.value = !playing.value
      else if (event.key === 'Home') at.value = 0
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    document.addEventListener('keydown', listen, true)
    return () => {
      clearInterval(timer)
      document.removeEventListener('keydown', listen, true)
    }
  }, [file, steps])
}
