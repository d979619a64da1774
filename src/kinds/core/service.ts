/** Service: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { nameIsDnsLabel } from '../../api/names.ts'
import { serviceColumns } from '../columns.ts'
import { prepareServiceUpdate } from './service-prepare.ts'
import { validateService } from './service-validate.ts'

export const Service = defineKind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  createOnUpdate: true,
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.Service',
  subresources: {
    proxy: {
      group: '',
      version: 'v1',
      kind: 'ServiceProxyOptions',
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
    status: true,
  },
  life: 'service',
  hasGeneration: false,
  indexes: {
    clusterIP: (service) => (service.spec?.clusterIP ? [service.spec.clusterIP] : []),
    nodePort: (service) =>
      ((service.spec?.ports ?? []) as { nodePort?: number }[]).flatMap((port) =>
        port.nodePort ? [String(port.nodePort)] : [],
      ),
  },
  fields: {
    'spec.clusterIP': (service) => service.spec?.clusterIP ?? '',
    'spec.type': (service) => service.spec?.type ?? '',
  },
  nameRule: nameIsDnsLabel,
  prepare: {
    create: (service) => ({ ...service, status: { loadBalancer: {} } }),
    update: (next, previous, { subresource }) => prepareServiceUpdate(next, previous, subresource),
  },
  validate: withFinalizerRule(validateService),
  defaultPropagation: 'Background',
  columns: serviceColumns,
})
