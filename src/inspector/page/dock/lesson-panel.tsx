/** A guided lesson: a cluster of its own, steps with a text, and checks that see by themselves when a step is done. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { lessonObjects, lessons } from '../../lessons/index.ts'
import { type Lesson, viewFor } from '../../lessons/lesson.ts'
import type { RunFile } from '../../run-file.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import type { PageState } from '../app/page-state.ts'
import { askOf, runLine } from './terminal-panel.tsx'

export function LessonPanel() {
  const page = usePage()
  const lesson = lessons.find(({ id }) => id === page.lesson.value?.id)
  const close = (): void => {
    page.lessonsOpen.value = false
  }
  return (
    <section class="lessons" aria-label="Lessons">
      <header>
        {lesson === undefined ? null : (
          <button
            type="button"
            class="quiet"
            aria-label="All lessons"
            onClick={() => {
              page.lesson.value = undefined
            }}
          >
            <Icon name="previous" />
          </button>
        )}
        <h2>{lesson?.title ?? 'Lessons'}</h2>
        <span class="spring" />
        <button type="button" class="quiet" aria-label="Close the lessons" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {lesson === undefined ? <Choices /> : <Steps key={lesson.id} lesson={lesson} />}
    </section>
  )
}

function Choices() {
  const page = usePage()
  return (
    <ul class="choices">
      {lessons.map((lesson) => (
        <li key={lesson.id}>
          <h3>{lesson.title}</h3>
          <p>{lesson.about}</p>
          <button type="button" onClick={() => void begin(page, lesson)}>
            Begin
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Opens the lesson's cluster beside those there are, and looks at it. That of the lesson before ends. */
async function begin(page: PageState, lesson: Lesson): Promise<void> {
  const before = page.lessonCluster.value
  if (page.session.clusters.value.some(({ name }) => name === before)) await page.session.ask('close', {}, before)
  const opened = await page.act('open', { text: JSON.stringify(runOf(lesson)) })
  if (opened === undefined) return
  page.clusterName.value = opened.cluster.name
  page.chosen.value = undefined
  page.view.value = 'timeline'
  page.lesson.value = { id: lesson.id, cluster: opened.cluster.name }
  page.lessonCluster.value = opened.cluster.name
  page.terminalOpen.value = true
}

/** The beginning of a lesson as a run: its cluster, and what is applied to it. */
function runOf({ title, nodes, seed, scripts, yaml }: Lesson): RunFile {
  const calls = [{ call: 'apply', manifest: yaml } as const, { call: 'settle' } as const]
  return {
    ...{ kybern: 'run', version: 1, title },
    options: { nodes, seed, ...(scripts === undefined ? {} : { scripts }) },
    steps: [{ at: 0, until: 0, do: 'apply', text: `begin the lesson: ${title}`, calls }],
    end: { revision: 0, time: 0, hash: '', objects: {} },
  }
}

function Steps({ lesson }: { readonly lesson: Lesson }) {
  const page = usePage()
  const done = useSignal(0)
  const missing = useSignal('')
  useChecks(lesson, done, missing)
  const step = lesson.steps[done.value]
  return (
    <div class="steps">
      <ol>
        {lesson.steps.map(({ title }, i) => (
          <li key={title} class={i < done.value ? 'done' : i === done.value ? 'now' : ''}>
            <span aria-hidden="true">{i < done.value ? '✓' : i + 1}</span> {title}
            <span class="unseen">{i < done.value ? ', done' : ''}</span>
          </li>
        ))}
      </ol>
      {step === undefined ? (
        <p class="well-done">That was all. The whole run is on the timeline: go back in it as far as you like.</p>
      ) : (
        <div class="step-text">
          <p>{step.text}</p>
          <div class="row">
            <code>{step.line}</code>
            <span class="spring" />
            <button type="button" onClick={() => void runLine(page, step.line)}>
              Do it for me
            </button>
          </div>
          <p class="dim" role="status">
            {missing.value === '' ? '' : `Not yet: ${missing.value}.`}
          </p>
        </div>
      )}
    </div>
  )
}

/** Looks whenever something has changed, at most a few times a second; a step once done stays done. */
function useChecks(lesson: Lesson, done: { value: number }, missing: { value: string }): void {
  const page = usePage()
  const state = useRef({ looking: false, again: false })
  const look = async (): Promise<void> => {
    const { current } = state
    if (current.looking) {
      current.again = true
      return
    }
    current.looking = true
    current.again = false
    const seen = await viewFor(askOf(page), lessonObjects).catch(() => undefined)
    const step = lesson.steps[done.value]
    const verdict = seen === undefined || step === undefined ? '' : step.check(seen)
    if (verdict === true) done.value++
    missing.value = verdict === true ? '' : verdict
    setTimeout(() => {
      current.looking = false
      if (current.again || verdict === true) void look()
    }, 150)
  }
  useSignalEffect(() => {
    const model = page.session.models.value.get(page.lesson.value?.cluster ?? '')
    if (model === undefined || page.model.value !== model) return
    model.version.value
    model.clock.value
    void look()
  })
}
