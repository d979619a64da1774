/**
 * VolumeAttachment: storage.k8s.io/v1, the wish that a volume is attached to a node, and what came of it.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/
 */
import { dnsSubdomain, entriesOf, isSet, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
  tooLong,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { csiDriverFaults } from '../../api/pod-spec/volumes.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withStatus } from '../without-status.ts'

const metadataLimitBytes = 256 * 1024
const messageLimitBytes = 1024
const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

function validate({ spec = {}, status = {} }: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return []
  const place = path('spec')
  const volume = spec.source?.persistentVolumeName
  const changed = previous !== undefined && !semanticEqual(spec, previous.spec)
  return [
    ...csiDriverFaults(spec.attacher, place.child('attacher')),
    ...sourceFaults(spec.source ?? {}, place.child('source')),
    ...dnsSubdomain(spec.nodeName ?? '', place.child('nodeName')),
    ...statusFaults(status, path('status')),
    ...(isSet(volume) ? dnsSubdomain(volume, place.child('source', 'persistentVolumeName')) : []),
    ...when(changed, invalidValue(place, shown(spec), immutableMessage)),
  ]
}

function sourceFaults({ inlineVolumeSpec: inline, persistentVolumeName: name }: Part, place: Path): FieldError[] {
  if (!isSet(inline) && !isSet(name)) return [required(place, exactlyOne)]
  if (isSet(inline) && isSet(name)) return [forbiddenValue(place, exactlyOne)]
  const empty = name === ''
  return when(empty, required(place.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'))
}

function statusFaults(status: Part, place: Path): FieldError[] {
  const bytes = entriesOf(status.attachmentMetadata).reduce(
    (sum, [key, value]) => sum + byteLength(key) + byteLength(value),
    0,
  )
  return [
    ...when(bytes > metadataLimitBytes, tooLong(place.child('attachmentMetadata'), metadataLimitBytes)),
    ...errorFaults(status.attachError, place.child('attachError')),
    ...errorFaults(status.detachError, place.child('detachError')),
  ]
}

function errorFaults(error: Part, place: Path): FieldError[] {
  const { message = '', errorCode } = error ?? {}
  const negative = isSet(errorCode) && errorCode < 0
  const why = 'must be between 0 and 2147483647, inclusive'
  return [
    ...when(byteLength(message) > messageLimitBytes, tooLong(place.child('message'), metadataLimitBytes)),
    ...when(negative, invalidValue(place.child('errorCode'), errorCode, why)),
  ]
}

function shown({ attacher = '', source = {}, nodeName = '' }: Part): unknown {
  const { persistentVolumeName = null, inlineVolumeSpec = null } = source
  return {
    Attacher: attacher,
    Source: { PersistentVolumeName: persistentVolumeName, InlineVolumeSpec: inlineVolumeSpec },
    NodeName: nodeName,
  }
}

export const VolumeAttachment = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  subresources: { status: true },
  hasGeneration: false,
  updateNeedsVersion: true,
  prepare: { create: (object) => withStatus(object, { attached: false }) },
  answersDeleted: true,
  validate,
  columns: [
    nameColumn,
    { ...column('Attacher', ({ spec }) => spec?.attacher ?? ''), format: 'name' },
    column('PV', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec?.nodeName ?? ''),
    column('Attached', ({ status }) => status?.attached ?? false, 'boolean'),
    ageColumn,
  ],
})
