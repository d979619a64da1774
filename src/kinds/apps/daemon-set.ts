/** DaemonSet: apps/v1. */
import { defineKind } from '../../api/kind.ts'
import { daemonSetColumns } from '../columns.ts'

export const DaemonSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  subresources: { status: true },
  life: 'daemonset',
  prepare: {
    create: (object) => ({
      ...object,
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    }),
  },
  columns: daemonSetColumns,
})
