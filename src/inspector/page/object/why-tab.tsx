/**
 * Why the object is as it is at the chosen moment: the chain of causes of its last write, for each field who wrote it,
 * for pods that wait what each plugin says of each node, and for agents what they believe against what is so.
 */
import { useComputed, useSignal } from '@preact/signals'
import type { CauseStep } from '../../questions.ts'
import type { FieldChange } from '../../words.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty, ObjectLink, RevisionLink } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import { factAt, type Track } from '../model/track.ts'
import { duration, shortValue } from '../model/words.ts'
import { Beliefs } from './beliefs.tsx'
import { Blame } from './blame.tsx'
import { Scheduling } from './scheduling.tsx'

export function WhyTab({ track }: { readonly track: Track }) {
  const page = usePage()
  const revision = useLastWrite(track)
  if (track.kind === 'Agent') return <Beliefs agent={track.actor} />
  if (track.kind === 'Container')
    return <Empty text="A container is no object of the API: see why its pod is as it is." />
  const pod = factAt(track, page.seq.value)?.pod
  return (
    <>
      {track.kind === 'Pod' ? <Scheduling track={track} open={pod?.node === ''} /> : null}
      {revision === undefined ? null : <Chain revision={revision} />}
      <Blame track={track} />
    </>
  )
}

/** The revision of the object's last write at the chosen moment. */
function useLastWrite(track: Track): number | undefined {
  const page = usePage()
  const seq = track.factSeq[lastAtOrBefore(track.factSeq, page.seq.value)]
  const record = seq === undefined ? undefined : page.model.value?.record(seq)
  return record?.type === 'commit' ? record.revision : undefined
}

function Chain({ revision }: { readonly revision: number }) {
  const answer = useAnswer('why', { revision })
  const steps = answer.value.value
  if (steps === undefined) return answer.value.error === '' ? null : <p class="dim pad">{answer.value.error}</p>
  return (
    <section class="block">
      <h3>Its last write, and what led to it</h3>
      <ol class="chain">
        {steps.map((step, i) => (
          <Step key={step.revision} step={step} previous={steps[i - 1]} first={i === 0} />
        ))}
      </ol>
    </section>
  )
}

const ends: Readonly<Record<NonNullable<CauseStep['end']>, string>> = {
  request: 'somebody asked for it',
  boot: 'the cluster began with it',
  fault: 'something was broken on purpose',
  timer: 'a timer came due',
  actor: 'an actor did it by itself',
  forgotten: 'the records do not reach further back',
}

interface StepProps {
  readonly step: CauseStep
  readonly previous: CauseStep | undefined
  readonly first: boolean
}

function Step({ step, previous, first }: StepProps) {
  const wait = previous === undefined ? 0 : previous.time - step.time
  const behind = step.saw === undefined ? 0 : step.revision - 1 - step.saw
  return (
    <li class={step.end === undefined ? '' : `end ${step.end}`}>
      {wait > 0 ? <span class="wait dim">{duration(wait)} later</span> : null}
      <div class="step-head">
        <RevisionLink revision={step.revision} />
        <b>{step.cause.by}</b>
        <span>{step.change === 'ADDED' ? 'created' : step.change === 'DELETED' ? 'removed' : 'wrote'}</span>
        <ObjectLink kind={step.kind} namespace={step.namespace} name={step.name} />
      </div>
      {behind > 0 ? (
        <p class="dim">
          It had seen rev {step.saw}, {behind} {behind === 1 ? 'revision' : 'revisions'} before its own.
        </p>
      ) : null}
      {step.diff.length === 0 ? null : <Diff changes={step.diff} most={first ? 6 : 3} />}
      {step.end === undefined ? null : (
        <p class="root">
          <Icon name={step.end === 'fault' ? 'bolt' : 'edit'} /> {step.fault ?? ends[step.end]}
        </p>
      )}
    </li>
  )
}

/** Fields with what they were and what they became; beyond `most` the rest is folded. */
export function Diff({ changes, most = 200 }: { readonly changes: readonly FieldChange[]; readonly most?: number }) {
  const whole = useSignal(false)
  const sorted = [...changes].sort((a, b) => Number(isBookkeeping(a.path)) - Number(isBookkeeping(b.path)))
  const shown = whole.value ? sorted : sorted.slice(0, most)
  const more = changes.length - shown.length
  return (
    <>
      <ul class="diff">
        {shown.map(({ path, from, to }) => (
          <li key={path}>
            <code>{breakable(path)}</code>
            <span class="values">
              {from === undefined ? null : <del>{shortValue(from)}</del>}
              {to === undefined ? <i class="dim">removed</i> : <ins>{shortValue(to)}</ins>}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <button
          type="button"
          class="link"
          onClick={() => {
            whole.value = true
          }}
        >
          {more} more {more === 1 ? 'field' : 'fields'}
        </button>
      ) : null}
    </>
  )
}

/** Fields that say only when or how often something was looked at. */
function isBookkeeping(path: string): boolean {
  return /(observedGeneration|lastProbeTime|lastTransitionTime|lastUpdateTime|lastHeartbeatTime|generation)$/.test(path)
}

/** A path that may be broken before its parts. */
export function breakable(path: string): string {
  return path.replaceAll(/([.[])/g, '\u200b$1')
}

/** A question's moment: absent at the head. */
export function useMomentOf(): { readonly revision?: number } {
  const page = usePage()
  const moment = useComputed(() => {
    const model = page.model.value
    const revision = model?.revisionAt(page.seq.value)
    return revision === undefined || page.live.value ? {} : { revision }
  })
  return moment.value
}
