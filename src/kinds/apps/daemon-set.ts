/** DaemonSet: apps/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { daemonSetColumns } from '../columns.ts'
import { prepareDaemonSet, prepareDaemonSetUpdate, validateDaemonSet } from './daemon-set-validate.ts'

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
    create: prepareDaemonSet,
    update: (next, previous, { subresource }) => prepareDaemonSetUpdate(next, previous, subresource),
  },
  validate: withFinalizerRule(validateDaemonSet),
  defaultPropagation: 'Background',
  columns: daemonSetColumns,
})
