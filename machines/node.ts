/**
 * The life of one node as its kubelet lives it: registered, heartbeating, silent, dead, gone. What the control plane
 * thinks of it (NotReady, taints) is the node lifecycle controller's and stands in the Node object.
 * Source: https://kubernetes.io/docs/concepts/architecture/nodes/
 */
import { assign, setup } from 'xstate'

export interface NodeContext {
  readonly name: string
  /** Position among the cluster's nodes: its address and pod range follow from it. */
  readonly index: number
  readonly schedulable: boolean
  readonly deaths: number
  /** What it registers itself with: size, labels, taints. */
  readonly spec: Readonly<Record<string, unknown>>
}

export type NodeEvent = (
  | { type: 'node.registered' }
  | { type: 'node.cordoned' }
  | { type: 'node.uncordoned' }
  | { type: 'node.silenced' }
  | { type: 'node.killed' }
  | { type: 'node.restored' }
  | { type: 'node.removed' }
) & { at?: number }

export const nodeMachine = setup({
  types: {
    context: {} as NodeContext,
    events: {} as NodeEvent,
    input: {} as { name: string; index: number; spec: Readonly<Record<string, unknown>> },
  },
  guards: {
    isCordoned: ({ context }) => !context.schedulable,
  },
  actions: {
    noteCordon: assign(({ context }) => ({ ...context, schedulable: false })),
    noteUncordon: assign(({ context }) => ({ ...context, schedulable: true })),
    noteDeath: assign(({ context }) => ({ ...context, deaths: context.deaths + 1 })),
    registerNode() {},
    reportReady() {},
    killContainers() {},
    readPodsAgain() {},
    deregisterNode() {},
  },
}).createMachine({
  id: 'node',
  description: 'Registers, heartbeats, may fall silent or die, comes back, goes.',
  context: ({ input }) => ({ name: input.name, index: input.index, spec: input.spec, schedulable: true, deaths: 0 }),
  initial: 'registering',
  on: { 'node.removed': { target: '.removed', actions: ['killContainers', 'deregisterNode'] } },
  states: {
    registering: { entry: 'registerNode', on: { 'node.registered': { target: 'ready', actions: 'reportReady' } } },
    ready: {
      initial: 'schedulable',
      on: { 'node.silenced': 'silent', 'node.killed': { target: 'dead', actions: ['noteDeath', 'killContainers'] } },
      states: {
        schedulable: { on: { 'node.cordoned': { target: 'cordoned', actions: 'noteCordon' } } },
        cordoned: { on: { 'node.uncordoned': { target: 'schedulable', actions: 'noteUncordon' } } },
      },
    },
    silent: {
      on: {
        'node.cordoned': { actions: 'noteCordon' },
        'node.uncordoned': { actions: 'noteUncordon' },
        'node.restored': [
          { guard: 'isCordoned', target: 'ready.cordoned', actions: 'readPodsAgain' },
          { target: 'ready', actions: 'readPodsAgain' },
        ],
        'node.killed': { target: 'dead', actions: ['noteDeath', 'killContainers'] },
      },
    },
    dead: {
      on: {
        'node.cordoned': { actions: 'noteCordon' },
        'node.uncordoned': { actions: 'noteUncordon' },
        'node.restored': [
          { guard: 'isCordoned', target: 'ready.cordoned', actions: 'readPodsAgain' },
          { target: 'ready', actions: 'readPodsAgain' },
        ],
      },
    },
    removed: { type: 'final' },
  },
})
