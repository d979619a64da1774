/** The life of a persistent volume: offered, bound to one claim, released, reclaimed. */
import { setup } from 'xstate'

export interface PersistentVolumeContext {
  readonly name: string
  readonly uid: string
}

export type PersistentVolumeEvent =
  | { type: 'volume.offered' }
  | { type: 'claim.bound' }
  | { type: 'claim.removed' }
  | { type: 'reclaim.failed' }
  | { type: 'deletion.requested' }
  | { type: 'protection.lifted' }
  | { type: 'object.removed' }

export const persistentVolumeMachine = setup({
  types: {
    context: {} as PersistentVolumeContext,
    events: {} as PersistentVolumeEvent,
    input: {} as { name: string; namespace: string; uid: string },
  },
}).createMachine({
  id: 'persistent-volume',
  description:
    'Offered to claims, bound to one, released when that is gone; deleted volumes stay while they are bound.',
  context: ({ input }) => ({ name: input.name, uid: input.uid }),
  initial: 'pending',
  on: { 'object.removed': { target: '.gone' } },
  states: {
    pending: {
      on: {
        'volume.offered': 'available',
        'claim.bound': 'bound',
        'claim.removed': 'released',
        'reclaim.failed': 'failed',
        'deletion.requested': 'terminating.free',
      },
    },
    available: {
      on: { 'claim.bound': 'bound', 'claim.removed': 'released', 'deletion.requested': 'terminating.free' },
    },
    bound: {
      on: { 'claim.removed': 'released', 'volume.offered': 'available', 'deletion.requested': 'terminating.inUse' },
    },
    released: {
      description: 'Its claim is gone, its data is not.',
      on: {
        'reclaim.failed': 'failed',
        'volume.offered': 'available',
        'claim.bound': 'bound',
        'deletion.requested': 'terminating.free',
      },
    },
    failed: {
      description: 'Reclaiming it did not work.',
      on: { 'volume.offered': 'available', 'claim.bound': 'bound', 'deletion.requested': 'terminating.free' },
    },
    terminating: {
      initial: 'free',
      states: {
        inUse: {
          description: 'Deleted while a claim is bound to it: kept by kubernetes.io/pv-protection.',
          on: { 'claim.removed': 'free', 'protection.lifted': 'free' },
        },
        free: { on: { 'claim.bound': 'inUse' } },
      },
    },
    gone: { type: 'final' },
  },
})
