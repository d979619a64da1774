/** The life of a claim: it looks for a volume, or asks for one to be made, holds it, and may lose it. */
import { setup } from 'xstate'

export interface PersistentVolumeClaimContext {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

export type PersistentVolumeClaimEvent =
  | { type: 'node.selected' }
  | { type: 'provisioning.requested' }
  | { type: 'volume.chosen' }
  | { type: 'volume.bound' }
  | { type: 'volume.lost' }
  | { type: 'deletion.requested' }
  | { type: 'protection.lifted' }
  | { type: 'object.removed' }

export const persistentVolumeClaimMachine = setup({
  types: {
    context: {} as PersistentVolumeClaimContext,
    events: {} as PersistentVolumeClaimEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
}).createMachine({
  id: 'persistent-volume-claim',
  description: 'Pending until a volume is bound; a deleted claim stays while a pod uses it.',
  context: ({ input }) => ({ name: input.name, namespace: input.namespace, uid: input.uid }),
  initial: 'pending',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    pending: {
      initial: 'unbound',
      on: { 'volume.bound': 'bound', 'volume.lost': 'lost', 'deletion.requested': 'terminating' },
      states: {
        unbound: {
          description: 'No volume fits, or the first pod that uses it has no node yet.',
          on: { 'node.selected': 'placed', 'provisioning.requested': 'provisioning', 'volume.chosen': 'binding' },
        },
        placed: {
          description: 'The scheduler has chosen the node of its first pod.',
          on: { 'provisioning.requested': 'provisioning', 'volume.chosen': 'binding' },
        },
        provisioning: {
          description: 'A provisioner was asked to make a volume.',
          on: { 'volume.chosen': 'binding' },
        },
        binding: { description: 'It names a volume that does not yet answer for it.' },
      },
    },
    bound: { on: { 'volume.lost': 'lost', 'deletion.requested': 'terminating' } },
    lost: {
      description: 'Its volume is gone, or belongs to another.',
      on: { 'volume.bound': 'bound', 'deletion.requested': 'terminating' },
    },
    terminating: {
      initial: 'inUse',
      states: {
        inUse: {
          description: 'Kept by kubernetes.io/pvc-protection until no pod uses it.',
          on: { 'protection.lifted': 'free' },
        },
        free: { description: 'Only finalizers of others keep it.' },
      },
    },
    gone: { type: 'final' },
  },
})
