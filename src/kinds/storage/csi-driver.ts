/**
 * CSIDriver: storage.k8s.io/v1, what a storage driver can do.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-driver-v1/
 */
import { amongOptional, each, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { duplicate, type FieldError, invalidValue, notSupported, type Path, path } from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

const place = path('spec')
const leastPeriodSeconds = 10
const leastTokenSeconds = 600
const mostTokenSeconds = 2 ** 32
const modes = ['Persistent', 'Ephemeral']

function validate({ spec = {} }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec
  const periodAt = place.child('nodeAllocatableUpdatePeriodSeconds')
  const secretsAt = place.child('serviceAccountTokenInSecrets')
  const tokenless = isSet(inSecrets) && !isFilled(spec.tokenRequests)
  const why = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
  const short = isSet(period) && period < leastPeriodSeconds
  const modesAt = place.child('volumeLifecycleModes')
  const unknown = listOf(spec.volumeLifecycleModes).filter((mode) => !modes.includes(mode))
  return [
    ...amongOptional(spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], place.child('fsGroupPolicy')),
    ...tokenFaults(spec.tokenRequests, place.child('tokenRequests')),
    ...unknown.map((mode) => notSupported(modesAt, mode, modes)),
    ...when(short, invalidValue(periodAt, period, 'must be greater than or equal to 10 seconds')),
    ...when(tokenless, invalidValue(secretsAt, inSecrets, why)),
    ...(previous === undefined ? [] : changeFaults(spec, previous.spec ?? {})),
  ]
}

function tokenFaults(tokens: unknown, at: Path): FieldError[] {
  const audiences = listOf(tokens).map(({ audience = '' }) => audience)
  return each(tokens, at, ({ audience = '', expirationSeconds: seconds }, one, index) => {
    if (audiences.indexOf(audience) < index) return [duplicate(one.child('audience'), audience)]
    const secondsAt = one.child('expirationSeconds')
    const [brief, long] = [isSet(seconds) && seconds < leastTokenSeconds, isSet(seconds) && seconds > mostTokenSeconds]
    return [
      ...when(brief, invalidValue(secondsAt, seconds, 'may not specify a duration less than 10 minutes')),
      ...when(long, invalidValue(secondsAt, seconds, 'may not specify a duration larger than 2^32 seconds')),
    ]
  })
}

function changeFaults(next: Part, previous: Part): FieldError[] {
  const modesChanged = !semanticEqual(next.volumeLifecycleModes, previous.volumeLifecycleModes)
  return [
    ...validateImmutable(next.attachRequired, previous.attachRequired, place.child('attachedRequired')),
    ...(modesChanged
      ? validateImmutable(next.volumeLifecycleModes, previous.volumeLifecycleModes, place.child('volumeLifecycleModes'))
      : []),
  ]
}

function warnings({ spec }: KubeObject, previous: KubeObject | undefined): string[] {
  const unsaid = isFilled(spec?.tokenRequests) && !isSet(spec?.serviceAccountTokenInSecrets)
  const same = previous !== undefined && semanticEqual(spec?.tokenRequests, previous.spec?.tokenRequests)
  if (!unsaid || same) return []
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ]
}

const audiences = ({ spec }: KubeObject): string =>
  spec?.tokenRequests === undefined
    ? '<unset>'
    : listOf(spec.tokenRequests)
        .map((one) => one.audience ?? '')
        .join(',')

export const CSIDriver = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.CSIDriver',
  hasGeneration: 'later',
  updateNeedsVersion: true,
  answersDeleted: true,
  validate,
  warnings,
  columns: [
    nameColumn,
    column('AttachRequired', ({ spec }) => spec?.attachRequired ?? true, 'boolean'),
    column('PodInfoOnMount', ({ spec }) => spec?.podInfoOnMount ?? false, 'boolean'),
    column('StorageCapacity', ({ spec }) => spec?.storageCapacity ?? false, 'boolean'),
    column('TokenRequests', audiences),
    column('RequiresRepublish', ({ spec }) => spec?.requiresRepublish ?? false, 'boolean'),
    column('Modes', ({ spec }) => listOf(spec?.volumeLifecycleModes).join(',') || '<none>'),
    ageColumn,
  ],
})
