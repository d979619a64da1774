/** What can be done at this moment with what is selected: the menu is made from this list. */

import type { ClusterInfo } from '../../words.ts'
import type { PageState } from '../app/page-state.ts'
import { download } from '../chart/export.ts'
import { isCounterexample, openCounterexample } from '../counterexample/opened.ts'
import { isThere, nameOf, type Track } from '../model/track.ts'
import { pickedText } from './picked-text.ts'

export interface Action {
  readonly group: string
  readonly text: string
  /** What it means, where the name does not say. */
  readonly note?: string
  /** A value to ask for: its name, and what to begin with. */
  readonly asks?: { readonly name: string; readonly value: string; readonly number?: boolean }
  readonly run: (page: PageState, value: string) => Promise<unknown> | unknown
}

const scalable = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'])
const rollable = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

export function actionsOf(page: PageState): Action[] {
  const track = page.track.value
  const here = track !== undefined && isThere(track, page.seq.value) ? track : undefined
  return [...(here === undefined ? [] : ofObject(page, here)), ...ofTime(page), ...ofRun(page)]
}

function ofObject(page: PageState, track: Track): Action[] {
  const group = `${track.kind} ${track.name}`
  if (track.kind === 'Agent') return ofAgent(group, track)
  if (track.resource === '') return []
  const actions: Action[] = []
  const facts = track.facts[track.facts.length - 1]
  if (scalable.has(track.kind)) {
    const value = String(facts?.replicas?.wanted ?? 1)
    const asks = { name: 'replicas', value, number: true }
    actions.push({
      group,
      text: 'Scale',
      asks,
      run: (_page, n) => page.act('scale', { ...nameOf(track), replicas: Number(n) }),
    })
  }
  if (rollable.has(track.kind)) actions.push(...rollout(group, page, track))
  if (track.kind === 'Service') actions.push(...ofService(group, track))
  if (track.kind === 'Node') actions.push(...ofNode(group, track, facts?.node?.cordoned === true))
  if (track.kind === 'Pod') actions.push({ group, text: 'Show its log', run: () => showLog(page, track) })
  actions.push(
    { group, text: 'Edit as YAML', run: () => edit(page, track) },
    { group, text: 'Delete', run: () => page.act('delete', nameOf(track)) },
    {
      group,
      text: 'Delete at once',
      note: 'without grace',
      run: () => page.act('delete', { ...nameOf(track), graceSeconds: 0 }),
    },
  )
  return actions
}

function rollout(group: string, page: PageState, track: Track): Action[] {
  return [
    {
      ...{ group, text: 'Roll out another image' },
      asks: { name: 'image', value: '' },
      run: (_page, image) => page.act('setImage', { ...nameOf(track), image }),
    },
    {
      group,
      text: 'Restart all its pods',
      note: 'rollout restart',
      run: () => page.act('rolloutRestart', nameOf(track)),
    },
    {
      group,
      text: 'Back to the revision before',
      note: 'rollout undo',
      run: () => page.act('rolloutUndo', nameOf(track)),
    },
  ]
}

function ofService(group: string, { name, namespace, facts }: Track): Action[] {
  const port = /^\d+/.exec(facts[facts.length - 1]?.service?.ports[0] ?? '')?.[0] ?? '80'
  const url = `http://${name}.${namespace}.svc${port === '80' ? '' : `:${port}`}`
  return [
    {
      group,
      text: 'Send a request',
      note: 'one of its endpoints answers',
      run: (page) => page.act('request', { url }),
    },
    {
      ...{ group, text: 'Steady traffic', note: 'spread over its endpoints; 0 ends it' },
      asks: { name: 'requests a second', value: '20', number: true },
      run: (page, n) => page.act('load', { url, requestsPerSecond: Number(n) }),
    },
  ]
}

function ofNode(group: string, { name }: Track, cordoned: boolean): Action[] {
  const fault = (word: string) => (page: PageState) => page.act('fault', { fault: { [word]: name } })
  return [
    { group, text: 'Kill it', note: 'the machine dies with its containers', run: fault('kill') },
    { group, text: 'Silence it', note: 'it runs on, but nothing is heard of it', run: fault('silence') },
    { group, text: 'Bring it back', run: fault('restore') },
    cordoned
      ? { group, text: 'Uncordon', run: (page) => page.act('uncordon', { node: name }) }
      : { group, text: 'Cordon', note: 'no new pods', run: (page) => page.act('cordon', { node: name }) },
    { group, text: 'Drain', note: 'cordon, then evict its pods', run: (page) => page.act('drain', { node: name }) },
  ]
}

