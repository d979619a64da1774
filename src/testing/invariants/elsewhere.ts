/** Rows that are no formula over states and writes, and where they are held instead. */
import { kep, page } from './row.ts'

/** A row without a property. */
export interface Elsewhere {
  readonly id: string
  readonly says: string
  readonly class: 'C' | 'B'
  readonly source: string
  /** Where it is held, and why it is no property. */
  readonly how: string
}

const guide = 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md'
const concepts = page('reference/using-api/api-concepts/')
const sieve = 'https://www.usenix.org/conference/osdi22/presentation/sun (Sieve)'

export const elsewhere: readonly Elsewhere[] = [
  {
    id: 'A3',
    says: 'A watch is the log of the store, narrowed: in order, without gaps, without repetitions.',
    class: 'C',
    source: `${concepts}#efficient-detection-of-changes`,
    how: '`whyNotTheLog` over a received stream (watches.ts): a property sees no streams',
  },
  {
    id: 'A4',
    says: 'A list and the watch that goes on from it lead to what a later list says.',
    class: 'C',
    source: kep(3157),
    how: '`folded` and `differing` over a list and a received stream (watches.ts)',
  },
  {
    id: 'A6',
    says: 'A list with resourceVersion=0 is some state there was; over another connection it may be an older one.',
    class: 'C',
    source: `${concepts}#resource-versions`,
    how: '`wasOnce` (watches.ts); the explorer takes it as what its late watches may show',
  },
  {
    id: 'G1',
    says: 'No key is reconciled twice at the same time.',
    class: 'C',
    source: guide,
    how: 'by construction: reconciles are pure functions, and an agent takes one turn at a time',
  },
  {
    id: 'G3',
    says: 'Changes that are skipped or run together lead to the same end.',
    class: 'C',
    source: sieve,
    how: '`check.controller` explores late watches; `coalesced` and `keysBy` (meta.ts) for one reconcile',
  },
  {
    id: 'G4',
    says: 'A crash after any write of a reconcile leads to the same end.',
    class: 'C',
    source: sieve,
    how: '`check.controller` explores a crash at every write; `prefixes` and `crashPoints` (meta.ts) for one reconcile',
  },
  {
    id: 'G6',
    says: 'Every fair order of turns comes to the same end.',
    class: 'B',
    source: 'https://github.com/tgoodwin/kamera',
    how: '`check.controller` compares the normal forms of all ends: a formula sees one state, not all',
  },
  {
    id: 'G10',
    says: 'No key is reconciled more often than its limiter lets it.',
    class: 'C',
    source: 'https://pkg.go.dev/k8s.io/client-go/util/workqueue',
    how: '`hotKeys` over a log of reconciles (meta.ts); the live loop fails with KYB-LIVELOCK: a property sees writes, not reconciles',
  },
  {
    id: 'G12',
    says: 'A controller reconciles a key only when its view shows its last write for that key.',
    class: 'C',
    source: kep(5647),
    how: '`staleReads` over a log of reconciles (meta.ts); holds by construction: an agent never sees less than it wrote',
  },
]

/** What a row leaves out of what its number says elsewhere, and why. */
export interface Narrower {
  readonly ids: readonly string[]
  readonly leavesOut: string
}

export const narrower: readonly Narrower[] = [
  {
    ids: ['A14'],
    leavesOut:
      'what a later change adds (a resize in place): a quota judges what is created and what an update asks for, not what is there when it comes',
  },
  {
    ids: ['D5'],
    leavesOut:
      'resizing: a paused Deployment is scaled in proportion, so only new ReplicaSets are a step of its rollout',
  },
  {
    ids: ['DS1', 'J3', 'J6', 'R1'],
    leavesOut:
      'a creation that the network delivers twice (`repeat`): nothing in the request says that it is the same, and Kubernetes makes two pods as well',
  },
  { ids: ['K9'], leavesOut: 'pods with claims or with affinity to others: the formula would be a second scheduler' },
  {
    ids: ['S4'],
    leavesOut:
      'maxUnavailable on a cluster of ours: 1.36 drops the field, its gate is off; over an audit log of one that has it on the row follows it',
  },
  {
    ids: ['S7', 'D7'],
    leavesOut:
      'rollouts that wait for a pod which is ending on a node that is lost: nobody but its administrator can tell that it is gone',
  },
  {
    ids: ['G8', 'H5', 'K8'],
    leavesOut:
      'circles that take longer than what was explored: over a live cluster a value that was left and taken up again more than three times is one',
  },
]
