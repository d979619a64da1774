/** Deployment: apps/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { deploymentColumns } from '../columns.ts'
import { withoutStatus } from '../without-status.ts'
import { prepareDeploymentUpdate } from './deployment-prepare.ts'
import { validateDeployment } from './deployment-validate.ts'

const replicaScale = { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' }

export const Deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.Deployment',
  subresources: { status: true, scale: replicaScale },
  life: 'deployment',
  prepare: {
    create: withoutStatus,
    update: (next, previous, { subresource }) => prepareDeploymentUpdate(next, previous, subresource),
  },
  validate: withFinalizerRule(validateDeployment),
  defaultPropagation: 'Background',
  columns: deploymentColumns,
})