function ofAgent(group: string, { actor }: Track): Action[] {
  return [
    {
      group,
      text: 'Crash it',
      note: 'it loses its memory and stands still',
      run: (page) => page.act('fault', { fault: { crash: actor } }),
    },
    { group, text: 'Restart it', run: (page) => page.act('fault', { fault: { restart: actor } }) },
    {
      ...{ group, text: 'Delay its watches', note: 'from now on it is so many changes behind' },
      asks: { name: 'changes', value: '3', number: true },
      run: (page, lag) => page.act('fault', { fault: { type: 'watch', resource: '*', from: actor, lag: Number(lag) } }),
    },
  ]
}

function ofTime(page: PageState): Action[] {
  const group = 'Time'
  const asks = { name: 'by', value: '1m' }
  const virtual = page.info.value?.time === 'virtual'
  const actions: Action[] = [{ group, text: 'Advance', asks, run: (_page, by) => page.act('advance', { by }) }]
  if (virtual)
    actions.push({ group, text: 'Settle', note: 'run until nothing is left to do', run: () => page.act('settle', {}) })
  actions.push({
    ...{ group, text: 'Fork here', note: 'a second cluster from the moment shown' },
    run: () => fork(page),
  })
  if (page.info.value?.recorded === true)
    actions.push({ group, text: 'Undo', note: 'rewind to before what was done last', run: () => undo(page) })
  const about = page.info.value
  if (about !== undefined && about.name !== 'main')
    actions.push({
      group,
      text: about.parent === undefined ? 'Close this run' : 'End this fork',
      run: () => page.act('close', {}),
    })
  return actions
}

function ofRun(page: PageState): Action[] {
  const group = 'Run'
  const actions: Action[] = []
  const open = (what: 'lessons' | 'terminal'): void => {
    if (what === 'lessons') page.lessonsOpen.value = true
    else page.terminalOpen.value = true
  }
  if (page.info.value?.recorded === true)
    actions.push(
      {
        group,
        text: 'Copy as test',
        note: 'the vitest program that repeats it',
        run: () => {
          page.dialog.value = 'test'
        },
      },
      { group, text: 'Save the run', note: 'one file, for kybern replay and this page', run: () => save(page) },
    )
  actions.push(
    { group, text: 'Open a run or a counterexample', run: () => openRun(page) },
    {
      group: 'Learn',
      text: 'Lessons',
      note: 'a rollout, a node that dies, a broken probe',
      run: () => open('lessons'),
    },
    { group: 'Learn', text: 'Terminal', note: 'the everyday verbs of kubectl', run: () => open('terminal') },
  )
  return actions
}

async function edit(page: PageState, track: Track): Promise<void> {
  const { yaml } = await page.ask('object', nameOf(track))
  page.draft.value = yaml
  page.dialog.value = 'apply'
}

async function showLog(page: PageState, track: Track): Promise<void> {
  const container = track.facts[track.facts.length - 1]?.pod?.containers[0]?.name
  const text = await page.ask('log', { pod: nameOf(track), ...(container === undefined ? {} : { container }) })
  page.tell(text === '' ? `${track.name} has written nothing yet` : text.split('\n').slice(-12).join('\n'))
}

async function fork(page: PageState): Promise<void> {
  const model = page.model.value
  const about = page.live.value || model === undefined ? {} : { revision: model.revisionAt(page.seq.value) }
  const made = await page.act('fork', about)
  if (made !== undefined) show(page, made, `${made.name} goes on from rev ${made.parent?.revision ?? 0} by itself`)
}

async function undo(page: PageState): Promise<void> {
  const before = page.model.value?.name
  const made = await page.act('undo', {})
  if (made === undefined) return
  // A lesson goes on with what it is taken back to.
  const { value: lesson } = page.lesson
  if (lesson !== undefined && lesson.cluster === before) page.lesson.value = { ...lesson, cluster: made.name }
  if (page.lessonCluster.value === before) page.lessonCluster.value = made.name
  show(page, made, `${made.name} is the cluster as it was before`)
}

function show(page: PageState, made: ClusterInfo, text: string): void {
  page.clusterName.value = made.name
  page.chosen.value = undefined
  page.tell(text)
}

async function save(page: PageState): Promise<void> {
  const run = await page.ask('save', {})
  download(
    `${page.model.value?.name ?? 'run'}.kybern.json`,
    `${JSON.stringify(run, undefined, 2)}\n`,
    'application/json',
  )
}

export async function openRun(page: PageState): Promise<void> {
  const text = await pickedText()
  if (text === undefined) return
  // Both kinds of file are told apart by what is in them.
  if (isCounterexample(text)) return openCounterexample(page, text)
  const opened = await page.act('open', { text })
  if (opened === undefined) return
  show(
    page,
    opened.cluster,
    opened.same ? 'The run ended as its file says' : 'The run ended otherwise than its file says',
  )
}
