/** The object in short: what it belongs to, what is beneath it, its containers, conditions and numbers over time. */
import type { KubeObject } from '../../../api/object.ts'
import type { ObjectSummary } from '../../words.ts'
import { usePage } from '../app/page-context.ts'
import { ObjectLink, ToneTag } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import { factAt, isThere, nameOf, stateAt, type Track } from '../model/track.ts'
import { bytes, cpu, duration, fullTime } from '../model/words.ts'
import { ReplicasChart } from './replicas-chart.tsx'

export function DescribeTab({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  const at = track.factSeq[lastAtOrBefore(track.factSeq, page.seq.value)]
  const revision = at === undefined ? undefined : model?.revisionAt(at)
  const isObject = track.resource !== ''
  const answer = useAnswer('object', isObject && revision !== undefined ? { ...nameOf(track), revision } : undefined)
  const fact = factAt(track, page.seq.value)
  return (
    <>
      {fact === undefined ? null : <Facts fact={fact} />}
      {fact?.replicas === undefined ? null : <ReplicasChart track={track} />}
      <Related track={track} />
      {fact?.pod === undefined ? null : <Containers fact={fact} />}
      <Conditions object={answer.value.value?.object} />
    </>
  )
}

function Facts({ fact }: { readonly fact: ObjectSummary }) {
  const lines: (readonly [string, string])[] = [['created', fullTime(fact.created)]]
  if (fact.deleting !== undefined) lines.push(['deletion asked', fullTime(fact.deleting)])
  if (fact.pod !== undefined) lines.push(...podLines(fact.pod))
  if (fact.node !== undefined) lines.push(...nodeLines(fact.node))
  if (fact.service !== undefined) {
    const { selector, ip, ports } = fact.service
    lines.push(['address', ip || 'none'], ['ports', ports.join(', ')], ['selects', labelText(selector)])
  }
  if (Object.keys(fact.labels).length > 0) lines.push(['labels', labelText(fact.labels)])
  return (
    <section class="block">
      <dl class="facts-list">
        {lines.map(([name, value]) => [
          <dt key={`${name} name`}>{name}</dt>,
          <dd key={name} class="mono">
            {value}
          </dd>,
        ])}
      </dl>
    </section>
  )
}

function podLines({ node, ip, requests, restarts }: NonNullable<ObjectSummary['pod']>): (readonly [string, string])[] {
  return [
    ['node', node || 'none yet'],
    ['address', ip || 'none yet'],
    ['requests', `${cpu(requests.cpuMilli)} cpu, ${bytes(requests.memoryBytes)}`],
    ['restarts', String(restarts)],
  ]
}

function nodeLines({ capacity, taints, cordoned }: NonNullable<ObjectSummary['node']>): (readonly [string, string])[] {
  const { cpuMilli, memoryBytes, pods } = capacity
  return [
    ['capacity', `${cpu(cpuMilli)} cpu, ${bytes(memoryBytes)}, ${pods} pods`],
    ['schedulable', cordoned ? 'no: cordoned' : 'yes'],
    ['taints', taints.join(', ') || 'none'],
  ]
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

/** Whom it belongs to, and what belongs to it, at the chosen moment. */
function Related({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const seq = page.seq.value
  const owner = model.byId.get(track.parent)
  const below = track.children.filter((child) => isThere(child, seq))
  if (owner === undefined && below.length === 0) return null
  return (
    <section class="block">
      <h3>Belongs together</h3>
      {owner === undefined ? null : (
        <p>
          of <ObjectLink kind={owner.kind} namespace={owner.namespace} name={owner.name} />
        </p>
      )}
      <ul class="related">
        {below.slice(0, 100).map((child) => {
          const state = model.states.at(stateAt(child, seq))
          return (
            <li key={child.id}>
              <ObjectLink kind={child.kind} namespace={child.namespace} name={child.name} />
              {state === undefined ? null : <ToneTag tone={state.tone} text={state.label} />}
            </li>
          )
        })}
      </ul>
      {below.length > 100 ? <p class="dim">and {below.length - 100} more</p> : null}
    </section>
  )
}

function Containers({ fact }: { readonly fact: ObjectSummary }) {
  const page = usePage()
  return (
    <section class="block">
      <h3>Containers</h3>
      <ul class="related">
        {fact.pod?.containers.map(({ name, image, state, restarts, init, actor }) => (
          <li key={name}>
            <button
              type="button"
              class="link"
              onClick={() => {
                const id = page.model.value?.byActor.get(actor)?.id
                if (id !== undefined) page.select(id, 'chart')
              }}
            >
              {name}
            </button>
            <span class="mono dim">{image}</span>
            <span>{state}</span>
            <span class="dim">
              {init ? 'init' : ''} {restarts > 0 ? `${restarts} restarts` : ''}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

function Conditions({ object }: { readonly object: KubeObject | undefined }) {
  const page = usePage()
  const conditions = (object?.status?.conditions ?? []) as readonly Condition[]
  if (conditions.length === 0) return null
  const now = page.model.value?.timeAt(page.seq.value) ?? 0
  return (
    <section class="block">
      <h3>Conditions</h3>
      <table class="blame">
        <tbody>
          {conditions.map(({ type, status, reason, message, lastTransitionTime }) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              <td>{status}</td>
              <td>{reason}</td>
              <td class="dim">
                {message}{' '}
                {lastTransitionTime === undefined ? '' : `for ${duration(now - Date.parse(lastTransitionTime))}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
