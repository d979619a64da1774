/** The rows of the timeline: tracks as a tree by owner or by node, narrowed by a filter, without what is folded away. */
import type { ClusterModel } from './cluster-model.ts'
import type { Track } from './track.ts'

export type Grouping = 'owner' | 'node'

export interface RowOptions {
  readonly grouping: Grouping
  readonly filter: string
  /** Keys of rows whose state of being folded was changed by hand. */
  readonly toggled: ReadonlySet<string>
  /** Kinds that are shown although they are quiet by nature. */
  readonly shown: ReadonlySet<string>
}

export interface Row {
  /** A track's id, or `group:` and the group's name. */
  readonly key: string
  readonly depth: number
  readonly label: string
  readonly track: Track | undefined
  /** How many rows are beneath it; 0 for a leaf. */
  readonly beneath: number
  readonly open: boolean
}

/** Bookkeeping kinds, hidden until asked for. */
export const quietKinds = [
  ...['Event', 'Lease', 'EndpointSlice', 'Endpoints'],
  ...['ControllerRevision', 'ServiceAccount', 'ConfigMap'],
] as const

const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease'])

/** Rows in order. Costs the number of tracks. */
export function rowsOf(model: ClusterModel, options: RowOptions): Row[] {
  const matcher = matcherOf(options.filter, model)
  const hidden = new Set(quietKinds.filter((kind) => !options.shown.has(kind)))
  const maker = new RowMaker(options, matcher, hidden)
  const groups = options.grouping === 'owner' ? byOwner(model) : byNode(model)
  for (const { name, tracks, folded } of groups) maker.group(name, tracks, folded)
  return maker.rows
}

interface Group {
  readonly name: string
  readonly tracks: readonly Track[]
  /** Folded until opened. */
  readonly folded: boolean
}

class RowMaker {
  readonly rows: Row[] = []
  readonly #options: RowOptions
  readonly #matches: ((track: Track) => boolean) | undefined
  readonly #hidden: ReadonlySet<string>

  constructor(options: RowOptions, matches: ((track: Track) => boolean) | undefined, hidden: ReadonlySet<string>) {
    this.#options = options
    this.#matches = matches
    this.#hidden = hidden
  }

  group(name: string, tracks: readonly Track[], folded: boolean): void {
    const shown = tracks.filter((track) => !this.#hidden.has(track.kind) && this.#kept(track))
    if (shown.length === 0) return
    const key = `group:${name}`
    const open = this.#matches !== undefined || this.#options.toggled.has(key) === folded
    this.rows.push({ key, depth: 0, label: name, track: undefined, beneath: shown.length, open })
    if (open) for (const track of shown) this.#add(track, 1)
  }

  #add(track: Track, depth: number): void {
    const { grouping, toggled } = this.#options
    const shown = track.children.filter((child) => this.#belongs(child, grouping) && this.#kept(child))
    const folded = track.kind === 'Pod'
    const open = this.#matches !== undefined && !folded ? true : toggled.has(track.id) === folded
    this.rows.push({
      key: track.id,
      depth,
      label: track.name,
      track,
      beneath: shown.length,
      open: open && shown.length > 0,
    })
    if (open) for (const child of shown) this.#add(child, depth + 1)
  }

  #belongs(child: Track, grouping: Grouping): boolean {
    if (this.#hidden.has(child.kind)) return false
    return grouping === 'owner' || child.kind === 'Container'
  }

  /** It matches, or something beneath it does. */
  #kept(track: Track): boolean {
    if (this.#matches === undefined || this.#matches(track)) return true
    return track.children.some((child) => child.kind !== 'Container' && this.#kept(child))
  }
}

function byOwner(model: ClusterModel): Group[] {
  const byName = new Map<string, Track[]>()
  for (const track of model.roots) {
    const name = groupName(track)
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [track])
    else list.push(track)
  }
  const groups = [...byName].map(([name, tracks]) => ({ name, tracks, folded: isFolded(name) }))
  return groups.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
}

function byNode(model: ClusterModel): Group[] {
  const byName = new Map<string, Track[]>([['no node yet', []]])
  for (const track of model.ofKind('Node')) byName.set(track.name, [track])
  for (const track of model.ofKind('Pod')) {
    const name = track.facts[track.facts.length - 1]?.pod?.node || 'no node yet'
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [track])
    else list.push(track)
  }
  return [...byName].map(([name, tracks]) => ({ name, tracks, folded: false }))
}

function groupName(track: Track): string {
  if (track.kind === 'Agent') return 'Control plane'
  if (track.kind === 'Node') return 'Nodes'
  if (track.namespace === '') return 'Cluster-wide'
  return systemNamespaces.has(track.namespace) ? `System: ${track.namespace}` : track.namespace
}

function isFolded(name: string): boolean {
  return name === 'Control plane' || name === 'Cluster-wide' || name.startsWith('System: ')
}

function rank(name: string): number {
  if (name === 'Nodes') return 1
  if (name === 'Control plane') return 2
  if (name === 'Cluster-wide') return 3
  return name.startsWith('System: ') ? 4 : 0
}

/**
 * Words that must all match: `web`, `kind:pod`, `node:node-1`, `state:failed`, `ns:default`; `-word` must not. Undefined
 * for an empty filter.
 */
export function matcherOf(filter: string, model: ClusterModel): ((track: Track) => boolean) | undefined {
  const tests = filter
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => testOf(word, model))
  if (tests.length === 0) return undefined
  return (track) => tests.every((test) => test(track))
}

function testOf(word: string, model: ClusterModel): (track: Track) => boolean {
  if (word.startsWith('-') && word.length > 1) {
    const test = testOf(word.slice(1), model)
    return (track) => !test(track)
  }
  const cut = word.indexOf(':')
  const field = cut < 0 ? '' : word.slice(0, cut)
  const value = word.slice(cut + 1)
  if (field === 'kind') return ({ kind }) => kind.toLowerCase().startsWith(value)
  if (field === 'ns') return ({ namespace }) => namespace === value
  if (field === 'node') return (track) => (track.facts[track.facts.length - 1]?.pod?.node ?? '') === value
  if (field === 'state') return (track) => lastLabel(track, model).toLowerCase().includes(value)
  return ({ name, kind, namespace }) => `${kind} ${namespace}/${name}`.toLowerCase().includes(word)
}

function lastLabel(track: Track, model: ClusterModel): string {
  return model.states.at(track.spanState[track.spanState.length - 1] ?? -1)?.label ?? ''
}
