/** The life of a namespace: it takes objects until its deletion is asked for, then empties itself and goes. */
import { setup } from 'xstate'

export interface NamespaceContext {
  readonly name: string
  readonly uid: string
}

export type NamespaceEvent =
  | { type: 'deletion.requested' }
  | { type: 'content.remained' }
  | { type: 'finalizers.remained' }
  | { type: 'content.removed' }
  | { type: 'finalizer.removed' }
  | { type: 'object.removed' }

export const namespaceMachine = setup({
  types: {
    context: {} as NamespaceContext,
    events: {} as NamespaceEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
}).createMachine({
  id: 'namespace',
  description:
    'Active until deleted; then its content goes, waits for finalizers of others, and lets the namespace go.',
  context: ({ input }) => ({ name: input.name, uid: input.uid }),
  initial: 'active',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    active: {
      description: 'New objects may be made in it.',
      on: { 'deletion.requested': 'terminating' },
    },
    terminating: {
      description: 'Nothing new is taken in.',
      initial: 'emptying',
      on: { 'finalizer.removed': '.finalized' },
      states: {
        emptying: {
          description: 'Its objects are being deleted.',
          on: { 'content.remained': 'waiting', 'finalizers.remained': 'blocked', 'content.removed': 'empty' },
        },
        waiting: {
          description: 'Objects take their time, as pods that end gracefully do.',
          on: { 'finalizers.remained': 'blocked', 'content.removed': 'empty' },
        },
        blocked: {
          description: 'Objects are kept by finalizers somebody else must remove.',
          on: { 'content.remained': 'waiting', 'content.removed': 'empty' },
        },
        empty: { description: 'Nothing is left in it.' },
        finalized: { description: 'Its own finalizer is gone, others of its metadata may still keep it.' },
      },
    },
    gone: { type: 'final' },
  },
})
