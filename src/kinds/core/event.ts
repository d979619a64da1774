/** Event: core/v1. */
import { defineKind } from '../../api/kind.ts'
import { nameIsPathSegment } from '../../api/names.ts'
import { eventColumns } from './event-columns.ts'
import { eventsV1 } from './event-v1.ts'
import { validateEvent } from './event-validate.ts'

export const Event = defineKind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  categories: [],
  createOnUpdate: true,
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Event',
  hasGeneration: false,
  nameRule: nameIsPathSegment,
  indexes: { involved: (event) => (event.involvedObject?.uid ? [event.involvedObject.uid] : []) },
  fields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject?.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject?.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component ?? '',
    type: (event) => event.type ?? '',
  },
  versions: [eventsV1],
  validate: validateEvent,
  defaultPropagation: 'Background',
  columns: eventColumns,
})
