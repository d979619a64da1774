/** One step in words: who, what, what it believed, what was true, what it wrote; and all steps to choose from. */
import type { Counterexample, CounterexampleStep } from '../../counterexample.ts'
import { clockTime, duration } from '../model/words.ts'

interface Props {
  readonly file: Counterexample
  readonly at: number
  readonly lap: number
}

export function StepCard({ file, at, lap }: Props) {
  const step = file.steps[at]
  if (step === undefined) return null
  const before = file.steps[at - 1]
  const inLoop = file.loop !== undefined && at >= file.loop.from
  return (
    <aside class="step-card" aria-label="Step" aria-live="polite">
      <p class="dim">
        step {at + 1} · <span class="mono">{clockTime(step.at)}</span>
        {before !== undefined && step.at > before.at ? `, ${duration(step.at - before.at)} after the one before` : ''}
      </p>
      <h3>{step.actor}</h3>
      <p>{step.action}</p>
      {step.note === '' ? null : <p class="quote">{step.note}</p>}
      <Belief step={step} />
      {step.reads === undefined || step.reads.length === 0 ? null : (
        <>
          <h4>read</h4>
          <ul>
            {step.reads.map(({ resource, key, revision }) => (
              <li key={resource + key}>
                <code>{key}</code> <span class="dim">{resource} at</span> rev {revision}
              </li>
            ))}
          </ul>
        </>
      )}
      <h4>wrote</h4>
      {step.writes.length === 0 ? <p class="dim">nothing</p> : null}
      <ul>
        {step.writes.map(({ verb, resource, key, revision }) => (
          <li key={verb + key + revision}>
            {verb} <code>{key}</code> <span class="dim">{resource}</span>{' '}
            {revision === 0 ? <span class="no">refused</span> : `rev ${revision}`}
          </li>
        ))}
      </ul>
      {inLoop ? (
        <p class="loop-note">
          ⟳ Part of the loop: steps {(file.loop?.from ?? 0) + 1} to {file.steps.length} repeat for ever
          {lap > 0 ? `; this is round ${lap + 1}` : ''}.
        </p>
      ) : null}
    </aside>
  )
}

function Belief({ step }: { readonly step: CounterexampleStep }) {
  const behind = step.headRevision - step.believedRevision
  return (
    <dl class="facts-list">
      <dt>believed</dt>
      <dd>
        rev <b class="mono">{step.believedRevision}</b>
      </dd>
      <dt>true was</dt>
      <dd>
        rev <b class="mono">{step.headRevision}</b>
        {behind > 0 ? <b class="no"> {behind} further</b> : <span class="dim"> the same</span>}
      </dd>
    </dl>
  )
}
