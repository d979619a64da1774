/** Two clusters side by side, and every object in which they differ. */

import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { ObjectDifference } from '../../questions.ts'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { ClusterCanvas } from '../cluster/cluster-canvas.tsx'
import type { ClusterModel } from '../model/cluster-model.ts'
import { clockTime } from '../model/words.ts'
import { Diff } from '../object/why-tab.tsx'

export function Compare() {
  const page = usePage()
  const clusters = page.session.clusters.value
  const second = useSignal('')
  const models = page.session.models.value
  const parent = page.info.value?.parent?.name
  // What a fork came from stands on the left of it.
  const left = models.get(parent ?? '') ?? page.model.value
  const others = clusters.filter(({ name }) => name !== left?.name)
  const right =
    models.get(second.value || (parent === undefined ? '' : (page.model.value?.name ?? ''))) ??
    models.get(others[others.length - 1]?.name ?? '')
  if (left === undefined || right === undefined)
    return (
      <Empty text="There is one cluster so far. Fork it (Do, Fork here) at any moment, let the two go different ways, and see here in what they differ." />
    )
  return <Pair left={left} right={right} second={second} />
}

function Pair(props: { readonly left: ClusterModel; readonly right: ClusterModel; readonly second: Signal<string> }) {
  const { left, right, second } = props
  const page = usePage()
  const others = page.session.clusters.value.filter(({ name }) => name !== left.name)
  const differences = useDifferences(left, right)
  const shown = differences.filter((one) => !isNoise(one))
  const ids = (at: 0 | 1): ReadonlySet<string> => new Set(shown.flatMap(({ uids }) => uids[at] ?? []))
  return (
    <section class="compare" aria-label="Compare clusters">
      <div class="pair">
        <Side model={left} marked={ids(0)} />
        <Side model={right} marked={ids(1)}>
          {others.length < 2 ? null : (
            <select
              aria-label="Second cluster"
              value={right.name}
              onChange={(event) => {
                second.value = event.currentTarget.value
              }}
            >
              {others.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Side>
      </div>
      <Differences shown={shown} left={left.name} right={right.name} />
    </section>
  )
}

/** Events, and what only a heartbeat wrote. */
function isNoise({ kind, where, diff }: ObjectDifference): boolean {
  if (kind === 'Event' || kind === 'Lease') return true
  return where === 'both' && diff.every(({ path }) => /lastHeartbeatTime$/.test(path))
}

/** Asked anew whenever one of the two has changed. */
function useDifferences(left: ClusterModel, right: ClusterModel): readonly ObjectDifference[] {
  const revisions = `${left.clock.value.revision} ${right.clock.value.revision}`
  const about = { with: right.name, ...({ revisions } as object) }
  return useAnswer('diff', about, left.name).value.value ?? []
}

interface SideProps {
  readonly model: ClusterModel
  readonly marked: ReadonlySet<string>
  readonly children?: ComponentChildren
}

function Side({ model, marked, children }: SideProps) {
  const none = useSignal('')
  const seq: ReadonlySignal<number> = useComputed(() => {
    model.version.value
    return model.head
  })
  const { now, revision } = model.clock.value
  return (
    <div class="side">
      <header>
        <h2>
          <Icon name={model.name === 'main' ? 'helm' : 'fork'} /> {model.name}
        </h2>
        {children}
        <span class="spring" />
        <span class="dim mono">
          {clockTime(now)} · rev {revision}
        </span>
      </header>
      <ClusterCanvas key={`${model.name} ${marked.size}`} model={model} seq={seq} service={none} marked={marked} />
    </div>
  )
}

interface DifferencesProps {
  readonly shown: readonly ObjectDifference[]
  readonly left: string
  readonly right: string
}

function Differences({ shown, left, right }: DifferencesProps) {
  if (shown.length === 0) return <Empty text={`${left} and ${right} are alike in every object.`} />
  const sides = { first: `only in ${left}`, second: `only in ${right}`, both: 'differs' }
  return (
    <div class="differences">
      <h3>
        {shown.length} {shown.length === 1 ? 'object differs' : 'objects differ'}{' '}
        <span class="dim">at their heads</span>
      </h3>
      <ul>
        {shown.map((one) => (
          <li key={`${one.kind} ${one.namespace}/${one.name} ${one.where}`} class={`where-${one.where}`}>
            <details>
              <summary>
                <span class="sign" aria-hidden="true">
                  {one.where === 'first' ? '−' : one.where === 'second' ? '+' : '≠'}
                </span>
                <Icon name={one.kind} />
                <b>{one.name}</b>
                <span class="dim">{sides[one.where]}</span>
                <span class="spring" />
                <span class="dim">{one.where === 'both' ? fieldCount(one.diff.length) : ''}</span>
              </summary>
              <Diff changes={one.diff} />
            </details>
          </li>
        ))}
      </ul>
    </div>
  )
}

function fieldCount(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`
}
