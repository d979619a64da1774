/**
 * PriorityLevelConfiguration: flowcontrol.apiserver.k8s.io/v1, how many requests of a sort are served at once.
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#prioritylevelconfiguration
 */
import { isSet, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withoutStatus } from '../without-status.ts'
import { mandatoryLevel } from './bootstrap.ts'
import { conditionsFaults } from './flow-schema-validate.ts'
import { shownLevelSpec } from './shown.ts'

const oldAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares'
const mostQueues = 10_000_000
/** Bits of the hash by which hands of queues are dealt. */
const hashBits = 60

function validate(object: KubeObject, _previous: KubeObject | undefined, subresource: string): FieldError[] {
  const status = conditionsFaults(object.status)
  if (subresource === 'status') return status
  const old = object.metadata.annotations?.[oldAnnotation] !== undefined
  return [
    ...when(old, forbiddenValue(path('metadata', 'annotations'), `annotation '${oldAnnotation}' is forbidden`)),
    ...specFaults(object.metadata.name, object.spec ?? {}, path('spec')),
    ...mandatoryFaults(object.metadata.name, object.spec ?? {}),
    ...status,
  ]
}

/** Of the exempt level its own field may change, of catch-all nothing. */
function mandatoryFaults(name: string, spec: Part): FieldError[] {
  const fixed = mandatoryLevel(name)
  if (fixed === undefined) return []
  const isExempt = name === 'exempt'
  const same = semanticEqual(fixed, isExempt ? { ...spec, exempt: fixed.exempt } : spec)
  const part = isExempt ? " except the 'spec.exempt' field" : ''
  return when(
    !same,
    invalidValue(path('spec'), shownLevelSpec(spec), `spec of '${name}'${part} must equal the fixed value`),
  )
}

function specFaults(name: string, spec: Part, place: Path): FieldError[] {
  const { type = '', limited, exempt } = spec
  const [limitedAt, exemptAt] = [place.child('limited'), place.child('exempt')]
  const odd = (name === 'exempt') !== (type === 'Exempt')
  const rule = when(odd, invalidValue(place.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'"))
  if (type === 'Exempt')
    return [
      ...rule,
      ...when(isSet(limited), forbiddenValue(limitedAt, 'must be nil if the type is not Limited')),
      ...(isSet(exempt) ? shareFaults(exempt, exemptAt) : []),
    ]
  if (type !== 'Limited') return [...rule, notSupported(place.child('type'), type, ['Exempt', 'Limited'])]
  return [
    ...rule,
    ...when(isSet(exempt), forbiddenValue(exemptAt, 'must be nil if the type is Limited')),
    ...(isSet(limited)
      ? limitedFaults(limited, limitedAt)
      : [required(limitedAt, 'must not be empty when type is Limited')]),
  ]
}

function shareFaults({ nominalConcurrencyShares: shares, lendablePercent: percent }: Part, place: Path): FieldError[] {
  const at = place.child('lendablePercent')
  const outside = isSet(percent) && (percent < 0 || percent > 100)
  return [
    ...when(
      (shares ?? 0) < 0,
      invalidValue(place.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer'),
    ),
    ...when(outside, invalidValue(at, percent, 'must be between 0 and 100, inclusive')),
  ]
}

function limitedFaults(limited: Part, place: Path): FieldError[] {
  const { limitResponse = {}, borrowingLimitPercent: borrowing } = limited
  const at = place.child('borrowingLimitPercent')
  const negative = isSet(borrowing) && borrowing < 0
  return [
    ...shareFaults(limited, place),
    ...responseFaults(limitResponse, place.child('limitResponse')),
    ...when(negative, invalidValue(at, borrowing, 'if specified, must be a non-negative integer')),
  ]
}

function responseFaults({ type = '', queuing }: Part, place: Path): FieldError[] {
  const at = place.child('queuing')
  const why = 'if limited.limitResponse.type is'
  if (type === 'Reject') return when(isSet(queuing), forbiddenValue(at, `must be nil ${why} not Limited`))
  if (type !== 'Queue') return [notSupported(place.child('type'), type, ['Queue', 'Reject'])]
  return isSet(queuing) ? queuingFaults(queuing, at) : [required(at, `must not be empty ${why} Limited`)]
}

function queuingFaults({ queues = 0, handSize = 0, queueLengthLimit: length = 0 }: Part, place: Path): FieldError[] {
  const [lengthAt, queuesAt] = [place.child('queueLengthLimit'), place.child('queues')]
  const many = queues > mostQueues
  return [
    ...when(length <= 0, invalidValue(lengthAt, length, 'must be positive')),
    ...when(queues <= 0, invalidValue(queuesAt, queues, 'must be positive')),
    ...when(many, invalidValue(queuesAt, queues, `must not be greater than ${mostQueues}`)),
    ...handFaults(handSize, queues, place.child('handSize')),
  ]
}

function handFaults(hand: number, queues: number, place: Path): FieldError[] {
  if (hand <= 0) return [invalidValue(place, hand, 'must be positive')]
  if (hand > queues) return [invalidValue(place, hand, `should not be greater than queues (${queues})`)]
  const why = `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${hashBits}`
  return when(entropyBits(queues, hand) > hashBits, invalidValue(place, hand, why))
}

/** How many bits it takes to deal a hand. */
const entropyBits = (queues: number, hand: number): number => Math.ceil(Math.log2(queues) * hand)

const queuing = (object: KubeObject, field: string): string | number =>
  object.spec?.limited?.limitResponse?.queuing?.[field] ?? '<none>'

export const PriorityLevelConfiguration = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  schema: 'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  subresources: { status: true },
  hasGeneration: true,
  prepare: { create: withoutStatus },
  validate,
  columns: [
    nameColumn,
    column('Type', ({ spec }) => spec?.type ?? ''),
    column('NominalConcurrencyShares', ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? '<none>'),
    column('Queues', (object) => queuing(object, 'queues')),
    column('HandSize', (object) => queuing(object, 'handSize')),
    column('QueueLengthLimit', (object) => queuing(object, 'queueLengthLimit')),
    ageColumn,
  ],
})
